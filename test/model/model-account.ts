// The account of a history: its stacks, whoever else has keys in it, and what a person does by hand.
import type { Quirks, Transform } from "../../src/emulator";
import type { StoryAccount } from "../support/story-account";
import { idsOf } from "../support/story-stack";
import type { Held } from "../support/story-stack";
import { publicKey } from "../support/public-key";
import { ModelStack, setKeysOf } from "./model-stack";
import { newly, LAPTOP } from "./program";
import type { Existing, Slot } from "./program";

/** A live key of the account, of either kind. */
export interface Live {
  id: string;
  description?: string | null;
  name?: string;
}

/** An API that does not differ from its documentation. */
export const AS_DOCUMENTED: Quirks = {
  descriptions: undefined,
  listLag: 0,
  listsRevokedKeys: false,
  createdAtSkew: 0,
  tokenService: undefined,
};

export class ModelAccount {
  readonly stacks: ModelStack[];
  /** Ids of keys that none of the stacks may touch. */
  readonly foreign = new Set<string>();
  readonly removedByHand = new Set<string>();
  /** Ids that the states of two stacks hold, since one is a copy of the other. */
  readonly shared = new Set<string>();
  /** Ids of SSH keys that were adopted at some time: they stay in the account. */
  readonly adopted = new Set<string>();
  /** Ids that were named to the user in the run that left them behind. */
  readonly told = new Set<string>();
  /** The API has cut off or dropped descriptions, so that a marker may be gone. */
  isAltered = false;
  /** Lists have shown keys otherwise than they are, so that what is ours may only be named. */
  isSpelled = false;
  /** The server's clock has jumped, so that an age may prove nothing. */
  hasJumped = false;
  private readonly imported = new Map<string, Existing>();

  constructor(readonly account: StoryAccount) {
    this.stacks = ["dev", "prod"].map((name) => {
      const { id, key } = account.emulator.account.addApiKey({
        service: "database",
        description: `by hand ${name}`,
      });
      this.imported.set(name, { id, key });
      this.shared.add(id);
      return new ModelStack(account, name, () => {
        const live = account.emulator.account.liveApiKeys();
        return live.some((each) => each.id === id) ? { id, key } : undefined;
      });
    });
  }

  stack(at: number): ModelStack {
    return this.stacks[at % this.stacks.length]!;
  }

  live(): Live[] {
    const { account } = this.account.emulator;
    return [...account.liveApiKeys(), ...account.sshKeys()];
  }

  /** Does anybody use this key? A person knows. */
  isInUse(id: string): boolean {
    return (
      this.foreign.has(id) ||
      [...this.imported.values()].some((each) => each.id === id) ||
      this.stacks.some((stack) => stack.owns(id))
    );
  }

  isImported(id: string): boolean {
    return [...this.imported.values()].some((each) => each.id === id);
  }

  /** The state of a stack goes to another one, once in a history. */
  copy(at: number): void {
    if (this.stacks.length > 2) return;
    const original = this.stack(at);
    const now = this.account.timing.now();
    original.declareAll();
    const copy = original.copy("copy");
    this.stacks.push(copy);
    for (const held of [...copy.state.values(), ...copy.marked]) {
      for (const id of idsOf(held)) this.shared.add(id);
    }
    expect([...copy.preview(now)]).toEqual([...original.preview(now)]);
  }

  rename(at: number): void {
    const stack = this.stack(at);
    const now = this.account.timing.now();
    stack.declareAll();
    const before = [...stack.preview(now)];
    stack.renameTo(`${stack.names[0]!}${stack.names.length}`);
    expect([...stack.preview(now)]).toEqual(before);
  }

  /** Somebody else makes a key and calls it as the program does, or as the package would, with another marker. */
  addForeign(at: number, slot: Slot): void {
    const { account } = this.account.emulator;
    if (slot === "ssh" || slot === "team") {
      const isThere = account.sshKeys().some(({ name }) => name === LAPTOP);
      if (!isThere) this.foreign.add(account.addSshKey({ name: LAPTOP, publicKey: publicKey(LAPTOP) }).id);
      return;
    }
    const description = {
      named: "shared",
      imported: "by hand dev",
      rotci: "tokens #0000000",
    }[slot as string];
    const { id } = account.addApiKey({
      ...(slot === "ci" || slot === "rotci"
        ? { scopes: ["a:read"] }
        : { service: slot === "named" ? "storage" : "database" }),
      description: description ?? `pulumi test/${this.stack(at).name}/${slot} #0000000`,
    });
    this.foreign.add(id);
  }

  revokeByHand(at: number, slot: Slot): void {
    const stack = this.stack(at);
    const [id] = calledLive(stack.state.get(stack.nameOf(slot)));
    if (id === undefined || this.foreign.has(id) || !this.live().some((key) => key.id === id)) return;
    this.removedByHand.add(id);
    this.account.emulator.account.remove(id);
  }

  /** From now on the API has these quirks, and answers otherwise than it is documented in this way. */
  behave(quirks: Quirks, transform?: Transform): void {
    if (transform) this.isSpelled = true;
    this.account.emulator.transform = transform;
    if (quirks.descriptions === "null" || typeof quirks.descriptions === "object") this.isAltered = true;
    Object.assign(this.account.emulator.quirks, AS_DOCUMENTED, quirks);
    // A lag is counted by a clock that does not jump.
    if (this.hasJumped) this.account.emulator.quirks.listLag = 0;
  }

  noteServerJump(): void {
    this.hasJumped = true;
    this.account.emulator.quirks.listLag = 0;
  }

  /** The advice of messages and documents, for what no run can solve by itself: one public key cannot be in two places. */
  followAdvice(): void {
    for (const stack of this.stacks) {
      for (const slot of stack.said.keys()) stack.say(slot, { isIgnored: false });
      const isCopy = this.stacks.indexOf(stack) > 1;
      if (isCopy)
        for (const slot of ["ssh", "team"] as const) if (stack.said.has(slot)) stack.sayNewVersion(slot);
      // What was lost under a clock that was set since may still be there.
      // Under another name it is added again by its adoption alone.
      if ((this.hasJumped || stack.hasMoved) && stack.said.has("ssh")) stack.say("ssh", { setting: 1 });
      const team = stack.said.get("team");
      if (!team) continue;
      const { entries } = isCopy ? newly(stack.name) : team;
      const own = Object.entries(entries).filter(([, material]) => !material.includes(" ssh "));
      stack.say("team", { entries: Object.fromEntries(own), setting: 1 });
    }
  }
}

/** The ids of the keys that a state calls live. */
export function calledLive(held: Held | undefined): string[] {
  if (!held || held.outputs.isActive === false) return [];
  const entries = Object.values(setKeysOf(held));
  if (entries.length > 0 || typeof held.outputs.keys === "object") return entries.map(({ id }) => id);
  return idsOf(held).slice(0, 1);
}

/** The ids of the adopted keys that a state holds. */
export function adoptedBy(held: Held): string[] {
  if (held.outputs.adopted === true) return idsOf(held);
  return Object.values(setKeysOf(held))
    .filter(({ adopted }) => adopted)
    .map(({ id }) => id);
}
