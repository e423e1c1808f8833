// Whose is it, by a name or description of the program's own? That proves nothing, even where it looks generated:
// nothing is revoked for it, and what may be ours is named.
import { Holders } from "../../../src/lifecycle/holders";
import { PersonalAccessToken, RotatingServiceKey, ServiceKey, SshKey } from "../../support/engine-resources";
import { DECLARED } from "../../support/kinds";
import { publicKey } from "../../support/public-key";
import { account, DAY, MINUTE, othersStack, stack, UP_OR_DESTROY } from "../../support/story";
import { LOST, NEVER_ARRIVES, NO_LIST, troubled } from "../../support/troubles";

const OWN = { service: "dns", description: "ci key" };
const LOOKS_GENERATED = [
  ["an SSH key that is named after a commit", SshKey, { publicKey: publicKey(1), name: "deploy-a1b2c3d" }],
  [
    "a service key of a pinned description",
    ServiceKey,
    { service: "dns", description: "pulumi test/dev/it #abc1234" },
  ],
] as const;

describe.each(LOOKS_GENERATED)("%s", (_what, type, inputs) => {
  test("is another stack's since five minutes, and our response is lost: that key stays", async () => {
    const other = await othersStack(type, inputs);
    account.later(5 * MINUTE);
    await stack.deploy("it", type, inputs, troubled(NEVER_ARRIVES));
    expect(account.live).toEqual(expect.arrayContaining(other.ids));
    if (type === ServiceKey) return;
    await stack.destroy();
    expect(account.live).toEqual(other.ids);
  });

  test.each(UP_OR_DESTROY)("stayed unresolved: a month later %s leaves another stack's", async (next) => {
    await stack.deploy("it", type, inputs, troubled(NEVER_ARRIVES, NO_LIST));
    account.later(type === SshKey ? 35 * DAY : MINUTE);
    const other = await othersStack(type, inputs);
    account.pass(30);
    await stack[next]();
    expect(account.live).toEqual(expect.arrayContaining(other.ids));
  });

  test('is what the engine hands back with all old inputs (ignoreChanges: ["*"]): accepted', async () => {
    await stack.deploy("it", type, inputs);
    const held = stack.held("it");
    expect(type.check(held.inputs, { ...held.inputs }, new Holders()).failures).toEqual([]);
  });
});

test("row 12: two resources of one stack, five minutes apart, of one name and key, and the 409 is lost: refused", async () => {
  const [, type, inputs] = LOOKS_GENERATED[0];
  await stack.deploy("a", type, inputs);
  account.later(5 * MINUTE);
  expect(await stack.deploy("b", type, inputs, troubled(LOST))).toBe(false);
});

test("a generated description that `ignoreChanges` names, up --replace, and then without that option: nothing changes", async () => {
  const inputs = DECLARED.ServiceKey;
  await stack.deploy("it", ServiceKey, inputs, { ignoreChanges: ["description"] });
  // The engine passes the text of the state, and no old inputs.
  await stack.deploy(
    "it",
    ServiceKey,
    { ...inputs, description: stack.held("it").inputs["description"] },
    { replace: "it" },
  );
  const after = stack.ids;
  await stack.deploy("it", ServiceKey, inputs);
  stack.expectHeld(after);
});

describe.each([
  ["service key", ServiceKey, OWN],
  ["token", PersonalAccessToken, { scopes: ["dns:read"], description: "ci key" }],
] as const)("a %s with a description of its own", (_what, type, inputs) => {
  test("row 52: a hook asks twice again: the first key is named in that run, and there is no third one", async () => {
    await stack.deploy("it", type, inputs, { retries: 2, ...troubled(LOST) });
    stack.expectAllNamed();
    expect(account.live.length).toBeLessThanOrEqual(2);
    await stack.expectNothingLeftUnnamed();
  });

  test("a hook asks again after a creation that stayed unresolved: no second key without a word", async () => {
    expect(
      await stack.deploy("it", type, inputs, { retries: 1, ...troubled(LOST, { method: "GET", times: 12 }) }),
    ).toBe(false);
    stack.expectAllNamed();
  });

  test("the error waits for the last look, and names the late key beside another stack's", async () => {
    account.control.addApiKey(inputs as object);
    await stack.expectFailure(
      stack.deploy("it", type, inputs, troubled({ fate: "arrives late", late: 5 })),
      "not proven",
    );
    expect(account.live).toHaveLength(2);
    stack.expectAllNamed();
    expect(account.changes("DELETE")).toEqual([]);
  });

  test("a sibling has it since five minutes: a lost response does not advise against the sibling's", async () => {
    await stack.deploy("sibling", type, inputs);
    account.later(5 * MINUTE);
    await stack.deploy("it", type, inputs, troubled(NEVER_ARRIVES));
    expect(stack.spoken).not.toContain(stack.held("sibling").id);
    stack.expectHeld();
  });

  test("a refresh of this run has listed another stack's: a lost response is not taken for that key", async () => {
    await stack.deploy("held", type, { ...inputs, description: "held" });
    const [others = ""] = (await othersStack(type, inputs)).ids;
    await stack.deploy("it", type, inputs, { refresh: true, ...troubled(NEVER_ARRIVES) });
    expect([stack.errors, account.live]).toEqual([[], expect.arrayContaining([...stack.ids, others])]);
    expect(stack.spoken).not.toContain(others);
  });
});

