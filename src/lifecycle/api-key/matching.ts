// Which listed keys may be the work of a creation of ours: by description, kind and age, even where the API has altered the description.
import type { ApiKey } from "../../api/schemas";
import type { CreatedRelativeTo, Ownership } from "../create-once/creation";
import { relationTo } from "../create-once/start-time";
import type { LostAttempt } from "../create-once/lost-attempt";
import type { KeyKind } from "./kind";

/** A shorter beginning of a description says nothing. */
const SHORTEST_PREFIX = 10;

/**
 * Is this the key that a creation with this description made? Only a generated marker proves it, and only of a key of the same kind that is
 * not much older than the attempt: else somebody copied the description.
 */
export function ownershipOf<Spec extends object>(
  kind: KeyKind<Spec>,
  sent: { description: string | undefined; hasMarker: boolean; spec?: Spec | undefined },
  entry: ApiKey,
  created: CreatedRelativeTo,
): Ownership {
  if (kind.whyMismatched(entry, sent.spec) !== undefined) return "other";
  const match = matchOf(entry.description, sent.description);
  if (match === "none") return "other";
  if (match === "altered") return created === "after" ? "maybe-owned" : "other";
  if (sent.hasMarker) return created === "long-before" ? "maybe-owned" : "owned";
  return created === "long-before" ? "other" : "maybe-owned";
}

/** What a lost attempt may have left, by a list with the server's time. */
export function leftBy<Spec extends object>(
  kind: KeyKind<Spec>,
  lost: LostAttempt,
  entries: Iterable<ApiKey>,
): { owned: ApiKey[]; maybe: ApiKey[] } {
  const found: { owned: ApiKey[]; maybe: ApiKey[] } = { owned: [], maybe: [] };
  for (const entry of entries) {
    // Where the time of the attempt is not known, nothing is too old to be its work.
    const created =
      lost.startedAt === null ? "after" : relationTo(Date.parse(lost.startedAt), entry.createdAt);
    // The spec of the attempt may have been another one, but never its service: that would be another resource.
    if (lost.service !== null && entry.service !== lost.service) continue;
    const ownership = ownershipOf(kind, lost, entry, created);
    if (ownership === "owned") found.owned.push(entry);
    else if (ownership === "maybe-owned") found.maybe.push(entry);
  }
  return found;
}

/** How a listed description relates to the one that was sent: the API may trim it, change its case, cut it off, or not show it at all. */
function matchOf(listed: string | undefined, sent: string | undefined): "same" | "altered" | "none" {
  const [seen, ours] = [normalized(listed), normalized(sent)];
  if (seen === ours) return "same";
  if (seen === "") return "altered";
  return seen.length >= SHORTEST_PREFIX && ours.startsWith(seen) ? "altered" : "none";
}

function normalized(description: string | undefined): string {
  return (description ?? "").trim().toLowerCase();
}
