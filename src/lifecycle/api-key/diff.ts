// The changes of an API key if the program changes, or time passes.
import { isTemplate } from "../../text/auto-name";
import { capitalize } from "../../text/quote";
import { daysAfter, isPast, rfc3339, same, UNKNOWN } from "../../values";
import type { MaybeUnknown } from "../../values";
import { REPLACES_UNRESOLVED } from "../lifecycle";
import type { Diff } from "../lifecycle";
import { namesOf } from "../../fields/field";
import { describeKey } from "./create-key";
import type { ApiKeyInputs } from "./inputs";
import { heldKeyOf } from "./kind";
import type { KeyKind } from "./kind";
import type { ApiKeyState, LiveKey, LookedUpKey } from "./state";

export function diffApiKey(kind: KeyKind, state: ApiKeyState, inputs: ApiKeyInputs, now: number): Diff {
  switch (state.status) {
    case "unresolved":
      return REPLACES_UNRESOLVED;
    case "requested":
      return { replaces: [], changed: [] };
    case "looked-up":
      return diffLive(kind, withoutSecret(kind, state, inputs), inputs, now);
    case "live":
      return diffLive(kind, state, inputs, now);
  }
}

function diffLive(kind: KeyKind, state: LiveKey, inputs: ApiKeyInputs, now: number): Diff {
  const replaces: string[] = namesOf(kind.spec).filter((name) => !same(state.spec[name], inputs.spec[name]));
  if (!same(state.rotationTriggers, inputs.rotationTriggers)) replaces.push("rotationTriggers");
  const { description } = inputs;
  if (!isTemplate(description, "description") && !same(state.description ?? "", description ?? "")) {
    replaces.push("description");
  }
  const existing = inputs.existing === UNKNOWN ? { id: UNKNOWN, key: UNKNOWN } : inputs.existing;
  const pending = existing?.key === undefined ? undefined : existing;
  if (pending && pending.id !== state.id) replaces.push("existing");
  const rotateAt = rotateAtOf(state.expiresAt, inputs.rotateBeforeDays);
  const due = dueReplacement(state, inputs, rotateAt, now);
  if (due !== undefined) replaces.push(due);
  const key = (pending?.id === state.id ? pending.key : undefined) ?? state.key;
  const updates = [
    ...(same(state.recreateIfInvalid, inputs.recreateIfInvalid) ? [] : ["recreateIfInvalid"]),
    ...(same(state.rotateAt, rotateAt) ? [] : ["rotateBeforeDays"]),
    ...(same(state.key, key) ? [] : ["existing"]),
    ...(state.lost ? ["unresolved"] : []),
  ];
  const changed = [...replaces, ...updates];
  const isDue = due === "rotateAt" || due === "expiresAt";
  const dueSince = isDue && rotateAt !== UNKNOWN ? (rotateAt ?? state.expiresAt) : null;
  return {
    replaces,
    changed,
    outputs: { key, rotateAt },
    ...(dueSince !== null && { dueSince }),
    ahead:
      due &&
      `${capitalize(describeKey(kind, state.description))} is replaced, because ${whyDue(due, state.expiresAt, now)}.`,
  };
}

/** A key that was imported without its secret, as a key of ours. Missing facts come from the program. */
export function withoutSecret(
  kind: KeyKind,
  { entry, recreateIfInvalid }: LookedUpKey,
  { spec }: ApiKeyInputs,
): LiveKey {
  return {
    status: "live",
    ...heldKeyOf(entry, null, kind.specOf(entry, spec)),
    expiresAt: null,
    rotationTriggers: undefined,
    recreateIfInvalid,
    rotateAt: null,
    holder: "",
    pinned: false,
    lost: null,
  };
}

/** The output that replaces a key without a change of the program: it expired, is due or inactive. */
function dueReplacement(
  { isActive, expiresAt }: LiveKey,
  { recreateIfInvalid }: ApiKeyInputs,
  rotateAt: MaybeUnknown<string> | null,
  now: number,
): "isActive" | "expiresAt" | "rotateAt" | undefined {
  if (!isActive && recreateIfInvalid !== false) return "isActive";
  if (isPast(expiresAt, now) && recreateIfInvalid !== false) return "expiresAt";
  return rotateAt !== UNKNOWN && isPast(rotateAt, now) ? "rotateAt" : undefined;
}

function whyDue(due: string, expiresAt: string | null, now: number): string {
  if (due === "isActive") return "the account lists it as inactive";
  if (isPast(expiresAt, now)) return `it expired at ${expiresAt}`;
  return `it expires at ${expiresAt}, which is within \`rotateBeforeDays\``;
}

/** The time from which the key is due, RFC 3339. */
export function rotateAtOf(
  expiresAt: string | null,
  rotateBeforeDays: MaybeUnknown<number> | undefined,
): MaybeUnknown<string> | null {
  if (rotateBeforeDays === UNKNOWN) return UNKNOWN;
  if (expiresAt === null || rotateBeforeDays === undefined) return null;
  return daysAfter(expiresAt, -rotateBeforeDays);
}

/** The time at which the key is due, for an expiry that has changed. */
export function moved(rotateAt: string | null, from: string | null, to: string | null): string | null {
  if (rotateAt === null || from === null || to === null || from === to) return rotateAt;
  return rfc3339(Date.parse(rotateAt) + Date.parse(to) - Date.parse(from));
}
