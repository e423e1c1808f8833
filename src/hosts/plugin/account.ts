// The account that the provider was configured with: `apiKey`, `endpoint` and `customerId`, else environment and credentials file.
import { API_KEY, resolveConnection } from "../../config";
import { messageOf } from "../../lifecycle/create-once/create-once";
import { UNKNOWN } from "../../lifecycle/lifecycle";
import type { Context, Properties } from "../../lifecycle/lifecycle";
import { createContext } from "../../lifecycle/run";
import { callTiming } from "./call-scope";
import { warn } from "./engine-log";

/** The shared lookup asks by the names of the dynamic host's configuration. */
const NAMESPACE = /^wayscloud:/;

export class PluginAccount {
  private made: Context | undefined;

  /** `source` says where the configuration came from, in messages. */
  constructor(
    private readonly config: Properties = {},
    private readonly source = "the stack config wayscloud-account:apiKey",
  ) {}

  /** The account; made at the first request. A failure is not kept: every call says for itself what is wrong. */
  context(): Context {
    this.made ??= createContext(this.lookUp, this.source, { timing: callTiming, log: warn });
    return this.made;
  }

  /** Why no account can be made of the configuration, if so. Makes no request. */
  misconfiguration(): string | undefined {
    if (this.made || this.config[API_KEY.replace(NAMESPACE, "")] === UNKNOWN) return undefined;
    try {
      resolveConnection(this.lookUp, this.source);
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }

  private readonly lookUp = (key: string): string | undefined => {
    const value = this.config[key.replace(NAMESPACE, "")];
    return typeof value === "string" ? value : undefined;
  };
}
