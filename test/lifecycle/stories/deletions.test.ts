// What an answer to a deletion proves: "not found" counts only once the account's complete list does not show the key either.
import { PersonalAccessToken, SshKeySet } from "../../support/engine-resources";
import { account, deploy, stack } from "../../support/fresh-stack";
import { ROTATING_KEY, SERVICE_KEY, SSH_KEY, TOKEN } from "../../support/kinds";
import { publicKey } from "../../support/public-key";
import { changes, expectDestroyed, expectHeld } from "../../support/story-end";

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

test.each([404, 410])(
  "A5, B7, row 31: %i of keys that are really gone: success, with one list for each kind",
  async (status) => {
    await create();
    // Of a young key, two more lists have to say so (row 66).
    account.pass(1);
    for (const id of account.live) account.emulator.account.remove(id);
    account.emulator.faults.add({ method: "DELETE", status, times: "always" });
    await expectDestroyed();
    expect(lists().length).toBeLessThanOrEqual(3);
  },
);

test.each([
  [404, { detail: "Not Found" }],
  [404, "<html><body>404 Not Found</body></html>"],
  [410, { detail: "gone" }],
])(
  "A5, row 31: %i %j of a proxy or a wrong path: an error, and the state and the keys stay",
  async (status, body) => {
    await create();
    const before = account.live;
    account.emulator.faults.add({ method: "DELETE", status, body, times: "always" });
    expect(await stack.destroy()).toBe(false);
    expect(account.live).toEqual(before);
    expect([...stack.state.keys()].sort()).toEqual(Object.keys(EVERY).sort());
    expect(stack.errors).toHaveLength(COUNT);
    expect(stack.errors.join()).toContain("still shows it");
    account.emulator.faults.clear();
    await expectDestroyed();
  },
);

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
    await expectDestroyed();
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
    await expectDestroyed();
  });

  test("and a list that cannot be read: an error, and the state stays until one can", async () => {
    await create();
    account.emulator.faults.add({ ...answer, commit: true });
    account.emulator.faults.add({ method: "GET", status: 403, times: "always" });
    expect(await stack.destroy()).toBe(false);
    expect(stack.state.size).toBe(COUNT);
    account.emulator.faults.clear();
    await expectDestroyed();
  });
});

test("row 46: revoked keys that go on being listed as inactive are gone", async () => {
  account.emulator.quirks.listsRevokedKeys = true;
  await create();
  for (const id of account.live) account.emulator.account.remove(id);
  await expectDestroyed();
});

test("row 46: a revoked key that is listed as inactive is created once more after a refresh", async () => {
  account.emulator.quirks.listsRevokedKeys = true;
  await create();
  const before = account.live;
  for (const id of before) account.emulator.account.remove(id);
  await stack.refresh();
  await stack.up();
  expectHeld();
  expect(account.live).toHaveLength(COUNT);
  await stack.up();
  expect(account.live).toEqual(stack.ids);
});

test.each(["", "account"])(
  "row 46: tokens that are listed with the service %j stay tokens",
  async (tokenService) => {
    account.emulator.quirks.tokenService = tokenService;
    await create();
    await stack.refresh();
    await stack.up();
    expectHeld();
    const { id, key } = account.emulator.account.addApiKey({ scopes: ["dns:read"], description: "x" });
    await deploy("hand", PersonalAccessToken, {
      scopes: ["dns:read"],
      description: "x",
      existing: { id, key },
    });
    expect(stack.errors).toEqual([]);
    expect(stack.ids).toContain(id);
  },
);

test("A15, row 50: an inactive key of ours is revoked when it is replaced, and when it is destroyed", async () => {
  await create();
  const { id } = stack.held("db");
  const token = stack.held("ci").id;
  account.emulator.account.deactivate(id);
  account.emulator.account.deactivate(token);
  await stack.refresh();
  stack.program.delete("ci");
  await stack.up();
  expect(stack.errors).toEqual([]);
  const deleted = changes("DELETE").join();
  expect(deleted).toContain(id);
  expect(deleted).toContain(token);
});
