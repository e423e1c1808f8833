// SshKey: an SSH public key of the account.
import * as pulumi from "@pulumi/pulumi";

import { looksSecret } from "../text/pasted-secret";
import { defaultName, propertiesOf, requireArgs, typeToken, withoutStackTraces } from "./dynamic-resource";

/** What an {@link SshKey} is made of. */
export interface SshKeyArgs {
  /**
   * The public key in OpenSSH's one-line form, as in `id_ed25519.pub`: RSA (2048 bits or more), Ed25519, or ECDSA (nistp256, nistp384,
   * nistp521). White space around it and the comment are not part of its identity: a change in them alone changes nothing. Other
   * key material replaces the resource. A private key is refused and never printed.
   */
  publicKey: pulumi.Input<string>;
  /**
   * Name shown in the account. A change replaces the resource.
   * @default the resource's logical name and seven hex digits, `deploy-1a2b3c4`, kept for the life of the resource
   */
  name?: pulumi.Input<string> | undefined;
  /**
   * When the account already has a key with this fingerprint, take it over instead of failing, under the name it has if `name` is
   * left out. An adopted key ({@link SshKey.adopted}) stays in the account when the resource is destroyed. A change of this
   * option alone changes nothing.
   * @default false
   */
  adoptExisting?: pulumi.Input<boolean> | undefined;
}

/**
 * An SSH public key, deployed to every VPS created after it. Deleting it takes it off the account; servers that have it keep it.
 *
 * A replacement creates the new key before it deletes the old one, except where the name given, or the key material, stays the same:
 * the account takes neither twice, so the old one is deleted first.
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
 * @see POST /v1/account/ssh-keys, GET /v1/account/ssh-keys, DELETE /v1/account/ssh-keys/{key_id}
 */
export class SshKey extends pulumi.CustomResource {
  /** @internal */
  public static readonly __pulumiType = typeToken("SshKey");

  /**
   * Looks up a key that the account has, without managing it. `publicKey` is not known then: the API does not tell it.
   *
   * @param name The logical name for the looked-up resource.
   * @param id The id of the key in the account.
   * @throws (at preview) when the account holds no SSH key of this id.
   * @see GET /v1/account/ssh-keys
   */
  public static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): SshKey {
    return new SshKey(name, undefined, { ...opts, id });
  }

  /** Is this object an SshKey, even one of another copy of this package? */
  public static override isInstance(obj: unknown): obj is SshKey {
    return (obj as { __pulumiType?: unknown } | undefined)?.__pulumiType === SshKey.__pulumiType;
  }

  /** Name in the account. */
  declare public readonly name: pulumi.Output<string>;
  /** The key as `type base64 comment`. */
  declare public readonly publicKey: pulumi.Output<string>;
  /** `SHA256:…`, as `ssh-keygen -lf` prints it; computed from the key and checked against the server's. */
  declare public readonly fingerprint: pulumi.Output<string>;
  /** `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256` and the like. */
  declare public readonly keyType: pulumi.Output<string>;
  /** When the key was added, RFC 3339. */
  declare public readonly createdAt: pulumi.Output<string>;
  /** How many VPSs use it, as of the last refresh. */
  declare public readonly vmCount: pulumi.Output<number>;
  /** Was it in the account before, and taken over by `adoptExisting`? Then it stays there when the resource is destroyed. */
  declare public readonly adopted: pulumi.Output<boolean>;

  /**
   * @param name The logical name, unique among the stack's SSH keys.
   * @param args The key and its options.
   * @param opts Pulumi's resource options.
   */
  public constructor(name: string, args: SshKeyArgs, opts?: pulumi.CustomResourceOptions);
  /** @internal */
  public constructor(name: string, args: undefined, opts: pulumi.CustomResourceOptions);
  public constructor(name: string, args: SshKeyArgs | undefined, opts?: pulumi.CustomResourceOptions) {
    const outputs = ["fingerprint", "keyType", "createdAt", "vmCount", "adopted"];
    requireArgs("SshKey", name, args, opts, "sshKey");
    if (typeof args?.publicKey === "string" && looksSecret(args.publicKey)) {
      throw new Error(
        `SshKey "${name}": \`publicKey\` was given a private key or another secret; it is not shown here and was not sent. Give the .pub file.`,
      );
    }
    const inputs = args && { ...args, name: args.name ?? defaultName(name) };
    const traces = withoutStackTraces();
    try {
      super(
        SshKey.__pulumiType,
        name,
        propertiesOf("sshKey", inputs, inputs ? outputs : ["name", "publicKey", ...outputs]),
        opts,
      );
    } catch (error) {
      throw traces.located(error);
    } finally {
      traces.restore();
    }
  }
}
