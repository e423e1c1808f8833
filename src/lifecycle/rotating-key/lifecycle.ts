// The lifecycle of a rotating key. Due times come from the state; while nothing is due, there is no request.
import { assertNothingHidden } from "../../api/list";
import type { ApiKey } from "../../api/schemas";
import { newMarker, isDefaultDescription } from "../../text/auto-name";
import { cleanUpLostAttempt, createKey, describeKey, warnAboutDuplicates } from "../api-key/create-key";
import { knownSpec } from "../api-key/diff";
import { leftBy } from "../api-key/matching";
import { refuseSelfLockout } from "../api-key/self-lockout";
import { UnresolvedError } from "../create-once/failures";
import { byServerClock, unresolvedId } from "../create-once/lost-attempt";
import { possibleDuplicateMessage } from "../create-once/messages";
import { apiKeyClaim } from "../holders";
import { IncompleteError, known } from "../lifecycle";
import type { Lifecycle } from "../lifecycle";
import type { Run } from "../run";
import { diffRotatingKey } from "./diff";
import { encodeRotatingKeyInputs } from "./inputs";
import { leftByRotation, reportLeftovers, senderOf } from "./leftovers";
import type { RotatingKeyInputs } from "./inputs";
import { updateRotatingKey } from "./rotate";
import { nextMarker, nextRotation } from "./schedule";
import { revokeUnlessHeld } from "./still-in-use";
import { heldIds, withMarker } from "./state";
import type { Rotation } from "./schedule";
import type { HoldingKeys, RotatingKeyState } from "./state";

/** Before the marker of the first key. Kept in users' states: never changed. */
const ID_PREFIX = "rotating-";

export function rotatingKeyLifecycle<Spec extends object>(
  rotation: Rotation<Spec>,
): Lifecycle<RotatingKeyInputs<Spec>, RotatingKeyState<Spec>> {
  return {
    diff: (state, inputs, now) => diffRotatingKey(rotation, state, inputs, now),
    create: (inputs, run) => create(rotation, inputs, run),
    read: (state, run) => read(rotation, state, run),
    update: (state, inputs, run) =>
      state.status === "unresolved"
        ? Promise.resolve(state)
        : updateRotatingKey(rotation, state, inputs, run),
    delete: (state, run) => remove(rotation, state, run),
  };
}

async function create<Spec extends object>(
  { kind }: Rotation<Spec>,
  inputs: RotatingKeyInputs<Spec>,
  run: Run,
): Promise<RotatingKeyState<Spec>> {
  const spec = knownSpec(kind, inputs);
  const base = known(inputs.description, "description");
  // Only then can no other resource have the very same inputs.
  const sameInputs = isDefaultDescription(base) || inputs.owner !== "" ? JSON.stringify(inputs) : undefined;
  const marker = run.lostCreations.markerOf(sameInputs) ?? newMarker();
  const description = withMarker(base, marker);
  const attempt = { description, hasMarker: true, service: kind.serviceOf(spec) };
  run.lostCreations.noteMarker(sameInputs, marker);
  try {
    const { duplicatePossible, ...current } = await createKey(
      kind,
      { spec, description, hasMarker: true, sameInputs },
      run,
    );
    const state: HoldingKeys<Spec> = {
      status: "holding",
      id: ID_PREFIX + marker,
      current: { ...current, description: base },
      previous: null,
      rotationTriggers: inputs.rotationTriggers,
      nextRotationAt: known(nextRotation(inputs.rotateEveryDays, current.createdAt), "rotateEveryDays"),
      overlapDays: known(inputs.overlapDays, "overlapDays") ?? null,
      holdWhileUsed: known(inputs.holdWhileUsed, "holdWhileUsed") ?? null,
      owner: inputs.owner,
      lost: duplicatePossible ? { ...attempt, startedAt: current.createdAt } : null,
    };
    if (!duplicatePossible) return state;
    throw new IncompleteError(state, possibleDuplicateMessage(describeKey(kind, description)));
  } catch (error) {
    if (!(error instanceof UnresolvedError)) throw error;
    const lost = { ...attempt, ...error.started };
    throw new IncompleteError<RotatingKeyState<Spec>>(
      {
        status: "unresolved",
        id: unresolvedId(marker),
        lost,
        inputs: encodeRotatingKeyInputs(kind, inputs, description),
      },
      error.message,
    );
  }
}

