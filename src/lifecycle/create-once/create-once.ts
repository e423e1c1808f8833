// After a POST whose outcome is unknown: find out, clean up, try once more, or say exactly what is left. docs/fault-table.md shows what came of it.
import { WaysCloudError } from "../../errors";
import type { WithServerTime } from "../../api/client";
import { parseApiTime } from "../../api/timing";
import type { Snapshot } from "../listing";
import type { Context } from "../lifecycle";
import { ids, mayHaveLeft, unprovenWords, unresolvedWords } from "./words";

/** When the list is read after an ambiguous POST: at 0, 2 and 6 seconds. */
const READ_AFTER_MS = [0, 2_000, 4_000];
/** Clocks and timestamps of whole seconds: a record this much older than our request may still be of our making. */
const CLOCK_SLACK_MS = 5_000;
/** Beyond this no disagreement of clocks explains the difference, not even for a record that bears our mark: a person copied it. */
const LONG_AGO_MS = 600_000;

/** When a record was made: after our first request, perhaps a little before it, or certainly before. */
export type Age = "since" | "before" | "long ago";

/** One thing to be created exactly once. `C`: what the POST answers; `R`: what the list shows. */
export interface Creation<C extends { id: string }, R extends { id: string; createdAt: string }> {
  /** For messages: `the service key "…"`. */
  what: string;
  post(): Promise<WithServerTime<C>>;
  list(): Promise<Snapshot<R>>;
  /** Existed before, or belongs to another resource of this run. */
  isKnown(id: string): boolean;
  /** `proven`: by mark, or by fingerprint and name, this record can only be ours; `possible`: it may be; else it is not. */
  judge(record: R, age: Age): "proven" | "possible" | "foreign";
  remove(id: string): Promise<void>;
  /** Given where a creation can be kept although its answer was lost, because the answer held no secret. */
  keep?(record: R): C;
}

export interface Created<C> {
  value: C;
  serverTime: number | undefined;
  /** It was not possible to look for a twin that an earlier attempt may have left. */
  unswept: boolean;
}

/** Thrown when something may be live that nobody could look up: the caller keeps it in the state as unresolved. */
export class UnresolvedError extends Error {
  override readonly name = "UnresolvedError";
}

export async function createOnce<C extends { id: string }, R extends { id: string; createdAt: string }>(
  creation: Creation<C, R>,
  context: Context,
): Promise<Created<C>> {
  const { timing } = context.client;
  const started = timing.monotonic();
  try {
    return { ...(await creation.post()), unswept: false };
  } catch (error) {
    if (!isAmbiguous(error)) throw error;
    context.log(`${creation.what}: the answer to its creation was lost; looking for what became of it.`);
    const first = await settle(creation, context, started, error);
    if (first.kept) return { ...first.kept, unswept: false };
    return secondAttempt(creation, context, started, first.removed === 0);
  }
}

/**
 * The one repetition. After it nothing is tried again: whatever it leaves is removed, or named. An attempt of which nothing was ever seen may
 * still take place, so the creation is then kept as unresolved.
 */
async function secondAttempt<C extends { id: string }, R extends { id: string; createdAt: string }>(
  creation: Creation<C, R>,
  context: Context,
  started: number,
  firstMayBeLate: boolean,
): Promise<Created<C>> {
  let created: WithServerTime<C>;
  try {
    created = await creation.post();
  } catch (error) {
    let unseen = firstMayBeLate ? 1 : 0;
    if (isAmbiguous(error)) {
      const second = await settle(creation, context, started, error);
      if (second.kept) return { ...second.kept, unswept: false };
      unseen += 1 - second.removed;
    }
    // A conflict means that the same request can have made nothing either.
    if (unseen <= 0 || !(error instanceof WaysCloudError) || error.outcome === "conflict") throw error;
    throw unresolved(creation.what, error, "an attempt whose answer was lost may still take effect.");
  }
  const unswept = firstMayBeLate && !(await sweep(creation, context, started, created.value.id));
  return { ...created, unswept };
}

