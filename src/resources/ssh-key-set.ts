// SshKeySet: all of a team's SSH public keys as one resource.
import * as pulumi from "@pulumi/pulumi";

import { declaration, isInstanceOf, typeToken } from "./declaration";

/** Arguments for {@link SshKeySet}. */
export interface SshKeySetArgs {
  /**
   * The entries of the set: a name and a public key each, as in {@link SshKeyArgs.publicKey}. The preview
   * reports all mistakes at once, with the entry; two entries with the same key are rejected. Adding,
   * changing or removing an entry is an update in place that affects no other entry.
   */
  publicKeys: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * The beginning of the keys' names in the account, which are `<namePrefix><entry>`. Changing it deletes
   * every key that is not adopted and adds it again under its new name, because the API cannot rename a key.
   * @default the resource's logical name and a hyphen, `team-`
   */
  namePrefix?: pulumi.Input<string> | undefined;
  /**
   * Adopt the keys that the account already has, under their current names, instead of failing. **An adopted
   * key stays in the account when its entry is removed or the resource is destroyed.** Changing only this
   * input has no effect on keys that are in the set.
   * @default false
   */
  adoptExisting?: pulumi.Input<boolean> | undefined;
}

/** A key of a {@link SshKeySet}, as the account has it. */
export interface SshKeySetEntry {
  /** Its id in the account. */
  id: string;
  /** Its name in the account: prefix and entry, or the name of an adopted key. */
  name: string;
  /** `SHA256:…`, as `ssh-keygen -lf` prints it; computed from the key and checked against the server's. */
  fingerprint: string;
  /** Algorithm: `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256` and the like. */
  keyType: string;
  /** Time at which the key was added (RFC 3339). Never changes. */
  createdAt: string;
  /**
   * Whether the key was in the account before and was adopted. If so, it stays there when its entry is
   * removed.
   */
  adopted: boolean;
}

/**
 * A team's SSH public keys as one resource; WAYSCloud installs them on every VPS created afterwards. The
 * engine writes its state once, however many keys there are. Each entry has the guarantees of {@link SshKey}.
 * If some entries fail, the others are still completed, the state has exactly the keys that exist, and the
 * next `pulumi up` does the rest. If a key was deleted elsewhere, `pulumi refresh` and `pulumi up` add it
 * again, and change no other.
 *
 * The new key of a changed entry has the name of the old one, and names are unique in the account, so the old
 * key is deleted first.
 *
 * @example
 * ```ts
 * import { readFileSync } from "node:fs";
 * import * as wayscloud from "pulumi-wayscloud";
 *
 * const team = new wayscloud.SshKeySet("team", {
 *   publicKeys: {
 *     anna: readFileSync("keys/anna.pub", "utf8"),
 *     bjarne: readFileSync("keys/bjarne.pub", "utf8"),
 *   },
 * });
 * export const fingerprint = team.keys.apply((keys) => keys.anna?.fingerprint);
 * ```
 *
 * @see POST /v1/account/ssh-keys, GET /v1/account/ssh-keys, DELETE /v1/account/ssh-keys/{key_id} of the
 * Account API
 */
export class SshKeySet extends pulumi.CustomResource {
  /** @internal */
  public static readonly __pulumiType = typeToken("SshKeySet");

  /** Returns true if the object is an `SshKeySet`, of any copy of this package. */
  public static override readonly isInstance = isInstanceOf<SshKeySet>(this.__pulumiType);

  /** The keys by the names of their entries. A refresh removes a key that the account no longer has. */
  declare public readonly keys: pulumi.Output<Record<string, SshKeySetEntry>>;

  /**
   * Creates a team's SSH public keys in the account.
   *
   * @param name The logical name, unique among the stack's sets of SSH keys.
   * @param args The keys and other arguments.
   * @param opts Pulumi's resource options.
   * @throws {Error} If a plain string in `publicKeys` holds a private key.
   */
  public constructor(name: string, args: SshKeySetArgs, opts?: pulumi.CustomResourceOptions) {
    const declared = declaration(new.target, "SshKeySet", name, args, opts);
    try {
      super(...declared.forSuper);
      declared.complete(this);
    } catch (error) {
      throw declared.withStack(error);
    }
  }
}
