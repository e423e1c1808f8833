// What a creation has left that was lost, late or killed: it goes, or a later run names it; nothing else is touched.
import type { Properties } from "../../../src/values";
import { RotatingServiceKey, ServiceKey } from "../../support/engine-resources";
import { API_KEYS, DECLARED, KEYS } from "../../support/kinds";
import { account, stack, UP_OR_DESTROY } from "../../support/story";
import type { CommandOptions } from "../../support/story-stack";
import { LOST, NEVER_ARRIVES, NO_LIST, troubled } from "../../support/troubles";

describe("what is sent, said and left for a service key whose first request", () => {
  const list = { method: "GET", fate: "401" } as const;
  const late = { fate: "arrives late" } as const;
  const stuck = { method: "DELETE", fate: "401" } as const;
  const refused = { fate: "401", nth: 2 } as const;
  const REFUSED = /AuthenticationError: /;
  const LEFT = /: revoked the one .*; nothing of it is left\..*AuthenticationError: /s;
  const FOUND = /: the response to the create request was lost.*: revoked the one .*; it now exists once\./s;
  const NONE = /: nothing of the lost attempt was found; it now exists once\./;
  const unresolved = (why: string): RegExp =>
    new RegExp(`It may still have been created\\. ${why}.* It is recorded in the state as unresolved\\.`);
  const UNREAD = unresolved("The list could not be read: ");
  const STUCK = unresolved("The leftover of .*\\) could not be revoked: ");
  const MAY_COME = unresolved("An attempt whose response was lost may still take effect\\.");
  const UNCHECKED = /: could not check for a duplicate from a lost attempt \(.* answered 401/;

  test.each<[string, CommandOptions["troubles"], arrived: string, says: RegExp, live: number, held: number]>([
    ["is refused", [{ fate: "401" }], "", REFUSED, 0, 0],
    ["loses its response", [LOST], "POST GET DELETE POST", FOUND, 1, 1],
    ["loses its response, and its key stays", [LOST, stuck], "POST GET", STUCK, 1, 1],
    ["loses its response, and the second is refused", [LOST, refused], "POST GET DELETE", LEFT, 0, 0],
    ["takes effect after 1.9 s", [{ ...late, late: 1.9 }], "GET POST GET DELETE POST", FOUND, 1, 1],
    ["takes effect after 5.9 s", [{ ...late, late: 5.9 }], "GET GET POST GET DELETE POST", FOUND, 1, 1],
    [
      "is late, as is the second",
      [{ ...late, times: 2 }],
      "GET POST GET DELETE GET POST GET DELETE",
      /: revoked the 2 .*; nothing of it is left\..*ConnectionError: /s,
      0,
      0,
    ],
    ["never arrives", [NEVER_ARRIVES], "GET GET GET POST GET", NONE, 1, 1],
    ["never arrives, and two looks fail", [NEVER_ARRIVES, { ...list, times: 2 }], "GET POST GET", NONE, 1, 1],
    ["never arrives, and the last look fails", [NEVER_ARRIVES, { ...list, nth: 3 }], "GET GET", UNREAD, 0, 1],
    ["never arrives, and the second is refused", [NEVER_ARRIVES, refused], "GET GET GET", MAY_COME, 0, 1],
    [
      "never arrives, nor does the second",
      [{ ...NEVER_ARRIVES, times: 2 }],
      "GET GET GET GET GET GET",
      MAY_COME,
      0,
      1,
    ],
    ["may leave a twin", [NEVER_ARRIVES, { ...list, nth: 4 }], "GET GET GET POST", UNCHECKED, 1, 1],
  ])("%s", async (_what, troubles, arrived, says, live, held) => {
    await stack.deploy("it", ServiceKey, DECLARED.ServiceKey, { troubles });
    const methods = account.requests().map((request) => request.split(" ")[0]);
    expect([methods.join(" "), account.live.length, stack.state.size]).toEqual([arrived, live, held]);
    expect(stack.spoken).toMatch(says);
  });
});

test("what is proved to be of a lost request is removed, and what may be of it besides is named", async () => {
  const other: string[] = [];
  account.emulator.transform = ({ method, body }) => {
    const { description = null } = body as { description?: string };
    if (method === "POST" && other.length === 0)
      other.push(account.control.addApiKey({ service: "vps", description }).id);
    return undefined;
  };
  await stack.deploy("it", ServiceKey, DECLARED.ServiceKey, troubled(LOST));
  expect(account.live).toEqual([...stack.ids, ...other].sort());
  stack.expectAllNamed();
});

test.each(KEYS)("%s, a hook, a first attempt a minute late: held or named", async (_what, type, inputs) => {
  await stack.deploy("it", type, inputs, {
    retries: 1,
    ...troubled({ fate: "arrives late", late: 60 }, { method: "GET", times: 12 }),
  });
  await account.timing.settle(true);
  await stack.refresh();
  stack.expectAllNamed();
});

test.each(API_KEYS)("row 46, %s: a revoked key that is listed is not taken", async (_what, type, inputs) => {
  account.emulator.quirks.listsRevokedKeys = true;
  await stack.deploy("it", type, inputs, troubled({ fate: "arrives late", late: 0, times: 2 }));
  await account.timing.settle(true);
  if (!stack.state.has("it")) expect(account.live).toEqual([]);
  await stack.up();
  await stack.expectOneForOne();
});

test("a service key whose first attempt takes place a minute late has a twin, which the next refresh names", async () => {
  await stack.deploy("it", ServiceKey, DECLARED.ServiceKey, troubled({ fate: "arrives late", late: 60 }));
  await account.timing.settle(true);
  const [twin] = account.unnamed(stack);
  expect(twin).toBeDefined();
  await stack.refresh();
  expect(stack.printed).toContain(`an earlier attempt may have created ${twin}`);
});

describe("a service key beside which a twin may live", () => {
  beforeEach(async () => {
    // The first attempt is lost without a trace, the second succeeds, and then no list can be read.
    await stack.deploy(
      "it",
      ServiceKey,
      DECLARED.ServiceKey,
      troubled(NEVER_ARRIVES, { ...NO_LIST, nth: 4 }),
    );
    expect(account.live).toEqual(stack.ids);
    const { outputs } = stack.held("it");
    expect(outputs).toMatchObject({ unresolved: true, key: expect.stringContaining("wayscloud_") });
    account.control.addApiKey({ service: "dns", description: String(outputs.description) });
  });

  test("is not revoked before the check that it is not the credential of this very run", async () => {
    stack.credential = String(stack.held("it").outputs.key);
    await stack.expectFailure(stack.destroy(), "Did not revoke");
    expect(account.live).toHaveLength(2);
  });

  test("is replaced when the inputs ask for that, and its deletion takes the twin along", async () => {
    await stack.deploy("it", ServiceKey, { ...DECLARED.ServiceKey, service: "vps" });
    await stack.expectOneForOne();
  });

  test("becomes unresolved when it vanishes, so that the twin is still looked for", async () => {
    account.control.remove(stack.held("it").id);
    await stack.refresh();
    expect(stack.held("it").id).toMatch(/^unresolved\//);
    await stack.expectDestroyed();
  });
});

test.each(UP_OR_DESTROY)("%s finds what a lost rotation left under another description", async (next) => {
  const declare = (description: string): void =>
    stack.declareRotating({ description, __owner: "test/dev/db" });
  declare("one");
  await stack.up();
  declare("two");
  await stack.up(troubled(LOST, { ...NO_LIST, nth: 2 }));
  expect(account.live).toHaveLength(2);
  // The program is what it was before.
  declare("one");
  if (next === "up") await stack.up();
  if (next === "up") stack.expectHeld();
  await stack.expectDestroyed();
});

describe("a rotation is killed after its POST", () => {
  const move = (more: Properties): void => {
    const declared = stack.program.get("db");
    stack.program.delete("db");
    stack.declare("database", RotatingServiceKey, { ...declared?.inputs, ...more }, { alias: "db" });
  };

  test.each<[string, Properties, () => void]>([
    [
      "a description of its own",
      {},
      () => stack.declareRotating({ description: "for the billing", __owner: "test/dev/db" }),
    ],
    ["another name", {}, () => move({ description: "pulumi test/dev/database" })],
    [
      "another name, with a description of its own",
      { description: "mine", __owner: "test/dev/db" },
      () => move({ __owner: "test/dev/database" }),
    ],
  ])("then it gets %s: what the killed run made is revoked", async (_what, before, change) => {
    await stack.killRotation(before);
    change();
    await stack.up();
    stack.expectHeld();
    await stack.expectDestroyed();
  });

  describe.each(["null", { truncatedTo: 20 }] as const)("and descriptions are kept as %j", (descriptions) => {
    test.each(UP_OR_DESTROY)("%s names what it may have made", async (next) => {
      account.emulator.quirks.descriptions = descriptions;
      const left = await stack.killRotation();
      await stack[next]();
      expect(stack.printed).toContain(`an earlier attempt may have created ${left} (created `);
    });
  });

  test("and somebody made a key without a description: nobody is told to revoke that one", async () => {
    await stack.killRotation();
    const { id } = account.control.addApiKey({ service: "dns" });
    await stack.up();
    expect(stack.printed).not.toContain(id);
    expect(account.live).toEqual([...stack.ids, id].sort());
  });

  test("and its first key is removed: it is not gone while what it made lives", async () => {
    const left = await stack.killRotation();
    account.control.remove(stack.current);
    await stack.refresh();
    expect(stack.held("db").outputs).toMatchObject({ isActive: false });
    account.control.remove(left);
    await stack.refresh();
    expect(stack.state.size).toBe(0);
  });
});

test("a rotating key is gone, and its last rotation may still have an effect: refresh keeps the attempt in the state", async () => {
  await stack.deploy("it", RotatingServiceKey, { service: "dns", rotateEveryDays: 30 });
  stack.declare("it", RotatingServiceKey, {
    service: "dns",
    rotateEveryDays: 30,
    rotationTriggers: { n: 1 },
  });
  await stack.up({ troubles: [{ fate: "never arrives", times: 4 }] });
  account.control.remove(stack.ids[0]!);
  account.pass(1);
  await stack.refresh();
  expect(stack.held("it").outputs.unresolved).toBe(true);
});
