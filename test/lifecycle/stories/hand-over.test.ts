// A key passes from one resource to another, in runs that are interrupted anywhere: the key that the state calls live is
// live, and two resources never hold one.
import { PersonalAccessToken, ServiceKey, SshKey } from "../../support/engine-resources";
import { DECLARED } from "../../support/kinds";
import { publicKey } from "../../support/public-key";
import { account, stack } from "../../support/story";
import { LOST, NEVER_ARRIVES, NO_LIST, troubled } from "../../support/troubles";
import type { CommandOptions } from "../../support/story-stack";

/** An SSH key as `adoptExisting` takes it over, under the name that it has. */
const ADOPTING = { publicKey: publicKey(1), name: "k-${hex(7)}", adoptExisting: true };

/** A key that was created by hand, and the inputs that import it. */
function byHand(description = "by hand") {
  const { id, key } = account.control.addApiKey({ service: "database", description });
  return { id, inputs: { service: "database", description, existing: { id, key } } };
}

const INTERRUPTIONS: [string, CommandOptions][] = [
  ["not at all", {}],
  ["by another resource that fails", { fails: true }],
  ["by a kill before the list", { kill: { nth: 1, arrived: false } }],
  ["by a kill after the list", { kill: { nth: 1, arrived: true } }],
  ["by a kill at the second request", { kill: { nth: 2, arrived: true } }],
  ["by lists that fail", troubled({ method: "GET", times: 40 })],
];

describe.each(INTERRUPTIONS)("row 26: renamed in a run that is interrupted %s", (_how, interruption) => {
  describe.each([
    ["a key with existing", ServiceKey],
    ["an SSH key of ours with adoptExisting", SshKey],
    ["an adopted SSH key, which stays in the account at the end", undefined],
  ] as const)("%s", (_what, type) => {
    test.each<[string, () => Promise<unknown>]>([
      ["up", () => stack.up()],
      ["up --refresh", () => stack.up({ refresh: true })],
      ["up twice, the first interrupted as well", async () => (await stack.up({ fails: true }), stack.up())],
      ["refresh, then up", async () => (await stack.refresh(), stack.up())],
    ])("then %s: the new name holds the same key, and nothing else is left", async (_name, next) => {
      if (type === undefined) account.control.addSshKey({ name: "laptop", publicKey: publicKey(1) });
      if (type === ServiceKey) await stack.deploy("a", ServiceKey, byHand().inputs);
      else await stack.deploy("a", SshKey, ADOPTING);
      const { id } = stack.held("a");
      stack.rename("a", "b");
      await stack.up(interruption);
      expect(account.live).toEqual([id]);
      await next();
      stack.expectHeld([id]);
      expect([...stack.state.keys()]).toEqual(["b"]);
      await stack.refresh();
      stack.expectHeld([id]);
      await stack.expectDestroyed(stack.held("b").outputs.adopted === true ? [id] : []);
    });
  });
});

describe("after an interrupted hand-over", () => {
  beforeEach(async () => {
    await stack.deploy("a", ServiceKey, byHand().inputs);
    stack.rename("a", "b");
    await stack.up({ fails: true });
    expect([...stack.state.keys()]).toEqual(["a", "b"]);
  });

  test("destroy revokes the key once, and succeeds", () => stack.expectDestroyed());

  test("by nature: destroy --target of the old name revokes what the new name took over, as the docs say", async () => {
    await stack.destroy({ target: "a" });
    expect(account.live).toEqual([]);
  });
});

describe.each(["fixed", "k-${hex(7)}"])(
  "cleaning up after an SSH key %s leaves one adopted since",
  (name) => {
    test.each([
      ["whose second attempt was not looked at", [NEVER_ARRIVES, { ...NO_LIST, nth: 4 }]],
      ["of which no list was read", [LOST, NO_LIST]],
    ])("%s", async (_how, troubles) => {
      await stack.deploy("a", SshKey, { ...ADOPTING, adoptExisting: false, name }, { troubles });
      const { id, outputs } = stack.held("a");
      expect(id.startsWith("unresolved/") || outputs.unresolved).toBe(true);
      stack.program.clear();
      await stack.deploy("b", SshKey, { ...ADOPTING, name });
      await stack.up();
      stack.expectHeld();
      expect(stack.ids).toHaveLength(1);
    });
  },
);

