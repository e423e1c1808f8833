// Outputs that service keys and tokens have in common, and those of rotating ones. The classes have no
// constructor: then Node.js leaves them out of a stack, in which the SDK finds the user's line.
import * as pulumi from "@pulumi/pulumi";

/** A single service key or token. */
export abstract class SingleKey extends pulumi.CustomResource {
  /**
   * The full key or token. Secret: encrypted in the state, `[secret]` wherever the engine prints it.
   * `undefined` for a resource obtained with `get`.
   * @secret
   */
  declare public readonly key: pulumi.Output<string>;
  /** The beginning of the key, by which the key list identifies it. */
  declare public readonly keyPrefix: pulumi.Output<string>;
  /** Key type as reported by the API: `service` for a service key. */
  declare public readonly keyType: pulumi.Output<string>;
  /** Text that the key list shows beside the key. */
  declare public readonly description: pulumi.Output<string>;
  /** Whether the account lists the key as active, as of the last refresh. */
  declare public readonly isActive: pulumi.Output<boolean>;
  /** Creation time (RFC 3339), according to the server's clock. Never changes. */
  declare public readonly createdAt: pulumi.Output<string>;
  /** Time of last use (RFC 3339), as of the last refresh; `null` if never used. */
  declare public readonly lastUsedAt: pulumi.Output<string | null>;
}

/** A service key or token that rotates on schedule. */
export abstract class RotatingKey extends pulumi.CustomResource {
  /**
   * The full current key or token. Secret: encrypted in the state, `[secret]` wherever the engine prints it.
   * @secret
   */
  declare public readonly key: pulumi.Output<string>;
  /** The id of the current key in the account. */
  declare public readonly keyId: pulumi.Output<string>;
  /** The beginning of the current key, by which the key list identifies it. */
  declare public readonly keyPrefix: pulumi.Output<string>;
  /** Key type as reported by the API: `service` for a service key. */
  declare public readonly keyType: pulumi.Output<string>;
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
}
