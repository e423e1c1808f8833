// The states of an SSH key, decoded once from the engine's properties and encoded once on the way back.
import type { Properties } from "../../values";
import { encode, flag, or, text, StateReader } from "../../fields/field";
import type { ValuesOf } from "../../fields/field";
import { holder, listedSshKey, sshKeyOutputs } from "../../fields/ssh-key";
import { decodeLost, encodeLost, isUnresolved, isUnresolvedId } from "../create-once/started";
import type { LostAttempt, Unresolved } from "../create-once/started";
import { sshKeyClaim } from "../holders";
import type { Holding } from "../holders";
import type { EncodedState } from "../lifecycle";

/** An attempt to register this key under this name. */
export type LostSshKey = LostAttempt & { publicKey: string };

export interface HeldSshKey extends ValuesOf<typeof listedSshKey> {
  /**
   * `created`: ours, deleted with the resource. `adopted`: was in the account before, and stays there.
   * `looked-up`: of a `get` or an import by id.
   */
  status: "created" | "adopted" | "looked-up";
  id: string;
  /** `undefined` if it was looked up: the API does not show it. */
  publicKey: string | undefined;
  /** Empty for a `get`, which holds nothing. */
  holder: string;
  /** Of a created key: an attempt may have left a duplicate of it. */
  lost: LostSshKey | null;
}

export type SshKeyState =
  | HeldSshKey
  /** A `get` that has not been answered yet. */
  | { status: "requested"; id: string }
  | Unresolved<LostSshKey>;

export function sshKeyHoldings(state: SshKeyState): Holding[] {
  if (state.status === "unresolved" || state.status === "requested") return [];
  if (state.status === "looked-up" && state.holder === "") return [];
  return [{ what: sshKeyClaim(state.id), holder: state.holder, name: state.name }];
}

export function decodeSshKey(id: string, outputs: Properties): SshKeyState {
  const state = new StateReader("SSH key", id, outputs);
  if (isUnresolvedId(id) && state.has("unresolved"))
    return { status: "unresolved", id, lost: decodeLostSshKey(state), inputs: outputs };
  if (!state.has("createdAt")) return { status: "requested", id };
  const key = { id, ...state.all(listedSshKey), holder: state.read("holder", holder), lost: null };
  if (!state.has("publicKey")) return { status: "looked-up", ...key, publicKey: undefined };
  const held = { ...key, publicKey: state.read("publicKey", text) };
  if (state.read("adopted", or(flag, false))) return { status: "adopted", ...held };
  return { status: "created", ...held, lost: isUnresolved(state) ? decodeLostSshKey(state) : null };
}

export function decodeLostSshKey(state: StateReader): LostSshKey {
  return decodeLost(state, "name", text, { publicKey: text });
}

export function encodeSshKey(state: SshKeyState): EncodedState {
  switch (state.status) {
    case "requested":
      return { id: state.id, outputs: {} };
    case "unresolved": {
      const { id, inputs, lost } = state;
      return { id, outputs: { ...inputs, ...encodeLost(lost, "name") } };
    }
    default: {
      const outputs = encode({ ...sshKeyOutputs, holder }, { ...state, adopted: state.status === "adopted" });
      return { id: state.id, outputs: { ...outputs, ...(state.lost && encodeLost(state.lost, "name")) } };
    }
  }
}
