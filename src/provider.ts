// Provider: an explicit account, for programs that work with several.
import * as pulumi from "@pulumi/pulumi";

import { API_KEY, ENDPOINT, resolveEndpoint } from "./config";

/** Which account a {@link Provider} stands for. */
export interface ProviderArgs {
  /** The credential: a personal access token. Always kept secret. */
  apiKey: pulumi.Input<string>;
  /**
   * Base URL of the API: `https:`, or `http:` to this machine.
   * @default the stack config `wayscloud:endpoint`, the environment (`WAYSCLOUD_ENDPOINT`, `WAYSCLOUD_API_URL`), `https://api.wayscloud.services`
   */
  endpoint?: pulumi.Input<string> | undefined;
}

/** What a data function needs of a {@link Provider}. */
export interface ProviderAccount {
  apiKey: pulumi.Output<string>;
  endpoint: pulumi.Output<string>;
}

const accounts = new WeakMap<pulumi.ProviderResource, ProviderAccount>();

/**
 * An account of its own. Pass it as the `provider` option of a resource, or to a data function.
 *
 * @example
 * ```ts
 * import * as pulumi from "@pulumi/pulumi";
 * import * as wayscloud from "pulumi-wayscloud";
 *
 * const staging = new wayscloud.Provider("staging", {
 *   apiKey: new pulumi.Config().requireSecret("stagingApiKey"),
 * });
 * const dns = new wayscloud.ServiceKey("dns", { service: "dns" }, { provider: staging });
 * const profile = wayscloud.getProfileOutput({ provider: staging });
 * ```
 */
export class Provider extends pulumi.ProviderResource {
  /**
   * @param name The logical name of the provider.
   * @param args The account's credential and, if need be, endpoint.
   * @param opts Pulumi's resource options.
   */
  public constructor(name: string, args: ProviderArgs, opts?: pulumi.ResourceOptions) {
    if (args?.apiKey === undefined || args.apiKey === null || args.apiKey === "") {
      throw new Error(
        `Provider "${name}": \`apiKey\` is required; an explicit provider never takes a credential from elsewhere.`,
      );
    }
    const account: ProviderAccount = {
      apiKey: pulumi.secret(args.apiKey),
      // Its process sees its own inputs only: an endpoint left out is settled here, so that traffic never falls back to production silently.
      endpoint: pulumi
        .output(args.endpoint)
        .apply((given) => resolveEndpoint((key) => (key === ENDPOINT && given ? given : stackConfig(key)))),
    };
    super("pulumi-nodejs", name, { [API_KEY]: account.apiKey, [ENDPOINT]: account.endpoint }, opts);
    accounts.set(this, account);
  }
}

/** The account of a provider that was made by {@link Provider}. */
export function accountOf(provider: pulumi.ProviderResource): ProviderAccount {
  const account = accounts.get(provider);
  if (account) return account;
  throw new Error(
    "`provider` must be a Provider of pulumi-wayscloud: new wayscloud.Provider(name, { apiKey }).",
  );
}

/** A value of the stack's configuration, whether secret or not; the caller keeps it to itself. */
export function stackConfig(key: string): string | undefined {
  return pulumi.runtime.getConfig(key);
}
