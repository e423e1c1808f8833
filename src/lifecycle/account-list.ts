// One collection of the account: its list, shared by all resources of a run, and the removal of its entries.
import type { AccountClient, ApiList } from "../api/client";
import type { Operation, Timing } from "../api/timing";
import { pathSegment } from "../api/address";
import { MalformedResponseError, NotFoundError } from "../errors";
import { idKey, presenceIn } from "../judge/presence";
import type { Presence, Snapshot } from "../judge/presence";
import { sanitize } from "../text/redact";
import { isUnresolvedId } from "./create-once/started";

export type { Snapshot };
type Proved<T> = Exclude<Presence<T>, { is: "unknown" }>;

/** A list request with many callers. */
interface Shared<T> {
  snapshot: Promise<Snapshot<T>>;
  /** How many ids this run had created when it was requested. */
  created: number;
  requestedAt: number;
  failedAt?: number;
}

/** A failure is kept for this long, so that a thousand reads do not repeat the request a thousand times. */
const FAILURE_STANDS_MS = 5_000;
/** When a list that may lag is read again, counted from the first look. */
export const LOOK_AGAIN_AFTER_MS = [2_000, 6_000] as const;

/** A list's run, which connects to the account at the first request. */
interface Context {
  readonly client: Pick<AccountClient, "operation" | "timing">;
  readonly holders: {
    isHeld(what: string): boolean;
    noteRemoved(what: string): void;
    wasRemoved(what: string): boolean;
  };
}

/** The differences between the API's two collections of keys. */
export interface Endpoints<T> {
  /** For messages: `API keys`. */
  label: string;
  /** The claim of a state that holds the entry with this id. */
  claimOf(id: string): string;
  list(operation?: Operation): Promise<ApiList<T>>;
  remove: AccountClient["revokeApiKey"];
  isLive(entry: T): boolean;
}

export class AccountList<T extends { id: string }> {
  private current: Shared<T> | undefined;
  private latest: Snapshot<T> | undefined;
  private readonly created = new Set<string>();
  /** When the first list of this run was requested (monotonic ms). */
  private firstRequestedAt: number | undefined;
  /** When a deletion of this run was first in doubt (monotonic ms). */
  private firstDoubtAt: number | undefined;
  /** A refresh asks about every key of a stack, so each list is indexed once. */
  private readonly indexes = new WeakMap<Snapshot<T>, Map<string, T[]>>();

  constructor(
    private readonly run: Context,
    private readonly endpoints: Endpoints<T>,
  ) {}

  private get timing(): Timing {
    return this.run.client.timing;
  }

  /** The list of this run, requested at the first call. It may still have entries that were removed since. */
  shared(): Promise<Snapshot<T>> {
    return this.sharedSince(-Infinity);
  }

  /** The shared list, requested no earlier than that moment (monotonic ms). */
  private sharedSince(moment: number): Promise<Snapshot<T>> {
    const { timing } = this;
    if (this.current && this.current.requestedAt < moment) this.current = undefined;
    const failedAt = this.current?.failedAt;
    if (failedAt !== undefined && timing.monotonic() - failedAt > FAILURE_STANDS_MS) this.current = undefined;
    if (!this.current) {
      this.firstRequestedAt ??= timing.monotonic();
      const mine: Shared<T> = {
        snapshot: this.fresh(),
        created: this.created.size,
        // A timer may fire up to a millisecond early: callers that waited together still share the list.
        requestedAt: Math.max(timing.monotonic(), moment),
      };
      mine.snapshot.catch(() => (mine.failedAt = timing.monotonic()));
      this.current = mine;
    }
    return this.current.snapshot;
  }

