// SshKey: an SSH public key of the account.
import * as pulumi from "@pulumi/pulumi";

import { declaration, isInstanceOf, lookUp, typeToken } from "./declaration";
import type { StateOf } from "./declaration";

/** Arguments for {@link SshKey}. */
export interface SshKeyArgs {
  /**
   * The public key in OpenSSH's one-line form, as in `id_ed25519.pub`: RSA (2048 bits or more), Ed25519, or
   * ECDSA (nistp256, nistp384, nistp521). Whitespace and the comment are ignored; changing the key material
   * replaces the resource. For other forms, the error says how to convert them. Private keys are rejected and
   * never printed.
   */
  publicKey: pulumi.Input<string>;
  /**
   * Name shown in the account. It is not secret, even if you pass it as one; a name that contains a key is
   * rejected. Changing it replaces the resource.
   * @default the resource's logical name and seven hex digits, `deploy-1a2b3c4`, kept for the lifetime of the
   * resource
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * If the account already has a key with this fingerprint, adopt it instead of failing; without `name`, keep
   * its current name. **An adopted key ({@link SshKey.adopted}) stays in the account when the resource is
   * destroyed.** Changing only this input has no effect on an existing resource.
   * @default false
   */
  adoptExisting?: pulumi.Input<boolean> | undefined;
}

/**
 * The state that {@link SshKey.get} accepts for compatibility with other SDKs. Everything is read from the
 * account instead.
 */
export interface SshKeyState extends StateOf<SshKey> {}

/**
 * An SSH public key, which WAYSCloud installs on every VPS created afterwards. Deleting the resource removes
 * the key from the account; servers that already have it are not changed.
 *
 * A replacement creates the new key before it deletes the old one. If the explicit name or the key material
 * stays the same, the old key is deleted first, because both must be unique in the account.
 *
 * @example
 * ```ts
 * import { readFileSync } from "node:fs";
 * import * as wayscloud from "pulumi-wayscloud";
 *
 * const deploy = new wayscloud.SshKey("deploy", {
 *   publicKey: readFileSync("deploy.pub", "utf8"),
 * });
 * export const fingerprint = deploy.fingerprint;
 * ```
 *
 * @see POST /v1/account/ssh-keys, GET /v1/account/ssh-keys, DELETE /v1/account/ssh-keys/{key_id} of the
 * Account API
 */
export class SshKey extends pulumi.CustomResource {
  /** @internal */
  public static readonly __pulumiType = typeToken("SshKey");

  /**
   * Reads an existing SSH key without managing it: destroying the stack leaves it in the account. `publicKey`
   * is `undefined`, because the API does not return it.
   *
   * @param name The logical name of the resource.
   * @param id The id of the key in the account.
   * @param rest The state, which is not needed because everything is read from the account, and Pulumi's
   *   resource options; or the options alone.
   * @throws {Error} During preview, if the account has no SSH key with this id.
   * @see GET /v1/account/ssh-keys
   */
  public static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    ...rest:
      [state?: SshKeyState, opts?: pulumi.CustomResourceOptions] | [opts?: pulumi.CustomResourceOptions]
  ): SshKey {
    return lookUp(this, "SshKey", name, id, ...rest);
  }

  /** Returns true if the object is an `SshKey`, of any copy of this package. */
  public static override readonly isInstance = isInstanceOf<SshKey>(this.__pulumiType);

  /** Name in the account. */
  declare public readonly name: pulumi.Output<string>;
  /** The key as `type base64 comment`. `undefined` for a resource obtained with `get`. */
  declare public readonly publicKey: pulumi.Output<string>;
  /** `SHA256:…`, as `ssh-keygen -lf` prints it; computed from the key and checked against the server's. */
  declare public readonly fingerprint: pulumi.Output<string>;
  /** Algorithm: `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256` and the like. */
  declare public readonly keyType: pulumi.Output<string>;
  /** Time at which the key was added (RFC 3339). Never changes. */
  declare public readonly createdAt: pulumi.Output<string>;
  /** Number of VPSs that use the key, as of the last refresh. */
  declare public readonly vmCount: pulumi.Output<number>;
  /**
   * Whether the key was in the account before and was adopted by `adoptExisting`. If so, it stays there when
   * the resource is destroyed.
   */
  declare public readonly adopted: pulumi.Output<boolean>;

  /**
   * Creates an SSH public key in the account.
   *
   * @param name The logical name, unique among the stack's SSH keys.
   * @param args The key and other arguments.
   * @param opts Pulumi's resource options.
   * @throws {Error} If `publicKey` is a plain string that holds a private key.
   */
  public constructor(name: string, args: SshKeyArgs, opts?: pulumi.CustomResourceOptions) {
    const declared = declaration(new.target, "SshKey", name, args, opts);
    try {
      super(...declared.forSuper);
      declared.complete(this);
    } catch (error) {
      throw declared.withStack(error);
    }
  }
}
