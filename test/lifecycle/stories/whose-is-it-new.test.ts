// What this command has just made is nobody's leftover: it is neither removed nor reported as one, nor taken over by another resource.
import { RotatingServiceKey, ServiceKey, SshKey, SshKeySet } from "../../support/engine-resources";
import { account, stack } from "../../support/fresh-stack";
import { publicKey } from "../../support/public-key";

const MIN = 60_000;
/** Nothing was created, and nobody could see that. */
const UNRESOLVED = [{ fate: "never arrives" }, { method: "GET", fate: "401", times: 3 }] as const;
const SSH = { publicKey: publicKey(1), name: "deploy" };

function expectHeldLives(): void {
  expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: stack.ids });
}

describe("(a) an SSH key with a name of its own stayed unresolved, and nothing was created; the key that the next run makes lives", () => {
  test("up --replace", async () => {
    stack.declare("it", SshKey, SSH);
    await stack.up({ troubles: [...UNRESOLVED] });
    account.timing.elapsed += MIN;
    await stack.up({ replace: "it" });
    expectHeldLives();
  });

  test.each([false, true])("renamed in the program; in another process: %s", async (elsewhere) => {
    stack.declare("it", SshKey, SSH);
    await stack.up({ troubles: [...UNRESOLVED] });
    stack.rename("it", "b");
    stack.isElsewhere = (name) => elsewhere && name === "b";
    await stack.up();
    expectHeldLives();
  });

  test("out of a set, which goes", async () => {
    stack.declare("set", SshKeySet, { publicKeys: { a: publicKey(1) }, namePrefix: "t-" });
    await stack.up({ troubles: [...UNRESOLVED] });
    stack.program.delete("set");
    stack.declare("k", SshKey, { publicKey: publicKey(1), name: "t-a" });
    await stack.up();
    expectHeldLives();
  });

  test("out of a set, which stays", async () => {
    const set = { publicKeys: { a: publicKey(1), b: publicKey(2) }, namePrefix: "t-" };
    stack.declare("set", SshKeySet, set);
    await stack.up({
      troubles: [
        { fate: "never arrives", times: 2 },
        { method: "GET", fate: "401", times: 9 },
      ],
    });
    stack.program.delete("set");
    stack.declare("k", SshKey, { publicKey: publicKey(1), name: "t-a" });
    stack.declare("set", SshKeySet, { ...set, publicKeys: { b: publicKey(2) } });
    await stack.up();
    expectHeldLives();
  });
});

describe("(b) nobody is told to revoke what this run has just made", () => {
  const advised = (): string[] =>
    stack.ids.filter((id) =>
      stack.spoken.split("\n").some((line) => line.includes("revoke it") && line.includes(id)),
    );

  test("an unresolved key with a description of its own, up --replace", async () => {
    stack.declare("it", ServiceKey, { service: "dns", description: "ci key" });
    await stack.up({ troubles: [...UNRESOLVED] });
    await stack.up({ replace: "it" });
    expect(advised()).toEqual([]);
  });

  test("a possible duplicate of such a key, and a trigger changes", async () => {
    stack.declare("it", ServiceKey, { service: "dns", description: "ci key" });
    await stack.up({
      troubles: [{ fate: "never arrives" }, { method: "GET", fate: "401", nth: 4, times: 4 }],
    });
    stack.declare("it", ServiceKey, { service: "dns", description: "ci key", rotationTriggers: { a: 1 } });
    await stack.up();
    expect(advised()).toEqual([]);
  });

  test.each(["null" as const, { truncatedTo: 20 }])(
    "descriptions %j, a rotating key, up --replace (the leak procedure)",
    async (descriptions) => {
      account.emulator.quirks.descriptions = descriptions;
      stack.declare("a", RotatingServiceKey, {
        service: "dns",
        description: "pulumi test/dev/aaaaaaaa",
        rotateEveryDays: 30,
        __owner: "",
      });
      await stack.up();
      account.timing.elapsed += MIN;
      await stack.up({ replace: "a" });
      expect(advised()).toEqual([]);
    },
  );
});

describe("(c) rows 12 and 27: two resources name one key that the first has just made", () => {
  test("an SSH key, in two processes: refused in that run", async () => {
    stack.isElsewhere = (name) => name === "b";
    stack.declare("a", SshKey, SSH);
    stack.declare("b", SshKey, { ...SSH, adoptExisting: true });
    expect({ done: await stack.up(), next: await stack.up() }).toEqual({ done: false, next: false });
  });

  test("a service key, by `existing` of the other's outputs: refused in that run", async () => {
    stack.declare("a", ServiceKey, { service: "dns", description: "pulumi test/dev/a #${hex(7)}" });
    stack.declare("b", ServiceKey, { service: "dns", description: "pulumi test/dev/b #${hex(7)}" });
    Object.defineProperty(stack.program.get("b")!.inputs, "existing", {
      enumerable: true,
      get: () => ({ id: stack.held("a").id, key: stack.held("a").outputs["key"] }),
    });
    expect(await stack.up()).toBe(false);
  });
});

test("a young sibling with the same explicit description: a lost response does not advise against it", async () => {
  stack.declare("a", ServiceKey, { service: "dns", description: "ci key" });
  await stack.up();
  account.timing.elapsed += 5 * MIN;
  stack.declare("b", ServiceKey, { service: "dns", description: "ci key" });
  await stack.up({ troubles: [{ fate: "never arrives" }] });
  expect(stack.spoken).not.toContain(stack.held("a").id);
  expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: stack.ids });
});

test("a POST of an API key answered with the record of the key that is replaced: the key of the state is live, or there is an error", async () => {
  const declare = (more: object): void =>
    stack.declare("a", ServiceKey, { service: "dns", description: "ci key", ...more });
  declare({});
  let first: unknown;
  account.emulator.transform = ({ method, body }) =>
    method === "POST" ? { body: (first ??= body) } : undefined;
  await stack.up();
  declare({ rotationTriggers: { quarter: "2" } });
  const done = await stack.up();
  if (done) expect(account.live).toEqual(expect.arrayContaining(stack.ids));
});

test("`up --replace` with `existing` was refused; an update in place in the next up", async () => {
  stack.declare("by", ServiceKey, { service: "dns", description: "by hand" });
  await stack.up();
  const { id, outputs } = stack.held("by");
  stack.state.clear();
  stack.program.clear();
  const existing = { id, key: outputs["key"] };
  stack.declare("it", ServiceKey, { service: "dns", description: "by hand", existing });
  await stack.up();
  await stack.up({ replace: "it" });
  stack.declare("it", ServiceKey, { service: "dns", description: "by hand", recreateIfInvalid: false });
  await stack.up();
  expect({ errors: stack.errors, held: stack.ids, live: account.live }).toEqual({
    errors: [],
    held: [id],
    live: [id],
  });
});
