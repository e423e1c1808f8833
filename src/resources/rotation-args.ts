// Inputs that rotating keys have in common.
import type * as pulumi from "@pulumi/pulumi";

import { defaultRotatingDescription, ownerInput } from "./dynamic-resource";

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

/** The outputs of a rotating key, beside those of its kind. */
export const ROTATION_OUTPUTS: readonly string[] = [
  "key",
  "keyId",
  "keyPrefix",
  "keyType",
  "previousKey",
  "previousKeyId",
  "retireAt",
  "createdAt",
  "rotatedAt",
  "nextRotationAt",
  "isActive",
  "lastUsedAt",
];

/** What to do instead of importing a rotating key. */
export const ROTATING_IMPORT =
  "Let the resource create a key of its own, and revoke the old one once nothing uses it";

/** The inputs with the default description. */
export function rotatingInputs<A extends RotationArgs>(name: string, args: A, parents: string): A {
  const description = args.description ?? defaultRotatingDescription(name);
  // The default description says everything of the owner but its parents.
  const isSaid = args.description === undefined && parents === "";
  return { ...args, description, ...(isSaid ? {} : ownerInput(name, parents)) };
}
