// Is it there, by all that the list has? It proves that something is gone only if it is complete, readable and agrees
// with itself. Somebody else's entry blocks nothing that can be proved without it; what may be ours is named.
import { without } from "../../../src/values";
import { type Entry, listing, showing, spelling } from "../../support/answers";
import { ServiceKey, SshKey, SshKeySet } from "../../support/engine-resources";
import { API_KEYS, DECLARED, KINDS } from "../../support/kinds";
import { publicKey } from "../../support/public-key";
import { account, HOUR, MINUTE, stack, UP_OR_DESTROY } from "../../support/story";
import { LOST, NEVER_ARRIVES, NO_LIST, troubled } from "../../support/troubles";

/** A list that is as long as its own page, which may hide more. */
const fullPage = (items: unknown[]) => ({ body: { items, limit: items.length } });

describe.each(KINDS)("a %s", (_what, type, inputs) => {
  beforeEach(() => stack.deploy("it", type, inputs));

  test("row 63: a list as long as its own page does not prove that it is gone", async () => {
    const before = stack.ids;
    for (const name of ["a", "b"]) {
      account.control.addApiKey({ service: "vps", description: name });
      account.control.addSshKey({ name, publicKey: publicKey(name) });
    }
    account.later(HOUR);
    account.emulator.transform = listing((entries) =>
      fullPage(entries.filter(({ id }) => !before.includes(String(id)))),
    );
    expect(await stack.refresh()).toBe(false);
    expect(stack.ids).toEqual(before);
    expect(account.live).toEqual(expect.arrayContaining(before));
  });

  test("row 63: a list that is shorter than its own page does", async () => {
    for (const id of stack.ids) account.control.remove(id);
    account.later(HOUR);
    account.emulator.transform = listing((items) => ({
      body: { items, limit: items.length + 1, offset: 0 },
    }));
    expect(await stack.refresh()).toBe(true);
    expect(stack.ids).toEqual([]);
  });

  test("row 58: ids in upper case in the list are the same ids", async () => {
    const before = stack.ids;
    account.later(HOUR);
    account.emulator.transform = spelling("id", (id) => id.toUpperCase());
    expect(await stack.refresh()).toBe(true);
    expect(stack.ids).toEqual(before);
    await stack.up();
    expect({ errors: stack.errors, held: stack.ids }).toEqual({ errors: [], held: before });
    await stack.expectDestroyed();
  });

  test.each([
    ["active, then inactive: an error", [{}, { is_active: false }], false],
    ["inactive, then active: an error", [{ is_active: false }, {}], false],
    ["with the very same entry: it is there", [{}, {}], true],
  ])("row 58: the list has it twice, %s, and nothing is replaced", async (_how, answers, succeeds) => {
    if (type === SshKey || type === SshKeySet) return;
    const before = stack.ids;
    account.emulator.transform = listing((entries) =>
      answers.flatMap((answer) => entries.map((entry) => ({ ...entry, ...answer }))),
    );
    if (succeeds) expect(await stack.refresh()).toBe(true);
    else await stack.expectFailure(stack.refresh(), before[0]!);
    stack.expectKept(before);
    await stack.up();
    stack.expectKept(before);
  });
});

