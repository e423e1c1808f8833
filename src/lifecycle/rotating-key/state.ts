// The states of a rotating key: one resource that holds a key and, for an overlap, the previous one.
import type { Properties } from "../../values";
import { defined } from "../../values";
import { decodeHeld } from "../api-key/state";
import type { KeyKind, HeldKey, LostAttempt } from "../api-key/kind";
import { decodeStartedAt, encodeStartedAt, isUnresolvedId } from "../create-once/started";
import { apiKeyClaim } from "../holders";
import type { Holding } from "../holders";
import { StateReader } from "../properties";
import type { Repeats } from "../lifecycle";

export interface PreviousKey {
  id: string;
  key: string | null;
  keyPrefix: string | null;
  /** Tokens only; `null` if it never expires, or the state is one of 1.0.0. */
  expiresAt: string | null;
  /** From then on it may be revoked, RFC 3339, by the server's clock. */
  retireAt: string;
}

export interface HoldingKeys<Spec> {
  status: "holding";
  /** The resource's own, which never changes. */
  id: string;
  /** Its `description` is the resource's, without the marker that each key adds. */
  current: HeldKey<Spec>;
  previous: PreviousKey | null;
  rotationTriggers: unknown;
  nextRotationAt: string;
  overlapDays: number | null;
  holdWhileUsed: boolean | null;
  /** `project/stack/name` where the description does not say it: part of the markers of this resource's keys. */
  owner: string;
  lost: LostAttempt | null;
}

export type RotatingKeyState<Spec> =
  | HoldingKeys<Spec>
  /** A create whose outcome is unknown. */
  | { status: "unresolved"; id: string; lost: LostAttempt; inputs: Properties };

export const rotatingKeyRepeats: Repeats = { description: ["lostDescription"] };

/** Before the marker of the first key. Kept in users' states: never changed. */
const ID_PREFIX = "rotating-";

/** The id of a resource whose first key bears this marker. */
export function rotatingId(marker: string): string {
  return ID_PREFIX + marker;
}

export function firstMarker<Spec>({ id }: HoldingKeys<Spec>): string {
  return id.slice(ID_PREFIX.length);
}

/** The ids of the keys that the state holds, the previous one first. */
export function heldIds<Spec>({ previous, current }: HoldingKeys<Spec>): string[] {
  return previous ? [previous.id, current.id] : [current.id];
}

export function rotatingKeyHoldings<Spec>(state: RotatingKeyState<Spec>): Holding[] {
  if (state.status === "unresolved") return [];
  return heldIds(state).map((id) => ({ what: apiKeyClaim(id), holder: "" }));
}

export function decodeRotatingKey<Spec extends object>(
  kind: KeyKind<Spec>,
  id: string,
  outputs: Properties,
): RotatingKeyState<Spec> {
  const state = new StateReader(`rotating ${kind.label}`, id, outputs);
  if (isUnresolvedId(id)) {
    return {
      status: "unresolved",
      id,
      lost: attemptOf(state, state.string("description")),
      inputs: outputs,
    };
  }
  return {
    status: "holding",
    id,
    current: decodeHeld(kind, state, state.string("keyId")),
    previous: decodePrevious(state),
    rotationTriggers: state.any("rotationTriggers"),
    nextRotationAt: state.string("nextRotationAt"),
    overlapDays: state.numberOrNull("overlapDays"),
    holdWhileUsed: state.has("holdWhileUsed") ? state.boolean("holdWhileUsed", false) : null,
    owner: state.stringOrNull("owner") ?? "",
    lost: state.boolean("unresolved", false) ? decodeLost(state) : null,
  };
}

function decodePrevious(state: StateReader): PreviousKey | null {
  if (!state.has("previousKeyId")) return null;
  return {
    id: state.string("previousKeyId"),
    key: state.stringOrNull("previousKey"),
    keyPrefix: state.stringOrNull("previousKeyPrefix"),
    expiresAt: state.timeOrNull("previousExpiresAt"),
    retireAt: state.timeOrNull("retireAt") ?? state.string("rotatedAt"),
  };
}

function decodeLost(state: StateReader): LostAttempt {
  const description =
    state.stringOrNull("lostDescription") ??
    withMarker(state.stringOrNull("description"), state.stringOrNull("unresolvedMark") ?? "");
  return attemptOf(state, description);
}

function attemptOf(state: StateReader, description: string): LostAttempt {
  const service = state.stringOrNull("service");
  return { description, hasMarker: true, service, ...decodeStartedAt(state) };
}

function encodeLost(lost: LostAttempt, base: string | null): Properties {
  const { description } = lost;
  const marker = description.slice(-7);
  const known =
    description === withMarker(base, marker) ? { unresolvedMark: marker } : { lostDescription: description };
  return { unresolved: true, ...known, ...encodeStartedAt(lost) };
}

/** The description that a key is created with: the resource's, and that key's marker. */
export function withMarker(description: string | null, marker: string): string {
  return `${description ?? ""} #${marker}`;
}

export function encodeRotatingKey<Spec extends object>(
  kind: KeyKind<Spec>,
  state: RotatingKeyState<Spec>,
): { id: string; outputs: Properties } {
  const { id, lost } = state;
  if (state.status === "unresolved") {
    return {
      id,
      outputs: { ...state.inputs, unresolved: true, ...encodeStartedAt(state.lost) },
    };
  }
  const { current, previous } = state;
  const outputs = defined({
    description: current.description,
    rotationTriggers: state.rotationTriggers,
    key: current.key,
    keyPrefix: current.keyPrefix,
    keyType: current.keyType,
    ...kind.fixedOutputs(current),
    keyId: current.id,
    isActive: current.isActive,
    lastUsedAt: current.lastUsedAt,
    createdAt: current.createdAt,
    rotatedAt: current.createdAt,
    nextRotationAt: state.nextRotationAt,
    overlapDays: state.overlapDays ?? undefined,
    holdWhileUsed: state.holdWhileUsed ?? undefined,
    previousKey: previous?.key ?? null,
    previousKeyId: previous?.id ?? null,
    previousKeyPrefix: previous?.keyPrefix ?? undefined,
    previousExpiresAt: previous?.expiresAt ?? undefined,
    retireAt: previous?.retireAt ?? null,
    owner: state.owner === "" ? undefined : state.owner,
    ...(lost ? encodeLost(lost, current.description) : {}),
  });
  return { id, outputs };
}
