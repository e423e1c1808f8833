// What time has to do with serving: a limit of requests a second, and timers of which closing leaves none behind.
import { MAX_MS } from "../check";

/** Lets `perSecond` requests a second pass, in bursts of up to `perSecond`. */
export class RateLimit {
  #tokens: number;
  #filledAt: number;

  constructor(
    private readonly perSecond: number,
    private readonly now: () => number,
  ) {
    this.#tokens = Math.max(1, perSecond);
    this.#filledAt = now();
  }

  /** Whether a request may pass now. */
  take(): boolean {
    const now = this.now();
    const gained = Math.max(0, ((now - this.#filledAt) / 1000) * this.perSecond);
    this.#tokens = Math.min(Math.max(1, this.perSecond), this.#tokens + gained);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** Timers that can be stopped together. */
export class Timers {
  readonly #running = new Set<NodeJS.Timeout>();

  /** Runs something so many milliseconds later, at most {@link MAX_MS}, unless stopped before. */
  later(milliseconds: number, work: () => void): void {
    const run = (): void => {
      this.#running.delete(timer);
      work();
    };
    const timer = setTimeout(run, Math.min(milliseconds, MAX_MS));
    this.#running.add(timer);
  }

  /** Waits; never resolves if stopped before. 0 does not wait at all. */
  pause(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return Promise.resolve();
    return new Promise((resolve) => this.later(milliseconds, resolve));
  }

  /** Stops them all. */
  stop(): void {
    for (const timer of this.#running) clearTimeout(timer);
    this.#running.clear();
  }
}
