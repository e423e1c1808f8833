// The process-wide gate in front of the API: at most 16 requests in flight, and one pause for all when the API asks to slow down.
import type { Timing } from "./timing";

export const MOST_IN_FLIGHT = 16;

export class Gate {
  private inFlight = 0;
  private readonly queue: (() => void)[] = [];
  private pausedUntil = 0;

  constructor(private readonly timing: Timing) {}

  /** Runs `work` when there is room for it and no pause is on. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.inFlight >= MOST_IN_FLIGHT) {
      await new Promise<void>((resolve) => this.queue.push(resolve));
    } else {
      this.inFlight += 1;
    }
    try {
      await this.waitOut();
      return await work();
    } finally {
      const next = this.queue.shift();
      // The place is handed on, so nobody can slip in between.
      if (next) next();
      else this.inFlight -= 1;
    }
  }

  /** Holds back every request that has not started, for `ms` from now. */
  pause(ms: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, this.timing.monotonic() + ms);
  }

  private async waitOut(): Promise<void> {
    // A loop, since the pause may have been prolonged meanwhile.
    for (;;) {
      const wait = this.pausedUntil - this.timing.monotonic();
      if (wait <= 0) return;
      await this.timing.sleep(wait);
    }
  }
}
