// Provider: an explicit account, for programs that work with several.
import * as pulumi from "@pulumi/pulumi";

import { checkedEndpoint, checkedText } from "./config";
import { API_KEY, bothSet, CUSTOMER_ID, ENDPOINT, OWN_NAMES, unknownName } from "./settings";
import { ConfigurationError } from "./errors";
import { checkStackConfig, inEffect } from "./stack-config";
import { shape } from "./text/quote";
import { outputLiteralIn, outputLiteralMessage } from "./text/output-literal";
import { withoutStack } from "./text/without-stack";
import { isGiven, isRecord } from "./values";

/** Arguments for {@link Provider}: `patToken` (or its other name, `apiKey`), endpoint and customer id. */
export type ProviderArgs = AccountArgs &
  ({ patToken: pulumi.Input<string> } | { apiKey: pulumi.Input<string> });

/** The account of a {@link Provider}. */
export interface AccountArgs {
  /**
   * The credential: a personal access token. Always kept secret.
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
   * @default in TypeScript the stack config `wayscloud-account:endpoint` or `wayscloud:endpoint`; the
   * environment (`WAYSCLOUD_ENDPOINT`, `WAYSCLOUD_API_URL`); `https://api.wayscloud.services`
   */
  endpoint?: pulumi.Input<string> | undefined;
  /**
   * The expected account, a UUID. If the credential belongs to another account, everything is rejected and
   * nothing is changed.
   * @default the environment (`WAYSCLOUD_CUSTOMER_ID`); without it any account is accepted
   */
  customerId?: pulumi.Input<string> | undefined;
}

/** Marks a Provider of any copy of this package. */
const MARK = Symbol.for("pulumi-wayscloud.Provider");

/**
 * An explicit provider for a second account. Pass it as the `provider` option of a resource, or to a data
 * function.
 *
 * @example
 * ```ts
 * import * as pulumi from "@pulumi/pulumi";
 * import * as wayscloud from "pulumi-wayscloud";
 *
 * const staging = new wayscloud.Provider("staging", {
 *   patToken: new pulumi.Config().requireSecret("stagingToken"),
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
    const { credential, endpoint, customerId } = explicitAccount(name, args);
    const apiKey = credential();
    const inputs = { [API_KEY]: apiKey, [ENDPOINT]: endpoint };
    super("pulumi-nodejs", name, customerId ? { ...inputs, [CUSTOMER_ID]: customerId } : inputs, opts);
    this.apiKey = apiKey;
    this.endpoint = endpoint;
    this.customerId = customerId ?? pulumi.output(undefined);
  }
}

/**
 * The checked arguments of a `Provider` of either host: an explicit account never becomes another one.
 *
 * @throws ConfigurationError for a misspelled or invalid argument.
 */
export function explicitAccount(name: string, args: AccountArgs | undefined) {
  const fail = (why: string): never => {
    throw new ConfigurationError(`Provider "${name}": ${why}`);
  };
  const source = (input: string): string => `\`${input}\` of the Provider "${name}"`;
  checkStackConfig();
  if (typeof (args ?? {}) !== "object")
    fail(`the arguments must be an object such as { patToken }, not ${shape(args)}.`);
  const given = args ?? {};
  for (const each of Object.keys(given)) if (!OWN_NAMES.includes(each)) fail(unknownName(each, "argument"));
  const { patToken, apiKey, endpoint, customerId } = given;
  if (isGiven(patToken) && isGiven(apiKey)) fail(bothSet("`patToken`", "`apiKey`"));
  const checked = (input: keyof AccountArgs): pulumi.Output<string> =>
    settled(given[input], (value) => {
      if (!isGiven(value))
        fail(`\`${input}\` is required; explicit providers do not fall back to other credentials.`);
      if (outputLiteralIn(input, value) !== undefined) fail(`${outputLiteralMessage(input)}.`);
      return checkedText(value, source(input)).value;
    });
  // A missing value must not become the environment's account.
  const named = (["patToken", "apiKey"] as const).filter((each) => each in given);
  const credentialName = isGiven(apiKey) ? "apiKey" : named[0];
  return {
    credentialName,
    credential: () => pulumi.secret(checked(credentialName ?? "patToken")),
    customerId: customerId === undefined ? undefined : checked("customerId"),
    // The program decides: the provider's process sees only its own inputs, and must not silently use
    // production.
    endpoint: settled(endpoint, (value) =>
      isGiven(value) ? checkedEndpoint(checkedText(value, source("endpoint"))) : inEffect.endpoint,
    ),
  };
}

/** @throws ConfigurationError for a provider of another package, which the SDK ignores silently. */
export function refuseForeign(what: string, provider: unknown, entry: keyof typeof PROVIDER_TYPES): void {
  const type: unknown = isRecord(provider) ? provider.__pulumiType : undefined;
  if (type === PROVIDER_TYPES[entry]) return;
  throw new ConfigurationError(
    `${what}: the \`provider\` option must be a Provider of ${entry}, new wayscloud.Provider(name, { patToken }); Pulumi would ignore this one and use the default account.`,
  );
}

const PROVIDER_TYPES = {
  "pulumi-wayscloud": "pulumi:providers:pulumi-nodejs",
  "pulumi-wayscloud/native": "pulumi:providers:wayscloud-account",
};

/** The checked input, as soon as it is known. @throws at once, if the check rejects a plain value. */
function settled(
  value: pulumi.Input<string> | undefined,
  check: (known: unknown) => string,
): pulumi.Output<string> {
  if (!pulumi.Output.isInstance(value) && !(value instanceof Promise)) check(value);
  return pulumi.output(value).apply((known) => withoutStack(() => check(known)));
}
