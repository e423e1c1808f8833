// What an answer to a deletion proves: "not found" counts only once the account's complete list does not show the key either.
import { SshKeySet } from "../../support/engine-resources";
import { ROTATING_KEY, SERVICE_KEY, SSH_KEY, TOKEN } from "../../support/kinds";
import { publicKey } from "../../support/public-key";
import { account, stack } from "../../support/story";

const TEAM = ["SSH key set", SshKeySet, { publicKeys: { it: publicKey(2) } }] as const;
const EVERY = { db: SERVICE_KEY, ci: TOKEN, rot: ROTATING_KEY, ssh: SSH_KEY, team: TEAM };
const COUNT = Object.keys(EVERY).length;

async function create(): Promise<void> {
  for (const [name, [, type, inputs]] of Object.entries(EVERY)) stack.declare(name, type, inputs);
  await stack.up();
  expect(stack.errors).toEqual([]);
  account.requests();
}

const lists = (): string[] => account.requests().filter((request) => request.startsWith("GET"));

test.each([
  ["a list that fails", { status: 403 }],
  ["a list that is HTML", { status: 200, body: "<html></html>" }],
  ["a list under a wrong path", { status: 404, body: { detail: "Not Found" } }],
  ["a list that says that there is more", { wrap: "data", extra: { has_more: true } }],
])("A5, row 31: 404 and %s: an error, and the state stays", async (_what, fault) => {
  await create();
  const before = account.live;
  account.emulator.faults.add({ method: "DELETE", status: 404, times: "always" });
  account.emulator.faults.add({ method: "GET", times: "always", ...fault });
  expect(await stack.destroy()).toBe(false);
  expect(account.live).toEqual(before);
  expect(stack.state.size).toBe(COUNT);
});

const UNREADABLE: [number, string, unknown][] = [
  [200, "HTML", "<html><body>200 OK</body></html>"],
  [200, "a JSON that breaks off", '{"success":'],
  [200, "another shape", { status: "ok" }],
  [200, "no success", { success: false }],
  [200, "no body", ""],
  [202, "no body", ""],
];

describe.each(UNREADABLE)("rows 19, 66: a %i with %s", (status, _what, body) => {
  const answer = { method: "DELETE", status, body, times: "always" } as const;

  test("that did delete: success, since the lists do not show the keys any more; at most one list a deletion", async () => {
    await create();
    account.pass(1);
    account.emulator.faults.add({ ...answer, commit: true });
    await stack.expectDestroyed();
    // The rotating key looks once more for what a rotation may have left.
    expect(lists().length).toBeLessThanOrEqual(COUNT + 1);
  });

  test("that deleted nothing: an error that names the answer, and the state stays", async () => {
    await create();
    const before = account.live;
    account.emulator.faults.add(answer);
    expect(await stack.destroy()).toBe(false);
    expect({ live: account.live, left: stack.state.size }).toEqual({ live: before, left: COUNT });
    expect(stack.errors).toHaveLength(COUNT);
    for (const error of stack.errors) expect(error).toMatch(/failed: DELETE \S+ answered 20[02] with /);
    account.emulator.faults.clear();
    await stack.expectDestroyed();
  });

  test("and a list that cannot be read: an error, and the state stays until one can", async () => {
    await create();
    account.emulator.faults.add({ ...answer, commit: true });
    account.emulator.faults.add({ method: "GET", status: 403, times: "always" });
    expect(await stack.destroy()).toBe(false);
    expect(stack.state.size).toBe(COUNT);
    account.emulator.faults.clear();
    await stack.expectDestroyed();
  });
});
