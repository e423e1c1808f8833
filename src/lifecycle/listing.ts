// One list request for a kind, shared by all resources of a run; and when its silence about an id proves that the id is gone.
import type { ApiList } from "../api/client";
import { assertNotHidden } from "../api/list";
import type { UnreadableEntry } from "../api/list";
import { parseApiTime } from "../api/timing";
import type { Operation, Timing } from "../api/timing";

export interface Snapshot<T> {
  byId: ReadonlyMap<string, T>;
  /** The server's clock at the time of the list, ms since the epoch. */
  serverTime: number | undefined;
  /** Entries that cannot be read; one without an id may be any entry. */
  unreadable: readonly UnreadableEntry[];
}

/** A list request that many wait for. */
interface Shared<T> {
  snapshot: Promise<Snapshot<T>>;
  /** How much this run had created when it was requested. */
  changes: number;
  requestedAt: number;
  failedAt?: number;
}

/** A failed list stands for this long, so that a thousand reads do not repeat it a thousand times. */
const FAILURE_STANDS_MS = 5_000;
/** A list may lag: what is younger than this, by the list's own clock, is looked for again before it counts as gone. */
const MAY_BE_UNLISTED_MS = 300_000;
const LOOK_AGAIN_AFTER_MS = [2_000, 6_000];

/** May something that was created at this time (RFC 3339) be missing from a list of that time, although it exists? */
export function mayBeUnlisted(createdAt: string, listedAt: number | undefined): boolean {
  return listedAt === undefined || listedAt - parseApiTime(createdAt) <= MAY_BE_UNLISTED_MS;
}

export class Listing<T extends { id: string }> {
  private current: Shared<T> | undefined;
  private latest: Snapshot<T> | undefined;
  private readonly created = new Set<string>();
  private readonly removed = new Set<string>();
  private changes = 0;
  /** When the first list of this run was requested (monotonic ms). */
  private firstRequestedAt: number | undefined;
  /** A refresh asks about every key of a stack, so each list is indexed once. */
  private readonly indexes = new WeakMap<Snapshot<T>, Map<string, T[]>>();

  constructor(
    private readonly request: (operation?: Operation) => Promise<ApiList<T>>,
    private readonly timing: Timing,
  ) {}

  /** The list of this run, requested at the first call. What this run has removed since may still be in it. */
  shared(): Promise<Snapshot<T>> {
    return this.sharedSince(-Infinity);
  }

  /** The shared list, requested no earlier than that moment (monotonic ms). */
  private sharedSince(moment: number): Promise<Snapshot<T>> {
    if (this.current && this.current.requestedAt < moment) this.current = undefined;
    const failedAt = this.current?.failedAt;
    if (failedAt !== undefined && this.timing.monotonic() - failedAt > FAILURE_STANDS_MS)
      this.current = undefined;
    if (!this.current) {
      this.firstRequestedAt ??= this.timing.monotonic();
      const mine: Shared<T> = {
        snapshot: this.fresh(),
        changes: this.changes,
        // A timer may fire up to a millisecond early: whoever waited for the moment together then shares the list all the same.
        requestedAt: Math.max(this.timing.monotonic(), moment),
      };
      mine.snapshot.catch(() => (mine.failedAt = this.timing.monotonic()));
      this.current = mine;
    }
    return this.current.snapshot;
  }

  /** The entries of the shared list, without what this run has removed since. */
  async entries(): Promise<T[]> {
    return [...(await this.shared()).byId.values()].filter(({ id }) => !this.removed.has(id));
  }

  /** The entries of the shared list with this value of `keyOf`, which must be the same function at every call. */
  async matching(keyOf: (entry: T) => string, value: string): Promise<readonly T[]> {
    const snapshot = await this.shared();
    let index = this.indexes.get(snapshot);
    if (!index) {
      index = new Map<string, T[]>();
      this.indexes.set(snapshot, index);
      for (const entry of snapshot.byId.values()) {
        const others = index.get(keyOf(entry));
        if (others) others.push(entry);
        else index.set(keyOf(entry), [entry]);
      }
    }
    return (index.get(value) ?? []).filter(({ id }) => !this.removed.has(id));
  }

  /**
   * The entry of this id. `undefined` is a proof of absence: the list behind it was requested after everything that this run
   * created was there.
   */
  async find(id: string): Promise<T | undefined> {
    if (this.removed.has(id)) return undefined;
    const changes = this.changes;
    const found = (await this.shared()).byId.get(id);
    if (found) return found;
    if (this.current && this.current.changes < changes) this.current = undefined;
    return entryOf(await this.shared(), id);
  }

  /** As {@link find}, of something that was created at this time (RFC 3339): a fresh one may not be listed yet, so it is looked for again. */
  async findOwn(id: string, createdAt: string): Promise<T | undefined> {
    const found = await this.find(id);
    if (found || this.removed.has(id)) return found;
    return this.findUnlisted(id, createdAt, (await this.shared()).serverTime);
  }

  /** The entry of this id, created at this time (RFC 3339), which a list of that time (ms) does not show: looked for again where it may be unlisted. */
  async findUnlisted(id: string, createdAt: string, listedAt: number | undefined): Promise<T | undefined> {
    if (!mayBeUnlisted(createdAt, listedAt ?? this.timing.now())) return undefined;
    // Counted from the first list of the run, so that all who miss something share the looks that follow as well.
    const first = this.firstRequestedAt ?? this.timing.monotonic();
    for (const wait of LOOK_AGAIN_AFTER_MS) {
      const moment = first + wait;
      const rest = moment - this.timing.monotonic();
      if (rest > 0) await this.timing.sleep(rest);
      const found = entryOf(await this.sharedSince(moment), id);
      if (found) return found;
    }
    return undefined;
  }

  /** Is this id gone, by a list that is not older than this call where an older one still shows it? */
  async isGone(id: string, isLive: (entry: T) => boolean): Promise<boolean> {
    const older = this.current;
    const seen = await this.find(id);
    if (!seen || !isLive(seen)) return true;
    if (this.current === older) this.current = undefined;
    const entry = entryOf(await this.shared(), id);
    return !entry || !isLive(entry);
  }

  /** A list of its own, requested now. */
  async fresh(operation?: Operation): Promise<Snapshot<T>> {
    const { value, serverTime, unreadable } = await this.request(operation);
    this.latest = { byId: new Map(value.map((entry) => [entry.id, entry])), serverTime, unreadable };
    return this.latest;
  }

  /** To be called for every id that this run created, imported or adopted. */
  noteCreated(id: string): void {
    this.created.add(id);
    this.changes += 1;
  }

  /** To be called for every id that this run removed. */
  noteRemoved(id: string): void {
    this.removed.add(id);
  }

  wasRemoved(id: string): boolean {
    return this.removed.has(id);
  }

  /** A test for ids that existed before now, belong to another resource of this run, or were removed by it: a list may go on showing these. */
  knownBefore(): (id: string) => boolean {
    const before = this.latest;
    return (id) => (before?.byId.has(id) ?? false) || this.created.has(id) || this.removed.has(id);
  }
}

/** The entry of this id; `undefined` proves that it is not there. @throws MalformedResponseError if an unreadable entry may be it. */
export function entryOf<T>(snapshot: Snapshot<T>, id: string): T | undefined {
  const entry = snapshot.byId.get(id);
  if (!entry) assertNotHidden(snapshot, id);
  return entry;
}
