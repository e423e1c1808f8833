// A set of SSH keys whose creation or update a hook repeats, and a set that is replaced: the state holds exactly what exists, and what was ours stays ours.
import { resources } from "../../../src/hosts/resources";
import { publicKey } from "../../support/world";
import { Stack } from "../../support/story";
import type { Declared } from "../../support/story";
import { Account } from "../../support/story-account";

const NAMES = ["anna", "bjarne", "carl"];

let account: Account;
let stack: Stack;

beforeEach(async () => {
  account = await Account.open();
  stack = new Stack(account);
});

afterEach(() => account.emulator.close());

function declare(inputs: object = {}, options: Partial<Declared> = {}, names = NAMES): void {
  const publicKeys = Object.fromEntries(names.map((name) => [name, publicKey(name)]));
  stack.declare("team", resources.SshKeySet, { publicKeys, namePrefix: "team-", ...inputs }, options);
}

const refuse = (name: string, times: number): void =>
  account.emulator.faults.add({ method: "POST", contains: `"team-${name}"`, status: 422, times });
const posts = (): string[] => account.requests().filter((request) => request.startsWith("POST"));
const keys = (): Record<string, { id: string; adopted: boolean }> =>
  stack.held("team").outputs.keys as Record<string, { id: string; adopted: boolean }>;

function expectExactly(names = NAMES): void {
  expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: stack.ids });
  expect(Object.keys(keys()).sort()).toEqual(names);
}

async function expectOurs(): Promise<void> {
  expect(Object.values(keys()).filter(({ adopted }) => adopted)).toEqual([]);
  expect(await stack.destroy()).toBe(true);
  expect(account.live).toEqual([]);
}

describe("a hook asks again", () => {
  test("after a creation of which one entry failed: only that one is added", async () => {
    declare({}, { retries: 1 });
    refuse("bjarne", 1);
    await stack.up();
    expect(posts()).toHaveLength(NAMES.length + 1);
    expectExactly();
    await expectOurs();
  });

  test("three times, and one entry fails each time: the state holds the others, and a later update adds it", async () => {
    declare({}, { retries: 3 });
    refuse("bjarne", 4);
    expect(await stack.up()).toBe(false);
    expect(account.live).toEqual(stack.ids);
    expect(Object.keys(keys()).sort()).toEqual(["anna", "carl"]);
    await stack.up();
    expectExactly();
    await expectOurs();
  });

  test("after a creation of which all entries failed", async () => {
    declare({}, { retries: 1 });
    for (const name of NAMES) refuse(name, 1);
    await stack.up();
    expectExactly();
  });

  test.each(["answer lost", "never arrives", "502, done"] as const)(
    "after a creation with a response that nobody could look up (%s)",
    async (fate) => {
      declare({}, { retries: 1 });
      await stack.up({
        troubles: [
          { fate, nth: 2 },
          { method: "GET", times: 12 },
        ],
      });
      expectExactly();
      await expectOurs();
    },
  );

  test("and the list still cannot be read: what was made is in the state, and a later update heals", async () => {
    declare({}, { retries: 2 });
    expect(
      await stack.up({
        troubles: [
          { fate: "answer lost", nth: 2 },
          { method: "GET", times: 99 },
        ],
      }),
    ).toBe(false);
    const held = stack.ids;
    expect(account.live).toEqual(expect.arrayContaining(held));
    expect(held.length).toBeGreaterThan(0);
    await stack.up();
    expectExactly();
    await expectOurs();
  });

  test("after an update of which one entry failed: what the first call did is known to the second", async () => {
    declare({}, { retries: 1 }, ["anna", "bjarne"]);
    await stack.up();
    declare({ namePrefix: "ops-" }, { retries: 1 }, ["bjarne", "carl", "dora"]);
    account.emulator.faults.add({ method: "POST", contains: '"ops-carl"', status: 422 });
    account.requests();
    await stack.up();
    expect(posts()).toHaveLength(4);
    expectExactly(["bjarne", "carl", "dora"]);
    await expectOurs();
  });

  test("after an update whose deletions failed", async () => {
    declare({}, { retries: 1 });
    await stack.up();
    declare({}, { retries: 1 }, ["anna", "dora"]);
    await stack.up({ troubles: [{ method: "DELETE", times: 4 }] });
    expectExactly(["anna", "dora"]);
    await expectOurs();
  });

  test("for one of two sets with the same keys: the other one is refused all the same", async () => {
    declare({}, { retries: 1 });
    const publicKeys = { anna: publicKey("anna"), bjarne: publicKey("bjarne"), carl: publicKey("carl") };
    stack.declare("other", resources.SshKeySet, { publicKeys, namePrefix: "team-" });
    refuse("bjarne", 2);
    expect(await stack.up()).toBe(false);
    expect(account.live).toEqual(stack.ids);
    expect(new Set(stack.ids).size).toBe(stack.ids.length);
  });
});

describe("up --replace", () => {
  test("A8: of keys that are ours, with adoptExisting: refused, naming it; nothing is lost, and the next up heals", async () => {
    declare({ adoptExisting: true });
    await stack.up();
    const before = account.live;
    expect(await stack.up({ replace: "team" })).toBe(false);
    expect(stack.errors.join()).toContain("`adoptExisting` let the new resource take the same key again");
    expect(account.live).toEqual(before);
    await stack.up();
    expectExactly();
    expect({ ids: stack.ids, marked: stack.marked }).toEqual({ ids: before, marked: [] });
  });

  test("A8: with adoptExisting since after the creation: refused as well", async () => {
    declare();
    await stack.up();
    const before = account.live;
    declare({ adoptExisting: true });
    expect(await stack.up({ replace: "team" })).toBe(false);
    expect(stack.errors.join()).toContain("`adoptExisting` let the new resource take the same key again");
    expect(account.live).toEqual(before);
  });

  test.each([true, false])(
    "A8: with deleteBeforeReplace (adoptExisting: %j): new keys, which are ours",
    async (adoptExisting) => {
      declare({ adoptExisting }, { deleteBeforeReplace: true });
      await stack.up();
      const before = account.live;
      await stack.up({ replace: "team" });
      expectExactly();
      for (const id of before) expect(account.live).not.toContain(id);
      await expectOurs();
    },
  );

  test.each([true, false])(
    "of keys that were adopted (deleteBeforeReplace: %j): adopted again, and they stay at the end",
    async (deleteBeforeReplace) => {
      for (const name of NAMES) account.emulator.account.addSshKey({ name, publicKey: publicKey(name) });
      const before = account.live;
      declare({ adoptExisting: true }, { deleteBeforeReplace });
      await stack.up();
      await stack.up({ replace: "team" });
      expectExactly();
      expect(Object.values(keys()).every(({ adopted }) => adopted)).toBe(true);
      expect(await stack.destroy()).toBe(true);
      expect(account.live).toEqual(before);
    },
  );

  test("without either: the conflict names deleteBeforeReplace, and nothing is lost", async () => {
    declare();
    await stack.up();
    const before = account.live;
    expect(await stack.up({ replace: "team" })).toBe(false);
    expect(stack.errors.join()).toContain("deleteBeforeReplace: true");
    expect({ live: account.live, ids: stack.ids }).toEqual({ live: before, ids: before });
    await stack.up();
    expectExactly();
  });
});
