// Provider: an explicit account, for programs that work with several.
import * as pulumi from "@pulumi/pulumi";

import { API_KEY, CUSTOMER_ID, ENDPOINT, resolveEndpoint } from "./config";
import { ConfigurationError } from "./errors";
import { stackConfig } from "./stack-config";
import { outputLiteralIn } from "./text/output-literal";
import { withoutStack } from "./text/without-stack";

/** Arguments for {@link Provider}. */
export interface ProviderArgs {
  /** The credential: a personal access token. Always kept secret. */
  apiKey: pulumi.Input<string>;
  /**
   * Base URL of the API: `https:`, or `http:` to this machine.
   * @default the stack config `wayscloud:endpoint`, the environment (`WAYSCLOUD_ENDPOINT`, `WAYSCLOUD_API_URL`), `https://api.wayscloud.services`
   */
  endpoint?: pulumi.Input<string> | undefined;
  /**
   * The customer id that the credential must belong to; with another account's credential everything is rejected.
   * @default the environment (`WAYSCLOUD_CUSTOMER_ID`); without it any account is accepted
   */
  customerId?: pulumi.Input<string> | undefined;
}

/** Marks a Provider of any copy of this package. */
const MARK = Symbol.for("pulumi-wayscloud.Provider");

/**
 * An explicit provider for a second account. Pass it as the `provider` option of a resource, or to a data function.
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
  /** Returns true if the given object is a `Provider`, even if it comes from another copy of this package. */
  public static override isInstance(obj: unknown): obj is Provider {
    return typeof obj === "object" && obj !== null && MARK in obj;
  }

  /** The credential. Secret. */
  public readonly apiKey: pulumi.Output<string>;
  /** Base URL of the API. */
  public readonly endpoint: pulumi.Output<string>;
  /** The customer id that the credential must belong to; undefined if any account is accepted. */
  public readonly customerId: pulumi.Output<string | undefined>;
  /** @internal */
  public readonly [MARK] = true;

  /**
   * @param name The logical name of the provider.
   * @param args The account's credential and, optionally, endpoint and customer id.
   * @param opts Pulumi's resource options.
   */
  public constructor(name: string, args: ProviderArgs, opts?: pulumi.ResourceOptions) {
    const apiKey = pulumi.secret(checkedInput(name, "apiKey", args?.apiKey));
    const customerId =
      args.customerId === undefined ? undefined : checkedInput(name, "customerId", args.customerId);
    const endpoint = settledEndpoint(args.endpoint, ENDPOINT);
    const inputs = { [API_KEY]: apiKey, [ENDPOINT]: endpoint };
    super("pulumi-nodejs", name, customerId ? { ...inputs, [CUSTOMER_ID]: customerId } : inputs, opts);
    this.apiKey = apiKey;
    this.endpoint = endpoint;
    this.customerId = customerId ?? pulumi.output(undefined);
  }
}

/**
 * The endpoint that is given, else that of the stack config under this key, else that of the environment: settled in the program, since the
 * provider's process sees its own inputs only, and traffic must never fall back to production silently.
 */
export function settledEndpoint(given: pulumi.Input<string> | undefined, key: string): pulumi.Output<string> {
  return pulumi
    .output(given)
    .apply((value) => withoutStack(() => resolveEndpoint(() => value || stackConfig(key), key)));
}

/**
 * The input, which fails as soon as it is known to be blank: an explicit account never becomes another one.
 *
 * @throws ConfigurationError at once for a plain value.
 */
export function checkedInput(
  provider: string,
  input: "apiKey" | "customerId",
  value: pulumi.Input<string> | null | undefined,
): pulumi.Output<string> {
  const check = (given: unknown): string => {
    const wrong = mistakeIn(input, given);
    if (wrong === undefined) return String(given).trim();
    throw new ConfigurationError(`Provider "${provider}": \`${input}\` ${wrong}`);
  };
  if (!pulumi.Output.isInstance(value) && !(value instanceof Promise)) check(value);
  return pulumi.output(value).apply((given) => withoutStack(() => check(given)));
}

const NO_FALLBACK = "explicit providers do not fall back to other credentials.";

function mistakeIn(input: "apiKey" | "customerId", value: unknown): string | undefined {
  if (value === undefined || value === null) return `is required; ${NO_FALLBACK}`;
  if (typeof value !== "string")
    return `must be a string, not a${typeof value === "object" ? "n" : ""} ${typeof value}.`;
  if (value.trim() === "")
    return input === "apiKey" ? `is required, but it is blank; ${NO_FALLBACK}` : "is blank.";
  if (outputLiteralIn(input, value) === undefined) return undefined;
  return "contains an Output that was turned into a string. Pass the Output itself, or use pulumi.interpolate.";
}
