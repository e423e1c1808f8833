// Deleting an SSH key, and what lost attempts left in the account: found by one list, and removed.
import { assertNothingHidden } from "../../api/list";
import type { SshKeyRecord } from "../../api/schemas";
import { parseApiTime } from "../../api/timing";
import type { Operation } from "../../api/timing";
import { quoteForTerminal } from "../../text/quote";
import type { Ownership } from "../create-once/creation";
import { byServerClock } from "../create-once/lost-attempt";
import { possibleLeftoverMessage } from "../create-once/messages";
import { relationTo } from "../create-once/start-time";
import { deleteUnlessHeld } from "../delete";
import { sshKeyClaim } from "../holders";
import type { Holding } from "../holders";
import type { Run } from "../run";
import { sshKeyOwnership } from "./ownership";
import type { LostSshKey } from "./state";

/** A request takes effect by then, or never. A key that was made later is another's: of a healed original of this state, or of an attempt whose clock was slow. */
const LATEST_EFFECT_MS = 600_000;

/** The one way in which a key that a state holds is deleted, with whatever a lost attempt to create it left. */
export function deleteSshKey(
  id: string,
  holdings: Holding[],
  run: Run,
  lost: LostSshKey | null = null,
): Promise<void> {
  return deleteUnlessHeld(run, holdings, `the SSH key ${id}`, "adoptExisting", async () => {
    if (lost) await cleanUpLostSshKey(lost, run, id);
    await run.sshKeys.remove(id, `Deleting the SSH key ${id}`);
  });
}

/** Removes what a lost attempt left, except for the key that the state holds. What may be somebody else's is only reported. */
export async function cleanUpLostSshKey(lost: LostSshKey, run: Run, held?: string): Promise<void> {
  const operation = run.client.operation(`Cleaning up after ${labelOf(lost)}`);
  const [left = []] = await findLostSshKeys([lost], run, operation, (id) => id === held);
  for (const { id } of left) await run.sshKeys.remove(id, operation);
}

/**
 * What each of these attempts left. What may be somebody else's is only reported.
 *
 * @throws MalformedResponseError where an entry that cannot be read may be what an attempt left: it must not be forgotten then.
 */
export async function findLostSshKeys(
  attempts: readonly LostSshKey[],
  run: Run,
  operation: Operation,
  isHeld: (id: string) => boolean,
): Promise<SshKeyRecord[][]> {
  const list = await run.sshKeys.fresh(operation);
  const { byId, serverTime } = list;
  // Another resource may have adopted it meanwhile.
  const isKnown = (id: string): boolean => isHeld(id) || run.holders.isHeld(sshKeyClaim(id));
  const others = [...byId.values()].filter(({ id }) => !isKnown(id));
  return attempts.map((attempt) => {
    const lost = byServerClock(attempt, serverTime, run.client.timing.now());
    const owned = others.filter((entry) => {
      const ownership = ownershipOf(lost, entry, attempt.hasMarker && attempt.byLocalClock === true);
      if (ownership === "maybe-owned") run.log(possibleLeftoverMessage(labelOf(lost), [entry]));
      return ownership === "owned";
    });
    if (owned.length === 0) assertNothingHidden(list, isKnown);
    return owned;
  });
}

/** `isUnlimited`: a marker proves it however late the key was made, because a local clock that was wrong must not hide it. */
function ownershipOf(lost: LostSshKey, entry: SshKeyRecord, isUnlimited: boolean): Ownership {
  const { name, hasMarker, startedAt } = lost;
  if (entry.name !== name) return "other";
  // Without the time of the attempt only a marker proves anything.
  if (startedAt === null) return sshKeyOwnership(lost, entry, hasMarker ? "after" : "shortly-before");
  const moment = Date.parse(startedAt);
  const ownership = sshKeyOwnership(lost, entry, relationTo(moment, entry.createdAt));
  const isLater = parseApiTime(entry.createdAt) > moment + LATEST_EFFECT_MS;
  return ownership === "owned" && isLater && !isUnlimited ? "maybe-owned" : ownership;
}

function labelOf({ name }: LostSshKey): string {
  return `the SSH key ${quoteForTerminal(name)}`;
}
