// Brings a set of SSH keys up to date, entry by entry, and always knows which keys the account has.
import { MAX_IN_FLIGHT } from "../../api/rate-limiter";
import { ConfigurationError, errorMessage, WaysCloudError } from "../../errors";
import { quoteForTerminal } from "../../text/quote";
import { ownerOf, sshKeyClaim } from "../holders";
import { findLeft } from "../create-once/clean-up";
import type { Run } from "../run";
import { deleteSshKey, leaveSshKey, lostSshKey } from "../ssh-key/clean-up";
import { registerSshKey, SameSshKeyError } from "../ssh-key/create";
import { isSameKey } from "../ssh-key/identity";
import { parsePublicKey } from "../ssh-key/public-key";
import type { WantedEntry } from "./inputs";
import { clashesWith, planOf } from "./plan";
import type { Surplus } from "./plan";
import type { SetKey, SshKeySetState } from "./state";

/** More of them would bury the first ones. */
const MAX_SHOWN = 10;
/** The interval at which longer work reports its progress. */
const PROGRESS_MS = 30_000;

/** A label for messages, and the work, which returns a message if it is unfinished. */
type Task = readonly [label: string, work: () => Promise<string | undefined>];

export class SshKeySetUpdate {
  /** The set's keys in the account at this moment, as far as known. */
  readonly state: SshKeySetState;
  readonly failures = new Failures();
  private saidAt: number | undefined;

  constructor(
    before: SshKeySetState,
    private readonly adoptExisting: boolean,
    private readonly run: Run,
  ) {
    this.state = structuredClone(before);
  }

  async apply(wanted: readonly WantedEntry[]): Promise<void> {
    const { failures, state } = this;
    const { id, keys, leftovers } = state;
    await failures.collect("what a lost response left", () => this.resolveLost(wanted));
    if (failures.any) return;
    const { kept, add, surplus } = planOf(keys, wanted);
    await this.each([...leftovers].map((left) => [left, () => this.remove({ id: left })]));
    // An adopted key stays in the account, or has moved to another entry.
    for (const [entry, key] of [...keys]) if (key.adopted && !kept.has(entry)) keys.delete(entry);
    const ours = surplus.filter(({ key }) => !key.adopted);
    for (const { key } of surplus) if (key.adopted) leaveSshKey(key, id, this.run);
    for (const [entry, key] of kept) this.set(entry, key);
    // The API refuses two keys of the same name or material, so these are deleted before anything is added.
    const isInTheWay = clashesWith(add);
    const first = ours.filter(({ key }) => isInTheWay(key));
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
    const last = ours.filter((each) => !isInTheWay(each.key) && isOver(each));
    await this.each(last.map((each) => this.removal(each)));
  }

  /** Finds the keys of lost attempts: keeps those that are still wanted, and removes the others. */
  private async resolveLost(wanted: readonly WantedEntry[]): Promise<undefined> {
    const { run } = this;
    const { unresolved, keys, leftovers } = this.state;
    if (unresolved.size === 0) return;
    const attempts = [...unresolved];
    const operation = run.client.operation("Looking for SSH keys whose creation was not confirmed");
    const found = await findLeft(
      run.sshKeys,
      attempts.map(([, lost]) => lostSshKey(lost)),
      [...Array.from(keys.values(), ({ id }) => id), ...leftovers],
      run,
      operation,
    );
    for (const [index, [entry, lost]] of attempts.entries()) {
      const still = wanted.find((each) => each.entry === entry && each.name === lost.text);
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
      holder: this.state.id,
      identity: `${this.state.id} ${entry}`,
    };
    const { state, unfinished } = await registerSshKey(request, this.run);
    if (state.lost) this.state.unresolved.set(entry, state.lost);
    if (state.status !== "unresolved") {
      const { id, name, fingerprint, keyType, createdAt, status } = state;
      this.hold(entry, { id, name, fingerprint, keyType, createdAt, adopted: status === "adopted" });
    }
    return unfinished;
  }

