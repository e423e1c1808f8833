// After a 409: finds the conflicting key, which may be ours or adopted. Otherwise an error says what to do.
import type { SshKeyRecord } from "../../api/schemas";
import type { Operation } from "../../api/timing";
import { ConflictError, WaysCloudError } from "../../errors";
import { judge } from "../../judge/ownership";
import { clockOf } from "../../judge/presence";
import { sanitize } from "../../text/redact";
import { ForeignConflictError } from "../create-once/create-once";
import type { Attempt } from "../create-once/creation";
import type { Run } from "../run";
import { shownOf } from "./clean-up";
import { isSameKey } from "./identity";
import type { SshKeyRequest } from "./inputs";

/** The key in the account at the end: a new one, or one that was there before. */
export interface Registered {
  id: string;
  entry: SshKeyRecord;
  isAdopted: boolean;
}

/** The account has this key under this name: probably that of the resource that is being replaced. */
export class SameSshKeyError extends ForeignConflictError {}

/** The conflicting key, if it is ours or may be adopted. @throws ConflictError that mentions it otherwise. */
export async function afterConflict(
  conflict: ConflictError,
  { isSecond, began, isKnown }: Attempt,
  { name, key, adoptExisting, hasMarker, nameAdvice }: SshKeyRequest,
  run: Run,
  operation: Operation,
): Promise<Registered> {
  const { entries, serverTime } = await listAfter(conflict, run, operation);
  const same = entries.find((entry) => isSameKey(entry, key.text) === true);
  if (same) {
    const isNew = isSecond && !isKnown(same.id);
    const verdict = judge({ text: name, hasMarker, ...began(serverTime) }, shownOf(same, key.text));
    if (isNew && verdict.is === "ours") return { id: same.id, entry: same, isAdopted: false };
    if (adoptExisting) return { id: same.id, entry: same, isAdopted: true };
    // It may be the key of the lost attempt: find out before reporting a conflict.
    if (isNew && verdict.is === "possibly ours") throw conflict;
    throw alreadyThere(conflict, same, name);
  }
  const sameName = entries.find((entry) => entry.name === name);
  if (!sameName) throw conflict;
  throw withDetail(conflict, `The name is taken by ${describeSshKey(sameName)}.`, `${nameAdvice}.`);
}

/**
 * For a lost response, where a list shows this very key as not ours: it is adopted, or this is a conflict.
 */
export function takenElsewhere(
  entry: SshKeyRecord,
  { name, adoptExisting }: Pick<SshKeyRequest, "name" | "adoptExisting">,
  operation: Operation,
): Registered {
  if (adoptExisting) return { id: entry.id, entry, isAdopted: true };
  const conflict = new ConflictError({ message: `${operation.title} failed.`, outcome: "conflict" });
  throw alreadyThere(conflict, entry, name);
}

function alreadyThere(conflict: ConflictError, entry: SshKeyRecord, name: string): ConflictError {
  return withDetail(
    conflict,
    `The account already has this public key as ${describeSshKey(entry)}.`,
    "Set `adoptExisting: true` to adopt it, or delete it in the account first." +
      " If the resource is being replaced (`up --replace`, a taint), set the option `deleteBeforeReplace: true` instead; if it was renamed in the program, use the option `aliases`.",
    entry.name === name ? SameSshKeyError : ForeignConflictError,
  );
}

async function listAfter(conflict: ConflictError, run: Run, operation: Operation) {
  try {
    const list = await run.sshKeys.fresh(operation);
    // A list may still show a key that this run has deleted.
    const entries = [...list.byId.values()].filter(({ id }) => !run.sshKeys.wasRemoved(id));
    return { entries, serverTime: clockOf(list) };
  } catch (error) {
    const status = error instanceof WaysCloudError && error.status !== undefined ? ` (${error.status})` : "";
    throw withDetail(
      conflict,
      `The list of SSH keys could not be read${status} to find out which; \`adoptExisting: true\` needs it as well.`,
      undefined,
      ConflictError,
    );
  }
}

function withDetail(
  conflict: ConflictError,
  detail: string,
  advice: string | undefined,
  Conflict = ForeignConflictError,
): ConflictError {
  const { outcome, status, method, path, reason } = conflict;
  return new Conflict({
    ...{ outcome, status, method, path, reason, advice },
    message: `${conflict.message} ${detail}`,
  });
}

/** `"name" (id …)`, for messages. */
export function describeSshKey(entry: SshKeyRecord): string {
  return `${JSON.stringify(sanitize(entry.name ?? "", [], 80))} (id ${entry.id})`;
}
