// What has to hold at the end of a story.
import { account, stack } from "./story";

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
