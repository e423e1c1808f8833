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

/** A registration that is under way. */
export interface Registration {
  readonly request: SshKeyRequest;
  readonly run: Run;
  readonly operation: Operation;
}

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
  registration: Registration,
): Promise<Registered> {
  const { name, key, adoptExisting, hasMarker, nameAdvice } = registration.request;
  const { entries, serverTime } = await listAfter(conflict, registration);
  const same = entries.find((entry) => isSameKey(entry, key.text) === true);
  if (same) {
    const isNew = isSecond && !isKnown(same.id);
    const verdict = judge({ text: name, hasMarker, ...began(serverTime) }, shownOf(same, key.text));
    if (isNew && verdict.is === "ours") return { id: same.id, entry: same, isAdopted: false };
    // It may be the key of the lost attempt: find out before reporting a conflict.
    if (isNew && verdict.is === "possibly ours" && !adoptExisting) throw conflict;
    return adoptedOrRefused(same, registration, conflict.message);
  }
  const sameName = entries.find((entry) => entry.name === name);
  if (!sameName) throw conflict;
  throw new ForeignConflictError({
    message: `${conflict.message} The name is taken by ${describeSshKey(sameName)}.`,
    advice: `${nameAdvice}.`,
    outcome: "conflict",
  });
}

/** The account has this very key, which is not ours. `failed`: the beginning of the error. */
export function adoptedOrRefused(
  entry: SshKeyRecord,
  { request: { adoptExisting, name }, operation }: Registration,
  failed = `${operation.title} failed.`,
): Registered {
  if (adoptExisting) return { id: entry.id, entry, isAdopted: true };
  const Conflict = entry.name === name ? SameSshKeyError : ForeignConflictError;
  throw new Conflict({
    message: `${failed} The account already has this public key as ${describeSshKey(entry)}.`,
    advice:
      "Set `adoptExisting: true` to adopt it, or delete it in the account first." +
      " If the resource is being replaced (`up --replace`, a taint), set the option `deleteBeforeReplace: true` instead; if it was renamed in the program, use the option `aliases`.",
    outcome: "conflict",
  });
}

async function listAfter(conflict: ConflictError, { run, operation }: Registration) {
  try {
    const list = await run.sshKeys.fresh(operation);
    // A list may still show a key that this run has deleted.
    const entries = [...list.byId.values()].filter(({ id }) => !run.sshKeys.wasRemoved(id));
    return { entries, serverTime: clockOf(list) };
  } catch (error) {
    const status = error instanceof WaysCloudError && error.status !== undefined ? ` (${error.status})` : "";
    throw new ConflictError({
      message: `${conflict.message} The list of SSH keys could not be read${status} to find out which; \`adoptExisting: true\` needs it as well.`,
      outcome: "conflict",
    });
  }
}

/** `"name" (id …)`, for messages. */
export function describeSshKey(entry: SshKeyRecord): string {
  return `${JSON.stringify(sanitize(entry.name ?? "", [], 80))} (id ${entry.id})`;
}
