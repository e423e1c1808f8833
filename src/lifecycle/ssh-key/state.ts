// The states of an SSH key, decoded once from the engine's properties and encoded once on the way back.
import { shownSshKey } from "../../api/list";
import type { SshKeyRecord } from "../../api/schemas";
import type { Properties } from "../../values";
import { encode, encodeGiven, flag, or, text, StateReader } from "../../fields/field";
import type { ValuesOf } from "../../fields/field";
import { holder, listedSshKey, sentSshKey, sshKeyOutputs } from "../../fields/ssh-key";
import { encodeMarker, hasMarkerIn, isUnresolved, isUnresolvedId, startFields } from "../create-once/started";
import type { StartedAt } from "../create-once/started";
import { sshKeyClaim } from "../holders";
import type { Holding } from "../holders";

/** An attempt to register this key under this name, whose outcome is unknown. */
export interface LostSshKey extends StartedAt, ValuesOf<typeof sentSshKey> {
  /** The name ends in a generated marker, which proves ownership. */
  hasMarker: boolean;
}

export interface HeldSshKey extends ValuesOf<typeof listedSshKey> {
  /** `created`: ours, deleted with the resource. `adopted`: was in the account before, and stays there. */
  status: "created" | "adopted";
  id: string;
  publicKey: string;
  holder: string;
  /** Of a created key: an attempt may have left a duplicate of it. */
  lost: LostSshKey | null;
}

/** A create whose outcome is unknown. */
export interface UnresolvedSshKey {
  status: "unresolved";
  id: string;
  lost: LostSshKey;
  inputs: Properties;
}

export interface LookedUpSshKey {
  status: "looked-up";
  entry: SshKeyRecord;
  /** Of an import by id: the resource. Empty for a `get`, which holds nothing. */
  holder: string;
}

export type SshKeyState =
  | HeldSshKey
  /** A `get` that has not been answered yet. */
  | { status: "requested"; id: string }
  /** Of a `get`: the API does not show the key itself. */
  | LookedUpSshKey
  | UnresolvedSshKey;

export function sshKeyHoldings(state: SshKeyState): Holding[] {
  if (state.status === "created" || state.status === "adopted")
    return [{ what: sshKeyClaim(state.id), holder: state.holder, name: state.name }];
  if (state.status !== "looked-up" || state.holder === "") return [];
  return [{ what: sshKeyClaim(state.entry.id), holder: state.holder, name: state.entry.name }];
}

export function decodeSshKey(id: string, outputs: Properties): SshKeyState {
  const state = new StateReader("SSH key", id, outputs);
  if (isUnresolvedId(id) && state.has("unresolved"))
    return { status: "unresolved", id, lost: decodeLost(state), inputs: outputs };
  if (!state.has("createdAt")) return { status: "requested", id };
  const entry = { id, ...state.all(listedSshKey) };
  const holding = state.read("holder", holder);
  if (!state.has("publicKey")) return { status: "looked-up", entry, holder: holding };
  const key = { ...entry, publicKey: state.read("publicKey", text), holder: holding };
  const status = state.read("adopted", or(flag, false)) ? "adopted" : "created";
  return { status, ...key, lost: status === "created" && isUnresolved(state) ? decodeLost(state) : null };
}

function decodeLost(state: StateReader): LostSshKey {
  const sent = state.all(sentSshKey);
  return { ...sent, hasMarker: hasMarkerIn(state, sent.name, "name"), ...state.all(startFields) };
}

export function encodeSshKey(state: SshKeyState): { id: string; outputs: Properties } {
  switch (state.status) {
    case "requested":
      return { id: state.id, outputs: {} };
    case "looked-up": {
      const { id, ...outputs } = shownSshKey(state.entry);
      return { id, outputs: { ...outputs, adopted: false } };
    }
    case "unresolved": {
      const { id, inputs, lost } = state;
      return { id, outputs: { ...inputs, ...encodeLost(lost) } };
    }
    case "created":
    case "adopted": {
      const outputs = encode({ ...sshKeyOutputs, holder }, { ...state, adopted: state.status === "adopted" });
      return { id: state.id, outputs: { ...outputs, ...(state.lost && encodeLost(state.lost)) } };
    }
  }
}

function encodeLost(lost: LostSshKey): Properties {
  return {
    unresolved: true,
    ...encodeGiven(startFields, lost),
    ...encodeMarker(lost.name, "name", lost.hasMarker),
  };
}
