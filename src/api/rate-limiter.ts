// The limiter in front of the API: at most 16 requests in flight; after a 429, one pause and pace for all.
import type { Timing } from "./timing";

export const MAX_IN_FLIGHT = 16;
/** Requests accepted without a longer gap are one burst, which shows how many the API accepts. */
const BURST_GAP_MS = 1_000;
/** Each further 429 slows the pace down by this factor; each quiet period speeds it up again. */
const STEP = 1.25;
const QUIET_PERIOD_MS = 10_000;
/** The slowest pace. Beyond it, the pauses that the API asks for are enough. */
const MAX_INTERVAL_MS = 4_000;
/** Longer waits are logged. */
export const SILENT_WAIT_MS = 5_000;

/** Groups the 429s of requests that were sent together: each request knows the number of pauses before it. */
export type Wave = number;

export function inSeconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`;
}

export class RateLimiter {
  private inFlight = 0;
  private readonly begun: (() => void)[] = [];
  private readonly others: (() => void)[] = [];
  private isSleeping = false;
  private wave: Wave = 0;
  private pausedUntil = 0;
  /** Milliseconds between two starts; 0 until the first 429. */
  private interval = 0;
  private nextStart = 0;
  private quietSince = 0;
  private announcedUntil = 0;
  private burst = { since: 0, last: -Infinity, accepted: 0 };

  constructor(private readonly timing: Timing) {}

  /**
   * Runs `work` as soon as a slot is free and neither pause nor pace holds it back. Requests of operations
   * that have begun go first, because their time is running.
   */
  async run<T>(work: (wave: Wave) => Promise<T>, hasBegun = false): Promise<T> {
    await new Promise<void>((start) => {
      (hasBegun ? this.begun : this.others).push(start);
      this.startNext();
    });
    try {
      return await work(this.wave);
    } finally {
      this.inFlight -= 1;
      this.startNext();
    }
  }

  /** Call for every response that is not a 429. */
  recordAccepted(): void {
    const now = this.timing.monotonic();
    if (now - this.burst.last > BURST_GAP_MS) this.burst = { since: now, last: now, accepted: 0 };
    this.burst.last = now;
    this.burst.accepted += 1;
  }

  /**
   * After a 429: holds back all requests for `ms`, and spaces those that follow. Requests refused together
   * slow the pace once. Returns the end of a log line, once per pause, unless the pause is short or lasts
   * hardly longer than the last line said.
   */
  throttle(ms: number, wave: Wave): string | undefined {
    const now = this.timing.monotonic();
    const isProlonged = now + ms > this.pausedUntil + SILENT_WAIT_MS;
    const isNew = wave === this.wave;
    if (isNew) {
      this.wave += 1;
      const { since, last, accepted } = this.burst;
      // Without a burst, the pause reveals little about the pace.
      const isBurst = now - last <= BURST_GAP_MS;
      const sustained = isBurst ? (now - since + ms) / accepted : Math.min(ms, BURST_GAP_MS);
      this.interval = Math.min(MAX_INTERVAL_MS, this.interval > 0 ? this.interval * STEP : sustained);
    }
    this.quietSince = this.pausedUntil = Math.max(this.pausedUntil, now + ms);
    const others = this.begun.length + this.others.length + this.inFlight;
    const end = this.pausedUntil + others * this.interval;
    const isNews = end - Math.max(now, this.announcedUntil) > SILENT_WAIT_MS;
    if (!isNews || !(isNew || isProlonged)) return undefined;
    this.announcedUntil = end;
    if (others === 0) return "";
    const last = inSeconds(end - now);
    if (others === 1) return `; 1 other request waits as well, for up to ${last}`;
    return `; ${others} other requests wait as well, for up to ${last}`;
  }

  private startNext(): void {
    while (this.inFlight < MAX_IN_FLIGHT && this.begun.length + this.others.length > 0) {
      const now = this.timing.monotonic();
      const wait = Math.max(this.pausedUntil, this.nextStart) - now;
      if (wait > 0) {
        this.startLater(wait);
        return;
      }
      if (now - this.quietSince > QUIET_PERIOD_MS) {
        this.interval /= STEP;
        this.quietSince = now;
      }
      this.nextStart = now + this.interval;
      this.inFlight += 1;
      (this.begun.shift() ?? this.others.shift())?.();
    }
  }

  private startLater(ms: number): void {
    if (this.isSleeping) return;
    this.isSleeping = true;
    void this.timing.sleep(ms).then(() => {
      this.isSleeping = false;
      this.startNext();
    });
  }
}
