// The lifecycle of a service key or a personal access token; a KeyKind has the differences.
import { pathSegment } from "../../api/address";
import { RefusedError } from "../../errors";
import { endsInMarker, fillTemplate, isTemplate } from "../../text/auto-name";
import { known } from "../../values";
import type { Known } from "../../values";
import { cleanUp } from "../create-once/clean-up";
import { unresolved } from "../create-once/started";
import { deleteUnlessHeld } from "../holders";
import type { Lifecycle, Outcome } from "../lifecycle";
import type { Run } from "../run";
import { createKey, lostKey, reportDuplicates } from "./create-key";
import { diffApiKey, moved, rotateAtOf, withoutSecret } from "./diff";
import { refuseSelfLockout, refuseWrongClock } from "./guards";
import { importKey, whyNotTheKey } from "./import-key";
import { checkApiKey, decodeApiKeyInputs, encodeInputs } from "./inputs";
import type { ApiKeyInputs } from "./inputs";
import { earlierEnd, expires, provenTime } from "./kind";
import type { HeldKey, KeyKind, LostKey } from "./kind";
import { apiKeyHoldings, decodeApiKey, encodeApiKey } from "./state";
import type { ApiKeyState, LiveKey } from "./state";

export function apiKeyLifecycle(kind: KeyKind): Lifecycle<ApiKeyInputs, ApiKeyState> {
  return {
    check: (olds, news, holders) => checkApiKey(kind, olds, news, holders),
    decodeInputs: (properties) => decodeApiKeyInputs(kind, properties),
    decode: (id, outputs) => decodeApiKey(kind, id, outputs),
    encode: (state) => encodeApiKey(kind, state),
    holdings: apiKeyHoldings,
    diff: (state, inputs, now) => diffApiKey(kind, state, inputs, now),
    create: (inputs, run, identity) => create(kind, inputs, run, identity),
    read: (state, run) => read(kind, state, run),
    update: (state, inputs, run) => update(kind, state, inputs, run),
    delete: (state, run) => remove(kind, state, run),
  };
}

async function create(
  kind: KeyKind,
  inputs: Known<ApiKeyInputs>,
  run: Run,
  identity: string,
): Promise<Outcome<ApiKeyState>> {
  const { spec } = inputs;
  const before = run.creations.begin(identity);
  const imported = await importKey(kind, inputs, run);
  if (imported) return { state: liveKey(imported, inputs, null, imported.holder) };
  if (expires(spec)) await refuseWrongClock(run, kind.label);
  const given = inputs.description ?? undefined;
  const description = isTemplate(given, "description") ? fillTemplate(given) : given;
  const hasMarker = endsInMarker(description, "description") && !inputs.pinned;
  const made = await createKey(kind, { spec, description, hasMarker, identity, before }, run);
  const { unfinished } = made;
  if (made.key) return { state: liveKey(made.key, inputs, made.lost), unfinished };
  const settled = encodeInputs(kind, { ...inputs, description: description ?? null });
  return { state: unresolved(made.lost, settled), unfinished };
}

async function read(kind: KeyKind, state: ApiKeyState, run: Run): Promise<ApiKeyState | undefined> {
  switch (state.status) {
    case "unresolved":
      return state;
    case "requested": {
      const entry = await run.apiKeys.lookUp(state.id, kind.label, (each) => kind.whyMismatched(each));
      return { status: "looked-up", entry, recreateIfInvalid: true, holder: "" };
    }
    case "looked-up": {
      const entry = await run.apiKeys.find(state.entry.id, state.entry.createdAt);
      return entry && { ...state, entry };
    }
    case "live":
      return readLive(kind, state, run);
  }
}

async function readLive(kind: KeyKind, state: LiveKey, run: Run): Promise<ApiKeyState | undefined> {
  const { id, description, lost } = state;
  pathSegment(id);
  const entry = await run.apiKeys.find(id, provenTime(state));
  // The key is gone, but a duplicate from a lost attempt may still exist: keep its marker in the state.
  if (!entry) return lost ? unresolved(lost, {}) : undefined;
  if (endsInMarker(description, "description") && !state.pinned)
    await reportDuplicates(kind, id, description, run);
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

async function update(
  kind: KeyKind,
  before: ApiKeyState,
  inputs: Known<ApiKeyInputs>,
  run: Run,
): Promise<Outcome<ApiKeyState>> {
  const { existing, recreateIfInvalid, rotateBeforeDays } = inputs;
  const isPending = existing?.key !== undefined;
  const state = before.status === "looked-up" && isPending ? withoutSecret(kind, before, inputs) : before;
  if (state.status === "looked-up") return { state: { ...state, recreateIfInvalid } };
  if (state.status !== "live") return { state };
  if (state.lost) await cleanUp(run.apiKeys, lostKey(kind, state.lost), [state.id], run);
  const key = (existing?.id === state.id ? existing.key : undefined) ?? state.key;
  const wrong = key === null || key === state.key ? undefined : whyNotTheKey(key, state.keyPrefix);
  if (wrong !== undefined)
    throw new RefusedError(
      `Cannot store another key for the ${kind.label} ${state.id}: ${wrong}. Nothing was changed.`,
    );
  const rotateAt = known(rotateAtOf(state.expiresAt, rotateBeforeDays), "rotateBeforeDays");
  return { state: { ...state, key, recreateIfInvalid, rotateAt, lost: null } };
}

async function remove(kind: KeyKind, state: ApiKeyState, run: Run): Promise<void> {
  if (state.status === "unresolved") return cleanUp(run.apiKeys, lostKey(kind, state.lost), [], run);
  const live = state.status === "live" ? { ...state, createdAt: provenTime(state) } : undefined;
  const listed = state.status === "looked-up" ? state.entry : { createdAt: undefined, id: state.id };
  const { id, createdAt, key = null, keyPrefix = null } = { ...listed, ...live };
  await deleteUnlessHeld(run, apiKeyHoldings(state), `the ${kind.label} ${id}`, "existing", async () => {
    refuseSelfLockout(kind.label, { id, key, keyPrefix }, run.client.connection);
    if ((live?.expiresAt ?? null) !== null) await refuseWrongClock(run, kind.label);
    if (live?.lost) await cleanUp(run.apiKeys, lostKey(kind, live.lost), [id], run);
    await run.apiKeys.remove(id, `Revoking the ${kind.label} ${id}`, createdAt);
  });
}

/** `holder`: of an imported key. */
function liveKey(held: HeldKey, inputs: Known<ApiKeyInputs>, lost: LostKey | null, holder = ""): LiveKey {
  const { rotationTriggers, recreateIfInvalid, pinned, rotateBeforeDays } = inputs;
  return {
    status: "live",
    ...held,
    ...{ rotationTriggers, recreateIfInvalid, pinned, holder, lost },
    rotateAt: known(rotateAtOf(held.expiresAt, rotateBeforeDays), "rotateBeforeDays"),
  };
}
