// The state of a set of SSH keys, decoded once from the engine's properties and encoded once on the way back.
import type { Properties } from "../../values";
import { encodeGiven, or, texts, StateReader } from "../../fields/field";
import type { ValuesOf } from "../../fields/field";
import { setKey } from "../../fields/ssh-key";
import { startFields } from "../create-once/started";
import { sshKeyClaim } from "../holders";
import type { Holding } from "../holders";
import { decodeLostSshKey } from "../ssh-key/state";
import type { LostSshKey } from "../ssh-key/state";
import type { EncodedState } from "../lifecycle";

export type SetKey = ValuesOf<typeof setKey>;

/** By the names of the entries. */
export interface SshKeySetState {
  id: string;
  /** The keys in the account, as far as known. */
  keys: Map<string, SetKey>;
  /** Attempts to register a key whose outcome is unknown. */
  unresolved: Map<string, LostSshKey>;
  /** Ids of replaced keys that could not be deleted yet. */
  leftovers: Set<string>;
}

export function sshKeySetHoldings({ id: holder, keys, leftovers }: SshKeySetState): Holding[] {
  const held = [...keys.values(), ...Array.from(leftovers, (id) => ({ id, name: null }))];
  return held.map(({ id, name }) => ({ what: sshKeyClaim(id), holder, name }));
}

export function decodeSshKeySet(id: string, outputs: Properties): SshKeySetState {
  const state = new StateReader("SSH key set", id, outputs);
  const unresolved = state.has("unresolved") ? state.records("unresolved") : [];
  return {
    id,
    keys: new Map(state.records("keys").map(([entry, key]) => [entry, key.all(setKey)])),
    unresolved: new Map(
      unresolved.map(([entry, lost]) => [entry, { ...decodeLostSshKey(lost), hasMarker: false }]),
    ),
    leftovers: new Set(state.read("leftovers", or(texts, []))),
  };
}

export function encodeSshKeySet(state: SshKeySetState): EncodedState {
  const { id, keys, unresolved, leftovers } = state;
  const lost = Array.from(unresolved, ([entry, each]) => [entry, encodeLost(each)] as const);
  return {
    id,
    outputs: {
      keys: Object.fromEntries(keys),
      ...(lost.length > 0 ? { unresolved: Object.fromEntries(lost) } : {}),
      ...(leftovers.size > 0 ? { leftovers: [...leftovers] } : {}),
    },
  };
}

function encodeLost(lost: LostSshKey): Properties {
  return { name: lost.text, publicKey: lost.publicKey, ...encodeGiven(startFields, lost) };
}
