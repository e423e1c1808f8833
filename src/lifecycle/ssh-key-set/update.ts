// Brings a set of SSH keys up to date, entry by entry, and always knows which keys the account has.
import { MAX_IN_FLIGHT } from "../../api/rate-limiter";
import { quoteForTerminal } from "../../text/quote";
import { ownerOf, sshKeyClaim } from "../holders";
import { findLeft } from "../create-once/clean-up";
import type { Run } from "../run";
import { deleteSshKey, leaveSshKey, lostSshKey } from "../ssh-key/clean-up";
import { registerSshKey } from "../ssh-key/create";
import { isSameKey } from "../ssh-key/identity";
import { parsePublicKey } from "../ssh-key/public-key";
import type { LostSshKey } from "../ssh-key/state";
import { Failures } from "./failures";
import type { WantedEntry } from "./inputs";
import { clashesWith, planOf } from "./plan";
import type { Surplus } from "./plan";
import type { SetKey, SshKeySetState } from "./state";

/** The interval at which longer work reports its progress. */
const PROGRESS_MS = 30_000;

/** A label for messages, and the work, which returns a message if it is unfinished. */
type Task = readonly [label: string, work: () => Promise<string | undefined>];

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
    const { keys, leftovers, failures } = this;
    await failures.collect("what a lost response left", () => this.resolveLost(wanted));
    if (failures.any) return;
    const { kept, stale, add, first, last, leave } = planOf(keys, wanted);
    await this.each([...leftovers].map((id) => [id, () => this.remove({ id })]));
    for (const { entry, key } of leave) {
      leaveSshKey(key, this.id, this.run);
      keys.delete(entry);
    }
    for (const entry of stale) keys.delete(entry);
    for (const [entry, key] of kept) this.set(entry, key);
    await this.each(first.map((each) => this.removal(each)));
    // A key with the same name or material that could not be deleted still blocks the new one.
    const blocking = first.filter(({ entry, key }) => keys.get(entry) === key || leftovers.has(key.id));
    const isBlocked = clashesWith(blocking.map(({ key }) => key));
    await this.each(
      add
        .filter((each) => !isBlocked(each))
        .map((each) => [quoteForTerminal(each.entry), () => this.add(each)]),
    );
    // Keep the old key if its replacement was not created.
    const replaced = new Set(add.map(({ entry }) => entry));
    const isOver = ({ entry, key }: Surplus): boolean => !replaced.has(entry) || keys.get(entry) !== key;
    await this.each(last.filter(isOver).map((each) => this.removal(each)));
  }

  /** Finds the keys of lost attempts: keeps those that are still wanted, and removes the others. */
  private async resolveLost(wanted: readonly WantedEntry[]): Promise<undefined> {
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
      const still = wanted.find((each) => each.entry === entry && each.name === lost.name);
      for (const record of found[index] ?? []) {
        const { id, createdAt = "" } = record;
        if (still && !keys.has(entry) && isSameKey(record, still.publicKey) === true) {
          const { type: keyType } = parsePublicKey(lost.publicKey);
          const { name, fingerprint } = still;
          this.hold(entry, { id, name, fingerprint, keyType, createdAt, adopted: false });
        } else await run.sshKeys.remove(id, operation, createdAt);
      }
      unresolved.delete(entry);
    }
  }

  private async add({ entry, name, publicKey }: WantedEntry): Promise<string | undefined> {
    const request = {
      ...{ name, key: parsePublicKey(publicKey), adoptExisting: this.adoptExisting, adoptsAnyName: true },
      ...{ hasMarker: false, nameAdvice: "Choose another `namePrefix`, or rename the entry" },
      // The set as a whole is the holder of its keys.
      holder: this.id,
      identity: `${this.id} ${entry}`,
    };
    const { state, unfinished } = await registerSshKey(request, this.run);
    if (state.lost) this.unresolved.set(entry, state.lost);
    if (state.status !== "unresolved") {
      const { id, name, fingerprint, keyType, createdAt, status } = state;
      this.hold(entry, { id, name, fingerprint, keyType, createdAt, adopted: status === "adopted" });
    }
    return unfinished;
  }

  private hold(entry: string, key: SetKey): void {
    this.run.holders.claim({ what: sshKeyClaim(key.id), holder: this.id });
    this.set(entry, key);
  }

  /** If the entry had another key of ours before, that one is a leftover until it is deleted. */
  private set(entry: string, key: SetKey): void {
    const old = this.keys.get(entry);
    if (old && !old.adopted && old.id !== key.id) this.leftovers.add(old.id);
    this.keys.set(entry, key);
  }

  private removal({ entry, key }: Surplus): Task {
    return [
      quoteForTerminal(entry),
      async () => {
        await this.remove(key);
        if (this.keys.get(entry) === key) this.keys.delete(entry);
      },
    ];
  }

  private async remove(key: Pick<SetKey, "id"> & Partial<SetKey>): Promise<undefined> {
    await deleteSshKey(key, [{ what: sshKeyClaim(key.id), holder: this.id }], this.run);
    this.leftovers.delete(key.id);
  }

  /** Does the tasks in order, several at a time, until one shows that all others would fail too. */
  private async each(tasks: readonly Task[]): Promise<void> {
    const queue = [...tasks];
    let done = 0;
    let goesOn = true;
    const worker = async (): Promise<void> => {
      for (;;) {
        const task = goesOn ? queue.shift() : undefined;
        if (!task) return;
        const [label, work] = task;
        const isOver = !(await this.failures.collect(label, () => {
          this.saidAt ??= this.run.client.timing.monotonic();
          return work();
        }));
        if (isOver) goesOn = false;
        done += 1;
        if (goesOn && done < tasks.length) this.sayProgress(done, tasks.length);
      }
    };
    await Promise.all(Array.from({ length: Math.min(MAX_IN_FLIGHT, tasks.length) }, worker));
    this.failures.notBegun += queue.length;
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
