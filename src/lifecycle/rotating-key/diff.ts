// What changes when the program of a rotating key changes, or time passes; and what an update makes of it, for previews.
import { knownSpec } from "../api-key/diff";
import type { KeyKind } from "../api-key/kind";
import { same } from "../inputs";
import { UNKNOWN } from "../lifecycle";
import type { Diff, MaybeUnknown, Properties } from "../lifecycle";
import { isPast } from "../time";
import type { RotatingKeyInputs } from "./inputs";
import { changedKeyInputs, isDueByTime, movedRetireAt, nextRotation } from "./schedule";
import type { Rotation } from "./schedule";
import type { HoldingKeys, RotatingKeyState } from "./state";

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
  return {
    changes: changed.length > 0,
    replaces: [],
    changed,
    outputs: outputsAfter(rotation, state, inputs, now),
  };
}

/** As far as state, inputs and the local clock tell. The steps are those of `RotationUpdate`. */
function outputsAfter<Spec extends object>(
  rotation: Rotation<Spec>,
  state: HoldingKeys<Spec>,
  inputs: RotatingKeyInputs<Spec>,
  now: number,
): Properties {
  const { current, previous, lost } = state;
  const nextRotationAt = nextRotation(inputs.rotateEveryDays, current.createdAt);
  const overlapStays = same(state.overlapDays ?? undefined, inputs.overlapDays);
  const retires = previous !== null && lost === null && overlapStays && isPast(previous.retireAt, now);
  const isAskedFor = changedKeyInputs(rotation, state, inputs).length > 0;
  const isDue = nextRotationAt === UNKNOWN || isDueByTime({ nextRotationAt, current }, now);
  const unknownPrevious = { previousKey: UNKNOWN, previousKeyId: UNKNOWN, retireAt: UNKNOWN };
  if (isAskedFor || !current.isActive || (isDue && (previous === null || retires))) {
    // An inactive key becomes no previous key.
    return { ...nextKey(rotation.kind, inputs), ...(isAskedFor || current.isActive ? unknownPrevious : {}) };
  }
  if (retires) return { nextRotationAt, ...unknownPrevious };
  return { nextRotationAt, retireAt: retireAtAfter(state, inputs) };
}

function nextKey<Spec extends object>(kind: KeyKind<Spec>, inputs: RotatingKeyInputs<Spec>): Properties {
  const isKnown = kind.specNames.every((name) => inputs.spec[name] !== UNKNOWN);
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
  { previous, overlapDays }: HoldingKeys<Spec>,
  inputs: RotatingKeyInputs<Spec>,
): MaybeUnknown<string> | null {
  if (previous === null) return null;
  if (inputs.overlapDays === UNKNOWN) return UNKNOWN;
  return movedRetireAt(previous.retireAt, overlapDays ?? 0, inputs.overlapDays ?? 0);
}
