// Rotating keys across runs, clocks, copies and renames: two live keys at most, never none, and nobody else's revoked.
import { resources } from "../../support/engine-resources";
import { useFreshStack } from "../../support/fresh-stack";
import { StoryStack } from "../../support/story-stack";
import type { StoryAccount } from "../../support/story-account";

const { RotatingServiceKey, RotatingPersonalAccessToken } = resources;
const YEAR = 365 * 86_400_000;

let account: StoryAccount;
let stack: StoryStack;
useFreshStack((...fresh) => ([account, stack] = fresh));

const KINDS = [
  ["service key", RotatingServiceKey, { service: "database" }],
  ["token", RotatingPersonalAccessToken, { scopes: ["dns:read"] }],
] as const;

const outputs = (name = "db", of = stack): Record<string, unknown> => of.held(name).outputs;
const current = (): string => String(outputs().keyId);
const previous = (): unknown => outputs().previousKeyId;

describe.each(KINDS)("a rotating %s", (_kind, type, spec) => {
  const declare = (more: Record<string, unknown> = {}, on = stack, name = "db"): void =>
    on.declare(name, type, {
      ...spec,
      description: `pulumi test/${on.name}/${name}`,
      rotateEveryDays: 30,
      overlapDays: 7,
      __owner: "",
      ...more,
    });
  /** A resource within its overlap: `[previous, current]`. */
  const overlapping = async (): Promise<[string, string]> => {
    declare();
    await stack.up();
    const first = current();
    account.pass(31);
    await stack.up();
    expect(previous()).toBe(first);
    return [first, current()];
  };
  const expectExactly = (): void => {
    const held = [current(), previous()].filter((id) => id !== null).sort();
    expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: held });
  };

  test("A6, row 36: a trigger inside an overlap rotates at once; the older key goes first, and what consumers hold lives on", async () => {
    const [older, handed] = await overlapping();
    account.requests();
    declare({ rotationTriggers: { incident: 1 } });
    await stack.up();
    expect(current()).not.toBe(handed);
    expect(previous()).toBe(handed);
    expect(account.live).not.toContain(older);
    expectExactly();
    const changes = account.requests().filter((request) => !request.startsWith("GET"));
    expect(changes.map((request) => request.split(" ")[0])).toEqual(["DELETE", "POST"]);
  });

  test("A6, row 36: with overlapDays 0 in the same change, the next run revokes what leaked", async () => {
    const [, leaked] = await overlapping();
    declare({ rotationTriggers: { incident: 1 }, overlapDays: 0 });
    await stack.up();
    expect(current()).not.toBe(leaked);
    account.pass(0.01);
    await stack.up();
    expect(account.live).toEqual([current()]);
  });

  test.each(["500, not done", "401", "never arrives", "broken answer", "answer lost", "429"] as const)(
    "B3, row 37: with a dead current key, the previous one lives while the new key cannot be created (%s)",
    async (fate) => {
      const [older, dead] = await overlapping();
      account.emulator.account.deactivate(dead);
      account.pass(8);
      await stack.refresh();
      expect(await stack.up({ troubles: [{ fate, times: 40 }] })).toBe(false);
      expect(account.live).toContain(older);
      await stack.up();
      expect(stack.errors).toEqual([]);
      expect(account.live).toContain(current());
      await stack.up();
      expectExactly();
      expect(account.live).not.toContain(dead);
    },
  );

  test.each([
    [14, 8, true],
    [3, 4, false],
    [0, 1, false],
  ])(
    "A12, B5, row 38: overlapDays changed to %i inside an overlap counts, in a later run",
    async (overlapDays, days, staysAfter) => {
      const [older] = await overlapping();
      const rotatedAt = Date.parse(String(outputs().rotatedAt));
      declare({ overlapDays });
      await stack.up();
      expect(account.live).toContain(older);
      expect(Date.parse(String(outputs().retireAt))).toBe(rotatedAt + overlapDays * 86_400_000);
      account.pass(days);
      await stack.up();
      expect(account.live.includes(older)).toBe(staysAfter);
      account.pass(14);
      await stack.up();
      expect(account.live).not.toContain(older);
      expectExactly();
    },
  );

  test("A13, row 39: a local clock a year ahead revokes nothing and rotates nothing", async () => {
    const [older, handed] = await overlapping();
    account.timing.error = YEAR;
    for (let run = 0; run < 3; run += 1) await stack.up();
    expect([previous(), current()]).toEqual([older, handed]);
    expectExactly();
  });

  test("A13, row 39: a local clock a year behind rotates late, revokes nothing early, and heals once it is set", async () => {
    account.timing.error = -YEAR;
    declare();
    await stack.up();
    const first = current();
    account.pass(31);
    await stack.up();
    expect(account.live).toContain(first);
    account.timing.error = 0;
    await stack.up();
    expect(previous()).toBe(first);
    account.pass(8);
    await stack.up();
    expect(account.live).toEqual([current()]);
    expectExactly();
  });

  test("B2, row 40: a copied state: refresh, up and destroy of the copy with nothing due revoke nothing by themselves", async () => {
    const [older, handed] = await overlapping();
    const copy = new StoryStack(account, "copy");
    declare({}, copy);
    copy.state = new Map(copyOfState(stack));
    await copy.refresh();
    await copy.up();
    expect(copy.errors).toEqual([]);
    expect(account.live).toEqual([older, handed].sort());
    // The original rotates once more; the copy does not revoke what it does not know.
    account.pass(31);
    await stack.up();
    await stack.up();
    const newest = current();
    await copy.refresh();
    await copy.up();
    expect(account.live).toContain(newest);
  });

  test("B2, row 40: a copy with a change rotates by itself, and the original's successor lives", async () => {
    declare();
    await stack.up();
    const copy = new StoryStack(account, "copy");
    declare({}, copy);
    copy.state = new Map(copyOfState(stack));
    account.pass(31);
    await stack.up();
    const successor = current();
    declare({ rotationTriggers: { n: 1 } }, copy);
    await copy.up();
    await copy.up();
    expect(account.live).toContain(successor);
  });

  test("B10, row 40: a renamed stack or resource does not rotate", async () => {
    declare();
    await stack.up();
    const { keyId } = outputs();
    account.requests();
    declare({ description: "pulumi test/prod/renamed" });
    await stack.up();
    expect(account.requests()).toEqual([]);
    expect(outputs().keyId).toBe(keyId);
  });

  test("A11, row 41: a foreign key with the same marker, of another owner, kind or age, is never touched", async () => {
    declare();
    await stack.up();
    const { account: control } = account.emulator;
    account.pass(31);
    // The successor's marker is derived from the key's id: an interrupted update leaves it in the account.
    await stack.up({ kill: { nth: 2, arrived: true } });
    const left = control.liveApiKeys().find(({ id }) => id !== current());
    const description = left?.description ?? "";
    expect(description).toMatch(/^pulumi test\/dev\/db #[0-9a-f]{7}$/);
    const marker = description.slice(-9);
    const foreign = [
      control.addApiKey({ ...addable(spec), description: `somebody else${marker}` }),
      control.addApiKey({ ...addable(spec), description, createdAt: "2025-06-01T00:00:00Z" }),
      control.addApiKey({ ...other(spec), description }),
      control.addApiKey({ service: "storage", description }),
    ].map(({ id }) => id);
    await stack.up();
    await stack.up();
    expect(stack.errors).toEqual([]);
    expect(account.live).toEqual(expect.arrayContaining(foreign));
    expect(account.live).not.toContain(left?.id);
    expect(await stack.destroy()).toBe(true);
    expect(account.live).toEqual(foreign.sort());
  });

  test("A15, row 50: an inactive current key of ours is revoked when it is replaced, so that it cannot come back", async () => {
    declare();
    await stack.up();
    const dead = current();
    account.emulator.account.deactivate(dead);
    await stack.refresh();
    await stack.up();
    expect(account.emulator.account.apiKeys().find(({ id }) => id === dead)?.isActive).toBe(false);
    expect(
      account
        .requests()
        .filter((request) => request.startsWith("DELETE"))
        .join(),
    ).toContain(dead);
    expectExactly();
  });

  test.each([1, 2, 3])(
    "row 36: an emergency rotation killed at request %i: two at most, and the next run ends it",
    async (nth) => {
      const [, handed] = await overlapping();
      declare({ rotationTriggers: { incident: 1 } });
      for (const arrived of [true, false]) {
        await stack.up({ kill: { nth, arrived } });
        expect(account.live).toContain(handed);
        expect(account.live.length).toBeLessThanOrEqual(2);
      }
      await stack.up();
      expect(account.live).toContain(handed);
      expectExactly();
    },
  );
});

const addable = (spec: object) => ("service" in spec ? { service: "database" } : { scopes: ["dns:read"] });
const other = (spec: object) => ("service" in spec ? { scopes: ["dns:read"] } : { service: "database" });

/** The entries of a stack's state, as `stack export` and `stack import` would copy them. */
function copyOfState({ state }: StoryStack) {
  return [...state].map(([name, held]) => [name, { ...held, outputs: { ...held.outputs } }] as const);
}
