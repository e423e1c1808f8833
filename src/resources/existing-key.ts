// Inputs that service keys and tokens have in common.
import type * as pulumi from "@pulumi/pulumi";

/** A key made by hand, to be taken over instead of creating one. */
export interface ExistingKey {
  /** Its id in the account's key list. */
  id: pulumi.Input<string>;
  /** The full key, as it was shown when it was made. Secret; it is compared with the list's `key_prefix` and sent nowhere. */
  key: pulumi.Input<string>;
}

/** What every API key can be given. */
export interface CommonKeyArgs {
  /**
   * What the key list shows beside the key, sent exactly as given. Leave it out to let the package prove which keys are its own: only
   * then can it clean up by itself after a lost answer. A change replaces, new key first.
   * @default `pulumi <project>/<stack>/<logical name> #<7 hex digits>`, kept for the life of the resource
   */
  description?: pulumi.Input<string> | undefined;
  /**
   * Any change in these values replaces the key, new key first; they mean nothing else. For example `{ quarter: "2026-Q4" }`.
   * @default none
   */
  rotationTriggers?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  /**
   * Does a key that the account lists as inactive count as gone at `pulumi refresh`, so that the next `up` creates it anew?
   * For a token also: is it replaced once it has expired?
   * @default true
   */
  recreateIfInvalid?: pulumi.Input<boolean> | undefined;
  /**
   * Take over a key made by hand instead of creating one: the way to bring it under management, since `pulumi import` cannot work for
   * dynamic resources. The account's list must confirm the id, the kind, that the key is active and that `key` begins with its prefix. From then on
   * it is managed, rotated and revoked like any other, and this input may be removed: that changes nothing.
   * @default none: a new key is created
   */
  existing?: pulumi.Input<ExistingKey> | undefined;
}
