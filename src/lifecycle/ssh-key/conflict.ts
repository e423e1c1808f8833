// After a 409: which key is in the way, whether it is ours or may be adopted, and what to do if not.
import type { SshKeyRecord } from "../../api/schemas";
import type { Operation } from "../../api/timing";
import { ConflictError, WaysCloudError } from "../../errors";
import { sanitize } from "../../text/redact";
import type { Attempt } from "../create-once/creation";
import type { Run } from "../run";
import { hasFingerprint } from "./identity";
import type { WantedSshKey } from "./wanted";

/** What the account holds at the end: a new key, or one that was there before. */
export interface Registered {
  id: string;
  entry: SshKeyRecord;
  isAdopted: boolean;
}

/** The account has this very key under this very name: most likely the resource is being replaced, and its predecessor holds it. */
export class SameSshKeyError extends ConflictError {}

/** The key that is in the way, if it is ours or may be adopted. @throws ConflictError that names it otherwise. */
export async function afterConflict(
  conflict: ConflictError,
  { isSecond, seen }: Attempt,
  { name, key, adoptExisting, nameAdvice }: WantedSshKey,
  run: Run,
  operation: Operation,
): Promise<Registered> {
  const entries = await listAfter(conflict, run, operation);
  const same = entries.find((entry) => hasFingerprint(entry, key.text));
  // Not listed after the lost first attempt, but present now under our name: the first attempt took effect late, so this is our key.
  const isLate = same && isSecond && !seen.has(same.id) && same.name === name;
  if (same && (isLate === true || adoptExisting))
    return { id: same.id, entry: same, isAdopted: isLate !== true };
  if (same) {
    const Conflict = same.name === name ? SameSshKeyError : ConflictError;
    throw withDetail(
      conflict,
      `The account already has this public key as ${describeSshKey(same)}. If this resource is being replaced (\`up --replace\`, a taint), set the option \`deleteBeforeReplace: true\`;` +
        " if it was renamed in the program, use the option `aliases`. Otherwise set `adoptExisting: true` to adopt the key, or delete it in the account first",
      Conflict,
    );
  }
  const sameName = entries.find((entry) => entry.name === name);
  if (!sameName) throw conflict;
  throw withDetail(conflict, `The name is taken by ${describeSshKey(sameName)}. ${nameAdvice}`);
}

async function listAfter(conflict: ConflictError, run: Run, operation: Operation): Promise<SshKeyRecord[]> {
  try {
    const entries = [...(await run.sshKeys.fresh(operation)).byId.values()];
    // A list may lag behind what this run has deleted.
    return entries.filter(({ id }) => !run.sshKeys.wasRemoved(id));
  } catch (error) {
    const status = error instanceof WaysCloudError && error.status !== undefined ? ` (${error.status})` : "";
    throw withDetail(
      conflict,
      `The list of SSH keys could not be read${status} to find out which; \`adoptExisting: true\` needs it as well`,
    );
  }
}

function withDetail(conflict: ConflictError, detail: string, Conflict = ConflictError): ConflictError {
  const { outcome, status, method, path, reason } = conflict;
  return new Conflict({
    outcome,
    status,
    method,
    path,
    reason,
    message: `${conflict.message} ${detail}.`,
  });
}

/** `"name" (id …)`, for messages. */
export function describeSshKey(entry: SshKeyRecord): string {
  return `${JSON.stringify(sanitize(entry.name ?? "", [], 80))} (id ${entry.id})`;
}
