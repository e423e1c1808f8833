// The lifecycle of a service key or a personal access token; a KeyKind has the differences.
import { pathSegment } from "../../api/address";
import { NotFoundError, RefusedError } from "../../errors";
import { endsInMarker, newMarker, fillTemplate, isTemplate, markerOf } from "../../text/auto-name";
import { sanitize } from "../../text/redact";
import { known } from "../../values";
import { cleanUp } from "../create-once/clean-up";
import { possibleDuplicate } from "../create-once/messages";
import { isUnresolvedId, unresolvedId } from "../create-once/started";
import { deleteUnlessHeld } from "../holders";
import type { Lifecycle, Outcome } from "../lifecycle";
import type { Run } from "../run";
import { createKey, describeKey, earlierEnd, lostKey, reportDuplicates } from "./create-key";
import { diffApiKey, knownSpec, moved, rotateAtOf, withoutSecret } from "./diff";
import { importKey, pendingImport, whyNotTheKey } from "./import-key";
import { encodeInputs } from "./inputs";
import type { ApiKeyInputs } from "./inputs";
import { creationOf, provenTime } from "./kind";
import type { KeyKind, HeldKey } from "./kind";
import { apiKeyHoldings } from "./state";
import type { ApiKeyState, LiveKey, LookedUpKey } from "./state";
import { refuseWrongClock, refuseSelfLockout } from "./guards";

export function apiKeyLifecycle<Spec extends object>(
  kind: KeyKind<Spec>,
): Lifecycle<ApiKeyInputs<Spec>, ApiKeyState<Spec>> {
  return {
    diff: (state, inputs, now) => diffApiKey(kind, state, inputs, now),
    create: (inputs, run, identity) => create(kind, inputs, run, identity),
    read: (state, run) => read(kind, state, run),
    update: async (state, inputs, run) => ({ state: await update(kind, state, inputs, run) }),
    delete: (state, run) => remove(kind, state, run),
  };
}

async function create<Spec extends object>(
  kind: KeyKind<Spec>,
  inputs: ApiKeyInputs<Spec>,
  run: Run,
  identity: string,
): Promise<Outcome<ApiKeyState<Spec>>> {
  const spec = knownSpec(kind, inputs);
  const before = run.creations.begin(identity);
  const pending = pendingImport(inputs.existing);
  if (pending) {
    const existing = { id: known(pending.id, "existing.id"), key: known(pending.key, "existing.key") };
    const imported = await importKey(kind, spec, inputs, existing, run);
    if (imported) return { state: liveKey(imported, inputs, imported.holder) };
  }
  if (kind.expires(spec)) await refuseWrongClock(run, kind.label);
  const given = known(inputs.description ?? "", "description");
  const description = isTemplate(given, "description") ? fillTemplate(given) : given;
  const hasMarker = endsInMarker(description, "description") && !inputs.pinned;
  const sent = inputs.description === null ? undefined : description;
  const settled = { ...inputs, description: sent ?? null };
  const toCreate = { spec, description: sent, hasMarker, identity, before };
  const made = await createKey(kind, toCreate, run);
  const attempt = { description, hasMarker, service: kind.serviceOf(spec) };
  if (made.is === "unresolved") {
    const id = unresolvedId(hasMarker ? markerOf(description) : newMarker());
    const lost = { ...attempt, ...made.started };
    return {
      state: { status: "unresolved", id, lost, inputs: encodeInputs(kind, settled) },
      unfinished: made.why,
    };
  }
  const live = liveKey(made.key, settled);
  if (made.unfinished === undefined) return { state: live };
  const lost = { ...attempt, ...creationOf(made.key) };
  return { state: { ...live, lost }, unfinished: possibleDuplicate(describeKey(kind, description)) };
}

/** `holder`: of an imported key. */
function liveKey<Spec>(held: HeldKey<Spec>, inputs: ApiKeyInputs<Spec>, holder = ""): LiveKey<Spec> {
  return {
    status: "live",
    ...held,
    rotationTriggers: inputs.rotationTriggers,
    recreateIfInvalid: known(inputs.recreateIfInvalid, "recreateIfInvalid"),
    pinned: inputs.pinned,
    rotateAt: rotateAtOf(held.expiresAt, known(inputs.rotateBeforeDays, "rotateBeforeDays")),
    holder,
    lost: null,
  };
}

async function read<Spec extends object>(
  kind: KeyKind<Spec>,
  state: ApiKeyState<Spec>,
  run: Run,
): Promise<ApiKeyState<Spec> | undefined> {
  switch (state.status) {
    case "unresolved":
      return state;
    case "requested":
      return lookUpKey(kind, state.id, run);
    case "looked-up": {
      const entry = await run.apiKeys.find(state.entry.id, state.entry.createdAt);
      return entry && { ...state, entry };
    }
    case "live":
      return readLive(kind, state, run);
  }
}

