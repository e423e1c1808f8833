// PersonalAccessToken: a token for the Account API itself, with scopes and an optional end.
import * as pulumi from "@pulumi/pulumi";

import {
  propertiesOf,
  requireArgs,
  typeToken,
  withoutStackTraces,
  withSecretOutputs,
} from "./dynamic-resource";
import type { CommonKeyArgs } from "./existing-key";
import { keyInputs } from "./service-key";

/** What a {@link PersonalAccessToken} is made of. */
export interface PersonalAccessTokenArgs extends CommonKeyArgs {
  /**
   * What the token may do, each as `area:verb`, for example `["ssh_keys:read", "services:read"]`; at least one. Order and repeats mean nothing. A
   * change replaces, new token first.
   */
  scopes: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Days from creation until the token expires: a whole number from 1 to 36500. A change replaces, new token first.
   * @default none: it never expires
   */
  expiresInDays?: pulumi.Input<number> | undefined;
  /**
   * From that many days before it expires on, `pulumi preview` and `up` replace the token, new token first. Needs `expiresInDays` and must be
   * smaller. A change of this alone needs no request.
   * @default none: it is replaced by the first `up` after it expired
   */
  rotateBeforeDays?: pulumi.Input<number> | undefined;
}

/**
 * A personal access token for the Account API. The API shows it once, at its creation; it is kept, encrypted, in the stack's state.
 *
 * A replacement creates the new token, moves everything in the program that uses `key` to it, and revokes the old one last. The token
 * that the run itself is logged in with is never revoked.
 *
 * @example
 * ```ts
 * import * as wayscloud from "pulumi-wayscloud";
 *
 * const ci = new wayscloud.PersonalAccessToken("ci", {
 *   scopes: ["ssh_keys:read", "services:read"],
 *   expiresInDays: 90,
 *   rotateBeforeDays: 14,
 * });
 * export const ciToken = ci.key; // [secret]
 * ```
 *
 * @see POST /v1/account/api-keys/pat, GET /v1/account/api-keys, DELETE /v1/account/api-keys/{key_id}
 */
export class PersonalAccessToken extends pulumi.CustomResource {
  /** @internal */
  public static readonly __pulumiType = typeToken("PersonalAccessToken");

  /**
   * Looks up a token that the account has, without managing it. `key`, `expiresInDays`, `expiresAt` and `rotateAt` are not known then: the API
   * does not tell them. To manage such a token, pass it as `existing`.
   *
   * @param name The logical name for the looked-up resource.
   * @param id The id of the token in the account.
   * @throws (at preview) when the account holds no personal access token of this id.
   * @see GET /v1/account/api-keys
   */
  public static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    opts?: pulumi.CustomResourceOptions,
  ): PersonalAccessToken {
    return new PersonalAccessToken(name, undefined, { ...opts, id });
  }

  /** Is this object a PersonalAccessToken, even one of another copy of this package? */
  public static override isInstance(obj: unknown): obj is PersonalAccessToken {
    return (obj as { __pulumiType?: unknown } | undefined)?.__pulumiType === PersonalAccessToken.__pulumiType;
  }

  /** The full token. Secret: encrypted in the state, `[secret]` wherever the engine prints it. */
  declare public readonly key: pulumi.Output<string>;
  /** The beginning of the token, by which the key list shows it. */
  declare public readonly keyPrefix: pulumi.Output<string>;
  /** The kind of key in the API's words. */
  declare public readonly keyType: pulumi.Output<string>;
  /** What the token may do, sorted and without repeats. */
  declare public readonly scopes: pulumi.Output<string[]>;
  /** What the key list shows beside the token. */
  declare public readonly description: pulumi.Output<string>;
  /** Days from creation until it expires; absent if never. */
  declare public readonly expiresInDays: pulumi.Output<number | undefined>;
  /** When it expires, by the server's clock at its creation, RFC 3339 UTC; absent if never. */
  declare public readonly expiresAt: pulumi.Output<string | undefined>;
  /** From when on `up` replaces it, RFC 3339 UTC; absent without `rotateBeforeDays`. */
  declare public readonly rotateAt: pulumi.Output<string | undefined>;
  /** Does the account list it as active, as of the last refresh? */
  declare public readonly isActive: pulumi.Output<boolean>;
  /** When it was created, by the server's clock, RFC 3339. */
  declare public readonly createdAt: pulumi.Output<string>;
  /** When it was last used, RFC 3339, as of the last refresh; absent if never. */
  declare public readonly lastUsedAt: pulumi.Output<string | undefined>;

  /**
   * @param name The logical name, unique among the stack's tokens.
   * @param args Scopes, end, rotation and further options.
   * @param opts Pulumi's resource options.
   */
  public constructor(name: string, args: PersonalAccessTokenArgs, opts?: pulumi.CustomResourceOptions);
  /** @internal */
  public constructor(name: string, args: undefined, opts: pulumi.CustomResourceOptions);
  public constructor(
    name: string,
    args: PersonalAccessTokenArgs | undefined,
    opts?: pulumi.CustomResourceOptions,
  ) {
    const outputs = [
      "key",
      "keyPrefix",
      "keyType",
      "expiresInDays",
      "expiresAt",
      "rotateAt",
      "isActive",
      "createdAt",
      "lastUsedAt",
    ];
    requireArgs("PersonalAccessToken", name, args, opts, "apiKey");
    const inputs = args && keyInputs(name, args);
    const traces = withoutStackTraces();
    try {
      super(
        PersonalAccessToken.__pulumiType,
        name,
        propertiesOf("personalAccessToken", inputs, inputs ? outputs : ["scopes", "description", ...outputs]),
        withSecretOutputs(opts, "key"),
      );
      this.key = pulumi.secret(this.key);
    } catch (error) {
      throw traces.located(error);
    } finally {
      traces.restore();
    }
  }
}
