// PersonalAccessToken: a token for the Account API itself, with scopes and an optional expiry.
import type * as pulumi from "@pulumi/pulumi";

import type { KnownScope } from "../text/scopes";
import { declaration, isInstanceOf, lookUp, typeToken } from "./declaration";
import type { StateOf } from "./declaration";
import type { CommonKeyArgs } from "./key-args";
import { SingleKey } from "./key-outputs";

export type { KnownScope } from "../text/scopes";

/** Arguments for {@link PersonalAccessToken}. */
export interface PersonalAccessTokenArgs extends CommonKeyArgs {
  /**
   * The scopes of the token, at least one, usually each as `area:verb`, for example `["ssh_keys:read",
   * "services:read"]`. The API decides which scopes exist. Order and duplicates are ignored. Changing them
   * replaces the token; the new token is created before the old one is revoked.
   */
  scopes: pulumi.Input<pulumi.Input<KnownScope | (string & {})>[]>;
  /**
   * Days from creation until the token expires: a whole number from 1 to 36500. Changing it replaces the
   * token.
   * @default the token never expires
   */
  expiresInDays?: pulumi.Input<number> | undefined;
  /**
   * Replaces the token when it expires within this many days; the new token is created first. Takes effect
   * only when `pulumi up` runs. A whole number, smaller than `expiresInDays`, which is then required.
   * Changing only this input makes no request.
   * @default the token is replaced by the first update after it has expired
   */
  rotateBeforeDays?: pulumi.Input<number> | undefined;
}

/**
 * The state that {@link PersonalAccessToken.get} accepts for compatibility with other SDKs. Everything is
 * read from the account instead.
 */
export interface PersonalAccessTokenState extends StateOf<PersonalAccessToken> {}

/**
 * A personal access token for the Account API. The API shows it once, at its creation; it is stored,
 * encrypted, in the stack's state.
 *
 * A replacement creates the new token, moves everything in the program that uses `key` to it, and revokes the
 * old one last. An update never revokes the token that it is authenticated with. For consumers in other
 * stacks, and for the token of CI itself, use {@link RotatingPersonalAccessToken}, which keeps the previous
 * token valid for an overlap.
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
 * @see POST /v1/account/api-keys/pat, GET /v1/account/api-keys, DELETE /v1/account/api-keys/{key_id} of the
 * Account API
 */
export class PersonalAccessToken extends SingleKey {
  /** @internal */
  public static readonly __pulumiType = typeToken("PersonalAccessToken");

  /**
   * Reads an existing token without managing it: destroying the stack leaves it in the account. `key`,
   * `expiresInDays`, `expiresAt` and `rotateAt` are `undefined`, because the API does not return them. To
   * manage such a token, pass it as `existing`.
   *
   * @param name The logical name of the resource.
   * @param id The id of the token in the account.
   * @param rest The state, which is not needed because everything is read from the account, and Pulumi's
   *   resource options; or the options alone.
   * @throws {Error} During preview, if the account has no personal access token with this id.
   * @see GET /v1/account/api-keys
   */
  public static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    ...rest:
      | [state?: PersonalAccessTokenState, opts?: pulumi.CustomResourceOptions]
      | [opts?: pulumi.CustomResourceOptions]
  ): PersonalAccessToken {
    return lookUp(this, "PersonalAccessToken", name, id, ...rest);
  }

  /** Returns true if the object is a `PersonalAccessToken`, of any copy of this package. */
  public static override readonly isInstance = isInstanceOf<PersonalAccessToken>(this.__pulumiType);

  /** The scopes of the token, sorted and without duplicates. */
  declare public readonly scopes: pulumi.Output<string[]>;
  /** Days from creation until the token expires; `null` if it never expires. */
  declare public readonly expiresInDays: pulumi.Output<number | null>;
  /**
   * Expiry time (RFC 3339, UTC), computed from the server's clock at creation; `null` if the token never
   * expires.
   */
  declare public readonly expiresAt: pulumi.Output<string | null>;
  /** Time from which `pulumi up` replaces the token (RFC 3339, UTC); `null` without `rotateBeforeDays`. */
  declare public readonly rotateAt: pulumi.Output<string | null>;

  /**
   * Creates a personal access token for the Account API; `key` is the token, a secret.
   *
   * @param name The logical name, unique among the stack's tokens.
   * @param args Scopes, expiry, rotation and other arguments.
   * @param opts Pulumi's resource options.
   */
  public constructor(name: string, args: PersonalAccessTokenArgs, opts?: pulumi.CustomResourceOptions) {
    const declared = declaration(new.target, "PersonalAccessToken", name, args, opts);
    try {
      super(...declared.forSuper);
      declared.complete(this);
    } catch (error) {
      throw declared.withStack(error);
    }
  }
}
