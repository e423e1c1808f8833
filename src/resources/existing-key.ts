// Inputs that service keys and tokens have in common.
import * as pulumi from "@pulumi/pulumi";

import { defaultDescription, ownerInput } from "./dynamic-resource";

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

/** The inputs with the default description, and with all of `existing` secret. */
export function keyInputs<A extends CommonKeyArgs>(name: string, args: A, parents: string): A {
  return {
    ...args,
    description: args.description ?? defaultDescription(name),
    ...(args.existing === undefined ? {} : { existing: pulumi.secret(args.existing) }),
    ...(args.existing === undefined && args.description === undefined ? {} : ownerInput(name, parents)),
  };
}
