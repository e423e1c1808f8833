// Rotating keys where the account's list lags, cannot be read, has changed its mind or alters descriptions: no live key is lost without a word.
import type { Properties } from "../../../src/values";
import { RotatingServiceKey, ServiceKey } from "../../support/engine-resources";
import { account, stack } from "../../support/fresh-stack";
import { current, declareRotating as declare, overlapping, previous } from "../../support/rotating";
import { expectDestroyed, expectHeld } from "../../support/story-end";

describe("a trigger changes minutes after a rotation, and the list does not show the current key", () => {
  /** `[older, handed]`: the previous and the current key before. */
  const urgently = async (hide: (handed: string) => unknown): Promise<[string, string]> => {
    const [older, handed] = await overlapping();
    hide(handed);
    declare({ rotationTriggers: { incident: 1 } });
    await stack.up();
    account.emulator.quirks.listLag = 0;
    expectHeld();
    return [older, handed];
  };

  test("because it lags for a minute: nothing lives that the state does not hold", async () => {
    const [older] = await urgently(() => (account.emulator.quirks.listLag = 60_000));
    expect(account.live).toContain(older);
  });

  test("because it lags for three seconds: the older key goes, and the current one is the previous one now", async () => {
    const [older, handed] = await urgently(() => (account.emulator.quirks.listLag = 3_000));
    expect(account.live).not.toContain(older);
    expect(previous()).toBe(handed);
  });

  test("because it was revoked by hand: the older key stays, and in the state", async () => {
    const [older] = await urgently((handed) => account.emulator.account.remove(handed));
    expect(previous()).toBe(older);
  });
});

test("a due rotation whose list cannot be read where it shows the current key: an error, and the next run rotates", async () => {
  declare();
  await stack.up();
  const first = current();
  account.pass(31);
  account.emulator.faults.add({ method: "GET", merge: { key_prefix: 5 } });
  expect(await stack.up()).toBe(false);
  expect([stack.ids, account.live]).toEqual([[first], [first]]);
  expect(await stack.up()).toBe(true);
  expect(previous()).toBe(first);
  expect(stack.ids).toEqual(account.live);
});

test("holdWhileUsed, and a list that cannot be read where it shows the previous key: it stays until a list says that it is not used", async () => {
  declare({ holdWhileUsed: true });
  await stack.up();
  const older = current();
  account.pass(31);
  await stack.up();
  account.pass(8);
  account.emulator.account.addApiKey({ id: older, service: "dns", createdAt: 5 as never });
  expect(await stack.up()).toBe(false);
  expect(account.live).toContain(older);
  account.emulator.account.addApiKey({ id: older, service: "dns" });
  expect(await stack.up()).toBe(true);
  expect(account.live).toEqual([current()]);
});

test("a key that a refresh saw inactive, and that is active again: kept, whatever the state says", async () => {
  declare();
  await stack.up();
  const first = current();
  account.emulator.account.deactivate(first);
  await stack.refresh();
  account.emulator.account.addApiKey({ id: first, service: "dns" });
  await stack.up({ troubles: [{ method: "POST", fate: "401" }] });
  expect(account.live).toEqual([first]);
  await stack.up();
  expectHeld([first]);
  expect(stack.held("db").outputs.isActive).toBe(true);
});

