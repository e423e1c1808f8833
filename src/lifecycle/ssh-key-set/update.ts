// Brings a set of SSH keys up to date, entry by entry, and always knows which keys the account has.
import { MAX_IN_FLIGHT } from "../../api/rate-limiter";
import { quoteForTerminal } from "../../text/quote";
import { ownerOf, sshKeyClaim } from "../holders";
import { findLeft } from "../create-once/clean-up";
import type { Run } from "../run";
import { deleteSshKey, lostSshKey, sayAdopted } from "../ssh-key/clean-up";
import { registerSshKey } from "../ssh-key/create";
import { isSameKey } from "../ssh-key/identity";
import { parsePublicKey } from "../ssh-key/public-key";
import type { LostSshKey } from "../ssh-key/state";
import { Failures } from "./failures";
import type { WantedEntry } from "./inputs";
import { planOf } from "./plan";
import type { Surplus } from "./plan";
import type { SetKey, SshKeySetState } from "./state";

/** The interval at which longer work reports its progress. */
const PROGRESS_MS = 30_000;

export class SshKeySetUpdate {
  private readonly id: string;
  private readonly keys: Map<string, SetKey>;
  private readonly unresolved: Map<string, LostSshKey>;
  private readonly leftovers: Set<string>;
  readonly failures = new Failures();
  private saidAt: number | undefined;

  constructor(
    state: SshKeySetState,
    private readonly adoptExisting: boolean,
    private readonly run: Run,
  ) {
    this.id = state.id;
    this.keys = new Map(state.keys);
    this.unresolved = new Map(state.unresolved);
    this.leftovers = new Set(state.leftovers);
  }

  /** The set's keys in the account at this moment, as far as known. */
  get state(): SshKeySetState {
    const { id, keys, unresolved, leftovers } = this;
    return { id, keys, unresolved, leftovers };
  }

  async apply(wanted: readonly WantedEntry[]): Promise<void> {
    if (!(await this.resolvedLost(wanted))) return;
    const { kept, stale, add, first, last, leave } = planOf(this.keys, wanted);
    for (const each of leave) this.leave(each);
    for (const entry of stale) this.keys.delete(entry);
    for (const [entry, key] of kept) this.keys.set(entry, key);
    await this.removeLeftovers();
    await this.each(first, labelOf, (each) => this.remove(each));
    // A key with the same name or material that could not be deleted still blocks the new one.
    const blocking = first.filter(({ entry, key }) => this.keys.get(entry) === key).map(({ key }) => key);
    const names = new Set(blocking.map(({ name }) => name));
    const fingerprints = new Set(blocking.map(({ fingerprint }) => fingerprint));
    await this.each(
      add.filter(({ name, fingerprint }) => !names.has(name) && !fingerprints.has(fingerprint)),
      ({ entry }) => quoteForTerminal(entry),
      (each) => this.add(each),
    );
    const replaced = new Set(add.map(({ entry }) => entry));
    await this.each(
      // Keep the old key if its replacement was not created.
      last.filter(({ entry, key }) => !replaced.has(entry) || this.keys.get(entry) !== key),
      labelOf,
      (each) => this.remove(each),
    );
  }

  /** Deletes all keys that are ours. */
  async removeAll(): Promise<void> {
    if (!(await this.resolvedLost([]))) return;
    await this.removeLeftovers();
    const all = Array.from(this.keys, ([entry, key]) => ({ entry, key }));
    for (const each of all) if (each.key.adopted) this.leave(each);
    await this.each(
      all.filter(({ key }) => !key.adopted),
      labelOf,
      (each) => this.remove(each),
    );
  }

  /** Resolve lost creations before anything else. */
  private async resolvedLost(wanted: readonly WantedEntry[]): Promise<boolean> {
    await this.failures.collect("what a lost response left", async () => {
      await this.resolveLost(wanted);
      return undefined;
    });
    return !this.failures.any;
  }

  /** Finds the keys of lost attempts: keeps those that are still wanted, and removes the others. */
  private async resolveLost(wanted: readonly WantedEntry[]): Promise<void> {
    const { run, unresolved, keys } = this;
    if (unresolved.size === 0) return;
    const attempts = [...unresolved];
    const operation = run.client.operation("Looking for SSH keys whose creation was not confirmed");
    const found = await findLeft(
      run.sshKeys,
      attempts.map(([, lost]) => lostSshKey(lost)),
      [...Array.from(keys.values(), ({ id }) => id), ...this.leftovers],
      run,
      operation,
    );
    for (const [index, [entry, lost]] of attempts.entries()) {
      const still = wanted.find((each) => each.entry === entry);
      for (const record of found[index] ?? []) {
        const { id, createdAt = "" } = record;
        if (
          still &&
          still.name === lost.name &&
          !keys.has(entry) &&
          isSameKey(record, still.publicKey) === true
        ) {
          const { type: keyType, fingerprint } = parsePublicKey(lost.publicKey);
          this.hold(entry, { id, name: still.name, fingerprint, keyType, createdAt, adopted: false });
        } else await run.sshKeys.remove(id, operation, createdAt);
      }
      unresolved.delete(entry);
    }
  }

