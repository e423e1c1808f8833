// Finds keys of lost create requests in a list. Removes proven ones, and reports the others.
import type { UnreadableEntry } from "../../api/list";
import type { Operation, Timing } from "../../api/timing";
import { MalformedResponseError } from "../../errors";
import { isOthersText, judge, sortByOwner } from "../../judge/ownership";
import type { Sent, SentText, Sorted } from "../../judge/ownership";
import { clockOf, isOlder, isSameId, isYoung } from "../../judge/presence";
import { LOOK_AGAIN_AFTER_MS } from "../account-list";
import type { AccountList, Snapshot } from "../account-list";
import type { Run } from "../run";
import type { Listed, Target } from "./creation";
import * as messages from "./messages";
import { startOf } from "./started";
import type { LostAttempt } from "./started";

/** An attempt whose outcome is unknown, as a state keeps it. */
export interface Lost<Entry> extends Omit<Target<Entry>, "sent"> {
  attempt: LostAttempt;
  /** A request takes effect within this time (ms), or never: a later key is somebody else's. */
  effectMs?: number;
}

/** Reads lists until one shows the object, or the last look is over. */
export async function lookAgain<T>(
  timing: Timing,
  look: (isFirst: boolean) => Promise<{ seen: T; mayLag: boolean }>,
): Promise<T> {
  let { seen, mayLag } = await look(true);
  let waited = 0;
  for (const moment of LOOK_AGAIN_AFTER_MS) {
    if (!mayLag) break;
    await timing.sleep(moment - waited);
    waited = moment;
    ({ seen, mayLag } = await look(false));
  }
  return seen;
}

export function isAmong(ids: readonly string[], id: string): boolean {
  return ids.some((each) => isSameId(each, id));
}

/** What one attempt has left. */
interface Found<Entry> extends Sorted<Entry> {
  what: string;
  sent: Sent;
}

/**
 * The entries that each attempt left, without those that these states hold. Unproved ones are only reported.
 *
 * @throws MalformedResponseError if an unreadable entry may be of an attempt: then it must not be forgotten.
 */
export async function findLeft<Entry extends Listed>(
  list: AccountList<Entry>,
  attempts: readonly Lost<Entry>[],
  held: readonly string[],
  run: Run,
  operation: Operation,
): Promise<Entry[][]> {
  const { timing } = run.client;
  const isKnown = (id: string): boolean => isAmong(held, id) || list.isKnown(id);
  const found: Found<Entry>[] = [];
  const snapshot = await lookAgain(timing, async () => {
    const seen = await list.fresh(operation);
    run.holders.listen();
    const clock = clockOf(seen);
    const others = [...seen.byId.values()].filter(({ id }) => !isKnown(id));
    for (const [index, { what, attempt, effectMs, shown }] of attempts.entries()) {
      // What one list has shown is there, even if the next one comes from a replica that lags.
      if ((found[index]?.ours.length ?? 0) > 0) continue;
      const began = startOf(attempt, clock, timing.now());
      const { at, notAfter = at } = began;
      const until = notAfter === undefined || effectMs === undefined ? undefined : notAfter + effectMs;
      const sorted = sortByOwner(others, (entry) => judge({ ...attempt, ...began, until }, shown(entry)));
      found[index] = { what, sent: { ...attempt, ...began }, ...sorted };
    }
    return { seen, mayLag: found.some(({ sent, ours }) => ours.length === 0 && isYoung(clock, sent.at)) };
  });
  for (const { what, sent, ours, possibly } of found) {
    if (possibly.length > 0) run.log(messages.possibleLeftover(what, possibly));
    const hidden = ours.length === 0 ? whyHidden(snapshot, sent, isKnown) : undefined;
    if (hidden) throw hidden;
  }
  return found.map(({ ours }) => ours);
}

/** Removes the keys of a lost attempt, except for those that the state holds. */
export async function cleanUp<Entry extends Listed>(
  list: AccountList<Entry>,
  lost: Lost<Entry>,
  held: readonly string[],
  run: Run,
): Promise<void> {
  const operation = run.client.operation(`Cleaning up after ${lost.what}`);
  const [left = []] = await findLeft(list, [lost], held, run, operation);
  for (const { id, createdAt } of left) await list.remove(id, operation, createdAt);
  const ids = left.map(({ id }) => id);
  run.log(messages.cleanedUp(lost.what, ids), "info");
}

/** The unreadable entries that may be of one of these attempts: their text does not rule it out. */
export function hiddenIn(
  { unreadable }: Pick<Snapshot<unknown>, "unreadable">,
  sent: readonly SentText[],
  isKnown: (id: string) => boolean,
): UnreadableEntry[] {
  return unreadable.filter(
    ({ id, text }) => !(id !== undefined && isKnown(id)) && !sent.every((each) => isOthersText(each, text)),
  );
}

/** Why an unreadable, missing or younger entry may be of an attempt, if so. */
export function whyHidden(
  list: Pick<Snapshot<unknown>, "unreadable" | "mayContinue" | "serverTime" | "age">,
  sent: Sent,
  isKnown: (id: string) => boolean,
): MalformedResponseError | undefined {
  if (list.mayContinue) return list.mayContinue;
  if (isOlder(list, sent.at))
    return new MalformedResponseError({
      message:
        "The account's list is older than an earlier attempt to create the key, so it does not show whether that attempt created a key.",
      advice: "A proxy or the API may have cached it. Run the command again later.",
      outcome: "rejected",
    });
  const [hidden] = hiddenIn(list, [sent], isKnown);
  if (!hidden) return undefined;
  const named = hidden.id === undefined ? "An entry without a readable id" : `The entry ${hidden.id}`;
  const { message, outcome, status, method, path } = hidden.error;
  return new MalformedResponseError({
    ...{ message, outcome, status, method, path },
    advice: `${named} of the list may be the key that an earlier attempt created. If you do not need that key, delete it in the account and run the command again.`,
  });
}
