// The configuration of the stack whose program runs, and a warning where a credential in it is not a secret.
import * as pulumi from "@pulumi/pulumi";

import { API_KEY, PAT_TOKEN } from "./config";

/** The engine hands it to the plugin in the clear, secret or not, so the classes of the plugin look as well. */
const PLUGIN_API_KEY = "wayscloud-account:apiKey";

/** A value of it, whether secret or not; the caller keeps it to itself. */
export function stackConfig(key: string): string | undefined {
  return pulumi.runtime.getConfig(key);
}

/** Programs that were looked at, by their root stacks: inline programs of the Automation API share a process. */
const known = new WeakSet<object>();

/** Names each credential that anybody can read who has the stack's file: once a program, and never its value. */
export function warnOfPlainCredentials(): void {
  const program = pulumi.runtime.getStackResource();
  if (!program || known.has(program)) return;
  known.add(program);
  for (const key of [PAT_TOKEN, API_KEY, PLUGIN_API_KEY]) {
    if (stackConfig(key) === undefined || isSecret(key)) continue;
    void pulumi.log.warn(
      `${key} is in the stack config in plain text. Encrypt it with \`pulumi config set --secret ${key}\`, and replace the credential if others could read the file.`,
    );
  }
}

/** The types of the SDK leave this function out: without it no credential counts as plain. */
function isSecret(key: string): boolean {
  const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
  return typeof isConfigSecret !== "function" || isConfigSecret(key);
}
