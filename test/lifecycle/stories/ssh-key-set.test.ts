// A set of SSH keys: every change touches the changed entries only, and whatever fails or is repeated, the state holds exactly what exists.
import { parsePublicKey } from "../../../src/lifecycle/ssh-key/public-key";
import { createRun } from "../../../src/lifecycle/run";
import type { Properties } from "../../../src/values";
import { SshKey, SshKeySet } from "../../support/engine-resources";
import { cpuTime } from "../../support/fake-timing";
import { publicKey } from "../../support/public-key";
import type { CommandOptions, Declared } from "../../support/story-stack";
import { account, stack } from "../../support/story";
import { LOST, NEVER_ARRIVES, NO_LIST, troubled } from "../../support/troubles";

const NAMES = ["anna", "bjarne", "carl"];
const numbered = (count: number, prefix = "k"): string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}`);

const keysOf = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, publicKey(name)]));

/** The set "team" with these entries: each has the key of its name, unless a map says which. */
function declare(
  entries: string[] | object = NAMES,
  more: Properties = {},
  options: Partial<Declared> = {},
): void {
  const publicKeys = Array.isArray(entries) ? keysOf(...(entries as string[])) : entries;
  stack.declare("team", SshKeySet, { publicKeys, namePrefix: "team-", ...more }, options);
}

/** Declares it, and runs `up`. */
function up(
  entries: string[] | object = NAMES,
  more: Properties = {},
  options: CommandOptions = {},
): Promise<boolean> {
  declare(entries, more);
  return stack.up(options);
}

const refuse = (name: string, times = 1): void =>
  account.emulator.faults.add({
    method: "POST",
    contains: `"team-${name}"`,
    status: 422,
    times,
    body: { detail: "no" },
  });
const keys = (): Record<string, { id: string; name: string; adopted: boolean }> =>
  stack.held("team").outputs.keys as never;
const names = (): string[] =>
  account.control
    .sshKeys()
    .map(({ name }) => name)
    .sort();

/** `POST team-anna`, `DELETE team-anna`, `GET`, since the last call. */
function requests(): string[] {
  const lines = account.emulator.requests.splice(0).map(({ method, path, body }) => {
    if (method === "GET") return method;
    return `${method} ${method === "POST" ? (body as { name: string }).name : (nameOf.get(path.split("/").at(-1)!) ?? "?")}`;
  });
  for (const { id, name } of account.control.sshKeys()) nameOf.set(id, name);
  return lines;
}
/** Of every key that a test has seen in the account, for those that are gone. */
const nameOf = new Map<string, string>();

/** The last command succeeded, and the set has these entries, which are ours. */
function expectExactly(entries = NAMES): void {
  stack.expectHeld();
  expect(Object.keys(keys()).sort()).toEqual([...entries].sort());
  expect(Object.keys(stack.held("team").outputs)).toEqual(["keys"]);
}

async function expectOurs(): Promise<void> {
  expect(Object.values(keys()).filter(({ adopted }) => adopted)).toEqual([]);
  await stack.expectDestroyed();
}

test("fifty keys: fifty POSTs, no request for nothing, one list a refresh, two requests a change, fifty DELETEs", async () => {
  const entries = numbered(50);
  await up(entries);
  expect(requests().map((line) => line.split(" ")[0])).toEqual(Array(50).fill("POST"));
  expectExactly(entries);
  await stack.expectQuiet();
  const before = stack.held("team");
  await stack.refresh();
  expect([requests(), stack.held("team")]).toEqual([["GET"], before]);
  await up({ ...keysOf(...entries), k7: publicKey("another") });
  expect(requests()).toEqual(["DELETE team-k7", "POST team-k7"]);
  expectExactly(entries);
  await stack.expectDestroyed();
  expect(requests()).toHaveLength(50);
});

test("an entry added, removed or renamed touches no other; white space and comments touch none", async () => {
  await up(["anna", "bjarne"]);
  expect(requests().sort()).toEqual(["POST team-anna", "POST team-bjarne"]);
  expect(keys()["anna"]).toEqual({
    ...{ id: expect.any(String), name: "team-anna", createdAt: "2026-01-01T00:00:00Z", adopted: false },
    ...{ fingerprint: expect.stringMatching(/^SHA256:[\w+/]{43}$/), keyType: "ssh-ed25519" },
  });
  declare({ ...keysOf("bjarne"), anna: `\r\n${publicKey("anna")}\tanna@home \n` }, { adoptExisting: true });
  await stack.expectQuiet();
  requests();
  await up(NAMES);
  expect(requests()).toEqual(["POST team-carl"]);
  await up(["anna", "carl"]);
  expect(requests()).toEqual(["DELETE team-bjarne"]);
  await up({ anna: publicKey("anna"), karl: publicKey("carl") });
  expect(requests()).toEqual(["DELETE team-carl", "POST team-karl"]);
  expectExactly(["anna", "karl"]);
});

test("two entries may exchange their keys, although the API refuses the same name or key twice", async () => {
  await up(["anna", "bjarne"]);
  requests();
  await up({ anna: publicKey("bjarne"), bjarne: publicKey("anna") });
  const lines = requests();
  expect(lines.slice(0, 2).sort()).toEqual(["DELETE team-anna", "DELETE team-bjarne"]);
  expect(lines.slice(2).sort()).toEqual(["POST team-anna", "POST team-bjarne"]);
  expectExactly(["anna", "bjarne"]);
});

test("another prefix adds every key again; with another key besides, the new one is there before the old one goes", async () => {
  await up(["anna", "bjarne"]);
  requests();
  await up({ anna: publicKey("anna"), bjarne: publicKey("new") }, { namePrefix: "ops-" });
  const [first, , , last] = requests();
  expect([first, last]).toEqual(["DELETE team-anna", "DELETE team-bjarne"]);
  expectExactly(["anna", "bjarne"]);
  expect(names()).toEqual(["ops-anna", "ops-bjarne"]);
});

test("a list that cannot be read says nothing about any key", async () => {
  await up(["anna"]);
  const before = stack.held("team");
  await stack.expectFailure(
    stack.refresh({ troubles: [{ method: "GET", times: 99 }] }),
    "Reading the SSH keys failed",
  );
  expect(stack.held("team")).toEqual(before);
});

describe("a lost response that cannot be looked up", () => {
  beforeEach(async () => {
    expect(await up(["anna", "bjarne"], {}, troubled({ ...LOST, nth: 2 }, NO_LIST))).toBe(false);
    const { outputs } = stack.held("team");
    for (const each of [outputs.keys, outputs.unresolved])
      expect(Object.keys(each as object)).toHaveLength(1);
    expect(account.live).toHaveLength(2);
  });

  test.each([{ anna: publicKey("other"), bjarne: publicKey("one more") }, {}])(
    "is removed, whatever the program has now: %#",
    async (publicKeys) => {
      await up(publicKeys);
      expectExactly(Object.keys(publicKeys));
    },
  );

  test("never claims an older key of the same name and material: it is somebody else's", async () => {
    const [entry = ""] = Object.keys(stack.held("team").outputs.unresolved as object);
    account.control.remove(account.live.find((id) => !stack.ids.includes(id))!);
    const createdAt = "2025-12-31T23:00:00Z";
    const { id } = account.control.addSshKey({
      name: `team-${entry}`,
      publicKey: publicKey(entry),
      createdAt,
    });
    await stack.expectDestroyed([id]);
  });
});

test("responses of several entries that cannot be looked up are all in the error, and the next up heals", async () => {
  await up(NAMES, {}, troubled({ ...LOST, times: 9 }, { method: "GET", times: 99 }));
  expect(stack.errors.join()).toMatch(
    /failed for 3 of its keys:(\n- "\w+": Creating the SSH key "team-\w+" failed: POST [^:]*:\d+ \(ECONNRESET\)\. It may still have been created\. The list could not be read: GET \S+ answered [^:]*: trouble\. It is recorded in the state as unresolved\.[^\n]*){3}/,
  );
  requests();
  await stack.up();
  expect(requests()).toEqual(["GET"]);
  expectExactly();
});

describe("a partial failure", () => {
  test("that leaves nothing at all is a plain error, and every reason is in it", async () => {
    for (const name of ["anna", "bjarne"]) refuse(name);
    expect(await up(["anna", "bjarne"])).toBe(false);
    expect(stack.errors.join()).toMatch(/failed for 2 of its keys:\n- "anna": .*\n- "bjarne": .*: no/);
    expect([stack.state.size, account.live]).toEqual([0, []]);
  });

  test("that has the same remedy for all keys says it once, after the list", async () => {
    for (const name of numbered(12)) account.control.addSshKey({ name, publicKey: publicKey(name) });
    await up(numbered(12));
    expect(stack.errors.join()).toMatch(
      /:(\n- "k\d+": [^\n]* has this public key as "k\d+" \(id \S+\)\.){10}\n- and 2 more\nSet `adoptExisting: true` to adopt it, or[^\n]*$/,
    );
  });

  test("that is the same for all is said once: no credential", async () => {
    const run = createRun(() => undefined, "stack config", { timing: account.timing, log: () => undefined });
    const { inputs } = SshKeySet.check({}, { publicKeys: keysOf(...numbered(100)), namePrefix: "team-" });
    await expect(SshKeySet.create(inputs, run)).rejects.toThrow(
      /^Creating the SSH key set failed for 16 of its keys, and 84 more were not tried: No WAYSCloud credential found\.[^\n]*$/,
    );
  });

  test("for which the account itself is the reason ends the attempt: the rest is not tried", async () => {
    await up(numbered(60), {}, { troubles: [{ fate: "401", times: 99 }] });
    expect(stack.errors.join()).toMatch(
      /and \d+ more were not tried.*and 6 more\nSet a valid personal access token\.$/s,
    );
    expect(account.live).toEqual([]);
  });

  test("of a change keeps the old key where the new one was refused, and deletes it once the new one is there", async () => {
    await up(["anna"]);
    const before = stack.ids;
    const news = { anna: publicKey("new") };
    account.emulator.faults.add({ method: "POST", status: 422 });
    expect(await up(news, { namePrefix: "ops-" })).toBe(false);
    stack.expectKept(before);
    expect(await stack.up({ troubles: [{ method: "DELETE", times: 99 }] })).toBe(false);
    expect(stack.held("team").outputs.leftovers).toEqual(before);
    expect(names()).toEqual(["ops-anna", "team-anna"]);
    requests();
    await stack.up();
    expect(requests()).toEqual(["DELETE team-anna"]);
    expectExactly(["anna"]);
  });

  test("of a deletion that comes first keeps the old key, and does not try what it blocks", async () => {
    await up(["anna", "bjarne"]);
    requests();
    account.emulator.faults.add({ method: "DELETE", status: 422, body: { detail: "in use" } });
    await up({ ...keysOf("bjarne", "carl"), anna: publicKey("new") });
    expect(stack.errors.join()).toContain("in use");
    expect(requests()).toEqual(["DELETE team-anna", "POST team-carl"]);
    stack.expectKept(account.live);
    await stack.up();
    expectExactly();
  });
});

test("a name that is taken is a conflict that names its holder and the input", async () => {
  account.control.addSshKey({ name: "team-anna", publicKey: publicKey("somebody") });
  await up(["anna"]);
  expect(stack.errors.join()).toMatch(/taken by "team-anna".*Choose another `namePrefix`/s);
});

test.each([
  ['The SSH key set "team"', {}],
  // A set that an earlier version made has no owner.
  ["The SSH key set", { __owner: "" }],
])("a long change says now and then how far it is, a short one does not: %s", async (which, owner) => {
  await up(numbered(20), owner);
  expect(stack.printed).toBe("");
  account.emulator.faults.add({ method: "POST", status: 429, headers: { "Retry-After": "60" } });
  await up(numbered(40), owner);
  expect(stack.printed.replace(/: \d+ of/, ": 1 of")).toContain(`${which}: 1 of 20 keys are done.\n`);
});

test("a set adopts what the account has, under its name, with one list for all; in the end it stays", async () => {
  const { id } = account.control.addSshKey({ name: "by hand", publicKey: publicKey("anna") });
  await up(["anna", "bjarne"], { adoptExisting: true });
  expect(requests()).toEqual(["GET", "POST team-bjarne"]);
  expectExactly(["anna", "bjarne"]);
  expect(keys()).toMatchObject({ anna: { id, name: "by hand", adopted: true }, bjarne: { adopted: false } });
  declare(["anna", "bjarne"], { adoptExisting: false });
  await stack.expectQuiet();
  // The account knows nothing of the name of an adopted key's entry.
  await up({ ann: publicKey("anna"), bjarne: publicKey("bjarne") });
  expect(keys()).toMatchObject({ ann: { id, adopted: true } });
  await up(["bjarne"]);
  expect(requests()).toEqual([]);
  expect(stack.printed).toContain(`Keeping the SSH key "by hand" (id ${id}) in the account: it was adopted.`);
  await stack.expectDestroyed([id]);
});

test.each([
  [{}, "`keys` must be an object"],
  [{ keys: { anna: { id: 5 } } }, "`id` must be a string, but it is a number"],
])("a state that is not ours is an error that says what is wrong: %j", async (outputs, why) => {
  await up([]);
  stack.state.set("team", { ...stack.held("team"), outputs });
  await up(["anna"]);
  expect(stack.errors.join()).toMatch(/The state of the SSH key set "[^"]*" cannot be read: /);
  expect(stack.errors.join()).toContain(why);
});

test("an entry may have any name that an object can have", async () => {
  const odd = ["constructor", "toString", "a.b[0]", "Æ 鍵"];
  await up(odd);
  expectExactly(odd);
  await stack.expectQuiet();
});

describe("beside SshKey resources of the same program", () => {
  const declareKey = (name: string, more: Properties = {}): void =>
    stack.declare(name, SshKey, { publicKey: publicKey(name), name, ...more });
  const adopting = { name: "team-anna", adoptExisting: true };
  const refused = "another resource of this program already manages it";

  test("a key that an SshKey holds is refused, in either order of declaration", async () => {
    declareKey("anna");
    await stack.up();
    const before = stack.ids;
    expect(await up(["anna"], { adoptExisting: true })).toBe(false);
    expect(stack.errors.join()).toContain(refused);
    stack.program.delete("anna");
    declareKey("anna");
    await stack.expectFailure(stack.up(), "Two resources of this program manage the same key");
    expect(account.live).toEqual(before);
  });

  test("the same new key in both, in one run: one of them adds it, the other is refused", async () => {
    declare(["anna"]);
    declareKey("anna");
    await stack.expectFailure(
      stack.up(),
      /, named "team-anna" in the account, already manages the same public key \(\S+\)\. .*Remove one of the two/,
    );
    stack.expectKept(account.live);
  });

  test("moving into a set in an interrupted run takes no POST or DELETE", async () => {
    for (const name of ["anna", "bjarne"]) declareKey(name);
    await stack.up();
    const before = stack.ids;
    requests();
    stack.program.clear();
    await up(["anna", "bjarne"], { adoptExisting: true }, { fails: true });
    await stack.up();
    expect(requests()).toEqual(["GET"]);
    stack.expectHeld(before);
  });

  test("a key that the set still declares is refused to an SshKey, and so to another set", async () => {
    await up(["anna"]);
    declareKey("anna", adopting);
    await stack.deploy("other", SshKeySet, {
      publicKeys: keysOf("anna"),
      namePrefix: "x-",
      adoptExisting: true,
    });
    expect(stack.errors).toEqual([expect.stringContaining(refused), expect.stringContaining(refused)]);
  });

  test.each([
    ["the SshKey comes first, as with dependsOn: its key is live", true],
    [
      "by nature, the set comes first and deletes the key, as the docs say; a refresh and an up add it again",
      false,
    ],
  ])("moving out in a run with --target and then in a whole one: %s", async (_what, isFirst) => {
    await up();
    if (isFirst) stack.program.clear();
    if (!isFirst) declare(["bjarne", "carl"]);
    declareKey("anna", adopting);
    if (isFirst) declare(["bjarne", "carl"]);
    await stack.up({ target: "anna" });
    await stack.up();
    if (!isFirst) {
      expect(account.live).not.toContain(stack.held("anna").id);
      await stack.refresh();
      await stack.up();
    }
    stack.expectHeld();
  });
});

describe("a hook asks again", () => {
  const NO_LISTS = { method: "GET", times: 12 } as const;
  test.each<[string, refused: string[], CommandOptions]>([
    ["of which one entry failed", ["bjarne"], {}],
    ["of which all entries failed", NAMES, {}],
    ["whose response is lost, as the lists are", [], troubled({ ...LOST, nth: 2 }, NO_LISTS)],
    ["that never arrives, nor do the lists", [], troubled({ ...NEVER_ARRIVES, nth: 2 }, NO_LISTS)],
    ["answered 502, as the lists are", [], troubled({ fate: "502, done", nth: 2 }, NO_LISTS)],
  ])("after a creation %s: all are ours, added once", async (_what, refused, troubles) => {
    for (const name of refused) refuse(name);
    await up(NAMES, {}, { retries: 1, ...troubles });
    if (refused.length > 0) expect(requests()).toHaveLength(NAMES.length + refused.length);
    expectExactly();
    await expectOurs();
  });

  test("after an update of which one entry failed: what the first call did is known to the second", async () => {
    await up(["anna", "bjarne"]);
    account.emulator.faults.add({ method: "POST", contains: '"ops-carl"', status: 422 });
    requests();
    await up(["bjarne", "carl", "dora"], { namePrefix: "ops-" }, { retries: 1 });
    expect(requests().filter((line) => line.startsWith("POST"))).toHaveLength(4);
    expectExactly(["bjarne", "carl", "dora"]);
    await expectOurs();
  });

  test("after an update whose deletions failed", async () => {
    await up();
    await up(["anna", "dora"], {}, { retries: 1, troubles: [{ method: "DELETE", times: 4 }] });
    expectExactly(["anna", "dora"]);
    await expectOurs();
  });

  test.each<[string, CommandOptions["troubles"]]>([
    ["undid", []],
    ["could not undo", [{ method: "DELETE", times: 4 }]],
  ])("after a replacement that %s what it had added: it is still its own", async (_what, troubles) => {
    await up();
    await up([...NAMES, "dora"], {}, { replace: "team", retries: 1, troubles });
    expect(stack.errors.join()).not.toContain("another resource of this program");
    await stack.up();
    expectExactly([...NAMES, "dora"]);
  });

  test("for one of two sets with the same keys: the other one is refused all the same", async () => {
    declare();
    stack.declare("other", SshKeySet, { publicKeys: keysOf(...NAMES), namePrefix: "team-" });
    refuse("bjarne", 2);
    expect(await stack.up({ retries: 1 })).toBe(false);
    stack.expectKept(account.live);
    expect(new Set(stack.ids).size).toBe(stack.ids.length);
  });
});

describe("an adopted key whose entry is renamed", () => {
  const adopt = (publicKeys: object): Promise<boolean> => up(publicKeys, { adoptExisting: true });
  const held = (): Record<string, string> =>
    Object.fromEntries(Object.entries(keys()).map(([entry, { id }]) => [entry, id]));
  let id: string;

  beforeEach(async () => {
    ({ id } = account.control.addSshKey({ name: "by hand", publicKey: publicKey("anna") }));
    await adopt(keysOf("anna"));
  });

  test("is held under the new name alone, although its old name has another key now, which is refused", async () => {
    refuse("anna");
    expect(await adopt({ ann: publicKey("anna"), anna: publicKey("other") })).toBe(false);
    expect(held()).toEqual({ ann: id });
    await stack.up();
    expect(Object.keys(held()).sort()).toEqual(["ann", "anna"]);
  });

  test("was held under both names by a state of before: the next up heals that, without a request", async () => {
    await adopt({ ann: publicKey("anna") });
    stack.held("team").outputs.keys = { ...keys(), anna: keys()["ann"] };
    requests();
    await stack.up();
    expect(requests()).toEqual([]);
    expect(held()).toEqual({ ann: id });
  });

  test("moves to an entry whose own key cannot be deleted: the state keeps that key until it is", async () => {
    await adopt(keysOf("anna", "bo"));
    declare({ bo: publicKey("anna") }, { adoptExisting: true });
    expect(await stack.up({ troubles: [{ method: "DELETE", fate: "401", times: 9 }] })).toBe(false);
    expect(held()).toEqual({ bo: id });
    await stack.up();
    expect(account.live).toEqual([id]);
  });

  test("may exchange its name with another adopted one", async () => {
    const other = account.control.addSshKey({ name: "too", publicKey: publicKey("bo") });
    await adopt(keysOf("anna", "bo"));
    await adopt({ anna: publicKey("bo"), bo: publicKey("anna") });
    expect(held()).toEqual({ anna: other.id, bo: id });
  });
});

test("another prefix for 1000 keys, none of which can be deleted, takes no time", async () => {
  const entries = numbered(1_000);
  await up([]);
  const createdAt = "2026-01-01T00:00:00Z";
  const held = entries.map((id) => {
    const { fingerprint, type: keyType } = parsePublicKey(publicKey(id));
    return [id, { id, name: `team-${id}`, fingerprint, keyType, createdAt, adopted: false }];
  });
  stack.held("team").outputs.keys = Object.fromEntries(held) as Properties;
  const began = cpuTime();
  await up(entries, { namePrefix: "new-" }, { troubles: [{ method: "DELETE", fate: "401", times: 2_000 }] });
  expect(cpuTime() - began).toBeLessThan(2_000);
  expect(stack.errors.join()).toContain("401");
});

describe("up --replace", () => {
  test.each([
    ["with adoptExisting since the creation", NAMES, true, true],
    ["with adoptExisting since then", NAMES, false, true],
    ["without it", NAMES, false, false],
    ["without it, and one entry more", [...NAMES, "dora"], false, false],
  ])("of our keys, %s: refused; the next up does the rest", async (_how, entries, before, adoptExisting) => {
    await up(NAMES, { adoptExisting: before });
    const { live } = account;
    expect(await up(entries, { adoptExisting }, { replace: "team" })).toBe(false);
    expect(stack.errors.join()).toContain(
      adoptExisting
        ? "`adoptExisting` is still in the program, so the replacement has the same key"
        : "deleteBeforeReplace: true",
    );
    expect(account.live).toEqual(live);
    await stack.up();
    stack.expectHeld();
    expect(account.live).toEqual(expect.arrayContaining(live));
    expect(Object.keys(keys()).sort()).toEqual([...entries].sort());
    expect(stack.marked).toEqual([]);
    if (!adoptExisting) await expectOurs();
  });

  test.each([true, false])("with deleteBeforeReplace has new keys (adopting: %j)", async (adoptExisting) => {
    declare(NAMES, { adoptExisting }, { deleteBeforeReplace: true });
    await stack.up();
    const before = account.live;
    await stack.up({ replace: "team" });
    expectExactly();
    for (const id of before) expect(account.live).not.toContain(id);
    await expectOurs();
  });

  test.each([true, false])("of adopted keys adopts them again (first: %j)", async (deleteBeforeReplace) => {
    for (const name of NAMES) account.control.addSshKey({ name, publicKey: publicKey(name) });
    const before = account.live;
    declare(NAMES, { adoptExisting: true }, { deleteBeforeReplace });
    await stack.up();
    await stack.up({ replace: "team" });
    expectExactly();
    expect(Object.values(keys()).every(({ adopted }) => adopted)).toBe(true);
    await stack.expectDestroyed(before);
  });
});
