// What stories start with: an account and a stack of its own for each test of the file that imports this; and what has to
// hold at their end.
import type { Properties } from "../../src/values";
import type { Entry } from "./answers";
import { type Kind, ROTATING } from "./kinds";
import { API_KEYS, SSH_KEYS } from "./requests";
import { StoryAccount } from "./story-account";
import type { Resource } from "./engine-resources";
import { type CommandOptions, type Declared, StoryStack } from "./story-stack";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The next command after one that failed. */
export const UP_OR_DESTROY = ["up", "destroy"] as const;

export let account: StoryAccount;
export let stack: Story;

beforeEach(async () => {
  account = await StoryAccount.open();
  stack = new Story(account);
});
afterEach(() => account.emulator.close());

class Story extends StoryStack {
  /** Declares a resource, and runs `up`, as this says. */
  deploy(
    name: string,
    type: Resource,
    inputs: Properties,
    how: Omit<Declared, "type" | "inputs"> & CommandOptions = {},
  ): Promise<boolean> {
    this.declare(name, type, inputs, how);
    return this.up(how);
  }

  /** Declares a rotating key "db": a rotation every 30 days, an overlap of 7, unless `more` says otherwise. */
  declareRotating(more: Properties = {}, [, type, spec]: Kind = ROTATING[0]): void {
    const description = "pulumi test/dev/db";
    const often = { rotateEveryDays: 30, overlapDays: 7 };
    this.declare("db", type, { ...spec, description, ...often, __owner: "", ...more });
  }

  /** Declares it, runs `up`, and returns the id of its current key. */
  async deployRotating(...declared: Parameters<Story["declareRotating"]>): Promise<string> {
    this.declareRotating(...declared);
    await this.up();
    return this.current;
  }

  /** The ids of the rotating key "db". */
  get current(): string {
    return String(this.held("db").outputs.keyId);
  }
  get previous(): unknown {
    return this.held("db").outputs.previousKeyId;
  }

  /** A rotation is killed at its POST; the id of what that has made, if it arrived. */
  async killRotation(more?: Properties, kind?: Kind, arrived = true): Promise<string> {
    const first = await this.deployRotating(more, kind);
    account.pass(31);
    await this.up({ kill: { nth: 2, arrived } });
    expect(account.live).toHaveLength(arrived ? 2 : 1);
    return account.live.find((id) => id !== first) ?? "";
  }

  /** A rotating key within its overlap: `[previous, current]`. */
  async overlapping(kind?: Kind): Promise<[string, string]> {
    const first = await this.deployRotating({}, kind);
    account.pass(31);
    await this.up();
    expect(this.previous).toBe(first);
    return [first, this.current];
  }

  /** The last command succeeded; the state and the account hold the same keys: these. */
  expectHeld(ids = this.ids): void {
    expect({ errors: this.errors, held: this.ids, live: account.live }).toEqual({
      errors: [],
      held: ids,
      live: ids,
    });
  }

  /** The state holds one key, "it", of which it has the secret, and no other is live; `destroy` leaves nothing. */
  async expectOneForOne(): Promise<void> {
    this.expectHeld();
    expect(this.ids).toHaveLength(1);
    const { key } = this.held("it").outputs;
    const listed = account.control.apiKeys().find(({ id }) => id === this.ids[0]);
    if (key !== undefined) expect(listed?.key).toBe(key);
    await this.expectDestroyed();
  }

  /** Whatever the last command came to, the state and the account hold these keys. */
  expectKept(ids: string[]): void {
    expect({ held: this.ids, live: account.live }).toEqual({ held: ids, live: ids });
  }

  /** `pulumi destroy` succeeds and leaves these keys in the account. */
  async expectDestroyed(left: string[] = []): Promise<void> {
    expect({ done: await this.destroy(), errors: this.errors }).toEqual({ done: true, errors: [] });
    expect({ live: account.live, state: this.state.size }).toEqual({ live: left, state: 0 });
  }

  /** The state holds every live key, or the last command has named it. */
  expectAllNamed(): void {
    expect(account.unnamed(this)).toEqual([]);
  }

  /** After these commands and `destroy` nothing lives that none of them has named. */
  async expectNothingLeftUnnamed(...commands: (() => Promise<unknown>)[]): Promise<void> {
    let said = this.spoken;
    for (const command of [...commands, () => this.destroy()]) {
      await command();
      said += this.spoken;
    }
    expect(account.live.filter((id) => !said.includes(id))).toEqual([]);
  }

  /** Another `up` makes no request and updates nothing: every diff is empty. */
  async expectQuiet(): Promise<void> {
    account.requests();
    const before = [...this.state.values()].map(({ outputs }) => outputs);
    await this.up();
    expect({ errors: this.errors, requests: account.requests() }).toEqual({ errors: [], requests: [] });
    // An update returns outputs of its own.
    [...this.state.values()].forEach(({ outputs }, at) => expect(outputs).toBe(before[at]));
  }

  /** The command fails, and its errors say this. */
  async expectFailure(command: Promise<boolean>, why: string | RegExp): Promise<void> {
    expect(await command).toBe(false);
    expect(this.errors.join()).toMatch(why);
  }
}

/** Another stack, with a resource "it" that it has deployed. */
export async function othersStack(...[type, inputs]: [Kind[1], Properties]): Promise<StoryStack> {
  const other = new StoryStack(account, "other");
  other.declare("it", type, inputs);
  await other.up();
  return other;
}

/** What both lists show at this moment, to somebody else: a cache keeps it. */
export async function readLists(): Promise<Record<typeof API_KEYS | typeof SSH_KEYS, Entry[]>> {
  const { url, apiKey } = account.emulator;
  const list = async (path: string): Promise<Entry[]> =>
    (await fetch(url + path, { headers: { "x-api-key": apiKey } })).json() as Promise<Entry[]>;
  return { [API_KEYS]: await list(API_KEYS), [SSH_KEYS]: await list(SSH_KEYS) };
}
