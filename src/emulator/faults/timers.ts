// The emulator's timers, kept together so that closing leaves none behind.

/** Timers that can be stopped together. */
export class Timers {
  readonly #running = new Set<NodeJS.Timeout>();

  /** Runs something so many milliseconds later, unless stopped before. */
  later(milliseconds: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#running.delete(timer);
      work();
    }, milliseconds);
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