  private async removeLeftovers(): Promise<void> {
    await this.each(
      [...this.leftovers],
      (id) => id,
      (id) => this.removeKey(id),
    );
  }

  private async add({ entry, name, publicKey }: WantedEntry): Promise<string | undefined> {
    const old = this.keys.get(entry);
    const request = {
      ...{ name, key: parsePublicKey(publicKey), adoptExisting: this.adoptExisting, adoptsAnyName: true },
      ...{ hasMarker: false, nameAdvice: "Choose another `namePrefix`, or rename the entry", owner: "" },
      identity: `${this.id} ${entry}`,
    };
    const { state, unfinished } = await registerSshKey(request, this.run);
    if (state.status === "unresolved") this.unresolved.set(entry, state.lost);
    else {
      // The set as a whole is the holder of its keys.
      this.run.holders.release({ what: sshKeyClaim(state.id), holder: state.holder });
      this.holdNew(entry, state, state.status === "adopted", old);
      if (state.status === "created" && state.lost) this.unresolved.set(entry, state.lost);
    }
    return unfinished;
  }

  /** If the entry had another key before, that one is a leftover until it is deleted. */
  private holdNew(
    entry: string,
    { id, name, fingerprint, keyType, createdAt }: Omit<SetKey, "adopted">,
    adopted: boolean,
    old: SetKey | undefined,
  ): void {
    this.hold(entry, { id, name, fingerprint, keyType, createdAt, adopted });
    if (old && !old.adopted) this.leftovers.add(old.id);
  }

  private hold(entry: string, key: SetKey): void {
    this.run.holders.claim({ what: sshKeyClaim(key.id), holder: this.id });
    this.keys.set(entry, key);
  }

  private leave({ entry, key }: Surplus): void {
    this.run.holders.release({ what: sshKeyClaim(key.id), holder: this.id });
    sayAdopted(key, this.run);
    this.keys.delete(entry);
  }

  private async remove({ entry, key }: Surplus): Promise<undefined> {
    await this.removeKey(key.id, key.createdAt);
    this.run.materials.delete(key.fingerprint);
    if (this.keys.get(entry) === key) this.keys.delete(entry);
  }

  private async removeKey(id: string, createdAt?: string): Promise<undefined> {
    const key = { id, ...(createdAt !== undefined && { createdAt }) };
    await deleteSshKey(key, [{ what: sshKeyClaim(id), holder: this.id }], this.run);
    this.leftovers.delete(id);
  }

  private async each<T>(
    items: readonly T[],
    label: (item: T) => string,
    work: (item: T) => Promise<string | undefined>,
  ): Promise<void> {
    let done = 0;
    const left = await concurrently(items, async (item) => {
      const goesOn = await this.failures.collect(label(item), () => {
        this.saidAt ??= this.run.client.timing.monotonic();
        return work(item);
      });
      done += 1;
      if (goesOn && done < items.length) this.sayProgress(done, items.length);
      return goesOn;
    });
    this.failures.noteNotBegun(left.length);
  }

  private sayProgress(done: number, all: number): void {
    const now = this.run.client.timing.monotonic();
    if (now - (this.saidAt ?? now) < PROGRESS_MS) return;
    this.saidAt = now;
    const [name] = /[^/$]+$/.exec(ownerOf(this.id)) ?? [];
    const which = name === undefined ? "" : ` ${quoteForTerminal(name)}`;
    this.run.log(`The SSH key set${which}: ${done} of ${all} keys are done.`, "info");
  }
}

function labelOf({ entry }: Surplus): string {
  return quoteForTerminal(entry);
}

/**
 * Runs `work` for each item, in order, several at a time. After `work` returns `false`, no further item is
 * begun. Returns the items that were not begun. `work` must not reject.
 */
async function concurrently<T>(
  items: readonly T[],
  work: (item: T) => Promise<boolean>,
): Promise<readonly T[]> {
  let next = 0;
  let goesOn = true;
  const worker = async (): Promise<void> => {
    for (;;) {
      if (!goesOn || next >= items.length) return;
      const item = items[next] as T;
      next += 1;
      if (!(await work(item))) goesOn = false;
    }
  };
  await Promise.all(Array.from({ length: Math.min(MAX_IN_FLIGHT, items.length) }, worker));
  return items.slice(next);
}
