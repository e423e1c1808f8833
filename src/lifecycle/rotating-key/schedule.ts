// When a rotating key is due, for how long its previous key lives on, and the markers of its keys.
import { createHash } from "node:crypto";

import type { KeyKind } from "../api-key/kind";
import { isDefaultDescription } from "../../text/auto-name";
import { same } from "../inputs";
import { known, UNKNOWN } from "../lifecycle";
import type { Diff, MaybeUnknown } from "../lifecycle";
import { DAY_MS, isPast, rfc3339 } from "../time";
import type { RotatingKeyInputs } from "./inputs";
import type { HoldingKeys, RotatingKeyState } from "./state";

/** `identity`: the inputs fixed at creation whose change replaces the resource; a change of any other rotates the key. */
export interface Rotation<Spec extends object> {
  kind: KeyKind<Spec>;
  identity: readonly (keyof Spec & string)[];
}

export function diffRotatingKey<Spec extends object>(
  rotation: Rotation<Spec>,
  state: RotatingKeyState<Spec>,
  inputs: RotatingKeyInputs<Spec>,
  now: number,
): Diff {
  if (state.status === "unresolved") {
    return { changes: true, replaces: ["unresolved"], changed: ["unresolved"], deleteBeforeReplace: true };
  }
  const replaces = rotation.identity.filter((name) => !same(state.current.spec[name], inputs.spec[name]));
  if (replaces.length > 0) return { changes: true, replaces, changed: replaces };
  const changed = [
    ...changedKeyInputs(rotation, state, inputs),
    ...(state.nextRotationAt === nextRotation(inputs.rotateEveryDays, state.current.createdAt)
      ? []
      : ["rotateEveryDays"]),
    ...(same(state.overlapDays ?? undefined, inputs.overlapDays) ? [] : ["overlapDays"]),
    ...(same(state.holdWhileUsed ?? undefined, inputs.holdWhileUsed) ? [] : ["holdWhileUsed"]),
    ...(isDueByTime(state, now) ? ["nextRotationAt"] : []),
    ...(state.current.isActive ? [] : ["isActive"]),
    ...(state.previous && isPast(state.previous.retireAt, now) ? ["retireAt"] : []),
    ...(state.lost ? ["unresolved"] : []),
  ];
  return { changes: changed.length > 0, replaces: [], changed };
}

/** The inputs by which the program asks for another key. A stack or resource that was only renamed asks for none. */
export function changedKeyInputs<Spec extends object>(
  { kind, identity }: Rotation<Spec>,
  { current, rotationTriggers }: HoldingKeys<Spec>,
  inputs: RotatingKeyInputs<Spec>,
): string[] {
  const { description } = inputs;
  const isRenamed = isDefaultDescription(current.description) && isDefaultDescription(description);
  return [
    ...kind.specNames.filter(
      (name) => !identity.includes(name) && !same(current.spec[name], inputs.spec[name]),
    ),
    ...(isRenamed || same(current.description ?? "", description) ? [] : ["description"]),
    ...(same(rotationTriggers, inputs.rotationTriggers) ? [] : ["rotationTriggers"]),
  ];
}

/** Has the time come for a new key, by a clock that shows `now`? */
export function isDueByTime<Spec>({ nextRotationAt, current }: HoldingKeys<Spec>, now: number): boolean {
  return isPast(nextRotationAt, now) || isPast(current.expiresAt, now);
}

export function nextRotation(rotateEveryDays: MaybeUnknown<number>, createdAt: string): MaybeUnknown<string> {
  return rotateEveryDays === UNKNOWN ? UNKNOWN : rfc3339(Date.parse(createdAt) + rotateEveryDays * DAY_MS);
}

/** The state with the inputs that need no other key. The previous key's time moves with `overlapDays`, in both directions. */
export function withSettings<Spec>(
  state: HoldingKeys<Spec>,
  inputs: RotatingKeyInputs<Spec>,
): HoldingKeys<Spec> {
  const overlapDays = known(inputs.overlapDays, "overlapDays") ?? null;
  const moved = ((overlapDays ?? 0) - (state.overlapDays ?? 0)) * DAY_MS;
  const previous = state.previous && {
    ...state.previous,
    retireAt: moved === 0 ? state.previous.retireAt : rfc3339(Date.parse(state.previous.retireAt) + moved),
  };
  return {
    ...state,
    previous,
    overlapDays,
    holdWhileUsed: known(inputs.holdWhileUsed, "holdWhileUsed") ?? null,
    nextRotationAt: known(nextRotation(inputs.rotateEveryDays, state.current.createdAt), "rotateEveryDays"),
  };
}

/**
 * The marker of the key that follows this one. It is derived from the current key's id, so that after a crash the next update can find the key that the
 * crashed one may have created; and from the owner where the description does not say it, so that another stack with a copy of the state does not.
 */
export function nextMarker(currentId: string, owner: string): string {
  return createHash("sha256")
    .update(`successor of ${currentId}${owner === "" ? "" : ` for ${owner}`}`)
    .digest("hex")
    .slice(0, 7);
}
