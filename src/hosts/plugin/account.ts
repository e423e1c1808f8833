// The account that the provider was configured with: `apiKey`, `endpoint` and `customerId`, else environment and credentials file.
import { resolveConnection } from "../../config";
import { ConfigurationError, errorMessage } from "../../errors";
import { UNKNOWN } from "../../lifecycle/lifecycle";
import type { Properties } from "../../lifecycle/lifecycle";
import { createRun, type Run } from "../../lifecycle/run";
import { callTiming } from "./call-scope";
import { warn } from "./engine-log";
import { inPluginTerms } from "./failure";

/** The shared lookup asks by the names of the dynamic host's configuration. */
const NAMESPACE = /^wayscloud:/;

export class PluginAccount {
  private made: Run | undefined;

  /** `source` names the configuration in messages, before the key. */
  constructor(
    private readonly config: Properties = {},
    private readonly source = "the stack config",
  ) {}

  /** Everything that this process knows; connects to the account at the first request. */
  context(): Run {
    return (this.made ??= createRun(this.lookUp, this.source, { timing: callTiming, log: warn }));
  }

  /** Why no account can be made of the configuration, if so. Makes no request. */
  misconfiguration(): string | undefined {
    // In a preview an explicit provider's configuration may depend on other resources.
    if (Object.values(this.config).includes(UNKNOWN)) return undefined;
    try {
      resolveConnection(this.lookUp, this.source);
      return undefined;
    } catch (error) {
      return inPluginTerms(errorMessage(error));
    }
  }

  private readonly lookUp = (key: string): string | undefined => {
    const value = this.config[key.replace(NAMESPACE, "")];
    // Whatever else is found might be another account, or send this one's credential elsewhere.
    if (value === UNKNOWN) {
      throw new ConfigurationError(
        `The value of ${this.source} ${key} is not known yet, and nothing else is used in its place.`,
      );
    }
    return typeof value === "string" ? value : undefined;
  };
}