async function read<Spec extends object>(
  { kind }: Rotation<Spec>,
  state: RotatingKeyState<Spec>,
  run: Run,
): Promise<RotatingKeyState<Spec> | undefined> {
  if (state.status === "unresolved") return state;
  const current = await run.apiKeys.findOwn(state.current.id, state.current.createdAt);
  const previous = state.previous && (await run.apiKeys.find(state.previous.id));
  for (const description of attempted(state)) {
    await warnAboutDuplicates(kind, description, heldIds(state), run);
  }
  const left = await leftOver(kind, state, run);
  // While the key of an interrupted rotation lives, the resource must not vanish with its last known key. Nor must an inactive key be forgotten: it may be activated again.
  if (!current && !previous && left.owned.length === 0) return undefined;
  return {
    ...state,
    previous: previous ? state.previous : null,
    current: {
      ...state.current,
      isActive: current?.isActive === true,
      lastUsedAt: current?.lastUsedAt ?? null,
    },
  };
}

/** Revokes all keys of the resource, the previous one first, with whatever an interrupted or lost attempt may have created. */
async function remove<Spec extends object>(
  { kind }: Rotation<Spec>,
  state: RotatingKeyState<Spec>,
  run: Run,
): Promise<void> {
  if (state.status === "unresolved") return cleanUpLostAttempt(kind, state.lost, run);
  const { current, previous } = state;
  for (const key of previous ? [previous, current] : [current]) {
    const holding = { what: apiKeyClaim(key.id), holder: "" };
    if (!run.holders.isHeldByAnother(holding)) refuseSelfLockout(kind.label, key, run.client.connection);
  }
  const { owned, maybe } = await leftOver(kind, state, run);
  const list = await run.apiKeys.shared();
  // Of a lost attempt the state knows for certain: as long as an entry may be its work, it must not be forgotten.
  if (state.lost && owned.length === 0) {
    assertNothingHidden(list, (id) => heldIds(state).includes(id) || run.holders.isHeld(apiKeyClaim(id)));
  }
  reportLeftovers(describeKey(kind, current.description ?? ""), maybe, list, run);
  for (const id of new Set([...(previous ? [previous.id] : []), ...owned, current.id])) {
    await revokeUnlessHeld(id, `the ${kind.label} ${id}`, run);
  }
}

/** What an interrupted rotation, or a lost attempt, has created beside the keys that the state holds. */
async function leftOver<Spec extends object>(
  kind: Rotation<Spec>["kind"],
  state: HoldingKeys<Spec>,
  run: Run,
): Promise<{ owned: string[]; maybe: ApiKey[] }> {
  const { lost } = state;
  const entries = await run.apiKeys.entries();
  const { owned, maybe } = leftByRotation(kind, state, senderOf(state), entries);
  const { serverTime } = await run.apiKeys.shared();
  const earlier = lost
    ? leftBy(kind, byServerClock(lost, serverTime, run.client.timing.now()), entries).owned
    : [];
  const ids = [...owned, ...earlier].map(({ id }) => id);
  return { owned: ids.filter((id) => !heldIds(state).includes(id)), maybe };
}

/** What the attempts that led to this state have sent, and an interrupted rotation of it. */
function attempted<Spec>(state: HoldingKeys<Spec>): string[] {
  const { id, current, previous, owner } = state;
  const first = withMarker(current.description, id.slice(ID_PREFIX.length));
  const later = previous ? [withMarker(current.description, nextMarker(previous.id, owner))] : [];
  return [first, ...later, nextDescription(state)];
}

/** What an interrupted rotation of this state has sent. */
function nextDescription<Spec>({ current, owner }: HoldingKeys<Spec>): string {
  return withMarker(current.description, nextMarker(current.id, owner));
}