interface Settled<C> {
  kept?: WithServerTime<C>;
  removed: number;
}

/** Looks for what an ambiguous POST left, and keeps or removes it. */
async function settle<C extends { id: string }, R extends { id: string; createdAt: string }>(
  creation: Creation<C, R>,
  context: Context,
  started: number,
  cause: WaysCloudError,
): Promise<Settled<C>> {
  const { proven, possible, serverTime } = await lookThrice(creation, context, started, cause);
  const [first] = proven;
  if (first && creation.keep) return { kept: { value: creation.keep(first), serverTime }, removed: 0 };
  if (proven.length === 0 && possible.length > 0) {
    throw new Error(unprovenWords(creation.what, possible, cause));
  }
  try {
    for (const record of proven) await creation.remove(record.id);
  } catch (error) {
    throw unresolved(
      creation.what,
      cause,
      `what it left (${ids(proven)}) could not be revoked: ${messageOf(error)}`,
    );
  }
  return { removed: proven.length };
}

interface Sighting<R> {
  proven: R[];
  possible: R[];
  serverTime: number | undefined;
}

async function lookThrice<C extends { id: string }, R extends { id: string; createdAt: string }>(
  creation: Creation<C, R>,
  context: Context,
  started: number,
  cause: WaysCloudError,
): Promise<Sighting<R>> {
  let sighting: Sighting<R> | undefined;
  let failure: unknown;
  for (const wait of READ_AFTER_MS) {
    if (wait > 0) await context.client.timing.sleep(wait);
    try {
      sighting = await look(creation, context, started);
    } catch (error) {
      // Only the last look counts as proof of absence.
      sighting = undefined;
      failure = error;
      continue;
    }
    // What is only possible may be another's; ours may come later, and the error is to name it too.
    if (sighting.proven.length > 0) return sighting;
  }
  if (!sighting) throw unresolved(creation.what, cause, `the list could not be read: ${messageOf(failure)}`);
  return sighting;
}

async function look<C extends { id: string }, R extends { id: string; createdAt: string }>(
  creation: Creation<C, R>,
  context: Context,
  started: number,
): Promise<Sighting<R>> {
  const { timing } = context.client;
  const snapshot = await creation.list();
  // By the server's own clock: its time now, less what has passed here since the first request.
  const since = (snapshot.serverTime ?? timing.now()) - (timing.monotonic() - started) - CLOCK_SLACK_MS;
  const sighting: Sighting<R> = { proven: [], possible: [], serverTime: snapshot.serverTime };
  for (const record of snapshot.byId.values()) {
    if (creation.isKnown(record.id)) continue;
    const judgement = creation.judge(record, ageOf(parseApiTime(record.createdAt), since));
    if (judgement !== "foreign") sighting[judgement].push(record);
  }
  return sighting;
}

/** A time that cannot be read proves nothing against a record. */
function ageOf(created: number, since: number): Age {
  if (Number.isNaN(created) || created >= since) return "since";
  return created >= since - LONG_AGO_MS ? "before" : "long ago";
}

/** Removes a late twin of the first attempt, or names what may be one. False when that could not be made sure. */
async function sweep<C extends { id: string }, R extends { id: string; createdAt: string }>(
  creation: Creation<C, R>,
  context: Context,
  started: number,
  own: string,
): Promise<boolean> {
  try {
    const { proven, possible } = await look(creation, context, started);
    for (const twin of proven) if (twin.id !== own) await creation.remove(twin.id);
    const twins = possible.filter((twin) => twin.id !== own);
    if (twins.length > 0) context.log(mayHaveLeft(creation.what, twins));
    return true;
  } catch (error) {
    context.log(`${creation.what}: could not look for a twin of a lost attempt (${messageOf(error)}).`);
    return false;
  }
}

function unresolved(what: string, cause: WaysCloudError, why: string): UnresolvedError {
  return new UnresolvedError(unresolvedWords(what, cause, why));
}

export function isAmbiguous(error: unknown): error is WaysCloudError {
  return error instanceof WaysCloudError && error.outcome === "ambiguous";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
