// Which account the plugin works with. It sees the stack configuration of its own package only: one for the dynamic classes must not be ignored silently.
import * as pulumi from "@pulumi/pulumi";

import { ConfigurationError } from "../errors";

/** What the dynamic classes read, and what the plugin reads instead. */
const KEYS = [
  ["patToken", "apiKey"],
  ["apiKey", "apiKey"],
  ["endpoint", "endpoint"],
  ["customerId", "customerId"],
] as const;

/**
 * @throws ConfigurationError where the default provider would ignore an account that the stack config names, or where the provider is that of
 *   another package, which the SDK ignores without a word.
 */
export function checkProvider(what: string, provider: unknown): void {
  if (provider !== undefined && provider !== null) {
    const type: unknown =
      typeof provider === "object" && "__pulumiType" in provider ? provider.__pulumiType : "";
    if (type === "pulumi:providers:wayscloud-account") return;
    throw new ConfigurationError(
      `${what}: the \`provider\` must be a Provider of pulumi-wayscloud/native, new wayscloud.Provider(name, { apiKey }); this one would be ignored, and the default account be used.`,
    );
  }
  refuseIgnoredConfig(what, ["apiKey", "endpoint", "customerId"]);
}

/** @throws ConfigurationError where the stack config has one of these for the dynamic classes alone. */
export function refuseIgnoredConfig(what: string, names: readonly (typeof KEYS)[number][1][]): void {
  for (const [dynamic, native] of KEYS.filter(([, each]) => names.includes(each))) {
    const isIgnored =
      pulumi.runtime.getConfig(`wayscloud:${dynamic}`) !== undefined &&
      pulumi.runtime.getConfig(`wayscloud-account:${native}`) === undefined;
    if (!isIgnored) continue;
    const secret = native === "apiKey" ? "--secret " : "";
    throw new ConfigurationError(
      `${what}: the stack config has wayscloud:${dynamic}, which the plugin does not see. ` +
        `Run \`pulumi config set ${secret}wayscloud-account:${native}\` with the same value, or pass a Provider of pulumi-wayscloud/native.`,
    );
  }
}
