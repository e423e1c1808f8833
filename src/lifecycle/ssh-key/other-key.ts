// The API registered another SSH key than the one that was sent: it is deleted, or kept in the state until it can be.
import { shownSshKey } from "../../api/list";
import type { SshKeyRecord } from "../../api/schemas";
import type { Operation } from "../../api/timing";
import { errorMessage, RefusedError } from "../../errors";
import { quoteForTerminal } from "../../text/quote";
import { sanitize } from "../../text/redact";
import { IncompleteError } from "../lifecycle";
import type { Run } from "../run";
import type { SshKeyState } from "./state";
import type { WantedSshKey } from "./wanted";

/**
 * @throws RefusedError when the registered key is deleted.
 * @throws IncompleteError of an {@link SshKeyState} without key material when it could not be: that never is what the program wants, so whatever comes next deletes it.
 */
export async function refuseOtherKey(
  entry: SshKeyRecord,
  { name, key }: WantedSshKey,
  run: Run,
  operation: Operation,
): Promise<never> {
  const fingerprint = sanitize(entry.fingerprint ?? "");
  const failed = `Creating the SSH key ${quoteForTerminal(name)} failed: the API registered a key with the fingerprint ${fingerprint}, but this one has ${key.fingerprint}.`;
  try {
    await run.sshKeys.remove(entry.id, operation);
  } catch (error) {
    run.sshKeys.noteCreated(entry.id);
    throw new IncompleteError<SshKeyState>(
      { status: "created", ...shownSshKey(entry), name, fingerprint, publicKey: "", holder: "", lost: null },
      `${failed} The registered key (id ${entry.id}) could not be deleted: ${errorMessage(error)} It is in the state; the next \`pulumi up\` or \`pulumi destroy\` deletes it.`,
    );
  }
  throw new RefusedError(`${failed} The registered key was deleted.`);
}
