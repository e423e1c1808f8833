// Why a key of a rotating key stays: a previous one although its overlap is over, and any that another resource holds by now.
import type { ApiKey } from "../../api/schemas";
import { parseApiTime } from "../../api/timing";
import type { Connection } from "../../api/transport";
import { isOwnCredential } from "../api-key/self-lockout";
import { deleteUnlessHeld } from "../delete";
import { apiKeyClaim } from "../holders";
import { entryOf } from "../listing";
import type { Snapshot } from "../listing";
import type { Run } from "../run";
import { DAY_MS, rfc3339 } from "../time";
import type { HoldingKeys } from "./state";

/** By a list of this time of the server's clock. */
export function reasonToKeep<Spec>(
  { previous, holdWhileUsed, overlapDays }: HoldingKeys<Spec>,
  snapshot: Snapshot<ApiKey>,
  serverTime: number,
  connection: Connection,
): string | undefined {
  if (previous && isOwnCredential(previous, connection)) return "this update is authenticated with it";
  if (!previous || holdWhileUsed !== true) return undefined;
  const entry = entryOf(snapshot, previous.id);
  if (entry?.lastUsedAt === undefined) return undefined;
  const used = parseApiTime(entry.lastUsedAt);
  if (Number.isNaN(used)) return "the API does not show when it was last used (`holdWhileUsed`)";
  // In use means: used since half of the overlap, or the last day, had passed.
  const recently = serverTime - Math.max(DAY_MS, ((overlapDays ?? 0) * DAY_MS) / 2);
  return used >= recently ? `it was used at ${rfc3339(used)} (\`holdWhileUsed\`)` : undefined;
}

/** The one way in which a rotating key revokes anything. `what`: for messages. */
export function revokeUnlessHeld(id: string, what: string, run: Run): Promise<void> {
  return deleteUnlessHeld(run, [{ what: apiKeyClaim(id), holder: "" }], what, "existing", () =>
    run.apiKeys.remove(id, `Revoking ${what}`),
  );
}