describe("row 47: a field that nobody needs", () => {
  const nulling =
    (...fields: string[]) =>
    (entry: Entry): Entry => ({ ...entry, ...Object.fromEntries(fields.map((name) => [name, null])) });
  const FIELDS = ["key_type", "created_at", "fingerprint"];

  test.each([
    ...FIELDS.map((field) => [`${field} is null`, nulling(field)] as const),
    ...FIELDS.map((field) => [`${field} is absent`, (entry: Entry) => without(entry, field)] as const),
    ["fingerprint, type and time are null", nulling(...FIELDS)] as const,
  ])("%s in every response: SSH keys are created, adopted, refreshed, destroyed", async (what, rewrite) => {
    const { id } = account.control.addSshKey({ name: "laptop", publicKey: publicKey("laptop") });
    account.emulator.transform = ({ body }) => ({
      body: Array.isArray(body) ? (body as Entry[]).map(rewrite) : rewrite(body as Entry),
    });
    stack.declare("it", SshKey, DECLARED.SshKey);
    stack.declare("team", SshKeySet, { publicKeys: { anna: publicKey("anna") } });
    const laptop = { publicKey: publicKey("laptop"), name: "laptop", adoptExisting: true };
    if (!what.startsWith("fingerprint")) stack.declare("laptop", SshKey, laptop);
    expect({ done: await stack.up(), errors: stack.errors }).toEqual({ done: true, errors: [] });
    const made = { keyType: "ssh-ed25519", createdAt: expect.stringMatching(/^20.*Z$/) };
    expect(stack.held("it").outputs).toMatchObject(made);
    const held = stack.ids;
    account.later(HOUR);
    expect({ done: await stack.refresh(), held: stack.ids }).toEqual({ done: true, held });
    await stack.expectQuiet();
    await stack.expectDestroyed([id]);
  });

  test.each(["created_at", "key_prefix", "key_type"])("%s of API keys is null: it stays", async (field) => {
    for (const [name, type, inputs] of API_KEYS) stack.declare(name, type, inputs);
    await stack.up();
    const before = new Map([...stack.state].map(([name, { outputs }]) => [name, { ...outputs }]));
    account.later(HOUR);
    account.emulator.transform = showing(nulling(field));
    expect({ done: await stack.refresh(), errors: stack.errors }).toEqual({ done: true, errors: [] });
    for (const [name, { createdAt, keyPrefix, keyType }] of before)
      expect(stack.held(name).outputs).toMatchObject({ createdAt, keyPrefix, keyType });
    await stack.expectQuiet();
  });
});

const FOREIGN: Entry = {
  ...{ id: "foreign-1", created_at: 5, description: "somebody's", name: "somebody's", is_active: true },
  ...{ key_prefix: "wayscloud_zz", key_type: "service", service: "vps", scopes: [] },
  ...{ fingerprint: `SHA256:${"A".repeat(43)}`, vm_count: "many" },
};
/** An entry that shows nothing but its id. */
const HIDDEN: Entry = { id: "hidden-1" };
const adding = (foreign: Entry): void =>
  void (account.emulator.transform = listing((entries) => [...entries, foreign]));

describe.each(KINDS)("row 64: an unresolved %s", (_what, type, inputs) => {
  const isUnresolved = async (fate: "answer lost" | "never arrives"): Promise<void> => {
    await stack.deploy("it", type, inputs, troubled({ fate, times: 9 }, NO_LIST));
    expect([stack.ids, stack.state.size]).toEqual([[], 1]);
    account.later(MINUTE);
  };

  test.each(UP_OR_DESTROY)("somebody else's unreadable entry does not block %s", async (next) => {
    await isUnresolved("never arrives");
    adding(FOREIGN);
    await stack[next]();
    stack.expectHeld();
  });

  test.each(UP_OR_DESTROY)("an entry that shows only its id is named by %s", async (next) => {
    await isUnresolved("never arrives");
    adding(HIDDEN);
    await stack[next]();
    expect(stack.spoken).toContain("hidden-1");
  });

  test.each([{ created_at: 5 }, { id: null }])("no entry is readable (%j): it heals later", async (merge) => {
    await isUnresolved("answer lost");
    const { id } = stack.held("it");
    account.emulator.faults.add({ method: "GET", merge, times: "always" });
    for (const command of [() => stack.up(), () => stack.destroy()]) {
      await stack.expectFailure(command(), "an unexpected shape");
      expect({ live: account.live.length, id: stack.held("it").id }).toEqual({ live: 1, id });
    }
    account.emulator.faults.clear();
    await stack.up();
    await stack.expectOneForOne();
  });
});

