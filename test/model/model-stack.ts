// A stack of the model: what its program says of each slot, and which keys its user has given up by that.
import { fingerprintOf } from "../../src/lifecycle/ssh-key/identity";
import { nextMarker } from "../../src/lifecycle/rotating-key/state";
import type { Properties } from "../../src/values";
import { idsOf, StoryStack } from "../support/story-stack";
import type { StoryAccount } from "../support/story-account";
import type { CommandOptions, Held, StoryProcess } from "../support/story-stack";
import { declaredAs, nameIn, newly, ROTATING } from "./program";
import type { Existing, Said, Slot } from "./program";

export class ModelStack extends StoryStack {
  /** What the program says. */
  readonly said = new Map<Slot, Said>();
  /** Every name that the stack has had. */
  readonly names: string[];
  /** The keys that the last completed run handed to the consumers of the rotating resources. */
  readonly handed = new Map<Slot, string>();
  /** Ids of keys that were the previous one of a rotating resource of this stack: from then on its user wants them revoked. */
  readonly retired = new Set<string>();
  /** Ids of keys that a deletion takes along, since an interrupted rotation of its state may have made them. */
  readonly takenAlong = new Set<string>();
  /** Rotations without a reason, and keys in two resources. */
  readonly problems: string[] = [];
  /** A resource of it has got another logical name. */
  hasMoved = false;
  /** Did another resource fail, or a kill come, in the last run? */
  private isUnfinished = false;

  constructor(
    readonly account: StoryAccount,
    name: string,
    /** The key that the program imports, for as long as it lives. */
    private readonly existing: () => Existing | undefined,
  ) {
    super(account, name, true);
    this.names = [name];
  }

  say(slot: Slot, change: Partial<Said> = {}): void {
    const { name } = this;
    this.said.set(slot, { ...(this.said.get(slot) ?? newly(name)), by: name, ...change });
  }

  /** A user changes what the stack has, so that it replaces or rotates. */
  sayNewVersion(slot: Slot): void {
    this.say(slot, { version: (this.said.get(slot)?.version ?? 0) + 1 });
  }

  /** The resource gets another logical name, or its first one again; an SSH key is adopted by it. */
  move(slot: Slot): void {
    this.hasMoved = true;
    this.say(slot, { isMoved: this.said.get(slot)?.isMoved !== true, setting: 1 });
  }

  /** The logical name of the resource in a slot. */
  nameOf(slot: Slot): string {
    return nameIn(slot, this.said.get(slot));
  }

  /** `pulumi stack rename`. */
  renameTo(name: string): void {
    this.name = name;
    this.names.push(name);
    this.declareAll();
  }

  /** `pulumi stack export` and `import` into a new stack, with the same program. */
  copy(name: string): ModelStack {
    const copy = new ModelStack(this.account, name, this.existing);
    copy.isElsewhere = this.isElsewhere;
    copy.hasMoved = this.hasMoved;
    for (const [slot, said] of this.said) copy.said.set(slot, said);
    copy.takeStateOf(this);
    copy.declareAll();
    return copy;
  }

  declareAll(): void {
    this.program.clear();
    for (const [slot, said] of this.said) {
      this.program.set(nameIn(slot, said), declaredAs(slot, said, this.name, this.existing()));
    }
  }

  override async up(options: CommandOptions = {}): Promise<boolean> {
    this.declareAll();
    // A key that rotated in a run which failed elsewhere counts as handed on: the next run may retire its predecessor, as the README says.
    if (this.isUnfinished) this.handed.clear();
    const { target, replace } = options;
    const isCompleted = await super.up({
      ...options,
      target: this.named(target),
      replace: this.named(replace),
    });
    // The consumers are not among the targets.
    if (target !== undefined) this.handed.delete(target as Slot);
    else this.handOver(isCompleted);
    return isCompleted;
  }

  override destroy(options: CommandOptions = {}): Promise<boolean> {
    this.handed.clear();
    return super.destroy({ ...options, target: this.named(options.target) });
  }

