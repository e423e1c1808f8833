// The lifecycle of a rotating key. Due times come from the state; while nothing is due, there is no request.
import { rotatingKeyInputs } from "../../fields/api-key";
import { encodeGiven } from "../../fields/field";
import { markerOf, newMarker } from "../../text/auto-name";
import { capitalize } from "../../text/quote";
import type { Known } from "../../values";
import { createKey, describeKey, lostKey, reportable } from "../api-key/create-key";
import { refuseSelfLockout } from "../api-key/guards";
import { earlierEnd, provenTime } from "../api-key/kind";
import type { KeyKind } from "../api-key/kind";
import { cleanUp } from "../create-once/clean-up";
import { unresolved } from "../create-once/started";
import { apiKeyClaim } from "../holders";
import type { Lifecycle, Outcome } from "../lifecycle";
import type { Run } from "../run";
import { checkRotatingKey, decodeRotatingKeyInputs } from "./inputs";
import type { RotatingKeyInputs } from "./inputs";
import { findLeftovers, leftInShared, reportLeftovers, senderOf } from "./leftovers";
import { diffRotatingKey, settingsOf } from "./plan";
import { revokeUnlessHeld, RotationUpdate } from "./rotate";
import { decodeRotatingKey, encodeRotatingKey, rotatingId, rotatingKeyHoldings, withMarker } from "./state";
import type { RotatingKeyState } from "./state";

export function rotatingKeyLifecycle(kind: KeyKind): Lifecycle<RotatingKeyInputs, RotatingKeyState> {
  return {
    check: (_olds, news) => checkRotatingKey(kind, news),
    decodeInputs: (properties) => decodeRotatingKeyInputs(kind, properties),
    decode: (id, outputs) => decodeRotatingKey(kind, id, outputs),
    encode: (state) => encodeRotatingKey(kind, state),
    holdings: rotatingKeyHoldings,
    repeats: { description: ["lostDescription"] },
    diff: (state, inputs, now) => diffRotatingKey(kind, state, inputs, now),
    create: (inputs, run, identity) => create(kind, inputs, run, identity),
    read: (state, run) => read(kind, state, run),
    update: (state, inputs, run) =>
      state.status === "unresolved"
        ? Promise.resolve({ state })
        : new RotationUpdate(kind, state, inputs, run).apply(),
    delete: (state, run) => remove(kind, state, run),
  };
}

async function create(
  kind: KeyKind,
  inputs: Known<RotatingKeyInputs>,
  run: Run,
  identity: string,
): Promise<Outcome<RotatingKeyState>> {
  const { spec, description: base, rotationTriggers, owner } = inputs;
  const before = run.creations.begin(identity);
  // A repetition finds the key of the first attempt by its marker.
  const marker = before ? markerOf(before.sent.text ?? "") : newMarker();
  const description = withMarker(base, marker);
  const made = await createKey(kind, { spec, description, hasMarker: true, identity, before }, run);
  const { lost, unfinished } = made;
  if (!made.key) {
    const given = {
      ...encodeGiven(kind.spec, spec),
      ...encodeGiven(rotatingKeyInputs, { ...inputs, description }),
    };
    return { state: unresolved(made.lost, given), unfinished };
  }
  const current = { ...made.key, description: base };
  const settings = settingsOf(inputs, current);
  const kept = { current, previous: null, rotationTriggers, owner, lost, ...settings };
  return { state: { status: "holding", id: rotatingId(marker), ...kept }, unfinished };
}

async function read(kind: KeyKind, state: RotatingKeyState, run: Run): Promise<RotatingKeyState | undefined> {
  if (state.status === "unresolved") return state;
  const { current } = state;
  const presence = await run.apiKeys.presence(current.id, provenTime(current));
  // Not younger than the key that came after it.
  const previous = state.previous && (await run.apiKeys.find(state.previous.id, provenTime(current)));
  const left = await leftInShared(kind, state, run);
  reportLeftovers(kind, state, { possibly: reportable(left), hidden: [] }, run);
  // Keep the key of an interrupted rotation, and an inactive key, which may be activated again.
  if (presence.is === "gone" && !previous && left.ours.length === 0 && !state.lost) return undefined;
  const entry = presence.is === "gone" ? undefined : presence.entry;
  if (current.isActive && presence.is !== "live") {
    const what = capitalize(describeKey(kind, current.description));
    run.log(
      `${what}: the current key ${current.id} is no longer active. The next \`pulumi up\` replaces it, unless it is active again by then.`,
      "info",
    );
  }
  return {
    ...state,
    previous: previous ? state.previous : null,
    current: {
      ...current,
      isActive: presence.is === "live",
      expiresAt: earlierEnd(current.expiresAt, entry?.expiresAt),
      lastUsedAt: entry?.lastUsedAt ?? null,
    },
  };
}

/**
 * Revokes all keys of the resource, the previous one first, with whatever an interrupted or lost attempt may
 * have created.
 */
async function remove(kind: KeyKind, state: RotatingKeyState, run: Run): Promise<void> {
  if (state.status === "unresolved") return cleanUp(run.apiKeys, lostKey(kind, state.lost), [], run);
  const { current, previous } = state;
  const before = previous ? [previous] : [];
  for (const key of [...before, current]) {
    const isHeld = run.holders.isHeldByAnother({ what: apiKeyClaim(key.id), holder: "" });
    if (!isHeld) refuseSelfLockout(kind.label, key, run.client.connection);
  }
  const left = await findLeftovers(kind, state, senderOf(state), await run.apiKeys.shared(), run);
  // While an entry may be the work of a lost attempt, the state must not forget that.
  if (left.open) throw left.open;
  reportLeftovers(kind, state, left, run);
  const others = left.ours.map((entry) => ({ ...entry, key: null }));
  for (const key of [...before, ...others, current]) {
    await revokeUnlessHeld(key, `the ${kind.label} ${key.id}`, run);
  }
}
