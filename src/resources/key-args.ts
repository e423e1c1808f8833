// Inputs that service keys and tokens have in common, and those of rotating keys.
import type * as pulumi from "@pulumi/pulumi";

/** A key that was created outside of Pulumi, to be imported. */
export interface ExistingKeyArgs {
  /** Its id, as the account's key list shows it. */
  id: pulumi.Input<string>;
  /**
   * The full key, as it was shown at its creation. It is compared locally with the listed prefix and never sent.
   * @secret
   */
  key: pulumi.Input<string>;
}

/** Arguments that all API keys have in common. */
export interface CommonKeyArgs {
  /**
   * Text that the account's key list shows beside the key, sent exactly as given. It is not secret, even if it is given as one: anybody who can
   * list keys can read it, and it may appear in messages. A description that contains a key is rejected. If omitted, a generated
   * description lets the package prove ownership and clean up after a lost response. Changing it replaces the key; the new key is
   * created before the old one is revoked.
   * @default `pulumi <project>/<stack>/<logical name> #<7 hex digits>`, kept for the lifetime of the resource
   */
  description?: pulumi.Input<string> | undefined;
  /**
   * Arbitrary values (strings, numbers, booleans, lists, objects) that, when changed, replace the key, like `keepers` in
   * `@pulumi/random`; for example `{ quarter: "2026-Q4" }`. The new key is created before the old one is revoked. The values are compared by value and are not sent.
   * @default none
   */
  rotationTriggers?: pulumi.Input<Record<string, unknown>> | undefined;
  /**
   * Whether to recreate the key if it is no longer valid. A key that the account lists as inactive is replaced, and revoked, by the next
   * `pulumi up`, and so is a token that has expired. With `false` both are kept as they are.
   * @default true
   */
  recreateIfInvalid?: pulumi.Input<boolean> | undefined;
  /**
   * Manage this key, which was created elsewhere, instead of creating one. `pulumi import` works for the classes of
   * `pulumi-wayscloud/native` only; there this input supplies the secret afterwards. The id, kind, active state and prefix are verified
   * against the account; if they do not match, `pulumi up` fails and nothing is changed. Afterwards the key is managed like any other,
   * **including revocation on destroy**, and you can remove this input.
   * @default none: a new key is created
   * @secret
   */
  existing?: pulumi.Input<ExistingKeyArgs> | undefined;
}

/** Rotation schedule, and the other arguments that rotating keys have in common. */
export interface RotationArgs {
  /**
   * Days between rotations: a whole number from 1 to 3650. The first `pulumi up` at least this many days after the current key was created
   * rotates it; nothing rotates until `pulumi up` is run. Changing it moves `nextRotationAt` in place.
   */
  rotateEveryDays: pulumi.Input<number>;
  /**
   * Days for which the previous key stays valid after a rotation, so that consumers outside this program can switch: a whole number from 0,
   * smaller than `rotateEveryDays`. The previous key is revoked by the first `pulumi up` after that, never by the one that rotates.
   * Changing it moves `retireAt` in place.
   * @default 0
   */
  overlapDays?: pulumi.Input<number> | undefined;
  /**
   * Keep the previous key after its overlap while the account reports recent use (within half the overlap, at least one day). A message is
   * logged, and no further scheduled rotation takes place while it is kept.
   * @default false
   */
  holdWhileUsed?: pulumi.Input<boolean> | undefined;
  /**
   * Text that the account's key list shows beside the keys; each key adds a marker such as ` #1a2b3c4`, by which the package proves
   * ownership. It is not secret, even if it is given as one. A description that contains a key is rejected. Changing it rotates.
   * @default `pulumi <project>/<stack>/<logical name>`
   */
  description?: pulumi.Input<string> | undefined;
  /**
   * Arbitrary values (strings, numbers, booleans, lists, objects) that, when changed, rotate the key at the next `pulumi up`, even during an
   * overlap. They are compared by value and are not sent.
   * @default none
   */
  rotationTriggers?: pulumi.Input<Record<string, unknown>> | undefined;
}