describe("rows 12 and 27: two resources name one key", () => {
  test("that was made by hand, in one run: refused, so that the second gets no key of its own", async () => {
    const { id, inputs } = byHand();
    for (const name of ["first", "second"]) stack.declare(name, ServiceKey, inputs);
    for (let run = 0; run < 3; run += 1) {
      await stack.expectFailure(stack.up(), /only one can|manage the same key/);
      expect(stack.errors.join()).toContain(id);
      expect(account.live).toEqual([id]);
    }
    stack.program.delete("second");
    await stack.up();
    stack.expectHeld([id]);
  });

  test("an SSH key that another resource created: refused", async () => {
    await stack.deploy("a", SshKey, { publicKey: publicKey(1), name: "a" });
    const before = account.live;
    await stack.expectFailure(stack.deploy("b", SshKey, ADOPTING), "only one can");
    expect(account.live).toEqual(before);
  });

  test("an SSH key that another process of this run has just made: refused", async () => {
    stack.isElsewhere = (name) => name === "b";
    stack.declare("a", SshKey, { publicKey: publicKey(1), name: "deploy" });
    stack.declare("b", SshKey, ADOPTING);
    expect({ done: await stack.up(), next: await stack.up() }).toEqual({ done: false, next: false });
  });

  test("a service key that this run has just made, by `existing` of the other's outputs: refused", async () => {
    stack.declare("a", ServiceKey, DECLARED.ServiceKey);
    stack.declare("b", ServiceKey, DECLARED.ServiceKey);
    Object.defineProperty(stack.program.get("b")!.inputs, "existing", {
      enumerable: true,
      get: () => ({ id: stack.held("a").id, key: stack.held("a").outputs["key"] }),
    });
    expect(await stack.up()).toBe(false);
  });
});

describe("row 30: existing stays in the program", () => {
  test.each([
    ["up --replace with deleteBeforeReplace", {}, { deleteBeforeReplace: true }, { replace: "a" }],
    ["a changed trigger, whatever existing still says,", { rotationTriggers: { incident: 1 } }, {}, {}],
  ])("%s makes a new key and revokes the old one", async (_how, more, options, command) => {
    const { id, inputs } = byHand();
    await stack.deploy("a", ServiceKey, inputs);
    await stack.deploy("a", ServiceKey, { ...inputs, ...more }, { ...options, ...command });
    for (let run = 0; run < 3; run += 1) {
      stack.expectHeld();
      expect(account.live).not.toContain(id);
      expect(stack.ids).toHaveLength(1);
      await stack.up();
    }
  });

  test("up --replace is refused; then an update in place by the next up", async () => {
    const { id, inputs } = byHand();
    await stack.deploy("a", ServiceKey, inputs);
    await stack.expectFailure(stack.up({ replace: "a" }), "`existing`");
    await stack.deploy("a", ServiceKey, { ...inputs, existing: undefined, recreateIfInvalid: false });
    stack.expectHeld([id]);
    expect(stack.marked).toEqual([]);
  });

  test("up --replace of an SSH key of ours names deleteBeforeReplace, and with it works", async () => {
    const inputs = { publicKey: publicKey(1), name: "fixed" };
    await stack.deploy("a", SshKey, inputs);
    const { ids } = stack;
    await stack.expectFailure(stack.up({ replace: "a" }), "deleteBeforeReplace: true");
    expect(account.live).toEqual(ids);
    await stack.deploy("a", SshKey, inputs, { deleteBeforeReplace: true, replace: "a" });
    stack.expectHeld();
    expect(stack.held("a").outputs.adopted).toBe(false);
  });

  test("up --replace of an SSH key of ours with adoptExisting is refused, and does not become an adoption in silence", async () => {
    await stack.deploy("a", SshKey, ADOPTING);
    const before = account.live;
    await stack.expectFailure(
      stack.up({ replace: "a" }),
      "`adoptExisting` is still in the program, so the replacement has the same key",
    );
    expect(account.live).toEqual(before);
    await stack.up();
    stack.expectHeld(before);
  });
});

