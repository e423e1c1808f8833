// The states of a service key or personal access token, decoded once from the engine's properties and encoded
// once on the way back.
import type { ApiKey } from "../../api/schemas";
import type { Properties } from "../../values";
import { decodeLost, encodeLost, isUnresolved, isUnresolvedId } from "../create-once/started";
import type { Unresolved } from "../create-once/started";
import { apiKeyClaim } from "../holders";
import type { Holding } from "../holders";
import type { EncodedState } from "../lifecycle";
import { heldKey, heldKeyDetails, listedKey, singleKey } from "../../fields/api-key";
import { encode, or, text, texts, time, StateReader } from "../../fields/field";
import type { Field, ValuesOf } from "../../fields/field";
import type { HeldKey, KeyKind, LostKey } from "./kind";

export interface LiveKey extends HeldKey, ValuesOf<typeof singleKey> {
  status: "live";
  /** The time from which it is due for replacement. */
  rotateAt: string | null;
  /** A lost attempt may have left a duplicate of it. */
  lost: LostKey | null;
}

export interface LookedUpKey {
  status: "looked-up";
  entry: ApiKey;
  /** Of a key that was imported by its id. */
  recreateIfInvalid: boolean;
  /** Of an import: the resource. Empty for a `get`, which holds nothing. */
  holder: string;
}

export type ApiKeyState =
  | LiveKey
  /** A `get` that has not been answered yet. */
  | { status: "requested"; id: string }
  /** Of a `get`: not ours, and without its secret. */
  | LookedUpKey
  | Unresolved<LostKey>;

/** The keys that this state holds, to be compared with those of other resources. */
export function apiKeyHoldings(state: ApiKeyState): Holding[] {
  if (state.status !== "live" && (state.status !== "looked-up" || state.holder === "")) return [];
  const { id, description } = state.status === "live" ? state : state.entry;
  return [{ what: apiKeyClaim(id), holder: state.holder, name: description }];
}

export function decodeApiKey(kind: KeyKind, id: string, outputs: Properties): ApiKeyState {
  const state = new StateReader(kind.label, id, outputs);
  if (isUnresolvedId(id) && state.has("unresolved")) {
    return { status: "unresolved", id, lost: decodeLostKey(state), inputs: outputs };
  }
  if (!state.has("key") && !state.has("createdAt")) return { status: "requested", id };
  if (!state.has("key")) {
    const { recreateIfInvalid, holder } = state.all(singleKey);
    return { status: "looked-up", entry: { id, ...state.all(listedKey) }, recreateIfInvalid, holder };
  }
  return {
    status: "live",
    ...decodeHeld(kind, state, id),
    ...state.all(singleKey),
    rotateAt: state.read("rotateAt", or(time, null)),
    lost: isUnresolved(state) ? decodeLostKey(state) : null,
  };
}

/** A held key, from the outputs `key`, `keyPrefix` and so on. */
export function decodeHeld(kind: KeyKind, state: StateReader, id: string): HeldKey {
  return {
    id,
    ...state.all({ ...heldKey, ...heldKeyDetails }),
    spec: state.all(kind.spec),
    createdAt: state.read("createdAt", or(text, null)) ?? state.read("rotatedAt", text),
    expiresAt: state.read("expiresAt", or(time, null)),
    listedScopes: state.read("scopes", or(texts, null)),
  };
}

/** An attempt to create an API key. */
export function decodeLostKey(state: StateReader, description: Field<string> = or(text, "")): LostKey {
  return decodeLost(state, "description", description, { service: or(text, undefined) });
}

export function encodeApiKey(kind: KeyKind, state: ApiKeyState): EncodedState {
  switch (state.status) {
    case "requested":
      return { id: state.id, outputs: {} };
    case "looked-up": {
      const recreates = encode({ recreateIfInvalid: singleKey.recreateIfInvalid }, state);
      return {
        id: state.entry.id,
        outputs: { lastUsedAt: null, ...encode(listedKey, state.entry), ...recreates },
      };
    }
    case "unresolved": {
      const { id, lost, inputs } = state;
      return { id, outputs: { ...inputs, ...encodeLost(lost, "description") } };
    }
    case "live":
      return { id: state.id, outputs: encodeLive(kind, state) };
  }
}

function encodeLive(kind: KeyKind, state: LiveKey): Properties {
  return {
    ...encode({ ...heldKey, ...heldKeyDetails }, state),
    ...encode(kind.spec, state.spec),
    createdAt: state.createdAt,
    ...(kind.mayExpire
      ? { expiresAt: state.expiresAt, rotateAt: state.rotateAt }
      : { scopes: state.listedScopes }),
    ...encode(singleKey, state),
    ...(state.lost && encodeLost(state.lost, "description")),
  };
}
