// The beginning of an attempt, by the clock that can be trusted, and its form in a state.
import type { Timing } from "../../api/timing";
import type { Began } from "../../judge/ownership";
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

  /**
   * By the server's clock (ms), given its time now. A monotonic clock stops while the machine sleeps, a wall
   * clock may jump: if they differ, the attempt began between the two.
   */
  byServer(serverTime: number | undefined): Began & { at: number } {
    const now = serverTime ?? this.timing.now();
    return { at: now - this.passed, notAfter: now - (this.timing.monotonic() - this.monotonic) };
  }

  /** The longest time ago at which it may have begun, ms. */
  private get passed(): number {
    const { timing } = this;
    return Math.max(timing.monotonic() - this.monotonic, timing.now() - this.wall);
  }

  /** Did a cache get this list before it? `Age` is in whole seconds. */
  isAfter({ age = 0 }: Pick<Snapshot<unknown>, "age">): boolean {
    return age > 0 && age + 1000 > this.passed;
  }

  /** For a state. */
  at(serverTime: number | undefined): StartedAt {
    return serverTime === undefined
      ? { startedAt: rfc3339(this.wall), byLocalClock: true }
      : { startedAt: rfc3339(this.byServer(serverTime).at) };
  }
}

/** The beginning of an attempt. */
export interface StartedAt {
  /** RFC 3339; `null` where that is not known. */
  startedAt: string | null;
  /** By the local clock, because no response had shown the server's time. */
  byLocalClock?: boolean;
}

/** The same by the server's clock (ms), given both clocks now. A time in the future is of a wrong clock. */
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

/** May an attempt have left an object? */
export function isUnresolved(state: StateReader): boolean {
  return state.read("unresolved", unless(flag, false));
}

const PREFIX = "unresolved/";

/** The id of a state without a real one. Users' states have it, so it never changes. */
export function unresolvedId(marker: string): string {
  return PREFIX + marker;
}

export function isUnresolvedId(id: string): boolean {
  return id.startsWith(PREFIX);
}
