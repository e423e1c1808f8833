// The time at which a diff is made. A refresh calls diff right after read and asks what changed in the account: that a rotation is due is no
// drift, and the next preview says it.

const BEFORE_ALL_TIMES = 0;

export class RefreshClock {
  private readonly justRead = new Set<string>();

  noteRead(id: string): void {
    this.justRead.add(id);
  }

  /** A check begins another run over the resources. */
  noteCheck(): void {
    this.justRead.clear();
  }

  /** Milliseconds since the epoch, for the diff of this resource. */
  now(id: string): number {
    return this.justRead.has(id) ? BEFORE_ALL_TIMES : Date.now();
  }
}
