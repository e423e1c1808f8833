// The states of a rotating key: one resource that holds a key and, for an overlap, the previous one.
import type { Properties } from "../../values";
import {
  description,
  heldKey,
  heldKeyDetails,
  previousKey,
  previousKeyDetails,
  rotatingKey,
} from "../../fields/api-key";
import { encode, or, text, StateReader } from "../../fields/field";
import type { ValuesOf } from "../../fields/field";
import { decodeHeld } from "../api-key/state";
import type { KeyKind, HeldKey, LostAttempt } from "../api-key/kind";
import { decodeStartedAt, encodeStartedAt, isUnresolved, isUnresolvedId } from "../create-once/started";
import { apiKeyClaim } from "../holders";
import type { Holding } from "../holders";
import type { Repeats } from "../lifecycle";

export interface PreviousKey {
  id: string;
  key: string | null;
  keyPrefix: string | null;
  /** Tokens only; `null` if it never expires, or the state is one of 1.0.0. */
  expiresAt: string | null;
  /** The time from which it may be revoked, RFC 3339, by the server's clock. */
  retireAt: string;
}

export interface HoldingKeys extends ValuesOf<typeof rotatingKey> {
  status: "holding";
  /** The resource's own, which never changes. */
  id: string;
  /** Its `description` is the resource's, without the marker that each key adds. */
  current: HeldKey;
  previous: PreviousKey | null;
  lost: LostAttempt | null;
}

export type RotatingKeyState =
  | HoldingKeys
  /** A create whose outcome is unknown. */
  | { status: "unresolved"; id: string; lost: LostAttempt; inputs: Properties };

export const rotatingKeyRepeats: Repeats = { description: ["lostDescription"] };

/** Before the marker of the first key. Users' states have it, so it never changes. */
const ID_PREFIX = "rotating-";

/** The id of a resource whose first key has this marker. */
export function rotatingId(marker: string): string {
  return ID_PREFIX + marker;
}

export function firstMarker({ id }: HoldingKeys): string {
  return id.slice(ID_PREFIX.length);
}

/** The ids of the keys that the state holds, the previous one first. */
export function heldIds({ previous, current }: HoldingKeys): string[] {
  return previous ? [previous.id, current.id] : [current.id];
}

export function rotatingKeyHoldings(state: RotatingKeyState): Holding[] {
  if (state.status === "unresolved") return [];
  return heldIds(state).map((id) => ({ what: apiKeyClaim(id), holder: "" }));
}

export function decodeRotatingKey(kind: KeyKind, id: string, outputs: Properties): RotatingKeyState {
  const state = new StateReader(`rotating ${kind.label}`, id, outputs);
  if (isUnresolvedId(id)) {
    return {
      status: "unresolved",
      id,
      lost: attemptOf(state, state.read("description", text)),
      inputs: outputs,
    };
  }
  return {
    status: "holding",
    id,
    current: decodeHeld(kind, state, state.read("keyId", text)),
    previous: decodePrevious(state),
    ...state.all(rotatingKey),
    lost: isUnresolved(state) ? decodeLost(state) : null,
  };
}

function decodePrevious(state: StateReader): PreviousKey | null {
  if (!state.has("previousKeyId")) return null;
  const { retireAt, ...previous } = state.all({ ...previousKey, ...previousKeyDetails });
  return {
    id: state.read("previousKeyId", text),
    key: previous.previousKey,
    keyPrefix: previous.previousKeyPrefix ?? null,
    expiresAt: previous.previousExpiresAt ?? null,
    retireAt: retireAt ?? state.read("rotatedAt", text),
  };
}

function decodeLost(state: StateReader): LostAttempt {
  const marked = (): string =>
    withMarker(state.read("description", description), state.read("unresolvedMark", or(text, "")));
  return attemptOf(state, state.read("lostDescription", or(text, null)) ?? marked());
}

function attemptOf(state: StateReader, description: string): LostAttempt {
  const service = state.read("service", or(text, undefined));
  return { description, hasMarker: true, service, ...decodeStartedAt(state) };
}

function encodeLost(lost: LostAttempt, base: string | null): Properties {
  const { description } = lost;
  const marker = description.slice(-7);
  const known =
    description === withMarker(base, marker) ? { unresolvedMark: marker } : { lostDescription: description };
  return { unresolved: true, ...known, ...encodeStartedAt(lost) };
}

/** The description of a new key: the resource's, and that key's marker. */
export function withMarker(description: string | null, marker: string): string {
  return `${description ?? ""} #${marker}`;
}

export function encodeRotatingKey(
  kind: KeyKind,
  state: RotatingKeyState,
): { id: string; outputs: Properties } {
  const { id, lost } = state;
  if (state.status === "unresolved") {
    return {
      id,
      outputs: { ...state.inputs, unresolved: true, ...encodeStartedAt(state.lost) },
    };
  }
  const { current, previous } = state;
  const { createdAt } = current;
  const outputs = {
    ...encode({ ...heldKey, ...heldKeyDetails }, current),
    ...encode(kind.spec, current.spec),
    ...(kind.mayExpire && { expiresAt: current.expiresAt }),
    ...{ keyId: current.id, createdAt, rotatedAt: createdAt },
    ...encode(rotatingKey, state),
    ...encode(
      { ...previousKey, ...previousKeyDetails },
      {
        previousKey: previous?.key ?? null,
        previousKeyId: previous?.id ?? null,
        previousKeyPrefix: previous?.keyPrefix ?? undefined,
        previousExpiresAt: previous?.expiresAt ?? undefined,
        retireAt: previous?.retireAt ?? null,
      },
    ),
    ...(lost ? encodeLost(lost, current.description) : {}),
  };
  return { id, outputs };
}
