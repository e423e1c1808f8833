// Provider of "pulumi-wayscloud/native": an explicit account, served by the plugin.
import * as pulumi from "@pulumi/pulumi";

import { ExplicitAccount } from "../provider";
import { pluginDownloadURL, version } from "../version";

/** Which account a {@link Provider} stands for. */
export interface ProviderArgs {
  /**
   * The credential: a personal access token. Always kept secret.
   * @default the environment (`WAYSCLOUD_PAT_TOKEN`, `WAYSCLOUD_TOKEN`, `WAYSCLOUD_API_KEY`), else `token` in `~/.wayscloud/credentials`
   * @secret
   */
  patToken?: pulumi.Input<string> | undefined;
  /**
   * Another name for `patToken`: set one of them. Always kept secret.
   * @secret
   */
  apiKey?: pulumi.Input<string> | undefined;
  /**
   * Base URL of the API: `https:`, or `http:` to this machine.
   * @default in TypeScript the stack config `wayscloud-account:endpoint` or `wayscloud:endpoint`; the environment (`WAYSCLOUD_ENDPOINT`, `WAYSCLOUD_API_URL`); `https://api.wayscloud.services`
   */
  endpoint?: pulumi.Input<string> | undefined;
  /**
   * The expected account, a UUID: when the credential belongs to another one, everything is rejected and nothing is changed.
   * @default the environment (`WAYSCLOUD_CUSTOMER_ID`); without it any account is accepted
   */
  customerId?: pulumi.Input<string> | undefined;
}

/** Which plugin the engine is to use, and where it finds it when Pulumi.yaml does not name it: a build without a release leaves that open. */
export const PLUGIN = { version, ...(pluginDownloadURL === undefined ? {} : { pluginDownloadURL }) };

/**
 * An account of its own. Pass it as the `provider` option of a resource, or to a data function.
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
   * @param args The account's credential and, if need be, endpoint and customer id.
   * @param opts Pulumi's resource options.
   */
  public constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    const account = new ExplicitAccount(name, args);
    const { credentialName } = account;
    const inputs = {
      ...(credentialName === undefined ? {} : { [credentialName]: account.credential() }),
      endpoint: account.endpoint(),
      customerId: account.customerId(),
    };
    // An explicit account of the dynamic classes moves over with its resources.
    const moved = { ...PLUGIN, aliases: [{ type: "pulumi:providers:pulumi-nodejs" }] };
    super("wayscloud-account", name, inputs, pulumi.mergeOptions(moved, opts));
  }
}