describe("a rotation is killed after its POST", () => {
  const killed = async (more: Record<string, unknown> = {}): Promise<void> => {
    declare(more);
    await stack.up();
    account.pass(31);
    await stack.up({ kill: { nth: 2, arrived: true } });
    expect(account.live).toHaveLength(2);
  };
  const moved = (more: Record<string, unknown>): void => {
    const declared = stack.program.get("db");
    stack.program.delete("db");
    stack.declare("database", RotatingServiceKey, { ...declared?.inputs, ...more }, { alias: "db" });
  };

  test.each<[string, Properties, () => void]>([
    [
      "a description of its own",
      {},
      () => declare({ description: "for the billing", __owner: "test/dev/db" }),
    ],
    ["another name", {}, () => moved({ description: "pulumi test/dev/database" })],
    [
      "another name, with a description of its own",
      { description: "mine", __owner: "test/dev/db" },
      () => moved({ __owner: "test/dev/database" }),
    ],
  ])("then it gets %s: what the killed run made is revoked", async (_what, before, change) => {
    await killed(before);
    change();
    await stack.up();
    expectHeld();
    await expectDestroyed();
  });

  test.each(["null", { truncatedTo: 20 }] as const)(
    "and descriptions are stored as %j: up and destroy name what it may have made",
    async (descriptions) => {
      Object.assign(account.emulator.quirks, { descriptions });
      await killed();
      const left = account.live.find((id) => id !== current());
      const before = new Map(stack.state);
      await stack.up();
      expect(stack.printed).toContain(`an earlier attempt may have created ${left ?? "?"} (created `);
      stack.state = before;
      await stack.destroy();
      expect(stack.printed).toContain(`${left ?? "?"} (created `);
    },
  );

  test("and the list cannot be read where it shows its work: up and destroy say so", async () => {
    await killed();
    const left = account.live.find((id) => id !== current());
    account.emulator.account.addApiKey({ id: String(left), service: "dns", createdAt: 5 as never });
    const before = new Map(stack.state);
    const said = "1 entry of the list could not be read; an earlier attempt may have created one of them.";
    await stack.up();
    expect(stack.printed).toContain(said);
    stack.state = before;
    await stack.destroy();
    expect(stack.printed).toContain(said);
  });

  test("and somebody made a key without a description: nobody is told to revoke that one", async () => {
    await killed();
    const { id } = account.emulator.account.addApiKey({ service: "dns" });
    await stack.up();
    expect(stack.printed).not.toContain(id);
    expect(account.live).toEqual([...stack.ids, id].sort());
  });
});

test("a rotation's response is lost, and the list cannot be read where it shows the key: destroy keeps the state until it can", async () => {
  declare();
  await stack.up();
  const first = current();
  account.pass(31);
  const fails = { method: "GET", nth: 2, fate: "500, not done", times: 99 } as const;
  await stack.up({ troubles: [{ method: "POST", fate: "answer lost", times: 9 }, fails] });
  const left = account.emulator.account.liveApiKeys().find(({ id }) => id !== first);
  expect(stack.held("db").outputs.unresolved).toBe(true);
  const { id = "", description = null, createdAt = "" } = left ?? {};
  account.emulator.account.addApiKey({ id, service: "dns", description, createdAt: 5 as never });
  expect(await stack.destroy()).toBe(false);
  expect(stack.ids).toEqual([first]);
  account.emulator.account.addApiKey({ id, service: "dns", description, createdAt });
  await expectDestroyed();
});

describe("a service key has imported a rotating key's previous key with --target, and the overlap is over", () => {
  const imported = async (): Promise<string> => {
    const [older] = await overlapping();
    const listed = account.emulator.account.apiKeys().find(({ id }) => id === older);
    const existing = { id: older, key: stack.held("db").outputs.previousKey };
    stack.declare("imp", ServiceKey, { service: "dns", existing, description: listed?.description });
    await stack.up({ target: "imp" });
    expect(stack.held("imp").id).toBe(older);
    account.pass(8);
    return older;
  };

  test("up --refresh: the rotating key gives it up, and says so", async () => {
    const older = await imported();
    await stack.up({ refresh: true });
    expect(stack.errors).toEqual([]);
    expect(stack.printed).toContain(
      `Keeping the previous service key ${older}: another resource manages it now.`,
    );
    expect(account.live).toContain(older);
    expect(previous()).toBeNull();
    await stack.up();
    expect(stack.errors).toEqual([]);
    await expectDestroyed();
  });

  test("up, and it comes first in the program: refused, and nothing is revoked", async () => {
    const older = await imported();
    const db = stack.program.get("db");
    stack.program.delete("db");
    if (db) stack.program.set("db", db);
    await stack.up();
    expect(stack.errors.join()).toContain("Remove one of them; the remaining one will manage the key.");
    expect(account.live).toContain(older);
    stack.program.delete("imp");
    await stack.up();
    expect(account.live).toEqual([current()]);
  });

  test("by nature: up, and the rotating key comes first: revoked, as the docs say, and nothing claims otherwise", async () => {
    const older = await imported();
    await stack.up();
    expect(stack.errors).toEqual([]);
    expect(account.live).not.toContain(older);
  });
});
