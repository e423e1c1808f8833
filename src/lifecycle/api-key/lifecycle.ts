// The lifecycle of an API key, be it a service key or a personal access token; what differs between the two is a KeyKind.
import { pathSegment } from "../../api/path-segment";
import { RefusedError } from "../../errors";
import { endsInMarker, newMarker, fillTemplate, isTemplate, markerOf } from "../../text/auto-name";
import { UnresolvedError } from "../create-once/failures";
import { unresolvedId } from "../create-once/lost-attempt";
import { possibleDuplicateMessage } from "../create-once/messages";
import { deleteUnlessHeld } from "../delete";
import { IncompleteError, known } from "../lifecycle";
import type { Lifecycle } from "../lifecycle";
import type { Run } from "../run";
import { isPast, rfc3339 } from "../time";
import { cleanUpLostAttempt, createKey, describeKey, sameInputsOf, warnAboutDuplicates } from "./create-key";
import { diffApiKey, knownSpec, rotateAtOf, withoutSecret } from "./diff";
import { importKey, pendingImport, whyNotTheKey } from "./import-key";
import { encodeInputs } from "./inputs";
import type { ApiKeyInputs } from "./inputs";
import type { KeyKind } from "./kind";
import { lookUpKey } from "./look-up";
import { refuseSelfLockout } from "./self-lockout";
import { apiKeyHoldings } from "./state";
import type { ApiKeyState, HeldKey, LiveKey } from "./state";

export function apiKeyLifecycle<Spec extends object>(
  kind: KeyKind<Spec>,
): Lifecycle<ApiKeyInputs<Spec>, ApiKeyState<Spec>> {
  return {
    diff: (state, inputs, now) => diffApiKey(kind, state, inputs, now),
    create: (inputs, run) => create(kind, inputs, run),
    read: (state, run) => read(kind, state, run),
    update: (state, inputs, run) => update(kind, state, inputs, run),
    delete: (state, run) => remove(kind, state, run),
  };
}

async function create<Spec extends object>(
  kind: KeyKind<Spec>,
  inputs: ApiKeyInputs<Spec>,
  run: Run,
): Promise<ApiKeyState<Spec>> {
  const spec = knownSpec(kind, inputs);
  const pending = pendingImport(inputs.existing);
  if (pending) {
    const existing = { id: known(pending.id, "existing.id"), key: known(pending.key, "existing.key") };
    const imported = await importKey(kind, spec, inputs, existing, run);
    if (imported) return liveKey(imported, inputs, { holder: imported.holder });
  }
  const given = known(inputs.description ?? "", "description");
  const description = isTemplate(given, "description") ? fillTemplate(given) : given;
  const hasMarker = endsInMarker(description, "description");
  const sent = inputs.description === undefined ? undefined : description;
  const settled = { ...inputs, description: sent };
  try {
    const { duplicatePossible, ...made } = await createKey(
      kind,
      { spec, description: sent, hasMarker, sameInputs: sameInputsOf(description, hasMarker, inputs.owner) },
      run,
    );
    const live = liveKey(made, settled, { localCreatedAt: clockAhead(made, settled, run) });
    if (!duplicatePossible) return live;
    const lost = { description, hasMarker, service: kind.serviceOf(spec), startedAt: made.createdAt };
    throw new IncompleteError({ ...live, lost }, possibleDuplicateMessage(describeKey(kind, description)));
  } catch (error) {
    if (!(error instanceof UnresolvedError)) throw error;
    const id = unresolvedId(hasMarker ? markerOf(description) : newMarker());
    const lost = { description, hasMarker, service: kind.serviceOf(spec), ...error.started };
    throw new IncompleteError<ApiKeyState<Spec>>(
      { status: "unresolved", id, lost, inputs: encodeInputs(kind, settled) },
      error.message,
    );
  }
}

function liveKey<Spec>(
  held: HeldKey<Spec>,
  inputs: ApiKeyInputs<Spec>,
  more: { holder?: string; localCreatedAt?: string | null },
): LiveKey<Spec> {
  return {
    status: "live",
    ...held,
    rotationTriggers: inputs.rotationTriggers,
    recreateIfInvalid: known(inputs.recreateIfInvalid, "recreateIfInvalid"),
    rotateAt: rotateAtOf(held.expiresAt, known(inputs.rotateBeforeDays, "rotateBeforeDays")),
    holder: more.holder ?? "",
    localCreatedAt: more.localCreatedAt ?? null,
    lost: null,
  };
}

/** The local clock, if by it the key that replaces a due one is due already: then only the time that passes on it counts. */
function clockAhead<Spec>(made: HeldKey<Spec>, inputs: ApiKeyInputs<Spec>, run: Run): string | null {
  const now = run.client.timing.now();
  if (!run.holders.replacesDueKeys) return null;
  const due =
    rotateAtOf(made.expiresAt, known(inputs.rotateBeforeDays, "rotateBeforeDays")) ?? made.expiresAt;
  return isPast(due, now) ? rfc3339(now) : null;
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
      const entry = await run.apiKeys.find(state.entry.id);
      return entry && { ...state, entry };
    }
    case "live":
      return readLive(kind, state, run);
  }
}

async function readLive<Spec extends object>(
  kind: KeyKind<Spec>,
  state: LiveKey<Spec>,
  run: Run,
): Promise<ApiKeyState<Spec> | undefined> {
  const { id, description, lost } = state;
  pathSegment(id);
  const entry = await run.apiKeys.findOwn(id, state.createdAt);
  if (!entry) {
    if (!lost) return undefined;
    // The key is gone, but a duplicate from a lost attempt may still exist: keep its marker in the state.
    const marker = lost.hasMarker ? markerOf(lost.description) : newMarker();
    return { status: "unresolved", id: unresolvedId(marker), lost, inputs: {} };
  }
  if (endsInMarker(description, "description")) await warnAboutDuplicates(kind, description, [id], run);
  return {
    ...state,
    isActive: entry.isActive,
    lastUsedAt: entry.lastUsedAt ?? null,
    listedScopes: entry.scopes,
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
  if (state.lost) await cleanUpLostAttempt(kind, state.lost, run, [state.id]);
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
  if (state.status === "unresolved") return cleanUpLostAttempt(kind, state.lost, run);
  const { id, key, keyPrefix } =
    state.status === "live"
      ? state
      : state.status === "looked-up"
        ? { ...state.entry, key: null }
        : { id: state.id, key: null, keyPrefix: null };
  await deleteUnlessHeld(run, apiKeyHoldings(state), `the ${kind.label} ${id}`, "existing", async () => {
    // Check this first: cleaning up by marker below would also match the key itself.
    refuseSelfLockout(kind.label, { id, key, keyPrefix: keyPrefix ?? null }, run.client.connection);
    if (state.status === "live" && state.lost) await cleanUpLostAttempt(kind, state.lost, run, [id]);
    await run.apiKeys.remove(id, `Revoking the ${kind.label} ${id}`);
  });
}
