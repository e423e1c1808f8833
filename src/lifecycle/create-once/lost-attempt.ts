// What a state remembers of an attempt whose outcome is unknown, and how its state's id says so.
import type { Properties } from "../lifecycle";
import { defined } from "../properties";
import type { StateReader } from "../properties";
import { rfc3339 } from "../time";

/** When an attempt began. */
export interface StartedAt {
  /** RFC 3339; `null` where that is not known. */
  startedAt: string | null;
  /** No response had shown the server's time, so the local clock had to do. */
  byLocalClock?: boolean;
}

/** An attempt to create an API key: whatever bears its description, is of its kind and for its service, and is not older may be its work. */
export interface LostAttempt extends StartedAt {
  /** `null` for a token. */
  service: string | null;
  /** The full description that was sent, with its marker if it has one. */
  description: string;
  /** The description ends in a generated marker, so that it proves whose work it is. */
  hasMarker: boolean;
}

/** The same by the server's clock, given both clocks now. What has yet to come was said by a wrong clock: then nothing is known. */
export function byServerClock<T extends StartedAt>(
  attempt: T,
  serverTime: number | undefined,
  now: number,
): T {
  if (attempt.startedAt === null || attempt.byLocalClock !== true) return attempt;
  const server = serverTime ?? now;
  const moment = Date.parse(attempt.startedAt) + server - now;
  return { ...attempt, startedAt: moment > server ? null : rfc3339(moment), byLocalClock: false };
}

export function decodeStartedAt(state: StateReader): StartedAt {
  const byLocalClock = state.boolean("attemptedByLocalClock", false);
  return { startedAt: state.timeOrNull("attemptedAt"), byLocalClock };
}

export function encodeStartedAt({ startedAt, byLocalClock }: StartedAt): Properties {
  return defined({
    attemptedAt: startedAt ?? undefined,
    attemptedByLocalClock: byLocalClock === true ? true : undefined,
  });
}

const PREFIX = "unresolved/";

/** The id of a state that knows no real one. Kept in users' states: never changed. */
export function unresolvedId(marker: string): string {
  return PREFIX + marker;
}

export function isUnresolvedId(id: string): boolean {
  return id.startsWith(PREFIX);
}