test("a description of its own is proof for a rotating key all the same, since each key has a marker", async () => {
  await stack.deploy(
    "it",
    RotatingServiceKey,
    { ...OWN, rotateEveryDays: 30 },
    { retries: 1, ...troubled(LOST, { method: "GET", times: 12 }) },
  );
  await stack.expectOneForOne();
});

describe("nobody is told to revoke what this run has just made", () => {
  const UNRESOLVED = troubled(NEVER_ARRIVES, NO_LIST);
  const expectNotAdvised = (): void => {
    const advice = stack.spoken.split("\n").filter((line) => line.includes("revoke it"));
    expect(stack.ids.filter((id) => advice.join().includes(id))).toEqual([]);
  };

  test("an unresolved key with a description of its own, up --replace", async () => {
    await stack.deploy("it", ServiceKey, OWN, UNRESOLVED);
    await stack.up({ replace: "it" });
    expectNotAdvised();
  });

  test("such a key after a lost attempt, and what may be of that: the other one is named", async () => {
    account.emulator.transform = ({ method }) =>
      method === "POST" ? void account.control.addApiKey(OWN) : undefined;
    await stack.deploy("it", ServiceKey, OWN, troubled(NEVER_ARRIVES));
    stack.expectAllNamed();
    expectNotAdvised();
  });

  test("a possible duplicate of such a key, and a trigger changes", async () => {
    await stack.deploy("it", ServiceKey, OWN, troubled(NEVER_ARRIVES, { ...NO_LIST, nth: 4 }));
    await stack.deploy("it", ServiceKey, { ...OWN, rotationTriggers: { a: 1 } });
    expectNotAdvised();
  });

  test.each(["null" as const, { truncatedTo: 20 }])(
    "a leaked rotating key, up --replace, descriptions %j",
    async (descriptions) => {
      account.emulator.quirks.descriptions = descriptions;
      await stack.deploy("it", RotatingServiceKey, {
        ...DECLARED.RotatingServiceKey,
        description: "pulumi test/dev/aaaaaaaa",
      });
      account.later(MINUTE);
      await stack.up({ replace: "it" });
      expectNotAdvised();
    },
  );
});

const DEFAULT = DECLARED.RotatingServiceKey;
const OF_TEAM = { ...DEFAULT, description: "team key", __owner: "test/dev/it" };

test.each([
  ["default description to one of its own", DEFAULT, OF_TEAM],
  ["description of its own to the default one", OF_TEAM, DEFAULT],
])("killed on the way from the %s, and back: all is named", async (_what, before, after) => {
  await stack.deploy("it", RotatingServiceKey, before);
  account.later(20 * MINUTE);
  await stack.deploy("it", RotatingServiceKey, after, { kill: { nth: 2, arrived: true } });
  expect(account.live).toHaveLength(2);
  stack.declare("it", RotatingServiceKey, before);
  account.later(20 * MINUTE);
  await stack.expectNothingLeftUnnamed(
    () => stack.up(),
    () => stack.refresh(),
  );
});

test("row 55: a POST is answered with the record of the key that it replaces: an error, and the key of the state is live", async () => {
  let first: unknown;
  account.emulator.transform = ({ method, body }) =>
    method === "POST" ? { body: (first ??= body) } : undefined;
  await stack.deploy("it", ServiceKey, OWN);
  const { ids } = stack;
  expect(await stack.deploy("it", ServiceKey, { ...OWN, rotationTriggers: { quarter: "2" } })).toBe(false);
  expect(stack.ids).toEqual(ids);
  expect(account.live).toEqual(expect.arrayContaining(ids));
  expect(stack.errors.join()).toContain(`the API answered with the key ${ids.join()}, which is older`);
});