  /**
   * The entries of the shared list with this value of `keyOf`, which must be the same function at every call.
   */
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
    return (index.get(value) ?? []).filter(({ id }) => !this.wasRemoved(id));
  }

  /**
   * Whether an id is there, by the shared list, or by a newer one if this run has created something since.
   * Looks again for a young id before its absence counts (`createdAt`: RFC 3339).
   *
   * @throws if no list proves it.
   */
  async presence(id: string, createdAt?: string): Promise<Proved<T>> {
    if (this.wasRemoved(id)) return { is: "gone", young: false };
    const { size } = this.created;
    return this.prove(id, createdAt, (first, { created }) => !("entry" in first) && created < size);
  }

  /** Its entry; `undefined` if it is gone. @throws if the list does not prove that. */
  async find(id: string, createdAt?: string): Promise<T | undefined> {
    const presence = await this.presence(id, createdAt);
    return presence.is === "gone" ? undefined : presence.entry;
  }

  /**
   * The entry with an id that the user gave. `whyWrong`: why another entry was meant, if so.
   *
   * @throws NotFoundError
   */
  async lookUp(id: string, label: string, whyWrong?: (entry: T) => string | undefined): Promise<T> {
    // The id of a lost attempt that no state holds: the account has no such id.
    if (!isUnresolvedId(id)) pathSegment(id);
    const entry = await this.find(id);
    const wrong = entry ? whyWrong?.(entry) : "the account does not have it";
    if (entry && wrong === undefined) return entry;
    throw new NotFoundError({
      message: `There is no ${label} with the id ${id}: ${sanitize(wrong ?? "")}.`,
      outcome: "rejected",
    });
  }

  /** Whether an id is there, by this list, or by newer ones if it may not be listed yet. */
  presenceIn(list: Snapshot<T>, id: string, createdAt: string): Promise<Proved<T>> {
    return this.lookAgain(this.judge(list, id, createdAt), id, createdAt);
  }

  /** By the shared list, or by a newer one if that is outdated. */
  private async prove(
    id: string,
    createdAt: string | undefined,
    isOutdated: (presence: Presence<T>, list: Shared<T>) => boolean,
    since?: number,
  ): Promise<Proved<T>> {
    const older = this.current;
    let presence = this.judge(await this.shared(), id, createdAt);
    if (older && isOutdated(presence, older)) {
      if (this.current === older) this.current = undefined;
      presence = this.judge(await this.shared(), id, createdAt);
    }
    return this.lookAgain(presence, id, createdAt, since);
  }

  /** Counted from the first list of the run, so that all callers that miss an id share the later lists. */
  private async lookAgain(
    before: Presence<T>,
    id: string,
    createdAt: string | undefined,
    since = this.firstRequestedAt ?? this.timing.monotonic(),
  ): Promise<Proved<T>> {
    const { timing } = this;
    let presence = before;
    for (const wait of LOOK_AGAIN_AFTER_MS) {
      // It may not be listed yet, or the list may be older.
      const mayLag = presence.is === "gone" ? presence.young : presence.is === "unknown" && presence.stale;
      if (!mayLag) break;
      const moment = since + wait;
      const rest = moment - timing.monotonic();
      if (rest > 0) await timing.sleep(rest);
      presence = this.judge(await this.sharedSince(moment), id, createdAt);
    }
    if (presence.is === "unknown") throw presence.error;
    return presence;
  }

  private judge(list: Snapshot<T>, id: string, createdAt: string | undefined): Presence<T> {
    return presenceIn(list, id, createdAt, (entry) => this.endpoints.isLive(entry));
  }

  /**
   * Removes it for good. A response that does not confirm it counts only if a list proves that the id is
   * gone.
   */
  async remove(id: string, during: string | Operation, createdAt?: string): Promise<void> {
    const operation = typeof during === "string" ? this.run.client.operation(during) : during;
    const doubt = await this.doubtOf(id, operation);
    if (doubt && !(await this.isGone(id, createdAt))) throw doubt;
    this.run.holders.noteRemoved(this.endpoints.claimOf(id));
  }

  /** By a list that is not older than this call, if an older one still shows it. */
  private async isGone(id: string, createdAt: string | undefined): Promise<boolean> {
    this.firstDoubtAt ??= this.timing.monotonic();
    const isOld = (presence: Presence<T>): boolean =>
      presence.is === "live" || (presence.is === "unknown" && presence.stale);
    return (await this.prove(id, createdAt, isOld, this.firstDoubtAt)).is !== "live";
  }

  /** Why the response does not prove the removal, if it does not. */
  private async doubtOf(id: string, operation: Operation): Promise<MalformedResponseError | undefined> {
    try {
      if ((await this.endpoints.remove(id, operation)) === "deleted") return undefined;
    } catch (error) {
      // A success that cannot be read. (Of ambiguous outcome only what was sent is.)
      if (error instanceof MalformedResponseError && error.outcome === "ambiguous") return error;
      throw error;
    }
    return new MalformedResponseError({
      message:
        `${operation.title} failed: the API answered that ${id} does not exist, but the list of the account's ${this.endpoints.label} still shows it.` +
        " A wrong path in wayscloud-account:endpoint or a proxy may be the cause. The state was not changed; check the endpoint, then run the command again.",
      outcome: "rejected",
    });
  }

  /** A list that is requested now, and not shared. */
  async fresh(operation?: Operation): Promise<Snapshot<T>> {
    return (this.latest = snapshotOf(await this.endpoints.list(operation)));
  }

  /** Call for every id that this run created, imported or adopted. */
  noteCreated(id: string): void {
    this.created.add(idKey(id));
  }

  /** Has this command removed it, here or in another process? */
  wasRemoved(id: string): boolean {
    return this.run.holders.wasRemoved(this.endpoints.claimOf(id));
  }

  /** Does a resource of this command hold it, or has this command removed it? */
  isTaken(id: string): boolean {
    return this.wasRemoved(id) || this.run.holders.isHeld(this.endpoints.claimOf(id));
  }

  /** The same; or has this run created it, for a resource that may not have claimed it yet? */
  isKnown(id: string): boolean {
    return this.created.has(idKey(id)) || this.isTaken(id);
  }

  /** A test for ids that existed before, belong to another resource of this run, or were removed by it. */
  knownBefore(): (id: string) => boolean {
    const before = this.latest;
    return (id) => before?.byId.has(idKey(id)) === true || this.isKnown(id);
  }
}

/** Two contradictory entries with one id prove nothing. */
function snapshotOf<T extends { id: string }>({ value, ...list }: ApiList<T>): Snapshot<T> {
  const byId = new Map<string, T>();
  const contradicted = new Set<string>();
  for (const each of value) {
    const id = idKey(each.id);
    const entry = { ...each, id };
    const other = byId.get(id);
    if (other && JSON.stringify(other) !== JSON.stringify(entry)) contradicted.add(id);
    byId.set(id, entry);
  }
  return { byId, contradicted, ...list };
}
