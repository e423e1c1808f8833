// The schedule of a rotating key: when it is due, when its overlap ends; and the markers of its keys.
import { createHash } from "node:crypto";

import { overlapOf } from "../../fields/api-key";
import { namesOf } from "../../fields/field";
import type { HeldKey, KeyKind } from "../api-key/kind";
import { isDefaultDescription } from "../../text/auto-name";
import { same, DAY_MS, isPast, rfc3339 } from "../../values";
import type { Known } from "../../values";
import type { RotatingKeyInputs } from "./inputs";
import type { HoldingKeys, PreviousKey } from "./state";

/** The changed inputs that require a new key. Renaming a stack or a resource requires none. */
export function changedKeyInputs(
  kind: KeyKind,
  { current, rotationTriggers }: HoldingKeys,
  inputs: RotatingKeyInputs,
): string[] {
  const { description } = inputs;
  const isRenamed = isDefaultDescription(current.description) && isDefaultDescription(description);
  return [
    ...namesOf(kind.spec).filter(
      (name) => !kind.identity.includes(name) && !same(current.spec[name], inputs.spec[name]),
    ),
    ...(isRenamed || same(current.description ?? "", description) ? [] : ["description"]),
    ...(same(rotationTriggers, inputs.rotationTriggers) ? [] : ["rotationTriggers"]),
  ];
}

/** Is a new key due, by a clock that shows `now`? */
export function isDueByTime(
  { nextRotationAt, current }: Pick<HoldingKeys, "nextRotationAt" | "current">,
  now: number,
): boolean {
  return isPast(nextRotationAt, now) || isPast(current.expiresAt, now);
}

export function nextRotation(rotateEveryDays: number, createdAt: string): string {
  return rfc3339(Date.parse(createdAt) + rotateEveryDays * DAY_MS);
}

/** The part of a state that follows from the inputs without a new key. */
export function settingsOf(
  { overlapDays, holdWhileUsed, rotateEveryDays }: Known<RotatingKeyInputs>,
  current: HeldKey,
) {
  return { overlapDays, holdWhileUsed, nextRotationAt: nextRotation(rotateEveryDays, current.createdAt) };
}

/** The state with the inputs that need no new key. `overlapDays` moves the end of the overlap. */
export function withSettings(state: HoldingKeys, inputs: Known<RotatingKeyInputs>): HoldingKeys {
  const { current, previous } = state;
  const moved = ({ retireAt }: PreviousKey): string =>
    movedRetireAt(retireAt, overlapOf(state), overlapOf(inputs));
  return {
    ...state,
    previous: previous && { ...previous, retireAt: moved(previous) },
    ...settingsOf(inputs, current),
  };
}

/** The current key as the previous one of a key that was created at this time (RFC 3339). */
export function asPrevious(state: HoldingKeys, rotatedAt: string): PreviousKey {
  const { id, key, keyPrefix, expiresAt } = state.current;
  const retireAt = rfc3339(Date.parse(rotatedAt) + overlapOf(state) * DAY_MS);
  return { id, key, keyPrefix, expiresAt, retireAt };
}

/** The end of an overlap after its length was changed. */
export function movedRetireAt(retireAt: string, from: number, to: number): string {
  return from === to ? retireAt : rfc3339(Date.parse(retireAt) + (to - from) * DAY_MS);
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
