// The states of a service key or personal access token, decoded once from the engine's properties and encoded once on the way back.
import type { ApiKey } from "../../api/schemas";
import { endsInMarker } from "../../text/auto-name";
import type { Properties } from "../../values";
import { defined } from "../../values";
import { decodeStartedAt, encodeStartedAt, isUnresolvedId } from "../create-once/started";
import { apiKeyClaim } from "../holders";
import type { Holding } from "../holders";
import { StateReader } from "../properties";
import type { HeldKey, KeyKind, LostAttempt } from "./kind";

export interface LiveKey<Spec> extends HeldKey<Spec> {
  status: "live";
  rotationTriggers: unknown;
  recreateIfInvalid: boolean;
  /** From then on it is due for replacement. */
  rotateAt: string | null;
  /** Set if it was imported (`existing`): distinguishes this resource from another that holds the same key. Empty for a key that we created. */
  holder: string;
  /** A lost attempt may have left a duplicate of it. */
  lost: LostAttempt | null;
}

export interface LookedUpKey {
  status: "looked-up";
  entry: ApiKey;
  /** Of a key that was imported by its id. */
  recreateIfInvalid: boolean;
  /** Of an import: which resource it is. Empty for a `get`, which holds nothing. */
  holder: string;
}

export type ApiKeyState<Spec> =
  | LiveKey<Spec>
  /** A `get` that has not been answered yet. */
  | { status: "requested"; id: string }
  /** Of a `get`: not ours, and without its secret. */
  | LookedUpKey
  /** A create whose outcome is unknown. */
  | { status: "unresolved"; id: string; lost: LostAttempt; inputs: Properties };

/** What the account holds for this state, to be compared with what other resources hold. */
export function apiKeyHoldings<Spec>(state: ApiKeyState<Spec>): Holding[] {
  if (state.status === "live") return [{ what: apiKeyClaim(state.id), holder: state.holder }];
  const isImport = state.status === "looked-up" && state.holder !== "";
  return isImport ? [{ what: apiKeyClaim(state.entry.id), holder: state.holder }] : [];
}

export function decodeApiKey<Spec extends object>(
  kind: KeyKind<Spec>,
  id: string,
  outputs: Properties,
): ApiKeyState<Spec> {
  const state = new StateReader(kind.label, id, outputs);
  if (isUnresolvedId(id) && state.has("unresolved")) {
    return { status: "unresolved", id, lost: decodeLost(state), inputs: outputs };
  }
  if (!state.has("key") && !state.has("createdAt")) return { status: "requested", id };
  if (!state.has("key")) {
    const recreateIfInvalid = state.boolean("recreateIfInvalid", true);
    const holder = state.stringOrNull("holder") ?? "";
    return { status: "looked-up", entry: decodeEntry(state), recreateIfInvalid, holder };
  }
  const held = decodeHeld(kind, state, id);
  return {
    status: "live",
    ...held,
    rotationTriggers: state.any("rotationTriggers"),
    recreateIfInvalid: state.boolean("recreateIfInvalid", true),
    rotateAt: state.timeOrNull("rotateAt"),
    holder: state.stringOrNull("holder") ?? "",
    lost: state.boolean("unresolved", false) ? decodeLost(state) : null,
  };
}

/** A held key, as the outputs `key`, `keyPrefix` and so on have it. */
export function decodeHeld<Spec extends object>(
  kind: KeyKind<Spec>,
  state: StateReader,
  id: string,
): HeldKey<Spec> {
  const spec = kind.decodeSpec(state);
  return {
    id,
    key: state.stringOrNull("key"),
    keyPrefix: state.string("keyPrefix"),
    keyType: state.string("keyType"),
    spec,
    description: state.stringOrNull("description"),
    isActive: state.boolean("isActive", true),
    createdAt: state.stringOrNull("createdAt") ?? state.string("rotatedAt"),
    lastUsedAt: state.stringOrNull("lastUsedAt"),
    expiresAt: state.timeOrNull("expiresAt"),
    listedScopes: state.stringsOrNull("scopes"),
  };
}

export function decodeLost(state: StateReader): LostAttempt {
  const description = state.stringOrNull("description") ?? "";
  const hasMarker = endsInMarker(description, "description");
  return { description, hasMarker, service: state.stringOrNull("service"), ...decodeStartedAt(state) };
}

function decodeEntry(state: StateReader): ApiKey {
  return {
    id: state.id,
    keyPrefix: state.stringOrNull("keyPrefix") ?? undefined,
    keyType: state.stringOrNull("keyType") ?? undefined,
    service: state.stringOrNull("service") ?? undefined,
    description: state.stringOrNull("description") ?? undefined,
    scopes: state.stringsOrNull("scopes") ?? [],
    isActive: state.boolean("isActive", true),
    createdAt: state.string("createdAt"),
    lastUsedAt: state.stringOrNull("lastUsedAt") ?? undefined,
    expiresAt: state.stringOrNull("expiresAt") ?? undefined,
  };
}

export function encodeApiKey<Spec extends object>(
  kind: KeyKind<Spec>,
  state: ApiKeyState<Spec>,
): { id: string; outputs: Properties } {
  switch (state.status) {
    case "requested":
      return { id: state.id, outputs: {} };
    case "looked-up": {
      const { id, ...outputs } = state.entry;
      const recreateIfInvalid = state.recreateIfInvalid ? undefined : false;
      return { id, outputs: defined({ lastUsedAt: null, ...defined(outputs), recreateIfInvalid }) };
    }
    case "unresolved": {
      const { id, lost, inputs } = state;
      return { id, outputs: { ...inputs, ...encodeLost(lost) } };
    }
    case "live":
      return { id: state.id, outputs: encodeLive(kind, state) };
  }
}

function encodeLive<Spec extends object>(kind: KeyKind<Spec>, state: LiveKey<Spec>): Properties {
  return defined({
    description: state.description,
    rotationTriggers: state.rotationTriggers,
    key: state.key,
    keyPrefix: state.keyPrefix,
    keyType: state.keyType,
    isActive: state.isActive,
    createdAt: state.createdAt,
    lastUsedAt: state.lastUsedAt,
    ...kind.fixedOutputs(state),
    ...kind.singleKeyOutputs(state, state.rotateAt),
    recreateIfInvalid: state.recreateIfInvalid ? undefined : false,
    holder: state.holder === "" ? undefined : state.holder,
    ...(state.lost ? encodeLost(state.lost) : {}),
  });
}

export function encodeLost(lost: LostAttempt): Properties {
  return { description: lost.description, unresolved: true, ...encodeStartedAt(lost) };
}
