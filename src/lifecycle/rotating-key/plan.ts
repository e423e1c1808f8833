// The schedule of a rotating key, and the plan of its update, for the preview and for the update itself.
import { overlapOf } from "../../fields/api-key";
import { namesOf } from "../../fields/field";
import { isDefaultDescription } from "../../text/auto-name";
import { capitalize, listed } from "../../text/quote";
import { daysAfter, isPast, known, same, UNKNOWN } from "../../values";
import type { Known, MaybeUnknown, Properties } from "../../values";
import { describeKey } from "../api-key/create-key";
import type { HeldKey, KeyKind } from "../api-key/kind";
import { REPLACES_UNRESOLVED } from "../lifecycle";
import type { Diff } from "../lifecycle";
import type { RotatingKeyInputs } from "./inputs";
import type { HoldingKeys, PreviousKey, RotatingKeyState } from "./state";

/** A state, and what the program wants now. */
interface Change {
  kind: KeyKind;
  state: HoldingKeys;
  inputs: RotatingKeyInputs;
}

/** The changed inputs that require a new key. Renaming a stack or a resource requires none. */
function changedKeyInputs({ kind, state, inputs }: Change): string[] {
  const { current, rotationTriggers } = state;
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
function isDueByTime(
  { nextRotationAt, current }: Pick<HoldingKeys, "nextRotationAt" | "current">,
  now: number,
): boolean {
  return isPast(nextRotationAt, now) || isPast(current.expiresAt, now);
}

/** The part of a state that follows from the inputs without a new key. */
export function settingsOf(
  { overlapDays, holdWhileUsed, rotateEveryDays }: Known<RotatingKeyInputs>,
  { createdAt }: HeldKey,
) {
  return { overlapDays, holdWhileUsed, nextRotationAt: daysAfter(createdAt, rotateEveryDays) };
}

/** The state with the inputs that need no new key. `overlapDays` moves the end of the overlap. */
export function withSettings(state: HoldingKeys, inputs: Known<RotatingKeyInputs>): HoldingKeys {
  const { current, previous } = state;
  const moved = previous && {
    ...previous,
    retireAt: known(retireAtAfter(previous, state, inputs), "overlapDays"),
  };
  return { ...state, previous: moved, ...settingsOf(inputs, current) };
}

/** The current key as the previous one of a key that was created at this time (RFC 3339). */
export function asPrevious(state: HoldingKeys, rotatedAt: string): PreviousKey {
  const { id, key, keyPrefix, expiresAt } = state.current;
  const retireAt = daysAfter(rotatedAt, overlapOf(state));
  return { id, key, keyPrefix, expiresAt, retireAt };
}

/** The end of the overlap after its length was changed. */
function retireAtAfter(
  { retireAt }: PreviousKey,
  state: HoldingKeys,
  inputs: RotatingKeyInputs,
): MaybeUnknown<string> {
  const from = overlapOf(state);
  const to = overlapOf(inputs);
  if (to === UNKNOWN) return UNKNOWN;
  return from === to ? retireAt : daysAfter(retireAt, to - from);
}

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
export function planRotation(change: Change, now: number): RotationPlan {
  const { state, inputs } = change;
  const { current, previous, lost } = state;
  const { rotateEveryDays } = inputs;
  const nextRotationAt =
    rotateEveryDays === UNKNOWN ? UNKNOWN : daysAfter(current.createdAt, rotateEveryDays);
  // After a failed update, consumers may not have switched; a changed overlap takes effect in the next
  // update.
  const hasFailed = lost !== null && !isBefore(lost.attemptedAt, current.createdAt);
  const mayRetire = previous !== null && !hasFailed && same(overlapOf(state), overlapOf(inputs));
  const isOverlapOver = mayRetire && isPast(previous.retireAt, now);
  const isDue = nextRotationAt === UNKNOWN || isDueByTime({ nextRotationAt, current }, now);
  const asked = changedKeyInputs(change);
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
function isBefore(attemptedAt: string | null, createdAt: string): boolean {
  return attemptedAt !== null && Date.parse(attemptedAt) < Date.parse(createdAt);
}

/** The message of a preview about a rotation. */
function rotationAhead(change: Change, { rotate, why, isOverlapOver }: RotationPlan): string | undefined {
  if (rotate === undefined) return undefined;
  const { kind, state, inputs } = change;
  const { current, previous } = state;
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
  if (state.status === "unresolved") return REPLACES_UNRESOLVED;
  const replaces = kind.identity.filter((name) => !same(state.current.spec[name], inputs.spec[name]));
  if (replaces.length > 0) return { replaces, changed: replaces };
  const change = { kind, state, inputs };
  const plan = planRotation(change, now);
  const changed = [
    ...changedKeyInputs(change),
    ...(state.nextRotationAt === plan.nextRotationAt ? [] : ["rotateEveryDays"]),
    ...(same(state.overlapDays, inputs.overlapDays) ? [] : ["overlapDays"]),
    ...(same(state.holdWhileUsed, inputs.holdWhileUsed) ? [] : ["holdWhileUsed"]),
    ...(isDueByTime(state, now) ? ["nextRotationAt"] : []),
    ...(state.current.isActive ? [] : ["isActive"]),
    ...(state.previous && isPast(state.previous.retireAt, now) ? ["retireAt"] : []),
    ...(state.lost ? ["unresolved"] : []),
  ];
  const [outputs, ahead] = [outputsAfter(change, plan), rotationAhead(change, plan)];
  return { replaces: [], changed, outputs, ahead };
}

function outputsAfter({ state, inputs }: Change, plan: RotationPlan): Properties {
  const { rotate, isOverlapOver, nextRotationAt } = plan;
  const unknownPrevious = { previousKey: UNKNOWN, previousKeyId: UNKNOWN, retireAt: UNKNOWN };
  if (rotate !== undefined) {
    // An inactive key does not become a previous key.
    const isKept = rotate === "asked" || state.current.isActive;
    return { ...nextKey(inputs), ...(isKept ? unknownPrevious : {}) };
  }
  return {
    nextRotationAt,
    ...(isOverlapOver
      ? unknownPrevious
      : { retireAt: state.previous && retireAtAfter(state.previous, state, inputs) }),
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
