// The configuration of the stack: its values, its mistakes, and `wayscloud.config` with the effective ones.
import * as pulumi from "@pulumi/pulumi";

import { NoCredentialError, settingsIn } from "./config";
import { keysOf, misplaced, OWN, OWN_NAMES, SETTINGS, unknownName, VENDOR } from "./settings";
import { ConfigurationError } from "./errors";

/** Its name in messages, before the key. */
export const STACK_CONFIG = "the stack config";

/** A value of the stack config, secret or not: the caller must not expose it. */
export function stackConfig(key: string): string | undefined {
  return pulumi.runtime.getConfig(key);
}

/** The settings of a program without a `Provider`. */
export const inEffect = settingsIn(stackConfig, STACK_CONFIG);

/** The effective configuration of this program without a `Provider`: the stack's, else the environment's. */
export interface Config {
  /** The credential, as a secret; undefined if there is none. */
  readonly patToken: pulumi.Output<string> | undefined;
  /** Base URL of the API, without a trailing slash. */
  readonly endpoint: string;
  /** The only account that may be used; undefined if any is accepted. */
  readonly customerId: string | undefined;
}

/** The effective configuration, read at each access to a property. A blank value is an error. */
export const config: Config = {
  get patToken() {
    try {
      return pulumi.secret(inEffect.credential.value);
    } catch (error) {
      if (error instanceof NoCredentialError) return undefined;
      throw error;
    }
  },
  get endpoint() {
    return inEffect.endpoint;
  },
  get customerId() {
    return inEffect.expectedAccount?.value;
  },
};

/** The root stacks of programs that were checked: inline programs of the Automation API share a process. */
const known = new WeakSet<object>();

/**
 * Looks for mistakes in the stack config, and warns about some once per program. Never shows a value.
 *
 * @throws ConfigurationError for an unknown name after {@link OWN}: a misspelled account must not become
 * another one.
 */
export function checkStackConfig(): void {
  const program = pulumi.runtime.getStackResource();
  if (program && known.has(program)) return;
  const keys = Object.keys(pulumi.runtime.allConfig());
  for (const name of namesAfter(OWN, keys)) {
    if (OWN_NAMES.includes(name)) continue;
    throw new ConfigurationError(`The stack config ${OWN.slice(0, -1)} has an ${unknownName(name, "name")}`);
  }
  if (!program) return;
  known.add(program);
  const warnings = [
    ...keysOf(SETTINGS.credential)
      .filter((key) => keys.includes(key) && !isSecret(key))
      .map(
        (key) =>
          `${key} is in the stack config in plain text. Encrypt it with \`pulumi config set --secret ${key}\`, and replace the credential if others could read the file.`,
      ),
    ...namesAfter(VENDOR, keys).flatMap((name) => misplaced(name) ?? []),
  ];
  for (const warning of warnings) void pulumi.log.warn(warning);
}

function namesAfter(namespace: string, keys: readonly string[]): string[] {
  return keys.filter((key) => key.startsWith(namespace)).map((key) => key.slice(namespace.length));
}

/** The SDK's types lack this function. If it is missing, no credential counts as plain. */
function isSecret(key: string): boolean {
  const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
  return typeof isConfigSecret !== "function" || isConfigSecret(key);
}
