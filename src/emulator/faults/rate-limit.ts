// A token bucket: so many requests a second, and as many at once.

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
