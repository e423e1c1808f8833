// RotatingPersonalAccessToken: a token renewed on schedule; the previous one stays valid for an overlap.
import type * as pulumi from "@pulumi/pulumi";

import type { KnownScope } from "../text/scopes";
import { declaration, isInstanceOf, typeToken } from "./declaration";
import type { RotationArgs } from "./key-args";
import { RotatingKey } from "./key-outputs";

/** Arguments for {@link RotatingPersonalAccessToken}. */
export interface RotatingPersonalAccessTokenArgs extends RotationArgs {
  /**
   * The scopes of the tokens, at least one, usually each as `area:verb`, for example `["ssh_keys:read"]`.
   * The API decides which scopes exist. Order and duplicates are ignored. Changing them rotates the token.
   */
  scopes: pulumi.Input<pulumi.Input<KnownScope | (string & {})>[]>;
  /**
   * Days from its creation until a token expires if no update rotates it: a whole number, at least
   * `rotateEveryDays` and `overlapDays` together. Changing it rotates the token.
   * @default the tokens never expire
   */
  expiresInDays?: pulumi.Input<number> | undefined;
}

/**
 * A personal access token that rotates without downtime, as {@link RotatingServiceKey} does. It is suitable
 * for the token that CI itself uses: an update never revokes the token that it is authenticated with. If all
 * consumers are in this program, {@link PersonalAccessToken} with `rotateBeforeDays` is simpler.
 *
 * @example
 * ```ts
 * import * as wayscloud from "pulumi-wayscloud";
 *
 * const ci = new wayscloud.RotatingPersonalAccessToken("ci", {
 *   scopes: ["api_keys:write", "ssh_keys:write"],
 *   rotateEveryDays: 30,
 *   overlapDays: 7,
 *   expiresInDays: 60,
 * });
 * export const ciToken = ci.key; // [secret]
 * ```
 *
 * @see POST /v1/account/api-keys/pat, GET /v1/account/api-keys, DELETE /v1/account/api-keys/{key_id} of the
 * Account API
 */
export class RotatingPersonalAccessToken extends RotatingKey {
  /** @internal */
  public static readonly __pulumiType = typeToken("RotatingPersonalAccessToken");

  /** Returns true if the object is a `RotatingPersonalAccessToken`, of any copy of this package. */
  public static override readonly isInstance = isInstanceOf<RotatingPersonalAccessToken>(this.__pulumiType);

  /** The scopes of the tokens, sorted and without duplicates. */
  declare public readonly scopes: pulumi.Output<string[]>;
  /** Days from its creation until a token expires; `null` if the tokens never expire. */
  declare public readonly expiresInDays: pulumi.Output<number | null>;
  /** Expiry time of the current token (RFC 3339, UTC); `null` if it never expires. */
  declare public readonly expiresAt: pulumi.Output<string | null>;

  /**
   * Creates a personal access token that rotates without downtime; `key` is the current token, a secret.
   *
   * @param name The logical name, unique among the stack's rotating tokens.
   * @param args Scopes and rotation schedule.
   * @param opts Pulumi's resource options.
   */
  public constructor(
    name: string,
    args: RotatingPersonalAccessTokenArgs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    const declared = declaration(new.target, "RotatingPersonalAccessToken", name, args, opts);
    try {
      super(...declared.forSuper);
      declared.complete(this);
    } catch (error) {
      throw declared.withStack(error);
    }
  }
}
