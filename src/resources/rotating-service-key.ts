// RotatingServiceKey: a service key renewed on schedule; the previous one stays valid for an overlap.
import type * as pulumi from "@pulumi/pulumi";

import { declaration, isInstanceOf, typeToken } from "./declaration";
import type { RotationArgs } from "./key-args";
import { RotatingKey } from "./key-outputs";
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
export class RotatingServiceKey extends RotatingKey {
  /** @internal */
  public static readonly __pulumiType = typeToken("RotatingServiceKey");

  /** Returns true if the object is a `RotatingServiceKey`, of any copy of this package. */
  public static override readonly isInstance = isInstanceOf<RotatingServiceKey>(this.__pulumiType);

  /** The service of the keys. */
  declare public readonly service: pulumi.Output<string>;

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
