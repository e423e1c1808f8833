// The fields of SSH keys and of sets of them.
import type { MaybeUnknown } from "../values";
import { checked, flag, number, object, objectOf, or, text, unless } from "./field";

const key = { name: text, fingerprint: text, keyType: text, createdAt: text };
/** A key, as the account has it. */
export const listedSshKey = { ...key, vmCount: or(number, 0) };

export const sshKeyInputs = {
  publicKey: checked(text),
  name: checked(text),
  adoptExisting: unless(flag, false),
};

export const sshKeyOutputs = {
  ...listedSshKey,
  /** Absent if the key was looked up: the API does not show it. */
  publicKey: or(text, undefined),
  adopted: or(flag, false),
};

export const sshKeySetInputs = {
  publicKeys: checked(or(objectOf<Record<string, MaybeUnknown<string>>>(), {})),
  namePrefix: checked(text),
  adoptExisting: unless(flag, false),
};

export const sshKeySetOutputs = { keys: object };

/**
 * A key of the account that an entry of a set holds. `adopted`: was in the account before, and stays there.
 */
export const setKey = { id: text, ...key, adopted: or(flag, false) };

/** Distinguishes resources with the same key; empty without `adoptExisting`. */
export const holder = unless(text, "");
