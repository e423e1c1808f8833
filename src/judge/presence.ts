// Is it there? One judgment of the proof that a list gives about an id.
import type { UnreadableEntry } from "../api/list";
import { parseApiTime } from "../api/timing";
import { MalformedResponseError } from "../errors";

/** A list that was read to its end. Ids compare by {@link idKey}. */
export interface Snapshot<T> {
  byId: ReadonlyMap<string, T>;
  /** The server's clock when it generated the list, ms since the epoch, if the response shows it. */
  serverTime: number | undefined;
  /** Its age in a cache, ms. */
  age?: number;
  /** Entries that cannot be read; one without an id may be any entry. */
  unreadable: readonly UnreadableEntry[];
  /** Ids that the list shows twice, with different answers. */
  contradicted?: ReadonlySet<string>;
  /** The error to throw if absence matters, in case there may be more entries than it shows. */
  mayContinue?: MalformedResponseError;
}

/**
 * *Unknown* means neither: the package revokes, replaces and forgets nothing. An id that is *gone* but
 * `young` may be missing only because the list lags.
 */
export type Presence<T> =
  | { is: "live" | "inactive"; entry: T }
  | { is: "gone"; young: boolean }
  /** `stale`: the list is older than the id that it does not show. */
  | { is: "unknown"; error: Error; stale: boolean };

/** A list may lag this much: the package looks again for younger keys before they count as gone. */
const MAX_LAG_MS = 300_000;
/** Tolerance for timestamps rounded to seconds. */
const ROUNDING_MS = 2_000;

/** `createdAt`: when it was created (RFC 3339), if that is known. */
export function presenceIn<T>(
  list: Snapshot<T>,
  id: string,
  createdAt: string | undefined,
  isLive: (entry: T) => boolean,
): Presence<T> {
  const key = idKey(id);
  if (list.contradicted?.has(key)) return unknown(id, "the list shows it twice, with different answers");
  const entry = list.byId.get(key);
  if (entry) return { is: isLive(entry) ? "live" : "inactive", entry };
  const hidden = list.unreadable.find((each) => each.id === undefined || idKey(each.id) === key);
  if (hidden) return { is: "unknown", error: hidden.error, stale: false };
  if (list.mayContinue) return { is: "unknown", error: list.mayContinue, stale: false };
  if (list.serverTime === undefined)
    return unknown(id, "the list has no date, so it may be older than the key");
  const created = parseApiTime(createdAt);
  const isCached = (list.age ?? 0) > 0;
  if (isOlder(list, created) || (isCached && createdAt !== undefined && Number.isNaN(created)))
    return unknown(id, "the list is older than the key; a proxy or the API may have cached it", true);
  return { is: "gone", young: createdAt !== undefined && isYoung(list.serverTime, created) };
}

function unknown(id: string, why: string, stale = false): { is: "unknown"; error: Error; stale: boolean } {
  return {
    is: "unknown",
    stale,
    error: new MalformedResponseError({
      message: `The account's list does not prove whether ${id} still exists: ${why}. The state was not changed.`,
      advice:
        "Run the command again later. If the problem persists, check whether there is a cache or proxy between this machine and the API.",
      outcome: "rejected",
    }),
  };
}

/** May a list still lack a key that was created at this time (ms)? An unknown time may be recent. */
export function isYoung(now: number | undefined, made: number | undefined): boolean {
  return !(now !== undefined && made !== undefined && now - made > MAX_LAG_MS);
}

/** The server's clock when the list was received, ms. */
export function clockOf({
  serverTime,
  age = 0,
}: Pick<Snapshot<unknown>, "serverTime" | "age">): number | undefined {
  return serverTime === undefined ? undefined : serverTime + age;
}

/**
 * Was the list generated before this time of the server's clock (ms)? Of about the same time it may be from
 * before or after it; one that a cache has kept since never shows more.
 */
export function isOlder(
  { serverTime, age = 0 }: Pick<Snapshot<unknown>, "serverTime" | "age">,
  at: number | undefined,
): boolean {
  if (serverTime === undefined || at === undefined) return false;
  return serverTime + (age > 0 ? -ROUNDING_MS : ROUNDING_MS) < at;
}

/** UUIDs are the same in upper and lower case; other ids are compared unchanged. */
export function idKey(id: string): string {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id) ? id.toLowerCase() : id;
}

export function isSameId(a: string, b: string): boolean {
  return a === b || idKey(a) === idKey(b);
}
