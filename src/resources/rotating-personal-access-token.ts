// RotatingPersonalAccessToken: a token that is renewed in time, its predecessor living on for an overlap.
import * as pulumi from "@pulumi/pulumi";

import {
  ownerDescription,
  propertiesOf,
  requireArgs,
  typeToken,
  withoutStackTraces,
  withSecretOutputs,
} from "./dynamic-resource";
import { ROTATION_OUTPUTS } from "./rotation-args";
import type { RotationArgs } from "./rotation-args";

/** What a {@link RotatingPersonalAccessToken} is made of. */
export interface RotatingPersonalAccessTokenArgs extends RotationArgs {
  /** What the tokens may do, each as `area:verb`; at least one. Order and repeats mean nothing. A change rotates. */
  scopes: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Days after which the API ends a token, should no run rotate it; at least `rotateEveryDays` and `overlapDays` together. A change rotates.
   * @default none: it never expires by itself
   */
  expiresInDays?: pulumi.Input<number> | undefined;
}

/**
 * A personal access token that rotates without downtime, as {@link RotatingServiceKey} does. It suits the token that CI itself uses: the predecessor that a run
 * is logged in with is never revoked by that run.
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
 * @see POST /v1/account/api-keys/pat, GET /v1/account/api-keys, DELETE /v1/account/api-keys/{key_id}
 */
export class RotatingPersonalAccessToken extends pulumi.CustomResource {
  /** @internal */
  public static readonly __pulumiType = typeToken("RotatingPersonalAccessToken");

  /** Is this object a RotatingPersonalAccessToken, even one of another copy of this package? */
  public static override isInstance(obj: unknown): obj is RotatingPersonalAccessToken {
    return (
      (obj as { __pulumiType?: unknown } | undefined)?.__pulumiType ===
      RotatingPersonalAccessToken.__pulumiType
    );
  }

  /** The current token. Secret. */
  declare public readonly key: pulumi.Output<string>;
  /** The id of the current token in the account. */
  declare public readonly keyId: pulumi.Output<string>;
  /** The beginning of the current token. */
  declare public readonly keyPrefix: pulumi.Output<string>;
  /** The kind of key in the API's words. */
  declare public readonly keyType: pulumi.Output<string>;
  /** What the tokens may do, sorted and without repeats. */
  declare public readonly scopes: pulumi.Output<string[]>;
  /** The tokens' description without their marks. */
  declare public readonly description: pulumi.Output<string>;
  /** Days from creation until the API ends a token; absent if never. */
  declare public readonly expiresInDays: pulumi.Output<number | undefined>;
  /** When the current token ends, RFC 3339 UTC; absent if never. */
  declare public readonly expiresAt: pulumi.Output<string | undefined>;
  /** The token before it, until it is retired. Secret. */
  declare public readonly previousKey: pulumi.Output<string | undefined>;
  /** The id of the token before it, until it is retired. */
  declare public readonly previousKeyId: pulumi.Output<string | undefined>;
  /** From when on an `up` revokes the token before it, RFC 3339 UTC. */
  declare public readonly retireAt: pulumi.Output<string | undefined>;
  /** When the current token was made, by the server's clock, RFC 3339 UTC. */
  declare public readonly rotatedAt: pulumi.Output<string>;
  /** From when on an `up` makes the next one, RFC 3339 UTC. */
  declare public readonly nextRotationAt: pulumi.Output<string>;
  /** Does the account list the current token as active, as of the last refresh? If not, the next `up` makes another. */
  declare public readonly isActive: pulumi.Output<boolean>;
  /** When the current token was last used, RFC 3339, as of the last refresh; absent if never. */
  declare public readonly lastUsedAt: pulumi.Output<string | undefined>;

  /**
   * @param name The logical name, unique among the stack's rotating tokens.
   * @param args Scopes and the rhythm.
   * @param opts Pulumi's resource options.
   */
  public constructor(
    name: string,
    args: RotatingPersonalAccessTokenArgs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    requireArgs("RotatingPersonalAccessToken", name, args, opts, "rotating");
    const inputs = { ...args, description: args.description ?? ownerDescription(name) };
    const traces = withoutStackTraces();
    try {
      super(
        RotatingPersonalAccessToken.__pulumiType,
        name,
        propertiesOf("rotatingPersonalAccessToken", inputs, [
          "expiresInDays",
          "expiresAt",
          ...ROTATION_OUTPUTS,
        ]),
        withSecretOutputs(opts, "key", "previousKey"),
      );
      this.key = pulumi.secret(this.key);
      this.previousKey = pulumi.secret(this.previousKey);
    } catch (error) {
      throw traces.located(error);
    } finally {
      traces.restore();
    }
  }
}
