// RotatingServiceKey: a service key that is renewed in time, its predecessor living on for an overlap.
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
import type { ServiceName } from "./service-key";

/** What a {@link RotatingServiceKey} is made of. */
export interface RotatingServiceKeyArgs extends RotationArgs {
  /** The service that the keys give access to. A change replaces the resource with all its keys, new key first. */
  service: pulumi.Input<ServiceName>;
}

/**
 * A service key that rotates without downtime. When its time has come, `pulumi up` makes a successor, and everything in the program that uses
 * `key` moves to it in the same run. The predecessor stays valid for `overlapDays` and is revoked by a later `up`. When nothing is due, no
 * request is made. At most two keys live at once; deleting the resource revokes all of them.
 *
 * Schedule `pulumi up` as often as the precision you need, for example daily. A run that comes late rotates late, and never revokes a key that the
 * consumers of the run before it hold.
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
 * @see POST /v1/account/api-keys/service, GET /v1/account/api-keys, DELETE /v1/account/api-keys/{key_id}
 */
export class RotatingServiceKey extends pulumi.CustomResource {
  /** @internal */
  public static readonly __pulumiType = typeToken("RotatingServiceKey");

  /** Is this object a RotatingServiceKey, even one of another copy of this package? */
  public static override isInstance(obj: unknown): obj is RotatingServiceKey {
    return (obj as { __pulumiType?: unknown } | undefined)?.__pulumiType === RotatingServiceKey.__pulumiType;
  }

  /** The current key. Secret. */
  declare public readonly key: pulumi.Output<string>;
  /** The id of the current key in the account. */
  declare public readonly keyId: pulumi.Output<string>;
  /** The beginning of the current key. */
  declare public readonly keyPrefix: pulumi.Output<string>;
  /** The kind of key in the API's words, `service`. */
  declare public readonly keyType: pulumi.Output<string>;
  /** The service that the keys are for. */
  declare public readonly service: pulumi.Output<string>;
  /** The keys' description without their marks. */
  declare public readonly description: pulumi.Output<string>;
  /** The key before it, until it is retired. Secret. */
  declare public readonly previousKey: pulumi.Output<string | undefined>;
  /** The id of the key before it, until it is retired. */
  declare public readonly previousKeyId: pulumi.Output<string | undefined>;
  /** From when on an `up` revokes the key before it, RFC 3339 UTC. */
  declare public readonly retireAt: pulumi.Output<string | undefined>;
  /** When the current key was made, by the server's clock, RFC 3339 UTC. */
  declare public readonly rotatedAt: pulumi.Output<string>;
  /** From when on an `up` makes the next one, RFC 3339 UTC. */
  declare public readonly nextRotationAt: pulumi.Output<string>;
  /** Does the account list the current key as active, as of the last refresh? If not, the next `up` makes another. */
  declare public readonly isActive: pulumi.Output<boolean>;
  /** When the current key was last used, RFC 3339, as of the last refresh; absent if never. */
  declare public readonly lastUsedAt: pulumi.Output<string | undefined>;

  /**
   * @param name The logical name, unique among the stack's rotating service keys.
   * @param args The service and the rhythm.
   * @param opts Pulumi's resource options.
   */
  public constructor(name: string, args: RotatingServiceKeyArgs, opts?: pulumi.CustomResourceOptions) {
    requireArgs("RotatingServiceKey", name, args, opts, "rotating");
    const inputs = { ...args, description: args.description ?? ownerDescription(name) };
    const traces = withoutStackTraces();
    try {
      super(
        RotatingServiceKey.__pulumiType,
        name,
        propertiesOf("rotatingServiceKey", inputs, ROTATION_OUTPUTS),
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
