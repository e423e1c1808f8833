// Provider of "pulumi-wayscloud/native": an explicit account, served by the plugin.
import * as pulumi from "@pulumi/pulumi";

import { ConfigurationError } from "../errors";
import { explicitAccount, refuseForeign } from "../provider";
import type { AccountArgs } from "../provider";
import { keysOf, OWN, SETTINGS } from "../settings";
import { stackConfig } from "../stack-config";
import { isGiven } from "../values";
import { pluginDownloadURL, version } from "../version";

/** The account of a {@link Provider}. */
export interface ProviderArgs extends AccountArgs {
  /**
   * The credential: a personal access token. Always kept secret.
   * @default the environment (`WAYSCLOUD_PAT_TOKEN`, `WAYSCLOUD_TOKEN`, `WAYSCLOUD_API_KEY`), else `token` in
   * `~/.wayscloud/credentials`
   * @secret
   */
  patToken?: pulumi.Input<string> | undefined;
}

/** The type token of a resource class, or of a data function. */
export function nativeType(name: string): string {
  return `wayscloud-account:index:${name}`;
}

/** The plugin, and its address in case Pulumi.yaml does not have its folder (only in a release). */
export const PLUGIN = { version, ...(pluginDownloadURL === undefined ? {} : { pluginDownloadURL }) };

/**
 * An explicit provider for a second account. Pass it as the `provider` option of a resource, or to a data
 * function.
 *
 * @example
 * ```ts
 * import * as pulumi from "@pulumi/pulumi";
 * import * as wayscloud from "pulumi-wayscloud/native";
 *
 * const staging = new wayscloud.Provider("staging", {
 *   patToken: new pulumi.Config().requireSecret("stagingToken"),
 * });
 * const dns = new wayscloud.ServiceKey("dns", { service: "dns" }, { provider: staging });
 * ```
 */
export class Provider extends pulumi.ProviderResource {
  /**
   * @param name The logical name of the provider.
   * @param args The account's credential and, optionally, endpoint and customer id.
   * @param opts Pulumi's resource options.
   */
  public constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    const { credentialName, credential, endpoint, customerId } = explicitAccount(name, args);
    const given = credentialName === undefined ? {} : { [credentialName]: credential() };
    // An explicit provider of the dynamic classes moves to the plugin with its resources.
    const moved = { ...PLUGIN, aliases: [{ type: "pulumi:providers:pulumi-nodejs" }] };
    super("wayscloud-account", name, { ...given, endpoint, customerId }, pulumi.mergeOptions(moved, opts));
  }
}

/**
 * @throws ConfigurationError if the default provider would ignore an account of the stack config, or if the
 * provider belongs to another package, which the SDK ignores silently.
 */
export function checkProvider(what: string, provider: unknown): void {
  if (isGiven(provider)) refuseForeign(what, provider, "pulumi-wayscloud/native");
  else refuseIgnoredConfig(what);
}

function refuseIgnoredConfig(what: string): void {
  for (const setting of Object.values(SETTINGS)) {
    const key = keysOf(setting).find((each) => stackConfig(each) !== undefined);
    if (key === undefined || key.startsWith(OWN)) continue;
    const right = (setting.isSecret ? "--secret " : "") + OWN + setting.own[0];
    throw new ConfigurationError(
      `${what}: the stack config has ${key}, which the plugin does not see. ` +
        `Run \`pulumi config set ${right}\` with the same value, or pass a Provider of pulumi-wayscloud/native.`,
    );
  }
}
