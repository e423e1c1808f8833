// The plan of an update of a rotating key, for the preview and for the update itself.
import { capitalize, listed } from "../../text/quote";
import { same, UNKNOWN, isPast } from "../../values";
import type { MaybeUnknown, Properties } from "../../values";
import { describeKey } from "../api-key/create-key";
import { overlapOf } from "../../fields/api-key";
import { namesOf } from "../../fields/field";
import { knownSpec } from "../api-key/diff";
import type { KeyKind } from "../api-key/kind";
import type { Diff } from "../lifecycle";
import type { RotatingKeyInputs } from "./inputs";
import { changedKeyInputs, isDueByTime, movedRetireAt, nextRotation } from "./schedule";
import type { Rotation } from "./schedule";
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
export function planRotation<Spec extends object>(
  rotation: Rotation<Spec>,
  state: HoldingKeys<Spec>,
  inputs: RotatingKeyInputs<Spec>,
  now: number,
): RotationPlan {
  const { current, previous, lost } = state;
  const nextRotationAt = nextRotation(inputs.rotateEveryDays, current.createdAt);
  // After a failed update, consumers may not have switched; a changed overlap takes effect in the next
  // update.
  const hasFailed = lost !== null && !isBefore(lost.startedAt, current.createdAt);
  const mayRetire = previous !== null && !hasFailed && same(overlapOf(state), overlapOf(inputs));
  const isOverlapOver = mayRetire && isPast(previous.retireAt, now);
  const isDue = nextRotationAt === UNKNOWN || isDueByTime({ nextRotationAt, current }, now);
  const asked = changedKeyInputs(rotation, state, inputs);
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

/** The message of a preview about a rotation. */
/** A lost attempt that a later rotation has followed is only still searched for. */
function isBefore(startedAt: string | null, createdAt: string): boolean {
  return startedAt !== null && Date.parse(startedAt) < Date.parse(createdAt);
}

function rotationAhead<Spec extends object>(
  { kind }: Rotation<Spec>,
  { current, previous }: HoldingKeys<Spec>,
  inputs: RotatingKeyInputs<Spec>,
  { rotate, why, isOverlapOver }: RotationPlan,
): string | undefined {
  if (rotate === undefined) return undefined;
  const what = capitalize(describeKey(kind, current.description ?? undefined));
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
  const plan = planRotation(rotation, state, inputs, now);
  const changed = [
    ...changedKeyInputs(rotation, state, inputs),
    ...(state.nextRotationAt === plan.nextRotationAt ? [] : ["rotateEveryDays"]),
    ...(same(state.overlapDays, inputs.overlapDays) ? [] : ["overlapDays"]),
    ...(same(state.holdWhileUsed, inputs.holdWhileUsed) ? [] : ["holdWhileUsed"]),
    ...(isDueByTime(state, now) ? ["nextRotationAt"] : []),
    ...(state.current.isActive ? [] : ["isActive"]),
    ...(state.previous && isPast(state.previous.retireAt, now) ? ["retireAt"] : []),
    ...(state.lost ? ["unresolved"] : []),
  ];
  const outputs = outputsAfter(rotation, state, inputs, plan);
  const ahead = rotationAhead(rotation, state, inputs, plan);
  return { changes: changed.length > 0, replaces: [], changed, outputs, ahead };
}

function outputsAfter<Spec extends object>(
  rotation: Rotation<Spec>,
  state: HoldingKeys<Spec>,
  inputs: RotatingKeyInputs<Spec>,
  { rotate, isOverlapOver, nextRotationAt }: RotationPlan,
): Properties {
  const unknownPrevious = { previousKey: UNKNOWN, previousKeyId: UNKNOWN, retireAt: UNKNOWN };
  if (rotate !== undefined) {
    // An inactive key does not become a previous key.
    const isKept = rotate === "asked" || state.current.isActive;
    return { ...nextKey(rotation.kind, inputs), ...(isKept ? unknownPrevious : {}) };
  }
  return {
    nextRotationAt,
    ...(isOverlapOver ? unknownPrevious : { retireAt: retireAtAfter(state, inputs) }),
  };
}

function nextKey<Spec extends object>(kind: KeyKind<Spec>, inputs: RotatingKeyInputs<Spec>): Properties {
  const isKnown = namesOf(kind.spec).every((name) => inputs.spec[name] !== UNKNOWN);
  const neverExpires = isKnown && !kind.expires(knownSpec(kind, inputs));
  return {
    ...inputs.spec,
    ...{ key: UNKNOWN, keyId: UNKNOWN, keyPrefix: UNKNOWN },
    ...{ createdAt: UNKNOWN, rotatedAt: UNKNOWN, nextRotationAt: UNKNOWN },
    expiresAt: neverExpires ? null : UNKNOWN,
    description: inputs.description,
    isActive: true,
    lastUsedAt: null,
  };
}

function retireAtAfter<Spec>(
  state: HoldingKeys<Spec>,
  inputs: RotatingKeyInputs<Spec>,
): MaybeUnknown<string> | null {
  const days = overlapOf(inputs);
  if (state.previous === null) return null;
  return days === UNKNOWN ? UNKNOWN : movedRetireAt(state.previous.retireAt, overlapOf(state), days);
}
