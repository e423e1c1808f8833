// The limit of requests per second, and waits that end with the emulator.
import { setTimeout } from "node:timers/promises";
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

/** Waits, at most {@link MAX_MS}, and 0 not at all; rejects when the signal comes first. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 0) await setTimeout(Math.min(milliseconds, MAX_MS), undefined, { signal });
}
