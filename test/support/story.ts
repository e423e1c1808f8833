// What stories start with: an account and a stack of its own for each test of the file that imports this.
import type { Properties } from "../../src/values";
import type { Entry } from "./answers";
import { type Kind, ROTATING } from "./kinds";
import { API_KEYS, SSH_KEYS } from "./requests";
import { StoryAccount } from "./story-account";
import { StoryStack } from "./story-stack";

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
export function declareRotating(more: Properties = {}, [, type, spec]: Kind = ROTATING[0]): void {
  const description = "pulumi test/dev/db";
  stack.declare("db", type, {
    ...spec,
    description,
    rotateEveryDays: 30,
    overlapDays: 7,
    __owner: "",
    ...more,
  });
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
