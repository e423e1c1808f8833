// The states of a rotating key: one resource that holds a key and, for an overlap, the previous one.
import { createHash } from "node:crypto";

import { markerOf } from "../../text/auto-name";
import type { Properties } from "../../values";
import {
  description,
  heldKey,
  heldKeyDetails,
  previousKey,
  previousKeyDetails,
  rotatingKey,
} from "../../fields/api-key";
import { encode, encodeGiven, or, text, StateReader } from "../../fields/field";
import type { ValuesOf } from "../../fields/field";
import { decodeHeld, decodeLostKey } from "../api-key/state";
import type { KeyKind, HeldKey, LostKey } from "../api-key/kind";
import { encodeLost, isUnresolved, isUnresolvedId, startFields } from "../create-once/started";
import type { Unresolved } from "../create-once/started";
import { apiKeyClaim } from "../holders";
import type { Holding } from "../holders";
import type { EncodedState } from "../lifecycle";

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
  lost: LostKey | null;
}

export type RotatingKeyState = HoldingKeys | Unresolved<LostKey>;

/** Before the marker of the first key. Users' states have it, so it never changes. */
const ID_PREFIX = "rotating-";

/** The id of a resource whose first key has this marker. */
export function rotatingId(marker: string): string {
  return ID_PREFIX + marker;
}

export function firstMarker({ id }: HoldingKeys): string {
  return id.slice(ID_PREFIX.length);
}

/**
 * The marker of the next key, derived from the current key's id, so that after a crash the next update can
 * find the key. If the description lacks the owner, also derived from that: a stack with a copy of the state
 * must not find it.
 */
export function nextMarker(currentId: string, owner: string): string {
  return createHash("sha256")
    .update(`successor of ${currentId}${owner === "" ? "" : ` for ${owner}`}`)
    .digest("hex")
    .slice(0, 7);
}

/** The ids of the keys that the state holds, the previous one first. */
export function heldIds({ previous, current }: HoldingKeys): string[] {
  return previous ? [previous.id, current.id] : [current.id];
}

export function rotatingKeyHoldings(state: RotatingKeyState): Holding[] {
  if (state.status === "unresolved") return [];
  const { description: name } = state.current;
  return heldIds(state).map((id) => ({ what: apiKeyClaim(id), holder: "", name }));
}

export function decodeRotatingKey(kind: KeyKind, id: string, outputs: Properties): RotatingKeyState {
  const state = new StateReader(`rotating ${kind.label}`, id, outputs);
  if (isUnresolvedId(id)) {
    const lost = { ...decodeLostKey(state, text), hasMarker: true };
    return { status: "unresolved", id, lost, inputs: outputs };
  }
  return {
    status: "holding",
    id,
    current: decodeHeld(kind, state, state.read("keyId", text)),
    previous: decodePrevious(state),
    ...state.all(rotatingKey),
    lost: isUnresolved(state) ? decodeLostRotation(state) : null,
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

function decodeLostRotation(state: StateReader): LostKey {
  const base = state.read("description", description);
  const marked = withMarker(base, state.read("unresolvedMark", or(text, "")));
  const sent = state.read("lostDescription", or(text, marked));
  return { ...decodeLostKey(state), text: sent, hasMarker: true };
}

function encodeLostRotation(lost: LostKey, base: string | null): Properties {
  const marker = markerOf(lost.text);
  const known =
    lost.text === withMarker(base, marker) ? { unresolvedMark: marker } : { lostDescription: lost.text };
  return { unresolved: true, ...known, ...encodeGiven(startFields, lost) };
}

/** The description of a new key: the resource's, and that key's marker. */
export function withMarker(description: string | null, marker: string): string {
  return `${description ?? ""} #${marker}`;
}

export function encodeRotatingKey(kind: KeyKind, state: RotatingKeyState): EncodedState {
  const { id, lost } = state;
  if (state.status === "unresolved") {
    return { id, outputs: { ...state.inputs, ...encodeLost(state.lost, "description") } };
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
    ...(lost ? encodeLostRotation(lost, current.description) : {}),
  };
  return { id, outputs };
}