test("row 29: up --refresh --replace of one of eight SSH keys that deletes first leaves no deleted id in the state", async () => {
  for (let at = 0; at < 8; at += 1)
    stack.declare(
      `a${at}`,
      SshKey,
      { ...ADOPTING, publicKey: publicKey(at) },
      { deleteBeforeReplace: at === 0 },
    );
  await stack.up();
  const before = account.live;
  await stack.up({ refresh: true, replace: "a0" });
  stack.expectHeld();
  expect(stack.ids).toHaveLength(8);
  expect(stack.ids).not.toEqual(before);
});

describe("an imported key with an automatic description", () => {
  beforeEach(async () => {
    const inputs = { ...byHand().inputs, description: DECLARED.ServiceKey.description };
    await stack.deploy("a", ServiceKey, inputs);
    expect(stack.held("a").outputs.description).toBe("by hand");
    stack.declare("a", ServiceKey, { ...inputs, rotationTriggers: { n: 1 } });
  });

  test("gets a marker when it is replaced", async () => {
    await stack.up();
    expect(stack.held("a").outputs.description).toMatch(/^pulumi test\/dev\/it #[0-9a-f]{7}$/);
    stack.expectHeld();
  });

  test("whose replacement is killed: the pending operation shows the marker of the key that it left", async () => {
    const { id } = stack.held("a");
    await stack.up({ kill: { nth: 1, arrived: true } });
    const [left] = account.control.liveApiKeys().filter((key) => key.id !== id);
    expect(left?.description).toMatch(/ #[0-9a-f]{7}$/);
    expect(stack.pending.map((each) => each.inputs.description)).toEqual([left?.description]);
  });
});

test("a token with an end is not imported without a creation time: refused before anything is claimed", async () => {
  const { id, key } = account.control.addApiKey({ scopes: ["dns:read"], description: "x" });
  account.emulator.faults.add({ method: "GET", times: "always", merge: { created_at: "" } });
  const inputs = { scopes: ["dns:read"], description: "x", expiresInDays: 30, existing: { id, key } };
  await stack.expectFailure(stack.deploy("it", PersonalAccessToken, inputs), "omit `expiresInDays`");
  account.emulator.faults.clear();
  await stack.up();
  stack.expectHeld([id]);
});

describe("a service key has imported a rotating key's previous key with --target, and the overlap is over", () => {
  let older: string;
  beforeEach(async () => {
    [older] = await stack.overlapping();
    const { description } = account.control.apiKeys().find(({ id }) => id === older)!;
    const existing = { id: older, key: stack.held("db").outputs.previousKey };
    await stack.deploy("imp", ServiceKey, { service: "dns", existing, description }, { target: "imp" });
    expect(stack.held("imp").id).toBe(older);
    account.pass(8);
  });

  test("up --refresh: the rotating key gives it up, and says so", async () => {
    await stack.up({ refresh: true });
    expect(stack.errors).toEqual([]);
    expect(stack.printed).toContain(
      `Keeping the previous service key ${older}: another resource manages it now.`,
    );
    expect(account.live).toContain(older);
    expect(stack.previous).toBeNull();
    await stack.up();
    expect(stack.errors).toEqual([]);
    await stack.expectDestroyed();
  });

  test("up, and it comes first in the program: refused, and nothing is revoked", async () => {
    const db = stack.program.get("db")!;
    stack.program.delete("db");
    stack.program.set("db", db);
    await stack.expectFailure(stack.up(), "Remove one of them; the remaining one will manage the key.");
    expect(account.live).toContain(older);
    stack.program.delete("imp");
    await stack.up();
    stack.expectHeld([stack.current]);
  });

  test("by nature: up, and the rotating key comes first: revoked, as the docs say, and nothing claims otherwise", async () => {
    await stack.up();
    expect(stack.errors).toEqual([]);
    expect(account.live).not.toContain(older);
  });
});