  private hold(entry: string, key: SetKey): void {
    this.run.holders.claim({ what: sshKeyClaim(key.id), holder: this.state.id });
    this.set(entry, key);
  }

  /** If the entry had another key of ours before, that one is a leftover until it is deleted. */
  private set(entry: string, key: SetKey): void {
    const old = this.state.keys.get(entry);
    if (old && !old.adopted && old.id !== key.id) this.state.leftovers.add(old.id);
    this.state.keys.set(entry, key);
  }

  private removal({ entry, key }: Surplus): Task {
    return [
      quoteForTerminal(entry),
      async () => {
        await this.remove(key);
        if (this.state.keys.get(entry) === key) this.state.keys.delete(entry);
      },
    ];
  }

  private async remove(key: Pick<SetKey, "id"> & Partial<SetKey>): Promise<undefined> {
    await deleteSshKey(key, [{ what: sshKeyClaim(key.id), holder: this.state.id }], this.run);
    this.state.leftovers.delete(key.id);
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
    const [name] = /[^/$]+$/.exec(ownerOf(this.state.id)) ?? [];
    const which = name === undefined ? "" : ` ${quoteForTerminal(name)}`;
    this.run.log(`The SSH key set${which}: ${done} of ${all} keys are done.`, "info");
  }
}

/** The failures of some entries, collected while the others continue, and reported in one message. */
class Failures {
  private readonly all: { label: string; error: unknown }[] = [];
  /** How much work was skipped. */
  notBegun = 0;

  get any(): boolean {
    return this.all.length > 0;
  }

  /** Runs `work`, which returns a message if it is unfinished. False if all other work would fail too. */
  async collect(label: string, work: () => Promise<string | undefined>): Promise<boolean> {
    try {
      const unfinished = await work();
      if (unfinished !== undefined) this.all.push({ label, error: new Error(unfinished) });
      return unfinished === undefined;
    } catch (error) {
      this.all.push({ label, error });
      return !concernsAll(error);
    }
  }

  /** Does the account have one of the keys under its very name? */
  get anySameKey(): boolean {
    return this.all.some(({ error }) => error instanceof SameSshKeyError);
  }

  /** All of them as one error. `what`: the operation. */
  error(what: string): unknown {
    const [first] = this.all;
    if (first && this.all.length === 1 && this.notBegun === 0) return first.error;
    const notTried = this.notBegun > 0 ? `, and ${this.notBegun} more were not tried` : "";
    const message = `${what} failed for ${this.all.length} of its keys${notTried}:${this.reasons()}`;
    return new WaysCloudError({ message, outcome: "rejected" });
  }

  private reasons(): string {
    const [first, ...others] = this.all.map(({ error }) => errorMessage(error));
    if (first !== undefined && others.every((other) => other === first)) return ` ${first}`;
    const shown = this.all.slice(0, MAX_SHOWN);
    const lines = shown.map(({ label, error }) => `\n- ${label}: ${summaryOf(error)}`);
    const advice = new Set(shown.flatMap(({ error }) => adviceOf(error) ?? []));
    const more = this.all.length - shown.length;
    if (more > 0) lines.push(`\n- and ${more} more`);
    return [...lines, ...Array.from(advice, (each) => `\n${each}`)].join("");
  }
}

function summaryOf(error: unknown): string {
  return error instanceof WaysCloudError ? error.summary : errorMessage(error);
}

/** Shown once, however many keys it concerns. */
function adviceOf(error: unknown): string | undefined {
  return error instanceof WaysCloudError ? error.advice : undefined;
}

/** There is no credential, or the account cannot be reached, does not answer or refuses it. */
function concernsAll(error: unknown): boolean {
  if (error instanceof ConfigurationError) return true;
  if (!(error instanceof WaysCloudError)) return false;
  return (
    error.status === 401 ||
    error.status === 403 ||
    !(error.outcome === "rejected" || error.outcome === "conflict")
  );
}
