// When an attempt began, by whichever clock can be trusted, and how a listed object's creation time compares with it.
import type { Timing } from "../../api/timing";
import { parseApiTime } from "../../api/timing";
import { rfc3339 } from "../time";
import type { CreatedRelativeTo } from "./creation";
import type { StartedAt } from "./lost-attempt";

/** Tolerance for clock skew and timestamps rounded to seconds. */
const CLOCK_SLACK_MS = 5_000;
/** An object that is this much older than our request is not ours even if it has our marker: somebody copied the description. */
const LONG_BEFORE_MS = 600_000;

export class StartTime {
  private readonly monotonic: number;
  readonly wall: number;

  constructor(private readonly timing: Timing) {
    this.monotonic = timing.monotonic();
    this.wall = timing.now();
  }

  /** The start by the server's clock, given its time now: less what has passed here. A monotonic clock stops while the machine sleeps; a wall clock may jump. */
  byServer(serverTime: number | undefined): number {
    const { timing } = this;
    const passed = Math.max(timing.monotonic() - this.monotonic, timing.now() - this.wall);
    return (serverTime ?? timing.now()) - passed;
  }

  /** How an object with this creation time (RFC 3339) relates to the start. A time that cannot be read proves nothing. */
  relation(createdAt: string | undefined, serverTime: number | undefined): CreatedRelativeTo {
    return relationTo(this.byServer(serverTime), createdAt);
  }
}

/** How a creation time (RFC 3339) relates to this moment of the server's clock. */
export function relationTo(moment: number, createdAt: string | undefined): CreatedRelativeTo {
  const created = parseApiTime(createdAt);
  if (Number.isNaN(created) || created >= moment - CLOCK_SLACK_MS) return "after";
  return created >= moment - CLOCK_SLACK_MS - LONG_BEFORE_MS ? "shortly-before" : "long-before";
}

/** For a state: when the attempt began. */
export function startedAt(started: StartTime, serverTime: number | undefined): StartedAt {
  return serverTime === undefined
    ? { startedAt: rfc3339(started.wall), byLocalClock: true }
    : { startedAt: rfc3339(started.byServer(serverTime)) };
}
