// A set of SSH keys whose creation or update a hook repeats, and a set that is replaced: the state holds exactly what exists, and what was ours stays ours.
import { SshKey, SshKeySet } from "../../support/engine-resources";
import { account, expectDestroyed, expectHeld, expectKept, stack } from "../../support/fresh-stack";
import { cpuTime } from "../../support/fake-timing";
import { parsePublicKey } from "../../../src/lifecycle/ssh-key/public-key";
import { publicKey } from "../../support/public-key";
import type { Declared } from "../../support/story-stack";

const NAMES = ["anna", "bjarne", "carl"];

function declare(inputs: object = {}, options: Partial<Declared> = {}, names = NAMES): void {
  const publicKeys = Object.fromEntries(names.map((name) => [name, publicKey(name)]));
  stack.declare("team", SshKeySet, { publicKeys, namePrefix: "team-", ...inputs }, options);
}

const refuse = (name: string, times: number): void =>
  account.emulator.faults.add({ method: "POST", contains: `"team-${name}"`, status: 422, times });
const posts = (): string[] => account.requests().filter((request) => request.startsWith("POST"));
const keys = (): Record<string, { id: string; adopted: boolean }> =>
  stack.held("team").outputs.keys as Record<string, { id: string; adopted: boolean }>;

function expectExactly(names = NAMES): void {
  expectHeld();
  expect(Object.keys(keys()).sort()).toEqual(names);
}

async function expectOurs(): Promise<void> {
  expect(Object.values(keys()).filter(({ adopted }) => adopted)).toEqual([]);
  await expectDestroyed();
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
    stack.declare("other", SshKeySet, { publicKeys, namePrefix: "team-" });
    refuse("bjarne", 2);
    expect(await stack.up()).toBe(false);
    expect(account.live).toEqual(stack.ids);
    expect(new Set(stack.ids).size).toBe(stack.ids.length);
  });
});

describe("an adopted key whose entry is renamed", () => {
  const adopt = (publicKeys: object): void =>
    stack.declare("team", SshKeySet, { publicKeys, namePrefix: "team-", adoptExisting: true });
  const held = (): Record<string, string> =>
    Object.fromEntries(Object.entries(keys()).map(([entry, { id }]) => [entry, id]));
  let id: string;

  beforeEach(async () => {
    ({ id } = account.emulator.account.addSshKey({ name: "by hand", publicKey: publicKey("anna") }));
    adopt({ anna: publicKey("anna") });
    await stack.up();
  });

  test("is held under the new name alone, and stays in the account at the end", async () => {
    adopt({ ann: publicKey("anna") });
    await stack.up();
    expect(held()).toEqual({ ann: id });
    await expectDestroyed([id]);
  });

  test("is held under the new name alone, although its old name has another key now, which is refused", async () => {
    adopt({ ann: publicKey("anna"), anna: publicKey("other") });
    refuse("anna", 1);
    expect(await stack.up()).toBe(false);
    expect(held()).toEqual({ ann: id });
    await stack.up();
    expect(Object.keys(held()).sort()).toEqual(["ann", "anna"]);
  });

  test("was held under both names by a state of before: the next up heals that, without a request", async () => {
    adopt({ ann: publicKey("anna") });
    await stack.up();
    const { outputs } = stack.held("team");
    outputs.keys = { ...keys(), anna: keys().ann };
    account.requests();
    await stack.up();
    expect(held()).toEqual({ ann: id });
    expect(account.requests()).toEqual([]);
  });

  test("may exchange its name with another adopted one", async () => {
    const other = account.emulator.account.addSshKey({ name: "too", publicKey: publicKey("bo") });
    adopt({ anna: publicKey("anna"), bo: publicKey("bo") });
    await stack.up();
    adopt({ anna: publicKey("bo"), bo: publicKey("anna") });
    await stack.up();
    expect(held()).toEqual({ anna: other.id, bo: id });
  });
});

test("another prefix for 1000 keys, none of which can be deleted, takes no time", async () => {
  const publicKeys = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`e${i}`, publicKey(i)]));
  const held = Object.entries(publicKeys).map(([entry, key]) => {
    const { fingerprint, type: keyType } = parsePublicKey(key);
    const createdAt = "2026-01-01T00:00:00Z";
    return [entry, { id: entry, name: `team-${entry}`, fingerprint, keyType, createdAt, adopted: false }];
  });
  stack.declare("team", SshKeySet, { publicKeys: {}, namePrefix: "team-" });
  await stack.up();
  stack.held("team").outputs.keys = Object.fromEntries(held);
  stack.declare("team", SshKeySet, { publicKeys, namePrefix: "new-" });
  const began = cpuTime();
  await stack.up({ troubles: [{ method: "DELETE", fate: "401", times: 2000 }] });
  expect(cpuTime() - began).toBeLessThan(2_000);
  expect(stack.errors.join()).toContain("401");
});

describe("an entry moves to an SshKey, in a run with --target and then in a whole one", () => {
  const single = { publicKey: publicKey("anna"), name: "team-anna", adoptExisting: true };

  test("the SshKey comes first, as with dependsOn: its key is live", async () => {
    declare();
    await stack.up();
    stack.program.clear();
    stack.declare("anna", SshKey, single);
    declare({}, {}, ["bjarne", "carl"]);
    await stack.up({ target: "anna" });
    await stack.up();
    expectHeld();
  });

  test("by nature: the set comes first and deletes the key, as the docs say; a refresh and an up add it again", async () => {
    declare();
    await stack.up();
    declare({}, {}, ["bjarne", "carl"]);
    stack.declare("anna", SshKey, single);
    await stack.up({ target: "anna" });
    await stack.up();
    expect(account.live).not.toContain(stack.held("anna").id);
    await stack.refresh();
    await stack.up();
    expectHeld();
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
    expectKept(before);
    await stack.up();
    expectExactly();
  });

  test("with a new entry besides: refused as well, and the next up adds it to the set that stays", async () => {
    declare();
    await stack.up();
    const before = account.live;
    declare({}, {}, [...NAMES, "dora"]);
    expect(await stack.up({ replace: "team" })).toBe(false);
    expect(stack.errors.join()).toContain("deleteBeforeReplace: true");
    expect({ live: account.live, ids: stack.ids, marked: stack.marked }).toEqual({
      ...{ live: before, ids: before, marked: [] },
    });
    await stack.up();
    expectExactly([...NAMES, "dora"]);
    await expectOurs();
  });
});
