// A key passes from one resource to another, in runs that are interrupted anywhere: the key that the state calls live is live.
import { ServiceKey, SshKey } from "../../support/engine-resources";
import { account, deploy, stack } from "../../support/fresh-stack";
import { publicKey } from "../../support/public-key";
import type { CommandOptions, StoryStack } from "../../support/story-stack";
import { expectDestroyed, expectFailure, expectHeld } from "../../support/story-end";

const TEMPLATE = "pulumi test/dev/key #${hex(7)}";

/** A key that was created by hand, and the inputs that import it. */
function byHand(description = "by hand") {
  const { id, key } = account.emulator.account.addApiKey({ service: "database", description });
  return { id, inputs: { service: "database", description, existing: { id, key } } };
}

/** The state's `b` holds the key, the key lives, and nothing else is left. */
async function expectHandedOver(id: string): Promise<void> {
  expectHeld([id]);
  expect([...stack.state.keys()]).toEqual(["b"]);
  expect(await stack.refresh()).toBe(true);
  expect(stack.ids).toEqual([id]);
}

const INTERRUPTIONS: [string, CommandOptions][] = [
  ["not at all", {}],
  ["by another resource that fails", { fails: true }],
  ["by a kill before the list", { kill: { nth: 1, arrived: false } }],
  ["by a kill after the list", { kill: { nth: 1, arrived: true } }],
  ["by a kill at the second request", { kill: { nth: 2, arrived: true } }],
  ["by lists that fail", { troubles: [{ method: "GET", times: 40 }] }],
];
const NEXT: [string, (stack: StoryStack) => Promise<boolean>][] = [
  ["up", (it) => it.up()],
  ["up --refresh", (it) => it.up({ refresh: true })],
  ["up twice, the first interrupted as well", async (it) => (await it.up({ fails: true }), it.up())],
  ["refresh, then up", async (it) => (await it.refresh(), it.up())],
];

describe.each(INTERRUPTIONS)("renamed in a run that is interrupted %s", (_how, interruption) => {
  test.each(NEXT)("A1, row 26: a key with existing, then %s", async (_name, next) => {
    const { id, inputs } = byHand();
    await deploy("a", ServiceKey, inputs);
    stack.rename("a", "b");
    await stack.up(interruption);
    expect(account.live).toEqual([id]);
    await next(stack);
    await expectHandedOver(id);
    await expectDestroyed();
  });

  test.each(NEXT)("A1, row 26: an SSH key of ours with adoptExisting, then %s", async (_name, next) => {
    await deploy("a", SshKey, { publicKey: publicKey(1), name: "k-${hex(7)}", adoptExisting: true });
    const { id } = stack.held("a");
    stack.rename("a", "b");
    await stack.up(interruption);
    expect(account.live).toEqual([id]);
    await next(stack);
    await expectHandedOver(id);
  });

  test.each(NEXT)(
    "A1, row 26: an adopted SSH key, then %s; it stays in the account at the end",
    async (_name, next) => {
      const { id } = account.emulator.account.addSshKey({ name: "laptop", publicKey: publicKey(1) });
      await deploy("a", SshKey, { publicKey: publicKey(1), name: "k-${hex(7)}", adoptExisting: true });
      stack.rename("a", "b");
      await stack.up(interruption);
      await next(stack);
      await expectHandedOver(id);
      await expectDestroyed([id]);
    },
  );
});

test("A1: destroy after an interrupted hand-over revokes the key once, and succeeds", async () => {
  const { inputs } = byHand();
  await deploy("a", ServiceKey, inputs);
  stack.rename("a", "b");
  await stack.up({ fails: true });
  expect([...stack.state.keys()]).toEqual(["a", "b"]);
  await stack.destroy();
  expect({ errors: stack.errors, live: account.live, left: stack.state.size }).toEqual({
    errors: [],
    live: [],
    left: 0,
  });
});

test.each(
  ["fixed", "k-${hex(7)}"].flatMap(
    (name) =>
      [
        [
          name,
          "whose second attempt was not looked at",
          [{ fate: "never arrives" }, { method: "GET", nth: 4, times: 40 }],
        ],
        [
          name,
          "of which no list was read",
          [{ fate: "answer lost" }, { method: "GET", fate: "401", times: 99 }],
        ],
      ] as const,
  ),
)("A1: cleaning up after the SSH key %s %s leaves the adopted one", async (name, _how, troubles) => {
  stack.declare("a", SshKey, { publicKey: publicKey(1), name });
  await stack.up({ troubles: [...troubles] });
  const { id, outputs } = stack.held("a");
  expect(id.startsWith("unresolved/") || outputs.unresolved).toBe(true);
  stack.program.clear();
  await deploy("b", SshKey, { publicKey: publicKey(1), name, adoptExisting: true });
  await stack.up();
  expectHeld();
  expect(stack.ids).toHaveLength(1);
});

