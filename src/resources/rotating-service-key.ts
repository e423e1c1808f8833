// RotatingServiceKey: a service key that is renewed on schedule, with the previous key staying valid for an
// overlap.
import * as pulumi from "@pulumi/pulumi";

import { declaration, isInstanceOf, typeToken } from "./declaration";
import type { RotationArgs } from "./key-args";
import type { ServiceName } from "./service-key";

/** Arguments for {@link RotatingServiceKey}. */
export interface RotatingServiceKeyArgs extends RotationArgs {
  /**
   * The service that the keys give access to: `database`, `storage`, `llm-api`, `dns` or `vps`; anything else
   * fails during preview. Changing it replaces the resource with all its keys; the new key is created before
   * the old ones are revoked.
   */
  service: pulumi.Input<ServiceName>;
}

/**
 * A service key that rotates without downtime. When a rotation is due, `pulumi up` creates a new key, and
 * everything in the program that uses `key` moves to it in the same update. The previous key stays valid for
 * `overlapDays`, and a later `pulumi up` revokes it. When nothing is due, the package makes no request. At
 * most two keys are live at once; destroying the resource revokes all of them.
 *
 * Run `pulumi up` on a schedule, for example daily: nothing rotates until it runs. A late update rotates
 * late, and never revokes the key that it replaces. If all consumers are in this program, {@link ServiceKey}
 * with `rotationTriggers` is simpler.
 *
 * @example
 * ```ts
 * import * as wayscloud from "pulumi-wayscloud";
 *
 * const database = new wayscloud.RotatingServiceKey("database", {
 *   service: "database",
 *   rotateEveryDays: 30,
 *   overlapDays: 7,
 * });
 * export const databaseKey = database.key; // [secret]
 * ```
 *
 * @see POST /v1/account/api-keys/service, GET /v1/account/api-keys, DELETE /v1/account/api-keys/{key_id} of
 * the Account API
 */
export class RotatingServiceKey extends pulumi.CustomResource {
  /** @internal */
  public static readonly __pulumiType = typeToken("RotatingServiceKey");

  /**
   * Returns true if the given object is a `RotatingServiceKey`, even if it comes from another copy of this
   * package.
   */
  public static override readonly isInstance = isInstanceOf<RotatingServiceKey>(
    RotatingServiceKey.__pulumiType,
  );

  /**
   * The full current key. Secret: encrypted in the state, `[secret]` wherever the engine prints it.
   * @secret
   */
  declare public readonly key: pulumi.Output<string>;
  /** The id of the current key in the account. */
  declare public readonly keyId: pulumi.Output<string>;
  /** The beginning of the current key, by which the key list identifies it. */
  declare public readonly keyPrefix: pulumi.Output<string>;
  /** Key type as reported by the API: `service`. */
  declare public readonly keyType: pulumi.Output<string>;
  /** The service of the keys. */
  declare public readonly service: pulumi.Output<string>;
  /** The keys' description without their markers. */
  declare public readonly description: pulumi.Output<string>;
  /**
   * The previous key until it is revoked, then `null`. Secret, like `key`.
   * @secret
   */
  declare public readonly previousKey: pulumi.Output<string | null>;
  /** The id of the previous key until it is revoked, then `null`. */
  declare public readonly previousKeyId: pulumi.Output<string | null>;
  /** Time from which `pulumi up` revokes the previous key (RFC 3339, UTC); `null` if there is none. */
  declare public readonly retireAt: pulumi.Output<string | null>;
  /**
   * Creation time of the current key (RFC 3339), according to the server's clock: the same as `rotatedAt`.
   */
  declare public readonly createdAt: pulumi.Output<string>;
  /** Creation time of the current key (RFC 3339, UTC), according to the server's clock. */
  declare public readonly rotatedAt: pulumi.Output<string>;
  /** Time from which `pulumi up` creates the next key (RFC 3339, UTC). */
  declare public readonly nextRotationAt: pulumi.Output<string>;
  /**
   * Whether the account lists the current key as active, as of the last refresh. If not, the next `pulumi up`
   * creates another.
   */
  declare public readonly isActive: pulumi.Output<boolean>;
  /** Time of last use of the current key (RFC 3339), as of the last refresh; `null` if never used. */
  declare public readonly lastUsedAt: pulumi.Output<string | null>;

  /**
   * Creates a service key that rotates without downtime; `key` is the current key, a secret.
   *
   * @param name The logical name, unique among the stack's rotating service keys.
   * @param args Service and rotation schedule.
   * @param opts Pulumi's resource options.
   */
  public constructor(name: string, args: RotatingServiceKeyArgs, opts?: pulumi.CustomResourceOptions) {
    const declared = declaration(new.target, "RotatingServiceKey", name, args, opts);
    try {
      super(...declared.forSuper);
      declared.complete(this);
    } catch (error) {
      throw declared.withStack(error);
    }
  }
}
