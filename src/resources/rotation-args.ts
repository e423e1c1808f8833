// Inputs that rotating keys have in common.
import type * as pulumi from "@pulumi/pulumi";

/** When a rotating key rotates, and how long its predecessor lives on. */
export interface RotationArgs {
  /** A successor is made by the first `pulumi up` this many days after the current key was made; a whole number from 1 to 3650. */
  rotateEveryDays: pulumi.Input<number>;
  /**
   * For how many days after a rotation the predecessor stays valid, so that consumers outside this program can move; smaller than
   * `rotateEveryDays`. It is revoked by the first `up` after that, never by the `up` that rotates.
   * @default 0
   */
  overlapDays?: pulumi.Input<number> | undefined;
  /**
   * Keep a predecessor beyond its overlap while the account says that it was used lately (within half of the overlap, at least a day), and say so.
   * While it is kept, no further rotation takes place.
   * @default false
   */
  holdWhileUsed?: pulumi.Input<boolean> | undefined;
  /**
   * What the key list shows beside the keys; each key adds a mark such as ` #1a2b3c4`, by which the package proves that it is its own. A change rotates.
   * @default `pulumi <project>/<stack>/<logical name>`
   */
  description?: pulumi.Input<string> | undefined;
  /**
   * Any change in these values rotates at the next `up`.
   * @default none
   */
  rotationTriggers?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
}

/** The outputs of a rotating key, beside those of its kind. */
export const ROTATION_OUTPUTS = [
  "key",
  "keyId",
  "keyPrefix",
  "keyType",
  "previousKey",
  "previousKeyId",
  "retireAt",
  "rotatedAt",
  "nextRotationAt",
  "isActive",
  "lastUsedAt",
];