describe("row 27: two resources name one key", () => {
  test.each([
    ["the second one after the first", ["first", "second"], false],
    ["B8: in one run, so that the second gets no key of its own", ["first", "second"], true],
    ["the new one declared before the old one", ["second", "first"], false],
  ] as const)("%s", async (_how, order, together) => {
    const { id, inputs } = byHand();
    if (!together) {
      await deploy("first", ServiceKey, inputs);
      stack.program.clear();
    }
    for (const name of order) stack.declare(name, ServiceKey, inputs);
    for (let run = 0; run < 3; run += 1) {
      await expectFailure(stack.up(), /only one can|manage the same key/);
      expect(stack.errors.join()).toContain(id);
      expect(account.live).toEqual([id]);
    }
    stack.program.delete("second");
    await stack.up();
    expectHeld([id]);
  });

  test("one of them an SSH key that another resource created", async () => {
    await deploy("a", SshKey, { publicKey: publicKey(1), name: "a" });
    const before = account.live;
    stack.declare("b", SshKey, { publicKey: publicKey(1), name: "b-${hex(7)}", adoptExisting: true });
    await expectFailure(stack.up(), "only one can");
    expect(account.live).toEqual(before);
  });
});

describe("row 29: several adopted SSH keys renamed in one up", () => {
  const declareAll = (prefix: string): void => {
    stack.program.clear();
    for (let at = 0; at < 8; at += 1) {
      const inputs = { publicKey: publicKey(at), name: "k-${hex(7)}", adoptExisting: true };
      stack.declare(`${prefix}${at}`, SshKey, inputs);
    }
  };

  test("A7: up --refresh --replace that deletes first leaves no deleted id in the state", async () => {
    declareAll("a");
    const { type, inputs } = stack.program.get("a0") ?? {};
    if (type && inputs) stack.declare("a0", type, inputs, { deleteBeforeReplace: true });
    await stack.up();
    const before = account.live;
    await stack.up({ refresh: true, replace: "a0" });
    expectHeld();
    expect(stack.ids).toHaveLength(8);
    expect(stack.ids).not.toEqual(before);
  });
});

describe("row 30: existing stays in the program", () => {
  const imported = async () => {
    const made = byHand();
    await deploy("a", ServiceKey, made.inputs);
    return made;
  };

  test.each([
    ["without existing, up --replace", { existing: undefined }, {}, true],
    ["with deleteBeforeReplace, up --replace", {}, { deleteBeforeReplace: true }, true],
    ["a changed trigger, whatever existing still says,", { rotationTriggers: { incident: 1 } }, {}, false],
  ])("A8: %s makes a new key and revokes the old one", async (_how, more, options, isForced) => {
    const { id, inputs } = await imported();
    stack.declare("a", ServiceKey, { ...inputs, ...more }, options);
    if (isForced && "existing" in more) await stack.up();
    await stack.up(isForced ? { replace: "a" } : {});
    expectHeld();
    expect(account.live).not.toContain(id);
    for (let run = 0; run < 2; run += 1) await stack.up();
    expectHeld();
    expect(stack.ids).toHaveLength(1);
  });

  test("A8: up --replace of an SSH key of ours names deleteBeforeReplace, and with it works", async () => {
    await deploy("a", SshKey, { publicKey: publicKey(1), name: "fixed" });
    const { id } = stack.held("a");
    await expectFailure(stack.up({ replace: "a" }), "deleteBeforeReplace: true");
    expect(account.live).toEqual([id]);
    stack.declare("a", SshKey, { publicKey: publicKey(1), name: "fixed" }, { deleteBeforeReplace: true });
    await stack.up({ replace: "a" });
    expectHeld();
    expect(stack.held("a").outputs.adopted).toBe(false);
  });

  test("A8: up --replace of an SSH key of ours with adoptExisting is refused, and does not become an adoption in silence", async () => {
    await deploy("a", SshKey, { publicKey: publicKey(1), name: "k-${hex(7)}", adoptExisting: true });
    const before = account.live;
    await expectFailure(
      stack.up({ replace: "a" }),
      "`adoptExisting` let the new resource take the same key again",
    );
    expect(account.live).toEqual(before);
    await stack.up();
    expectHeld(before);
  });
});

test("B11, by nature: destroy --target of the old name revokes what the new name took over, as the docs say", async () => {
  const { inputs } = byHand();
  await deploy("a", ServiceKey, inputs);
  stack.rename("a", "b");
  await stack.up({ fails: true });
  await stack.destroy({ target: "a" });
  expect(account.live).toEqual([]);
});

test("an automatic description serves an imported key too, and its replacement gets a marker", async () => {
  const { inputs } = byHand();
  await deploy("a", ServiceKey, { ...inputs, description: TEMPLATE });
  expect(stack.held("a").outputs.description).toBe("by hand");
  await deploy("a", ServiceKey, { ...inputs, description: TEMPLATE, rotationTriggers: { n: 1 } });
  expect(stack.held("a").outputs.description).toMatch(/^pulumi test\/dev\/key #[0-9a-f]{7}$/);
  expect(account.live).toEqual(stack.ids);
});

test("a replacement of an imported key that is killed: the pending operation shows the marker of the key that it left", async () => {
  const { id, inputs } = byHand();
  await deploy("a", ServiceKey, { ...inputs, description: TEMPLATE });
  stack.declare("a", ServiceKey, { ...inputs, description: TEMPLATE, rotationTriggers: { n: 1 } });
  await stack.up({ kill: { nth: 1, arrived: true } });
  const [left] = account.emulator.account.liveApiKeys().filter((key) => key.id !== id);
  expect(left?.description).toMatch(/ #[0-9a-f]{7}$/);
  expect(stack.pending.map((each) => each.inputs.description)).toEqual([left?.description]);
});
