// The plan of an update of a rotating key, for the preview and for the update itself.
import { capitalize, listed } from "../../text/quote";
import { same, UNKNOWN, isPast } from "../../values";
import type { MaybeUnknown, Properties } from "../../values";
import { describeKey } from "../api-key/create-key";
import { overlapOf } from "../../fields/api-key";
import type { KeyKind } from "../api-key/kind";
import { REPLACES_UNRESOLVED } from "../lifecycle";
import type { Diff } from "../lifecycle";
import type { RotatingKeyInputs } from "./inputs";
import { changedKeyInputs, isDueByTime, movedRetireAt, nextRotation } from "./schedule";
import type { HoldingKeys, RotatingKeyState } from "./state";

export interface RotationPlan {
  /** Why a new key is created, if so. */
  rotate: "asked" | "due" | "inactive" | undefined;
  /** The same as a phrase after "because". */
  why: string;
  /** A new key is due, but the previous one is still within its overlap. */
  isPostponed: boolean;
  /** The overlap of the previous key is over. */
  isOverlapOver: boolean;
  nextRotationAt: MaybeUnknown<string>;
}

/** By a clock that shows `now` (ms). */
export function planRotation(
  kind: KeyKind,
  state: HoldingKeys,
  inputs: RotatingKeyInputs,
  now: number,
): RotationPlan {
  const { current, previous, lost } = state;
  const { rotateEveryDays } = inputs;
  const nextRotationAt =
    rotateEveryDays === UNKNOWN ? UNKNOWN : nextRotation(rotateEveryDays, current.createdAt);
  // After a failed update, consumers may not have switched; a changed overlap takes effect in the next
  // update.
  const hasFailed = lost !== null && !isBefore(lost.startedAt, current.createdAt);
  const mayRetire = previous !== null && !hasFailed && same(overlapOf(state), overlapOf(inputs));
  const isOverlapOver = mayRetire && isPast(previous.retireAt, now);
  const isDue = nextRotationAt === UNKNOWN || isDueByTime({ nextRotationAt, current }, now);
  const asked = changedKeyInputs(kind, state, inputs);
  const isFree = previous === null || isOverlapOver;
  const rotate =
    asked.length > 0 ? "asked" : !current.isActive ? "inactive" : isDue && isFree ? "due" : undefined;
  const why = {
    asked: `the program changes ${listed(asked)}`,
    due: "it was due",
    inactive: `the key ${current.id} was not active`,
  }[rotate ?? "due"];
  return { rotate, why, isPostponed: rotate === undefined && isDue, isOverlapOver, nextRotationAt };
}

/** A lost attempt that a later rotation has followed is only still searched for. */
function isBefore(startedAt: string | null, createdAt: string): boolean {
  return startedAt !== null && Date.parse(startedAt) < Date.parse(createdAt);
}

/** The message of a preview about a rotation. */
function rotationAhead(
  kind: KeyKind,
  { current, previous }: HoldingKeys,
  inputs: RotatingKeyInputs,
  { rotate, why, isOverlapOver }: RotationPlan,
): string | undefined {
  if (rotate === undefined) return undefined;
  const what = capitalize(describeKey(kind, current.description));
  const creates = same(inputs, inputs) ? "creates" : "may create";
  const early =
    rotate === "asked" && previous && !isOverlapOver
      ? ` It first revokes the previous key ${previous.id}, whose overlap is not over.`
      : "";
  const days = overlapOf(inputs);
  const later =
    days === UNKNOWN || days === 0 ? "" : `, ${days} ${days === 1 ? "day" : "days"} later or more,`;
  const stays = current.isActive
    ? ` The current key ${current.id} stays valid until another \`pulumi up\`${later} revokes it.`
    : "";
  return `${what}: this update ${creates} a new key, because ${why}.${early}${stays}`;
}

export function diffRotatingKey(
  kind: KeyKind,
  state: RotatingKeyState,
  inputs: RotatingKeyInputs,
  now: number,
): Diff {
  if (state.status === "unresolved") {
    return REPLACES_UNRESOLVED;
  }
  const replaces = kind.identity.filter((name) => !same(state.current.spec[name], inputs.spec[name]));
  if (replaces.length > 0) return { changes: true, replaces, changed: replaces };
  const plan = planRotation(kind, state, inputs, now);
  const changed = [
    ...changedKeyInputs(kind, state, inputs),
    ...(state.nextRotationAt === plan.nextRotationAt ? [] : ["rotateEveryDays"]),
    ...(same(state.overlapDays, inputs.overlapDays) ? [] : ["overlapDays"]),
    ...(same(state.holdWhileUsed, inputs.holdWhileUsed) ? [] : ["holdWhileUsed"]),
    ...(isDueByTime(state, now) ? ["nextRotationAt"] : []),
    ...(state.current.isActive ? [] : ["isActive"]),
    ...(state.previous && isPast(state.previous.retireAt, now) ? ["retireAt"] : []),
    ...(state.lost ? ["unresolved"] : []),
  ];
  const outputs = outputsAfter(state, inputs, plan);
  const ahead = rotationAhead(kind, state, inputs, plan);
  return { changes: changed.length > 0, replaces: [], changed, outputs, ahead };
}

function outputsAfter(
  state: HoldingKeys,
  inputs: RotatingKeyInputs,
  { rotate, isOverlapOver, nextRotationAt }: RotationPlan,
): Properties {
  const unknownPrevious = { previousKey: UNKNOWN, previousKeyId: UNKNOWN, retireAt: UNKNOWN };
  if (rotate !== undefined) {
    // An inactive key does not become a previous key.
    const isKept = rotate === "asked" || state.current.isActive;
    return { ...nextKey(inputs), ...(isKept ? unknownPrevious : {}) };
  }
  return {
    nextRotationAt,
    ...(isOverlapOver ? unknownPrevious : { retireAt: retireAtAfter(state, inputs) }),
  };
}

function nextKey({ spec, description }: RotatingKeyInputs): Properties {
  return {
    ...spec,
    ...{ key: UNKNOWN, keyId: UNKNOWN, keyPrefix: UNKNOWN },
    ...{ createdAt: UNKNOWN, rotatedAt: UNKNOWN, nextRotationAt: UNKNOWN },
    expiresAt: (spec.expiresInDays ?? null) === null ? null : UNKNOWN,
    description,
    isActive: true,
    lastUsedAt: null,
  };
}

function retireAtAfter(state: HoldingKeys, inputs: RotatingKeyInputs): MaybeUnknown<string> | null {
  const days = overlapOf(inputs);
  if (state.previous === null) return null;
  return days === UNKNOWN ? UNKNOWN : movedRetireAt(state.previous.retireAt, overlapOf(state), days);
}
