// Messages about lost responses to create requests: log lines, and errors that need the user's help.
import { errorMessage } from "../../errors";
import type { WaysCloudError } from "../../errors";
import { capitalize } from "../../text/quote";
import { sanitize } from "../../text/redact";
import type { Listed } from "./creation";

/** An entry that may be ours, and why this is not proved. */
interface Candidate {
  entry: Listed;
  why: string;
}

export function responseLost(what: string): string {
  return `${capitalize(what)}: the response to the create request was lost; checking whether it was created.`;
}

export function wasCreated(what: string, id: string): string {
  return `${capitalize(what)}: it had been created (id ${id}); nothing was lost.`;
}

export function createdAgain(what: string, removed: number): string {
  const found = removed === 0 ? "nothing of the lost attempt was found" : revoked(removed);
  return `${capitalize(what)}: ${found}; it now exists once.`;
}

export function nothingLeft(what: string, removed: number): string {
  return `${capitalize(what)}: ${revoked(removed)}; nothing of it is left.`;
}

function revoked(count: number): string {
  const which = count === 1 ? "one that the lost attempt" : `${count} that the lost attempts`;
  return `revoked the ${which} had created`;
}

export function cleanedUp(what: string, ids: readonly string[]): string {
  const done =
    ids.length > 0
      ? `removed ${ids.join(", ")}, which a lost create request had left`
      : "nothing of the lost create request was found";
  return `${capitalize(what)}: ${done}.`;
}

export function notChecked(what: string, error: unknown): string {
  return `${capitalize(what)}: could not check for a duplicate from a lost attempt (${errorMessage(error)}).`;
}

/** Without the advice of `cause`: running it again would create a second key. */
export function unproven(
  what: string,
  hasMarker: boolean,
  candidates: Candidate[],
  cause: WaysCloudError,
): string {
  const advice = hasMarker
    ? ""
    : " Without a custom `description` the package can prove which keys are its own and clean up by itself.";
  return (
    `${cause.summary} ${capitalize(what)} may still have been created: the account has ${listCandidates(candidates)}, which could be it, but that is not` +
    ` proven, so nothing was revoked. Before running \`pulumi up\` again, revoke it unless something uses it.${advice}`
  );
}

export const OLDER_LIST = "a cache answered with a list that is older than the request";

export const MAY_BE_LATE = "an attempt whose response was lost may still take effect.";

export function candidatesRemain(candidates: Candidate[]): string {
  return `the account has ${listCandidates(candidates)}, which could be it.`;
}

export function unresolved(cause: WaysCloudError, why: string): string {
  // The cause has said already which operation failed.
  const [title = ""] = /^.*? failed: /.exec(cause.summary) ?? [];
  return (
    `${cause.summary} It may still have been created. ${capitalize(why.replaceAll(title, ""))} It is recorded in the state as unresolved.` +
    " Fix the cause and run `pulumi up` again: that cleans up and creates it. (`pulumi destroy` only cleans up.)"
  );
}

/** The message for a key that was created although a duplicate may exist. */
export function possibleDuplicate(what: string): string {
  return (
    `${capitalize(what)} was created. An earlier attempt may have left a duplicate, but the list could not be read to check.` +
    " The next `pulumi up` checks again."
  );
}

/** Without a proof, a person has to decide. */
export function possibleLeftover(what: string, candidates: Candidate[]): string {
  return `${capitalize(what)}: an earlier attempt may have created ${listCandidates(candidates)}; revoke it if nothing uses it.`;
}

/** Unreadable entries of a list prove nothing: one of them may be the object. */
export function unreadable(what: string, ids: readonly (string | undefined)[]): string {
  const named = ids.flatMap((id) => id ?? []).join(", ");
  return (
    `${capitalize(what)}: ${ids.length} ${ids.length === 1 ? "entry" : "entries"} of the list could not be read; an earlier attempt may have created one of them.` +
    ` Check the account for a key with this description${named === "" ? "" : ` (${named})`}.`
  );
}

export function listCandidates(candidates: readonly (Candidate | Listed)[]): string {
  return candidates
    .map((each) => {
      const { entry, why } = "entry" in each ? each : { entry: each, why: undefined };
      const created = sanitize(entry.createdAt ?? "at an unknown time", [], 40);
      return `${entry.id} (created ${created}${why === undefined ? "" : `; ${sanitize(why, [], 120)}`})`;
    })
    .join(", ");
}