/** Everything that the list shows, which does not include the key itself. @throws NotFoundError */
async function lookUpKey<Spec extends object>(
  kind: KeyKind<Spec>,
  id: string,
  run: Run,
): Promise<LookedUpKey> {
  // The id of a lost attempt that no state holds: the account has no such id.
  if (!isUnresolvedId(id)) pathSegment(id);
  const entry = await run.apiKeys.find(id);
  const wrong = entry ? kind.whyMismatched(entry) : "the account does not have it";
  if (entry && wrong === undefined)
    return { status: "looked-up", entry, recreateIfInvalid: true, holder: "" };
  throw new NotFoundError({
    message: `There is no ${kind.label} with the id ${id}: ${sanitize(wrong ?? "")}.`,
    outcome: "rejected",
  });
}

async function readLive<Spec extends object>(
  kind: KeyKind<Spec>,
  state: LiveKey<Spec>,
  run: Run,
): Promise<ApiKeyState<Spec> | undefined> {
  const { id, description, lost } = state;
  pathSegment(id);
  const entry = await run.apiKeys.find(id, provenTime(state));
  if (!entry) {
    if (!lost) return undefined;
    // The key is gone, but a duplicate from a lost attempt may still exist: keep its marker in the state.
    const marker = lost.hasMarker ? markerOf(lost.description) : newMarker();
    return { status: "unresolved", id: unresolvedId(marker), lost, inputs: {} };
  }
  if (endsInMarker(description, "description") && !state.pinned)
    await reportDuplicates(kind, description, [id], run);
  const expiresAt = earlierEnd(state.expiresAt, entry.expiresAt);
  return {
    ...state,
    isActive: entry.isActive,
    lastUsedAt: entry.lastUsedAt ?? null,
    listedScopes: entry.scopes,
    expiresAt,
    rotateAt: moved(state.rotateAt, state.expiresAt, expiresAt),
  };
}

async function update<Spec extends object>(
  kind: KeyKind<Spec>,
  before: ApiKeyState<Spec>,
  inputs: ApiKeyInputs<Spec>,
  run: Run,
): Promise<ApiKeyState<Spec>> {
  const pending = pendingImport(inputs.existing);
  const recreateIfInvalid = known(inputs.recreateIfInvalid, "recreateIfInvalid");
  const state = before.status === "looked-up" && pending ? withoutSecret(kind, before, inputs) : before;
  if (state.status === "looked-up") return { ...state, recreateIfInvalid };
  if (state.status !== "live") return state;
  if (state.lost) await cleanUp(run.apiKeys, lostKey(kind, state.lost), [state.id], run);
  const key = pending && pending.id === state.id ? known(pending.key, "existing.key") : state.key;
  const wrong = key === null || key === state.key ? undefined : whyNotTheKey(key, state.keyPrefix);
  if (wrong !== undefined)
    throw new RefusedError(
      `Cannot store another key for the ${kind.label} ${state.id}: ${wrong}. Nothing was changed.`,
    );
  return {
    ...state,
    ...{ key, recreateIfInvalid },
    rotateAt: rotateAtOf(state.expiresAt, known(inputs.rotateBeforeDays, "rotateBeforeDays")),
    lost: null,
  };
}

async function remove<Spec extends object>(
  kind: KeyKind<Spec>,
  state: ApiKeyState<Spec>,
  run: Run,
): Promise<void> {
  if (state.status === "unresolved") return cleanUp(run.apiKeys, lostKey(kind, state.lost), [], run);
  const shown = state.status === "looked-up" ? state.entry : { id: state.id, keyPrefix: null };
  const { id, key, keyPrefix, createdAt } =
    state.status === "live"
      ? { ...state, createdAt: provenTime(state) }
      : { createdAt: undefined, ...shown, key: null };
  await deleteUnlessHeld(run, apiKeyHoldings(state), `the ${kind.label} ${id}`, "existing", async () => {
    refuseSelfLockout(kind.label, { id, key, keyPrefix: keyPrefix ?? null }, run.client.connection);
    if (state.status === "live" && state.expiresAt !== null) await refuseWrongClock(run, kind.label);
    if (state.status === "live" && state.lost)
      await cleanUp(run.apiKeys, lostKey(kind, state.lost), [id], run);
    await run.apiKeys.remove(id, `Revoking the ${kind.label} ${id}`, createdAt);
  });
}
