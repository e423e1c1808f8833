// The time of a diff. During a refresh the engine calls `diff` right after `read`, without `check`, to detect
// drift. A due rotation is not drift, so it is ignored there; the next preview reports it.
import { NEVER_DUE } from "./resource";

export class RefreshClock {
  private readonly justRead = new Set<string>();

  constructor(private readonly wallClock: () => number = () => Date.now()) {}

  noteRead(id: string): void {
    this.justRead.add(id);
  }

  /** Each check begins another pass over the resources. */
  noteCheck(): void {
    this.justRead.clear();
  }

  /** Milliseconds since the epoch, for the diff of this resource. */
  now(id: string): number {
    return this.justRead.has(id) ? NEVER_DUE : this.wallClock();
  }
}
