// What stories share: an account and a stack of its own for each test of the file that imports this, what goes wrong in
// them, and what has to hold at their end.
import type { Properties } from "../../src/values";
import type { Entry } from "./answers";
import { type Kind, ROTATING } from "./kinds";
import { API_KEYS, SSH_KEYS } from "./requests";
import { StoryAccount } from "./story-account";
import { type CommandOptions, StoryStack } from "./story-stack";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export let account: StoryAccount;
export let stack: StoryStack;

beforeEach(async () => {
  account = await StoryAccount.open();
  stack = new StoryStack(account);
});
afterEach(() => account.emulator.close());

/** A POST takes effect, and its response is lost. */
export const LOST = { fate: "answer lost" } as const;
export const NEVER_ARRIVES = { fate: "never arrives" } as const;
/** No list can be read, or none from the `nth` on. */
export const NO_LIST = { method: "GET", fate: "401", times: 99 } as const;
/** No response shows the server's time. */
export const OFFLINE = [
  { ...LOST, times: 99 },
  { method: "GET", fate: "never arrives", times: 99 },
] as const;

export const troubled = (...troubles: NonNullable<CommandOptions["troubles"]>): CommandOptions => ({
  troubles,
});

/** Declares a resource, and runs `up`. */
export function deploy(...declared: Parameters<StoryStack["declare"]>): Promise<boolean> {
  stack.declare(...declared);
  return stack.up();
}

/** Both clocks go on. */
export function later(ms: number): void {
  account.timing.elapsed += ms;
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

/** Declares a rotating key "db": a rotation every 30 days, an overlap of 7, unless `more` says otherwise. */
export function declareRotating(more: Properties = {}, [, type, spec]: Kind = ROTATING[0], on = stack): void {
  const description = `pulumi test/${on.name}/db`;
  on.declare("db", type, { ...spec, description, rotateEveryDays: 30, overlapDays: 7, __owner: "", ...more });
}

/** The ids of the rotating key "db". */
export const current = (): string => String(stack.held("db").outputs.keyId);
export const previous = (): unknown => stack.held("db").outputs.previousKeyId;

/** A rotating key within its overlap: `[previous, current]`. */
export async function overlapping(kind?: Kind): Promise<[string, string]> {
  declareRotating({}, kind);
  await stack.up();
  const first = current();
  account.pass(31);
  await stack.up();
  expect(previous()).toBe(first);
  return [first, current()];
}

/** The last command succeeded; the state and the account hold the same keys: these. */
export function expectHeld(ids = stack.ids): void {
  expect({ errors: stack.errors, held: stack.ids, live: account.live }).toEqual({
    errors: [],
    held: ids,
    live: ids,
  });
}

/** The state holds one key, "it", of which it has the secret, and no other is live; `destroy` leaves nothing. */
export async function expectOneForOne(): Promise<void> {
  expectHeld();
  expect(stack.ids).toHaveLength(1);
  const { key } = stack.held("it").outputs;
  const listed = account.emulator.account.apiKeys().find(({ id }) => id === stack.ids[0]);
  if (key !== undefined) expect(listed?.key).toBe(key);
  await expectDestroyed();
}

/** Whatever the last command came to, the state and the account hold these keys. */
export function expectKept(ids: string[]): void {
  expect({ held: stack.ids, live: account.live }).toEqual({ held: ids, live: ids });
}

/** `pulumi destroy` succeeds and leaves these keys in the account. */
export async function expectDestroyed(left: string[] = []): Promise<void> {
  expect({ done: await stack.destroy(), errors: stack.errors }).toEqual({ done: true, errors: [] });
  expect({ live: account.live, state: stack.state.size }).toEqual({ live: left, state: 0 });
}

/** The state holds every live key, or the last command has named it. */
export function expectAllNamed(): void {
  expect(account.unnamed(stack)).toEqual([]);
}

/** After these commands and `destroy` nothing lives that none of them has named. */
export async function expectNothingLeftUnnamed(...commands: (() => Promise<unknown>)[]): Promise<void> {
  let said = stack.spoken;
  for (const command of [...commands, () => stack.destroy()]) {
    await command();
    said += stack.spoken;
  }
  expect(account.live.filter((id) => !said.includes(id))).toEqual([]);
}

/** The requests of the last commands that change anything, or those of one method. */
export function changes(method = ""): string[] {
  return account.requests().filter((request) => !request.startsWith("GET") && request.startsWith(method));
}

/** Another `up` makes no request and updates nothing: every diff is empty. */
export async function expectQuiet(): Promise<void> {
  account.requests();
  const before = [...stack.state.values()].map(({ outputs }) => outputs);
  await stack.up();
  expect({ errors: stack.errors, requests: account.requests() }).toEqual({ errors: [], requests: [] });
  // An update returns outputs of its own.
  [...stack.state.values()].forEach(({ outputs }, at) => expect(outputs).toBe(before[at]));
}

/** The command fails, and its errors say this. */
export async function expectFailure(command: Promise<boolean>, why: string | RegExp): Promise<void> {
  expect(await command).toBe(false);
  expect(stack.errors.join()).toMatch(why);
}
