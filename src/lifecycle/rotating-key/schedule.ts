// The schedule of a rotating key: when it is due, when its overlap ends; and the markers of its keys.
import { createHash } from "node:crypto";

import { overlapOf } from "../../fields/api-key";
import { namesOf } from "../../fields/field";
import type { KeyKind } from "../api-key/kind";
import { isDefaultDescription } from "../../text/auto-name";
import { same, known, UNKNOWN, DAY_MS, isPast, rfc3339 } from "../../values";
import type { MaybeUnknown } from "../../values";
import type { RotatingKeyInputs } from "./inputs";
import type { HoldingKeys, PreviousKey } from "./state";

/**
 * `identity`: the inputs fixed at creation whose change replaces the resource; a change of any other rotates
 * the key.
 */
export interface Rotation<Spec extends object> {
  kind: KeyKind<Spec>;
  identity: readonly (keyof Spec & string)[];
}

/** The changed inputs that require a new key. Renaming a stack or a resource requires none. */
export function changedKeyInputs<Spec extends object>(
  { kind, identity }: Rotation<Spec>,
  { current, rotationTriggers }: HoldingKeys<Spec>,
  inputs: RotatingKeyInputs<Spec>,
): string[] {
  const { description } = inputs;
  const isRenamed = isDefaultDescription(current.description) && isDefaultDescription(description);
  return [
    ...namesOf(kind.spec).filter(
      (name) => !identity.includes(name) && !same(current.spec[name], inputs.spec[name]),
    ),
    ...(isRenamed || same(current.description ?? "", description) ? [] : ["description"]),
    ...(same(rotationTriggers, inputs.rotationTriggers) ? [] : ["rotationTriggers"]),
  ];
}

/** Is a new key due, by a clock that shows `now`? */
export function isDueByTime<Spec>(
  { nextRotationAt, current }: Pick<HoldingKeys<Spec>, "nextRotationAt" | "current">,
  now: number,
): boolean {
  return isPast(nextRotationAt, now) || isPast(current.expiresAt, now);
}

export function nextRotation(rotateEveryDays: MaybeUnknown<number>, createdAt: string): MaybeUnknown<string> {
  return rotateEveryDays === UNKNOWN ? UNKNOWN : rfc3339(Date.parse(createdAt) + rotateEveryDays * DAY_MS);
}

/** The state with the inputs that need no new key. `overlapDays` moves the end of the overlap. */
export function withSettings<Spec>(
  state: HoldingKeys<Spec>,
  inputs: RotatingKeyInputs<Spec>,
): HoldingKeys<Spec> {
  const overlapDays = known(inputs.overlapDays, "overlapDays");
  const { previous } = state;
  return {
    ...state,
    previous: previous && {
      ...previous,
      retireAt: movedRetireAt(previous.retireAt, overlapOf(state), overlapOf({ overlapDays })),
    },
    overlapDays,
    holdWhileUsed: known(inputs.holdWhileUsed, "holdWhileUsed"),
    nextRotationAt: known(nextRotation(inputs.rotateEveryDays, state.current.createdAt), "rotateEveryDays"),
  };
}

/** The current key as the previous one of a key that was created at this time (RFC 3339). */
export function asPrevious<Spec>(state: HoldingKeys<Spec>, rotatedAt: string): PreviousKey {
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
