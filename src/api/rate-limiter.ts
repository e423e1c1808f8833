// The process-wide limiter in front of the API: at most 16 requests in flight, and when the API asks to slow down, one pause and one pace for all.
import type { Timing } from "./timing";

export const MAX_IN_FLIGHT = 16;
/** The rate that the API has just borne is measured over this time. */
const WINDOW_MS = 1_000;
/** Fewer accepted requests than this tell no rate. */
const MIN_SAMPLES = 4;
/** After a 429 requests go out at this share of that rate, so that the next one is not refused as well. */
const BACKOFF_FACTOR = 0.9;
/** Without another 429 for this long, the pace quickens a little. */
const QUIET_PERIOD_MS = 10_000;
const SPEEDUP_FACTOR = 0.8;

export class RateLimiter {
  private inFlight = 0;
  private readonly queue: (() => void)[] = [];
  private pausedUntil = 0;
  /** Milliseconds between two starts; 0 until the first 429. */
  private interval = 0;
  private nextStart = 0;
  private quietSince = 0;
  private accepted: number[] = [];

  constructor(private readonly timing: Timing) {}

  /** Runs `work` when there is room for it and neither pause nor pace holds it back. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.inFlight >= MAX_IN_FLIGHT) {
      await new Promise<void>((resolve) => this.queue.push(resolve));
    } else {
      this.inFlight += 1;
    }
    try {
      await this.waitForSlot();
      return await work();
    } finally {
      const next = this.queue.shift();
      // The place is handed on, so nobody can slip in between.
      if (next) next();
      else this.inFlight -= 1;
    }
  }

  /** Call for every request that was not rate limited: from these the sustainable rate is estimated. */
  recordAccepted(): void {
    const now = this.timing.monotonic();
    const oldest = now - WINDOW_MS;
    this.accepted.push(now);
    if ((this.accepted[0] ?? 0) < oldest) this.accepted = this.accepted.filter((at) => at >= oldest);
  }

  /** After a 429: holds back every request that has not started for `ms`, and spaces those that follow. */
  throttle(ms: number): void {
    const now = this.timing.monotonic();
    // Concurrent requests are limited together; count them once.
    if (now >= this.pausedUntil) {
      const rate = this.accepted.filter((at) => at >= now - WINDOW_MS).length;
      // Limited before enough requests were accepted: another client used up the quota, so there is no rate to learn from.
      if (rate >= MIN_SAMPLES) this.interval = Math.max(this.interval, WINDOW_MS / (rate * BACKOFF_FACTOR));
    }
    this.quietSince = now;
    this.pausedUntil = Math.max(this.pausedUntil, now + ms);
  }

  private async waitForSlot(): Promise<void> {
    // A loop, since others may have taken the moment, or the pause may have been prolonged.
    for (;;) {
      const now = this.timing.monotonic();
      const wait = Math.max(this.pausedUntil, this.nextStart) - now;
      if (wait <= 0) break;
      await this.timing.sleep(wait);
    }
    const now = this.timing.monotonic();
    if (this.interval > 0 && now - Math.max(this.quietSince, this.pausedUntil) > QUIET_PERIOD_MS) {
      this.interval *= SPEEDUP_FACTOR;
      this.quietSince = now;
    }
    this.nextStart = now + this.interval;
  }
}
