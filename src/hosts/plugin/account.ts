// The account that the provider was configured with, else that of the environment or the credentials file.
import { resolveConnection } from "../../config";
import { keysOf, OWN, SETTINGS, unknownName } from "../../settings";
import type { Setting } from "../../settings";
import { ConfigurationError, errorMessage } from "../../errors";
import { Holders } from "../../lifecycle/holders";
import { Notes } from "../../lifecycle/notes";
import { createRun, type Run } from "../../lifecycle/run";
import { UNKNOWN } from "../../values";
import type { Properties } from "../../values";
import { callTiming } from "./call-scope";
import { engineAddress, log } from "./engine-log";

/** The names of a setting in a configuration: our own, without their namespace, and those of an explicit Provider of the dynamic host. */
export function namesOf(setting: Setting): string[] {
  return keysOf(setting).map(nameOf);
}

function nameOf(key: string): string {
  return key.startsWith(OWN) ? key.slice(OWN.length) : key;
}

export class PluginAccount {
  private made: Run | undefined;
  private readonly unknown: string | undefined;

  /**
   * `source` names the configuration in messages, before the key. It may be what the state has of a Provider of the dynamic host: in the update that
   * moves it to the plugin, the engine configures the plugin with the inputs before.
   */
  constructor(
    private readonly config: Properties = {},
    private readonly source = "the stack config",
  ) {
    const names = Object.values(SETTINGS).flatMap(namesOf);
    this.unknown = Object.keys(config).find((name) => !names.includes(name));
  }

  /** Everything that this process knows; connects to the account at the first request. */
  context(): Run {
    return (this.made ??= createRun(this.lookUp, this.source, {
      timing: callTiming,
      log,
      holders: new Holders(Notes.of(engineAddress())),
    }));
  }

  /** Why no account can be made of the configuration, if so. Makes no request. */
  misconfiguration(): string | undefined {
    // In a preview an explicit provider's configuration may depend on other resources.
    if (Object.values(this.config).includes(UNKNOWN)) return undefined;
    try {
      resolveConnection(this.lookUp, this.source);
      return undefined;
    } catch (error) {
      return errorMessage(error);
    }
  }

  private readonly lookUp = (key: string): unknown => {
    // Whatever else is found might be another account, or send this one's credential elsewhere.
    if (this.unknown !== undefined) {
      throw new ConfigurationError(`${this.source} has an ${unknownName(this.unknown, "name")}`);
    }
    const value = this.config[nameOf(key)];
    if (value === UNKNOWN) {
      throw new ConfigurationError(
        `The value of ${this.source} ${key} is not known yet, and nothing else is used in its place.`,
      );
    }
    return value;
  };
}
