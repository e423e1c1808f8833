// When an attempt began, by whichever clock can be trusted, and what a state keeps of that.
import type { Timing } from "../../api/timing";
import { isOlder } from "../../judge/presence";
import type { Snapshot } from "../../judge/presence";
import type { Properties } from "../../values";
import { rfc3339 } from "../../values";
import { encodeGiven, flag, or, time, unless } from "../../fields/field";
import type { StateReader } from "../../fields/field";

export class StartTime {
  private readonly monotonic: number;
  private readonly wall: number;

  constructor(private readonly timing: Timing) {
    this.monotonic = timing.monotonic();
    this.wall = timing.now();
  }

  /** By the server's clock (ms), given its time now: less what has passed here. A monotonic clock stops while the machine sleeps; a wall clock may jump. */
  byServer(serverTime: number | undefined): number {
    return (serverTime ?? this.timing.now()) - this.passed;
  }

  /** How long ago it began, ms. */
  private get passed(): number {
    const { timing } = this;
    return Math.max(timing.monotonic() - this.monotonic, timing.now() - this.wall);
  }

  /** Was a list made before it? By `Age`, which is in whole seconds, or by the list's own time. */
  isAfter({ serverTime, age = 0 }: Pick<Snapshot<unknown>, "serverTime" | "age">): boolean {
    if (age > 0) return age + 1000 > this.passed;
    return isOlder({ serverTime }, this.byServer(serverTime));
  }

  /** For a state. */
  at(serverTime: number | undefined): StartedAt {
    return serverTime === undefined
      ? { startedAt: rfc3339(this.wall), byLocalClock: true }
      : { startedAt: rfc3339(this.byServer(serverTime)) };
  }
}

/** When an attempt began. */
export interface StartedAt {
  /** RFC 3339; `null` where that is not known. */
  startedAt: string | null;
  /** No response had shown the server's time, so the local clock had to do. */
  byLocalClock?: boolean;
}

/** The same by the server's clock (ms), given both clocks now. A time that has yet to come was read from a wrong clock: then nothing is known. */
export function startOf(
  { startedAt, byLocalClock }: StartedAt,
  serverTime: number | undefined,
  now: number,
): number | undefined {
  if (startedAt === null) return undefined;
  if (byLocalClock !== true) return Date.parse(startedAt);
  const server = serverTime ?? now;
  const moment = Date.parse(startedAt) + server - now;
  return moment > server ? undefined : moment;
}

const started = { attemptedAt: or(time, null), attemptedByLocalClock: unless(flag, false) };

export function decodeStartedAt(state: StateReader): StartedAt {
  const { attemptedAt: startedAt, attemptedByLocalClock: byLocalClock } = state.all(started);
  return { startedAt, byLocalClock };
}

export function encodeStartedAt({ startedAt, byLocalClock = false }: StartedAt): Properties {
  return encodeGiven(started, { attemptedAt: startedAt, attemptedByLocalClock: byLocalClock });
}

/** May an attempt have left something? */
export function isUnresolved(state: StateReader): boolean {
  return state.read("unresolved", unless(flag, false));
}

const PREFIX = "unresolved/";

/** The id of a state that knows no real one. Kept in users' states: never changed. */
export function unresolvedId(marker: string): string {
  return PREFIX + marker;
}

export function isUnresolvedId(id: string): boolean {
  return id.startsWith(PREFIX);
}
