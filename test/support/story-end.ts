// What has to hold at the end of a story.
import { account, stack } from "./fresh-stack";

/** The last command succeeded; the state and the account hold the same keys: these. */
export function expectHeld(ids = stack.ids): void {
  expect({ errors: stack.errors, held: stack.ids, live: account.live }).toEqual({
    errors: [],
    held: ids,
    live: ids,
  });
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