  private named(slot: string | undefined): string | undefined {
    return slot === undefined ? undefined : this.nameOf(slot as Slot);
  }

  private handOver(isCompleted: boolean): void {
    this.isUnfinished = !isCompleted;
    if (!isCompleted) return;
    const ids = [...this.state.values()].flatMap(idsOf);
    const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
    this.problems.push(...twice.map((id) => `${this.name}: two resources hold ${id}`));
    for (const slot of ROTATING) {
      const id = this.state.get(slot)?.outputs.keyId;
      if (typeof id === "string") this.handed.set(slot, id);
      else this.handed.delete(slot);
    }
  }

  protected override remove(held: Held, process: StoryProcess): Promise<void> {
    const ending = ` #${successorMark(held)}`;
    for (const { id, description } of this.account.emulator.account.liveApiKeys()) {
      if (description?.trim().toLowerCase().endsWith(ending)) this.takenAlong.add(id);
    }
    return super.remove(held, process);
  }

  protected override async update(
    held: Held,
    inputs: Properties,
    process: StoryProcess,
    retries?: number,
  ): Promise<void> {
    for (const id of givenUp(held, inputs)) this.condemned.add(id);
    const mayRotate = this.isRotationDue(held, inputs);
    try {
      await super.update(held, inputs, process, retries);
    } finally {
      const { keyId, previousKeyId } = this.state.get(held.name)?.outputs ?? {};
      if (typeof previousKeyId === "string") this.retired.add(previousKeyId);
      if (keyId !== held.outputs.keyId && !mayRotate)
        this.problems.push(`${this.name}: ${held.name} rotated`);
    }
  }

  /** By the program, the server's clock, or because the current key is dead. */
  private isRotationDue({ outputs }: Held, inputs: Properties): boolean {
    const { emulator, timing } = this.account;
    const due = [
      Date.parse(String(outputs.nextRotationAt)),
      Date.parse(String(outputs.createdAt)) + Number(inputs.rotateEveryDays) * 86_400_000,
    ];
    return (
      JSON.stringify(outputs.rotationTriggers) !== JSON.stringify(inputs.rotationTriggers) ||
      // An API that sends no `Date` leaves only the local clock: it may rotate, and never revokes.
      due.some(
        (moment) =>
          moment <= (emulator.transform ? Math.max(timing.server(), timing.now()) : timing.server()),
      ) ||
      outputs.isActive === false ||
      !emulator.account.liveApiKeys().some(({ id }) => id === outputs.keyId)
    );
  }

  /** Is this the id of a key that the state holds, or held and is about to delete? */
  owns(id: string): boolean {
    return [...this.state.values(), ...this.marked].some((held) => idsOf(held).includes(id));
  }
}

/** The marker of the key that follows the current one of a rotating resource. */
export function successorMark({ outputs }: Held): string {
  const { keyId, owner } = outputs as { keyId?: string; owner?: string };
  return keyId === undefined ? "none" : nextMarker(keyId, owner ?? "");
}

/** The ids of the keys of a set that an update with these inputs is to remove. */
function givenUp(held: Held, { publicKeys, namePrefix }: Properties): string[] {
  const wanted = new Map(
    Object.entries((publicKeys ?? {}) as Record<string, string>).map(([entry, key]) => [
      entry,
      fingerprintOf(key),
    ]),
  );
  return Object.entries(setKeysOf(held)).flatMap(([entry, { id, name, fingerprint, adopted }]) => {
    const stays = wanted.get(entry) === fingerprint && (adopted || name === `${String(namePrefix)}${entry}`);
    return stays ? [] : [id];
  });
}

/** The keys of a set of SSH keys, as its state has them. */
export function setKeysOf({ outputs }: Held): Record<string, SetEntry> {
  return typeof outputs.keys === "object" ? (outputs.keys as Record<string, SetEntry>) : {};
}

interface SetEntry {
  id: string;
  name: string;
  fingerprint: string;
  adopted: boolean;
}
