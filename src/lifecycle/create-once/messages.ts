// Messages about lost create responses that need the user's help.
import type { WaysCloudError } from "../../errors";
import { sanitize } from "../../text/redact";

/** What a message says of a listed object. */
interface Candidate {
  id: string;
  createdAt: string | undefined;
}

/** Objects that could be ours, but need not be. Without the advice of `cause`: running it again would create a second key. */
export function unprovenMessage(label: string, candidates: Candidate[], cause: WaysCloudError): string {
  return (
    `${cause.summary} ${capitalize(label)} may have been created all the same: the account has ${listCandidates(candidates)}, which could be it, but that is not` +
    " proven, so nothing was revoked. Before running `pulumi up` again, revoke it unless something uses it. Without a custom `description` the package can" +
    " prove which keys are its own and clean up by itself."
  );
}

export function unresolvedMessage(label: string, cause: WaysCloudError, why: string): string {
  return (
    `${cause.summary} ${capitalize(label)} may have been created all the same, and ${why}` +
    " It is recorded in the state as unresolved: fix the cause and run `pulumi up` again, which cleans up and creates it (`pulumi destroy` only cleans up)."
  );
}

/** For a key that was created while a duplicate may exist. */
export function possibleDuplicateMessage(label: string): string {
  return (
    `${capitalize(label)} was created. An earlier attempt may have left a duplicate, but the list could not be read to check.` +
    " The next `pulumi up` checks again."
  );
}

/** Where nothing can be proven, a person has to decide. */
export function possibleLeftoverMessage(label: string, candidates: Candidate[]): string {
  return `${capitalize(label)}: an earlier attempt may have created ${listCandidates(candidates)}; revoke it if nothing uses it.`;
}

/** A list proves what it shows, but not that something is none of the entries that cannot be read. */
export function unreadableMessage(label: string, count: number): string {
  return `${capitalize(label)}: ${count} ${count === 1 ? "entry" : "entries"} of the list could not be read; an earlier attempt may have created one of them. Check the account for a key with this description.`;
}

export function listCandidates(candidates: Candidate[]): string {
  return candidates
    .map(({ id, createdAt }) => `${id} (created ${sanitize(createdAt ?? "at an unknown time", [], 40)})`)
    .join(", ");
}

function capitalize(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
