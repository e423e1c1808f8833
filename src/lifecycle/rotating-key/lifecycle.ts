// The lifecycle of a rotating key. Due times come from the state; while nothing is due, there is no request.
import type { ApiKey } from "../../api/schemas";
import { markerOf, newMarker } from "../../text/auto-name";
import { known } from "../../values";
import { createKey, describeKey, earlierEnd, lostKey, markerIn } from "../api-key/create-key";
import { knownSpec } from "../api-key/diff";
import { creationOf, provenTime } from "../api-key/kind";
import { cleanUp } from "../create-once/clean-up";
import { possibleDuplicate } from "../create-once/messages";
import { unresolvedId } from "../create-once/started";
import { apiKeyClaim } from "../holders";
import type { Lifecycle, Outcome } from "../lifecycle";
import type { Run } from "../run";
import { refuseSelfLockout } from "../api-key/guards";
import { encodeRotatingKeyInputs } from "./inputs";
import type { RotatingKeyInputs } from "./inputs";
import { findLeftovers, leftIn, otherSpellings, reportLeftovers, senderOf } from "./leftovers";
import { diffRotatingKey } from "./plan";
import { revokeUnlessHeld, updateRotatingKey } from "./rotate";
import { nextMarker, nextRotation } from "./schedule";
import type { Rotation } from "./schedule";
import { firstMarker, rotatingId, withMarker } from "./state";
import type { HoldingKeys, RotatingKeyState } from "./state";

export function rotatingKeyLifecycle<Spec extends object>(
  rotation: Rotation<Spec>,
): Lifecycle<RotatingKeyInputs<Spec>, RotatingKeyState<Spec>> {
  return {
    diff: (state, inputs, now) => diffRotatingKey(rotation, state, inputs, now),
    create: (inputs, run, identity) => create(rotation, inputs, run, identity),
    read: (state, run) => read(rotation, state, run),
    update: (state, inputs, run) =>
      state.status === "unresolved"
        ? Promise.resolve({ state })
        : updateRotatingKey(rotation, state, inputs, run),
    delete: (state, run) => remove(rotation, state, run),
  };
}

async function create<Spec extends object>(
  { kind }: Rotation<Spec>,
  inputs: RotatingKeyInputs<Spec>,
  run: Run,
  identity: string,
): Promise<Outcome<RotatingKeyState<Spec>>> {
  const spec = knownSpec(kind, inputs);
  const base = known(inputs.description, "description");
  const before = run.creations.begin(identity);
  // A repetition finds the key of the first attempt by its marker.
  const marker = before ? markerOf(before.sent.text ?? "") : newMarker();
  const description = withMarker(base, marker);
  const attempt = { description, hasMarker: true, service: kind.serviceOf(spec) };
  const made = await createKey(kind, { ...attempt, spec, identity, before }, run);
  if (made.is === "unresolved") {
    const lost = { ...attempt, ...made.started };
    const encoded = encodeRotatingKeyInputs(kind, inputs, description);
    return {
      state: { status: "unresolved", id: unresolvedId(marker), lost, inputs: encoded },
      unfinished: made.why,
    };
  }
  const isUnfinished = made.unfinished !== undefined;
  const state: HoldingKeys<Spec> = {
    status: "holding",
    id: rotatingId(marker),
    current: { ...made.key, description: base },
    previous: null,
    rotationTriggers: inputs.rotationTriggers,
    nextRotationAt: known(nextRotation(inputs.rotateEveryDays, made.key.createdAt), "rotateEveryDays"),
    overlapDays: known(inputs.overlapDays, "overlapDays"),
    holdWhileUsed: known(inputs.holdWhileUsed, "holdWhileUsed"),
    owner: inputs.owner,
    lost: isUnfinished ? { ...attempt, ...creationOf(made.key) } : null,
  };
  return { state, ...(isUnfinished && { unfinished: possibleDuplicate(describeKey(kind, description)) }) };
}

async function read<Spec extends object>(
  { kind }: Rotation<Spec>,
  state: RotatingKeyState<Spec>,
  run: Run,
): Promise<RotatingKeyState<Spec> | undefined> {
  if (state.status === "unresolved") return state;
  const { current } = state;
  const presence = await run.apiKeys.presence(current.id, provenTime(current));
  if (presence.is === "unknown") throw presence.error;
  // Not younger than the key that came after it.
  const previous = state.previous && (await run.apiKeys.find(state.previous.id, provenTime(current)));
  const left = leftIn(kind, state, senderOf(state), await marked(state, run), run);
  const ours = left.ours
    .filter((entry) => entry.isActive)
    .map((entry) => ({ entry, why: "it has the same description" }));
  reportLeftovers(kind, state, { possibly: [...ours, ...left.possibly], hidden: [] }, run);
  // Keep the key of an interrupted rotation, and an inactive key, which may be activated again.
  if (presence.is === "gone" && !previous && left.ours.length === 0 && !state.lost) return undefined;
  return {
    ...state,
    previous: previous ? state.previous : null,
    current: {
      ...current,
      isActive: presence.is === "live",
      expiresAt: earlierEnd(current.expiresAt, presence.is === "gone" ? undefined : presence.entry.expiresAt),
      lastUsedAt: presence.is === "gone" ? null : (presence.entry.lastUsedAt ?? null),
    },
  };
}

/** The entries of the shared list with a marker of this resource, which an index finds. */
async function marked<Spec>(state: HoldingKeys<Spec>, run: Run) {
  const { byId, ...list } = await run.apiKeys.shared();
  const { current, previous, owner } = state;
  const own = byId.get(current.id);
  const before = previous ? [nextMarker(previous.id, owner)] : [];
  const markers = new Set([
    nextMarker(current.id, owner),
    ...otherSpellings(senderOf(state)).map((each) => nextMarker(current.id, each.owner)),
    firstMarker(state),
    ...before,
    own ? markerIn(own) : "",
  ]);
  const entries = new Map<string, ApiKey>(own ? [[own.id, own]] : []);
  for (const marker of markers) {
    if (marker === "") continue;
    for (const entry of await run.apiKeys.matching(markerIn, marker)) entries.set(entry.id, entry);
  }
  return { ...list, byId: entries };
}

/**
 * Revokes all keys of the resource, the previous one first, with whatever an interrupted or lost attempt may
 * have created.
 */
async function remove<Spec extends object>(
  { kind }: Rotation<Spec>,
  state: RotatingKeyState<Spec>,
  run: Run,
): Promise<void> {
  if (state.status === "unresolved") return cleanUp(run.apiKeys, lostKey(kind, state.lost), [], run);
  const { current, previous } = state;
  const keys = previous ? [previous, current] : [current];
  for (const key of keys) {
    const holding = { what: apiKeyClaim(key.id), holder: "" };
    if (!run.holders.isHeldByAnother(holding)) refuseSelfLockout(kind.label, key, run.client.connection);
  }
  const left = await findLeftovers(kind, state, senderOf(state), await run.apiKeys.shared(), run);
  // While an entry may be the work of a lost attempt, the state must not forget that.
  if (left.open) throw left.open;
  reportLeftovers(kind, state, left, run);
  const others = left.ours.map((entry) => ({ ...entry, key: null }));
  for (const key of [...(previous ? [previous] : []), ...others, current]) {
    await revokeUnlessHeld(key, `the ${kind.label} ${key.id}`, run);
  }
}