describe("row 64: a key leaked, its rotation was lost, and the account's list has", () => {
  let leaked: string;
  beforeEach(async () => {
    await stack.deployRotating({ rotationTriggers: { leak: 0 } });
    leaked = stack.current;
    account.pass(1);
    stack.declareRotating({ rotationTriggers: { leak: 1 } });
    await stack.up(troubled({ ...NEVER_ARRIVES, times: 9 }, { ...NO_LIST, nth: 2 }));
    expect(stack.held("db").outputs).toMatchObject({ unresolved: true, keyId: leaked });
    account.later(HOUR);
  });

  test("an unreadable entry of somebody else: the next up rotates, and destroy leaves nothing", async () => {
    adding(FOREIGN);
    await stack.up();
    expect(stack.errors).toEqual([]);
    expect(stack.current).not.toBe(leaked);
    await stack.expectDestroyed();
  });

  test("an entry that shows only its id: the emergency goes on, and the entry is named", async () => {
    adding(HIDDEN);
    await stack.up();
    expect(stack.spoken).toContain("hidden-1");
    expect(stack.current).not.toBe(leaked);
  });

  test("an entry that shows only its id: destroy goes on, or names it and the way out", async () => {
    adding(HIDDEN);
    const isDone = await stack.destroy();
    expect(stack.spoken).toContain("hidden-1");
    expect({ isDone, left: account.live.length }).toEqual({ isDone, left: isDone ? 0 : 1 });
  });

  test.each([
    ["somebody else's entry", (all: Entry[]) => ({ body: [...all, FOREIGN] })],
    ["as many entries as its page", fullPage],
  ])("%s, at every later up: the leaked key goes, and rotations go on", async (_what, shown) => {
    account.emulator.transform = listing(shown);
    for (let run = 0; run < 4; run += 1) {
      await stack.up();
      account.pass(3);
    }
    expect(stack.errors).toEqual([]);
    expect(account.live).not.toContain(leaked);
    const before = stack.current;
    account.pass(31);
    for (let run = 0; run < 3; run += 1) await stack.up();
    expect(stack.current).not.toBe(before);
  });
});

test.each([
  ["is a full page", (own: Entry) => fullPage([own])],
  [
    "has an entry that cannot be read",
    (own: Entry, all: Entry[]) =>
      all.map((each) => (each === own ? each : { id: each["id"], created_at: {} })),
  ],
])("after a second POST, a list that %s does not prove the first one's absence", async (_what, shown) => {
  let lists = 0;
  account.emulator.transform = listing((entries) => {
    const all = entries.filter(({ description }) => description !== null);
    // It lags for the three looks before.
    return (lists += 1) <= 3 ? [] : shown(all.at(-1)!, all);
  });
  await stack.deploy("it", ServiceKey, DECLARED.ServiceKey, troubled(LOST));
  account.emulator.transform = undefined;
  await stack.expectNothingLeftUnnamed();
});

test("the first POST never arrives, the second one succeeds, and the list is as long as its page: one key", async () => {
  account.emulator.transform = listing(fullPage);
  await stack.deploy("it", SshKey, DECLARED.SshKey, troubled(NEVER_ARRIVES));
  stack.expectHeld();
  account.later(HOUR);
  await stack.up();
  await stack.expectOneForOne();
});

describe("the list cannot be read where it shows", () => {
  /** From now on the entry of this key has no readable time. */
  const hide = (id: string, more: object = {}): unknown =>
    account.control.addApiKey({ id, service: "dns", ...more, createdAt: 5 as never });

  test("the current key, and a rotation is due: an error, and the next run rotates", async () => {
    const first = await stack.deployRotating();
    account.pass(31);
    account.emulator.faults.add({ method: "GET", merge: { key_prefix: 5 } });
    expect(await stack.up()).toBe(false);
    stack.expectKept([first]);
    await stack.up();
    expect(stack.previous).toBe(first);
    stack.expectHeld();
  });

  test("the previous key, with holdWhileUsed: it stays until a list says that it is not used", async () => {
    const [older] = await stack.overlapping();
    stack.declareRotating({ holdWhileUsed: true });
    account.pass(8);
    hide(older);
    expect(await stack.up()).toBe(false);
    expect(account.live).toContain(older);
    account.control.addApiKey({ id: older, service: "dns" });
    await stack.up();
    stack.expectHeld([stack.current]);
  });

  test.each(UP_OR_DESTROY)("the key of a killed rotation: %s says so", async (next) => {
    hide(await stack.killRotation());
    await stack[next]();
    expect(stack.printed).toContain(
      "1 entry of the list could not be read; an earlier attempt may have created one of them.",
    );
  });

  test("the key of a lost rotation: destroy keeps the state until it can", async () => {
    const first = await stack.deployRotating();
    account.pass(31);
    await stack.up(troubled({ ...LOST, times: 9 }, { ...NO_LIST, nth: 2 }));
    expect(stack.held("db").outputs.unresolved).toBe(true);
    const { id, description, createdAt } = account.control.liveApiKeys().find((key) => key.id !== first)!;
    hide(id, { description });
    expect(await stack.destroy()).toBe(false);
    expect(stack.ids).toEqual([first]);
    account.control.addApiKey({ id, service: "dns", description, createdAt });
    await stack.expectDestroyed();
  });
});
