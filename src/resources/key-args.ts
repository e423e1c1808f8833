// Inputs that service keys and tokens have in common, and those of rotating keys.
import type * as pulumi from "@pulumi/pulumi";

/** A key that was created outside of Pulumi, to be imported. */
export interface ExistingKeyArgs {
  /** Its id, as the account's key list shows it. */
  id: pulumi.Input<string>;
  /**
   * The full key, as it was shown at its creation. It is compared locally with the listed prefix and never
   * sent.
   * @secret
   */
  key: pulumi.Input<string>;
}

/** Arguments that all API keys have in common. */
export interface CommonKeyArgs {
  /**
   * Text that the account's key list shows beside the key, sent unchanged. It is not secret, even if you
   * pass it as one: anybody who can list keys can read it, and messages may show it. A description that
   * contains a key is rejected. If you omit it, a generated description lets the package prove ownership and
   * clean up after a lost response. Changing it replaces the key; the new key is created before the old one
   * is revoked.
   * @default `pulumi <project>/<stack>/<logical name> #<7 hex digits>`, kept for the lifetime of the resource
   */
  description?: pulumi.Input<string> | undefined;
  /**
   * Arbitrary values (strings, numbers, booleans, lists, objects), for example `{ quarter: "2026-Q4" }`.
   * Changing them replaces the key, like `keepers` in `@pulumi/random`. The new key is created before the
   * old one is revoked. They are compared by value, and not sent to the API.
   * @default none
   */
  rotationTriggers?: pulumi.Input<Record<string, unknown>> | undefined;
  /**
   * Whether to recreate the key if it is no longer valid. The next `pulumi up` then replaces and revokes a
   * key that the account lists as inactive, and a token that has expired. With `false` it keeps both
   * unchanged.
   * @default true
   */
  recreateIfInvalid?: pulumi.Input<boolean> | undefined;
  /**
   * Manage this key, which was created elsewhere, instead of creating one. `pulumi import` works only for
   * the classes of `pulumi-wayscloud/native`; there this input supplies the secret afterwards. The package
   * compares id, kind, active state and prefix with the account; if they do not match, `pulumi up` fails and
   * changes nothing. Afterwards the key is managed like any other, **including revocation on destroy**, and
   * you can remove this input.
   * @default none: a new key is created
   * @secret
   */
  existing?: pulumi.Input<ExistingKeyArgs> | undefined;
}

/** Rotation schedule, and the other arguments that rotating keys have in common. */
export interface RotationArgs {
  /**
   * Days between rotations: a whole number from 1 to 3650. The first `pulumi up` that runs at least this
   * many days after the current key was created rotates it; nothing rotates until then. Changing it moves
   * `nextRotationAt` in place.
   */
  rotateEveryDays: pulumi.Input<number>;
  /**
   * Days for which the previous key stays valid after a rotation, so that consumers outside this program can
   * switch: a whole number from 0, smaller than `rotateEveryDays`. The first `pulumi up` after that revokes
   * the previous key, never the one that rotates. Changing it moves `retireAt` in place.
   * @default 0
   */
  overlapDays?: pulumi.Input<number> | undefined;
  /**
   * Keep the previous key after its overlap while the account reports recent use (within half the overlap,
   * at least one day). Meanwhile a log line says so, and no scheduled rotation takes place.
   * @default false
   */
  holdWhileUsed?: pulumi.Input<boolean> | undefined;
  /**
   * Text that the account's key list shows beside the keys. Each key adds a marker such as ` #1a2b3c4`,
   * which proves ownership. It is not secret, even if you pass it as one. A description that contains a key
   * is rejected. Changing it rotates the key.
   * @default `pulumi <project>/<stack>/<logical name>`
   */
  description?: pulumi.Input<string> | undefined;
  /**
   * Arbitrary values (strings, numbers, booleans, lists, objects). If they change, the next `pulumi up`
   * rotates the key, even during an overlap. They are compared by value, and not sent to the API.
   * @default none
   */
  rotationTriggers?: pulumi.Input<Record<string, unknown>> | undefined;
}
