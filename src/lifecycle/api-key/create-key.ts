// Creating one API key, exactly once, and cleaning up after an attempt whose outcome is unknown: shared by all resources that hold keys.
import { assertNothingHidden } from "../../api/list";
import type { ApiKey, CreatedKey } from "../../api/schemas";
import { quoteForTerminal } from "../../text/quote";
import { createOnce } from "../create-once/create-once";
import { byServerClock } from "../create-once/lost-attempt";
import type { LostAttempt } from "../create-once/lost-attempt";
import { possibleLeftoverMessage, unreadableMessage } from "../create-once/messages";
import { apiKeyClaim } from "../holders";
import type { Run } from "../run";
import { rfc3339 } from "../time";
import type { KeyKind } from "./kind";
import { leftBy, ownershipOf } from "./matching";
import type { HeldKey } from "./state";

export interface NewKey<Spec> extends HeldKey<Spec> {
  key: string;
  /** A lost attempt may have left a duplicate, and it was not possible to check. */
  duplicatePossible: boolean;
}

export interface KeyToCreate<Spec> {
  spec: Spec;
  /** Sent exactly as it is. */
  description: string | undefined;
  /** The description ends in a generated marker. */
  hasMarker: boolean;
  /** See `Creation`. */
  sameInputs?: string | undefined;
}

export async function createKey<Spec extends object>(
  kind: KeyKind<Spec>,
  toCreate: KeyToCreate<Spec>,
  run: Run,
): Promise<NewKey<Spec>> {
  const { spec, description, sameInputs } = toCreate;
  const what = describeKey(kind, description);
  const operation = run.client.operation(`Creating ${what}`);
  const { apiKeys } = run;
  const created = await createOnce<CreatedKey, ApiKey>(
    {
      what,
      sameInputs,
      post: () => kind.post(spec, description, run, operation),
      list: () => apiKeys.fresh(operation),
      isKnown: apiKeys.knownBefore(),
      ownership: (entry, relation) => ownershipOf(kind, toCreate, entry, relation),
      remove: (id) => apiKeys.remove(id, operation),
    },
    run,
  );
  const { id, key, keyPrefix = "", keyType = "" } = created.value;
  apiKeys.noteCreated(id);
  const createdAt = rfc3339(created.serverTime ?? run.client.timing.now());
  return {
    ...{ id, key, keyPrefix, keyType, spec, createdAt },
    description: description ?? null,
    isActive: true,
    lastUsedAt: null,
    expiresAt: kind.expiresAt(spec, createdAt),
    listedScopes: null,
    duplicatePossible: created.duplicatePossible,
  };
}

/** Only a marker or the resource's own name distinguishes a repetition from another resource with the very same inputs. */
export function sameInputsOf(description: string, hasMarker: boolean, owner: string): string | undefined {
  if (hasMarker) return description;
  return owner === "" ? undefined : JSON.stringify([owner, description]);
}

/** `the service key "…"`, for messages. */
export function describeKey<Spec extends object>(
  kind: KeyKind<Spec>,
  description: string | undefined,
): string {
  return `the ${kind.label} ${quoteForTerminal(description ?? "")}`;
}

/**
 * Revokes what a lost attempt left, except for what the state holds. Without a marker, or where a key is too old to be its work, ownership
 * cannot be proven, so candidates are only reported.
 */
export async function cleanUpLostAttempt<Spec extends object>(
  kind: KeyKind<Spec>,
  lost: LostAttempt,
  run: Run,
  held: readonly string[] = [],
): Promise<void> {
  const what = describeKey(kind, lost.description);
  const operation = run.client.operation(`Cleaning up after ${what}`);
  const list = await run.apiKeys.fresh(operation);
  const { byId, serverTime, unreadable } = list;
  const isHeld = (id: string): boolean => held.includes(id) || run.holders.isHeld(apiKeyClaim(id));
  const others = [...byId.values()].filter(({ id }) => !isHeld(id));
  const { owned, maybe } = leftBy(kind, byServerClock(lost, serverTime, run.client.timing.now()), others);
  if (maybe.length > 0) run.log(possibleLeftoverMessage(what, maybe));
  // An entry that cannot be read may be what we look for: as long as it may, the state must not forget the attempt.
  if (owned.length === 0) assertNothingHidden(list, isHeld);
  for (const { id } of owned) await run.apiKeys.remove(id, operation);
  if (unreadable.length > 0) run.log(unreadableMessage(what, unreadable.length));
}

/** Reports keys that bear the description of one of ours: a lost create request may have taken effect after our last check. */
export async function warnAboutDuplicates<Spec extends object>(
  kind: KeyKind<Spec>,
  description: string,
  held: readonly string[],
  run: Run,
): Promise<void> {
  const same = await run.apiKeys.matching(descriptionOf, description);
  const duplicates = same.filter(
    (entry) => !held.includes(entry.id) && entry.isActive && kind.whyMismatched(entry) === undefined,
  );
  if (duplicates.length > 0) run.log(possibleLeftoverMessage(describeKey(kind, description), duplicates));
}

function descriptionOf(entry: ApiKey): string {
  return entry.description ?? "";
}
