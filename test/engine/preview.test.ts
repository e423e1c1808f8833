// What preview shows is what up does.
import { did, type EngineStack, liveIds, openStack, publicKey } from "../support/engine";
import type { StateResource } from "../support/engine";

interface Step {
  op: string;
  urn: string;
  newState?: StateResource;
}

/** How the SDK writes a value that is not known yet. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Shown = Record<string, { ops: string[]; inputs: Record<string, unknown> }>;

/** What a preview shows of each resource, by name; it requests nothing. */
async function previewed(stack: EngineStack): Promise<Shown> {
  const { stdout, requests } = await stack.preview(["--json"]);
  expect(requests).toEqual([]);
  const { steps } = JSON.parse(stdout) as { steps: Step[] };
  const shown: Shown = {};
  for (const { urn, op, newState } of steps.filter((step) => step.urn.includes("dynamic/wayscloud:"))) {
    const resource = (shown[urn.split("::").at(-1)!] ??= { ops: [], inputs: {} });
    resource.ops.push(op);
    if (newState && op !== "delete-replaced") resource.inputs = newState.inputs ?? {};
  }
  return shown;
}

const opsOf = (shown: Shown): unknown =>
  Object.fromEntries(Object.entries(shown).map(([name, { ops }]) => [name, ops.join()]));

/** The inputs that preview showed are the ones of the state, but for what it said it did not know. */
async function expectTrue(stack: EngineStack, shown: Shown, unknowns: string[]) {
  for (const [name, { inputs }] of Object.entries(shown)) {
    const real = (await stack.resource(name)).inputs!;
    expect(Object.keys(inputs).sort()).toEqual(Object.keys(real).sort());
    for (const [property, value] of Object.entries(inputs)) {
      if (value === unknown) expect(unknowns).toContain(`${name}.${property}`);
      else expect({ name, property, value }).toEqual({ name, property, value: real[property] });
    }
  }
}

test("creations, replacements and updates: the same steps, and the same values where preview shows one", async () => {
  const body = (round: number): string =>
    `
      new wayscloud.SshKey("named", { publicKey: "${publicKey(round)} me", name: "named" });
      new wayscloud.SshKey("auto", { publicKey: "${publicKey(round + 10)}" });
      new wayscloud.ServiceKey("key", { service: "dns", rotationTriggers: { round: "${round}" } });
      new wayscloud.PersonalAccessToken("token", {
        scopes: ["b:read", "a:read", "b:read"], expiresInDays: 90, rotateBeforeDays: ${round}, description: "fixed",
      });
      new wayscloud.ServiceKey("same", { service: "vps" });
    `;
  const { stack } = await openStack({ program: body(1) });
  const first = await previewed(stack);
  const [create, replace] = ["create", "replace"];
  expect(opsOf(first)).toEqual({ auto: create, key: create, named: create, same: create, token: create });
  await stack.up();
  await expectTrue(stack, first, ["auto.name", "key.description", "same.description"]);

  const second = await previewed(stack.setProgram(body(2)));
  expect(opsOf(second)).toEqual({ auto: replace, key: replace, named: replace, token: "update" });
  expect((await stack.up()).changes).toMatchObject({ updated: 1, replaced: 3, unchanged: 2 });
  await expectTrue(stack, second, ["auto.name", "key.description"]);
});

test("a value of another resource is accepted for every property, and checked once it is known", async () => {
  const body = (round: number, service = "dns"): string =>
    `
      const seed = new wayscloud.ServiceKey("seed", { service: "vps", rotationTriggers: { round: "${round}" } });
      const later = (value) => seed.id.apply(() => value);
      new wayscloud.SshKey("ssh", { publicKey: later("${publicKey(1)}"), name: later("late"), adoptExisting: later(false) });
      new wayscloud.ServiceKey("key", {
        service: later("${service}"), description: later("d"), rotationTriggers: { a: later("b") }, recreateIfInvalid: later(true),
      });
      new wayscloud.ServiceKey("triggers", { service: "dns", rotationTriggers: later({ a: "b" }) });
      new wayscloud.PersonalAccessToken("token", {
        scopes: ["z:read", later("a:read")], expiresInDays: later(30), rotateBeforeDays: later(5),
      });
      new wayscloud.PersonalAccessToken("token2", { scopes: later(["a:read"]), expiresInDays: later(30), rotateBeforeDays: 40 - 20 });
      new wayscloud.PersonalAccessToken("token3", { scopes: ["a:read"], expiresInDays: 10, rotateBeforeDays: later(9) });
      new wayscloud.ServiceKey("taken", { service: "vps", existing: { id: seed.id.apply(() => process.env.HELD_ID), key: process.env.HELD_KEY } });
    `;
  const { emulator, stack } = await openStack({ program: body(1, "nds") });
  const held = emulator.account.addApiKey({ service: "vps" });
  Object.assign(stack.env, { HELD_ID: held.id, HELD_KEY: held.key });
  expect((await stack.preview()).changes).toEqual({ "to create": 9 });
  const { all } = await stack.up([], { fails: true });
  expect(all).toContain(
    '`service` must be one of database, storage, llm-api, dns, vps, not the string "nds"; did you mean "dns"?',
  );

  await stack.setProgram(body(1)).up();
  const known = { scopes: ["a:read", "z:read"], expiresInDays: 30 };
  expect((await stack.resource("token")).outputs).toMatchObject(known);
  expect((await stack.resource("taken")).id).toBe(held.id);
  await stack.preview(["--expect-no-changes"]);

  // The seed is replaced, so that all is unknown again; in the end it is what it was.
  const before = await stack.heldIds();
  expect((await stack.setProgram(body(2)).preview()).requests).toEqual([]);
  expect(await did(stack.up())).toEqual({
    changes: { replaced: 1, unchanged: 8 },
    requests: [expect.stringMatching(/^POST /), expect.stringMatching(/^DELETE /)],
  });
  const after = await stack.heldIds();
  expect(after).toEqual(liveIds(emulator));
  expect(after.filter((id) => !before.includes(id))).toHaveLength(1);
});
