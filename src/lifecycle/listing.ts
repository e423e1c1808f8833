// One list request for a kind, shared by all resources of a run; and when its silence about an id proves that the id is gone.
import type { WithServerTime } from "../api/client";
import type { Operation, Timing } from "../api/timing";

export interface Snapshot<T> {
  byId: ReadonlyMap<string, T>;
  /** The server's clock at the time of the list, ms since the epoch. */
  serverTime: number | undefined;
}

/** A list request that many wait for. */
interface Shared<T> {
  snapshot: Promise<Snapshot<T>>;
  /** How much this run had created when it was requested. */
  changes: number;
  failedAt?: number;
}

/** A failed list stands for this long, so that a thousand reads do not repeat it a thousand times. */
const FAILURE_STANDS_MS = 5_000;

export class Listing<T extends { id: string }> {
  private current: Shared<T> | undefined;
  private latest: Snapshot<T> | undefined;
  private readonly created = new Set<string>();
  private changes = 0;

  constructor(
    private readonly request: (operation?: Operation) => Promise<WithServerTime<T[]>>,
    private readonly timing: Timing,
  ) {}

  /** The list of this run, requested at the first call. */
  shared(): Promise<Snapshot<T>> {
    const failedAt = this.current?.failedAt;
    if (failedAt !== undefined && this.timing.monotonic() - failedAt > FAILURE_STANDS_MS)
      this.current = undefined;
    if (!this.current) {
      const mine: Shared<T> = { snapshot: this.fresh(), changes: this.changes };
      mine.snapshot.catch(() => (mine.failedAt = this.timing.monotonic()));
      this.current = mine;
    }
    return this.current.snapshot;
  }

  /**
   * The entry of this id. `undefined` is a proof of absence: the list behind it was requested after everything that this run
   * created was there.
   */
  async find(id: string): Promise<T | undefined> {
    const changes = this.changes;
    const found = (await this.shared()).byId.get(id);
    if (found) return found;
    if (this.current && this.current.changes < changes) this.current = undefined;
    return (await this.shared()).byId.get(id);
  }

  /** A list of its own, requested now. */
  async fresh(operation?: Operation): Promise<Snapshot<T>> {
    const { value, serverTime } = await this.request(operation);
    this.latest = { byId: new Map(value.map((entry) => [entry.id, entry])), serverTime };
    return this.latest;
  }

  /** To be told of every id that this run created or took over. */
  noteCreated(id: string): void {
    this.created.add(id);
    this.changes += 1;
  }

  /** A test for ids that existed before now or belong to another resource of this run. */
  knownBefore(): (id: string) => boolean {
    const before = this.latest;
    return (id) => (before?.byId.has(id) ?? false) || this.created.has(id);
  }
}
