// Provider: an explicit account, for programs that work with several.
import * as pulumi from "@pulumi/pulumi";

import { checkedEndpoint, checkedText } from "./config";
import { API_KEY, bothSet, CUSTOMER_ID, ENDPOINT, OWN_NAMES, unknownName } from "./settings";
import { ConfigurationError } from "./errors";
import { checkStackConfig, inEffect } from "./stack-config";
import { shape } from "./text/quote";
import { outputLiteralIn, outputLiteralMessage } from "./text/output-literal";
import { withoutStack } from "./text/without-stack";
import { isGiven } from "./values";

/** Arguments for {@link Provider}: `patToken` (or its other name, `apiKey`), endpoint and customer id. */
export type ProviderArgs = AccountArgs &
  ({ patToken: pulumi.Input<string> } | { apiKey: pulumi.Input<string> });

/** The account of a {@link Provider}. */
export interface AccountArgs {
  /** The credential: a personal access token. Always kept secret. */
  patToken?: pulumi.Input<string> | undefined;
  /** Another name for `patToken`: set one of them. Always kept secret. */
  apiKey?: pulumi.Input<string> | undefined;
  /**
   * Base URL of the API: `https:`, or `http:` to this machine.
   * @default the stack config `wayscloud-account:endpoint` or `wayscloud:endpoint`, the environment
   * (`WAYSCLOUD_ENDPOINT`, `WAYSCLOUD_API_URL`), `https://api.wayscloud.services`
   */
  endpoint?: pulumi.Input<string> | undefined;
  /**
   * The customer id that the credential must belong to. The package rejects another account's credential.
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
    const account = new ExplicitAccount(name, args);
    const apiKey = account.credential();
    const customerId = account.customerId();
    const endpoint = account.endpoint();
    const inputs = { [API_KEY]: apiKey, [ENDPOINT]: endpoint };
    super("pulumi-nodejs", name, customerId ? { ...inputs, [CUSTOMER_ID]: customerId } : inputs, opts);
    this.apiKey = apiKey;
    this.endpoint = endpoint;
    this.customerId = customerId ?? pulumi.output(undefined);
  }
}

/** The checked arguments of a `Provider` of either host: an explicit account never becomes another one. */
export class ExplicitAccount {
  private readonly args: AccountArgs;

  /** @throws ConfigurationError for a misspelled argument. */
  constructor(
    private readonly name: string,
    args: AccountArgs | undefined,
  ) {
    checkStackConfig();
    if (typeof (args ?? {}) !== "object") {
      this.fail(`the arguments must be an object such as { patToken }, not ${shape(args)}.`);
    }
    this.args = args ?? {};
    for (const given of Object.keys(this.args)) {
      if (!OWN_NAMES.includes(given)) this.fail(unknownName(given, "argument"));
    }
    if (isGiven(this.args.patToken) && isGiven(this.args.apiKey)) {
      this.fail(bothSet("`patToken`", "`apiKey`"));
    }
  }

  /** The credential's name in the arguments. A missing value must not become the environment's account. */
  get credentialName(): "patToken" | "apiKey" | undefined {
    if (isGiven(this.args.apiKey)) return "apiKey";
    if ("patToken" in this.args) return "patToken";
    return "apiKey" in this.args ? "apiKey" : undefined;
  }

  credential(): pulumi.Output<string> {
    return pulumi.secret(this.checked(this.credentialName ?? "patToken"));
  }

  customerId(): pulumi.Output<string> | undefined {
    return this.args.customerId === undefined ? undefined : this.checked("customerId");
  }

  /**
   * The given endpoint, else that of the stack config or the environment. The program decides: the provider's
   * process sees only its own inputs, and must not silently use production.
   */
  endpoint(): pulumi.Output<string> {
    const settle = (value: unknown): string =>
      isGiven(value) ? checkedEndpoint(checkedText(value, this.source("endpoint"))) : inEffect.endpoint;
    return settled(this.args.endpoint, settle);
  }

  private checked(input: "patToken" | "apiKey" | "customerId"): pulumi.Output<string> {
    return settled(this.args[input], (value) => {
      if (!isGiven(value))
        this.fail(`\`${input}\` is required; explicit providers do not fall back to other credentials.`);
      if (outputLiteralIn(input, value) !== undefined) this.fail(`${outputLiteralMessage(input)}.`);
      return checkedText(value, this.source(input)).value;
    });
  }

  private source(input: string): string {
    return `\`${input}\` of the Provider "${this.name}"`;
  }

  private fail(why: string): never {
    throw new ConfigurationError(`Provider "${this.name}": ${why}`);
  }
}

/** The checked input, as soon as it is known. @throws at once, if the check rejects a plain value. */
function settled(
  value: pulumi.Input<string> | undefined,
  check: (known: unknown) => string,
): pulumi.Output<string> {
  if (!pulumi.Output.isInstance(value) && !(value instanceof Promise)) check(value);
  return pulumi.output(value).apply((known) => withoutStack(() => check(known)));
}
