// What is told of a creation whose answer was lost, when it cannot be put right without help.
import type { WaysCloudError } from "../../errors";
import { sanitize } from "../../text/redact";

/** What is told of a record. */
interface Told {
  id: string;
  createdAt: string;
}

/** Records that could be ours, but need not be. */
export function unprovenWords(what: string, possible: Told[], cause: WaysCloudError): string {
  return (
    `${cause.message} ${capital(what)} may have been created all the same: the account has ${ids(possible)}, which could be it, but an` +
    " explicit description proves nothing, so nothing was revoked. Revoke it if nothing else uses it, and run `pulumi up` again; without" +
    " `description` the package can prove what is its own and clean up by itself."
  );
}

export function unresolvedWords(what: string, cause: WaysCloudError, why: string): string {
  return (
    `${cause.message} ${capital(what)} may have been created all the same, and ${why}` +
    " It is kept in the state as unresolved: the next `pulumi up` (or `destroy`) looks it up, removes what is left of it, and `up` creates it anew."
  );
}

/** Where nothing can be proved, a person has to decide. */
export function mayHaveLeft(what: string, records: Told[]): string {
  return `${capital(what)}: a lost attempt may have left ${ids(records)} in the account; revoke it if nothing uses it.`;
}

export function ids(records: Told[]): string {
  return records.map((record) => `${record.id} (created ${sanitize(record.createdAt, [], 40)})`).join(", ");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
