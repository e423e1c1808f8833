// Rotating keys across runs, clocks, copies and renames: two live keys at most, never none, and nobody else's revoked.
import { UNKNOWN, type Properties } from "../../../src/values";
import { RotatingPersonalAccessToken, RotatingServiceKey } from "../../support/engine-resources";
import { API_KEYS, ROTATING } from "../../support/kinds";
import { account, stack } from "../../support/story";

describe.each(ROTATING)("a rotating %s", (...kind) => {
  const declare = (more: Properties = {}): void => stack.declareRotating(more, kind);
  const deploy = (more: Properties = {}): Promise<string> => stack.deployRotating(more, kind);
  /** Up to the moment when a rotation is due. */
  const rotationIsDue = async (more: Properties = {}): Promise<string> => {
    await deploy(more);
    account.pass(31);
    return stack.current;
  };

  test("in a year of daily runs has twelve rotations, each previous key revoked after its overlap; no request when nothing is due", async () => {
    await deploy();
    let [rotations, most] = [0, 0];
    for (let day = 1; day <= 365; day += 1) {
      const before = stack.current;
      const key = stack.held("db").outputs.key;
      account.pass(1);
      account.requests();
      await stack.up();
      if (stack.current !== before) {
        rotations += 1;
        expect(stack.held("db").outputs).toMatchObject({ previousKeyId: before, previousKey: key });
      } else if (account.changes().length === 0) expect(account.requests()).toEqual([]);
      stack.expectHeld();
      most = Math.max(most, account.live.length);
    }
    expect([rotations, most]).toEqual([12, 2]);
    await stack.expectDestroyed();
  });

  test("that comes months late rotates, and keeps the key that the consumers of the last run hold", async () => {
    const [, handed] = await stack.overlapping(kind);
    account.pass(100);
    await stack.up();
    expect(stack.previous).toBe(handed);
    stack.expectHeld();
  });

  test("without an overlap has its previous key revoked by the next run, which says so, not by the one that rotates", async () => {
    const first = await rotationIsDue({ overlapDays: undefined });
    await stack.up();
    expect(account.live).toContain(first);
    expect(stack.printed).not.toContain("revoked the previous key");
    await stack.up();
    stack.expectHeld([stack.current]);
    expect(stack.printed).toContain(`: revoked the previous key ${first}.`);
  });

  test("whose rotation's response is lost has one current key and its previous one", async () => {
    const first = await rotationIsDue();
    await stack.up({ troubles: [{ fate: "answer lost" }] });
    expect(stack.previous).toBe(first);
    stack.expectHeld();
  });

  test("whose rotation stays unresolved keeps its key, and heals with the next run", async () => {
    const first = await rotationIsDue();
    const { key } = stack.held("db").outputs;
    expect(
      await stack.up({ troubles: [{ fate: "answer lost" }, { method: "GET", nth: 2, times: 40 }] }),
    ).toBe(false);
    expect(stack.held("db").outputs).toMatchObject({ keyId: first, key, unresolved: true });
    await stack.up();
    expect(stack.held("db").outputs).not.toHaveProperty("unresolved");
    expect(stack.previous).toBe(first);
    stack.expectHeld();
  });

  test("whose rotation fails after the previous key was revoked says so in the state", async () => {
    await stack.overlapping(kind);
    account.pass(30);
    expect(await stack.up({ troubles: [{ fate: "401", times: 9 }] })).toBe(false);
    expect(stack.previous).toBeNull();
    stack.expectKept([stack.current]);
  });

  test("does not lose its previous key in the run after one that failed: nobody may have moved to the new key yet", async () => {
    const first = await rotationIsDue({ overlapDays: 0 });
    expect(
      await stack.up({ troubles: [{ fate: "never arrives" }, { method: "GET", nth: 5, times: 99 }] }),
    ).toBe(false);
    expect(stack.held("db").outputs).toMatchObject({ previousKeyId: first, unresolved: true });
    await stack.up();
    expect(account.live).toContain(first);
    // That run was completed; the next one revokes it.
    await stack.up();
    stack.expectHeld([stack.current]);
  });

  test("whose current key was revoked elsewhere notices that at refresh, and the next run makes another", async () => {
    const [older, gone] = await stack.overlapping(kind);
    account.control.remove(gone);
    await stack.refresh();
    expect(stack.held("db").outputs.isActive).toBe(false);
    expect(stack.printed).toContain(`: the current key ${gone} is no longer active. The next \`pulumi up\``);
    await stack.up();
    stack.expectHeld([older, stack.current].sort());
  });

  test("B10, row 40: a renamed stack or resource does not rotate by itself; a description of its own does, and so does its time", async () => {
    const first = await deploy();
    declare({ description: "pulumi test/prod/renamed" });
    await stack.expectQuiet();
    expect(stack.current).toBe(first);
    account.pass(31);
    await stack.up();
    const listed = () => account.control.liveApiKeys().find(({ id }) => id === stack.current)?.description;
    expect(listed()).toMatch(/^pulumi test\/prod\/renamed #/);
    await deploy({ description: "for the billing" });
    expect(listed()).toMatch(/^for the billing/);
  });

  test.each([1, 2, 3])("row 36: an emergency killed at request %i is ended by the next run", async (nth) => {
    const [, handed] = await stack.overlapping(kind);
    declare({ rotationTriggers: { incident: 1 } });
    for (const arrived of [true, false]) {
      await stack.up({ kill: { nth, arrived } });
      expect(account.live).toContain(handed);
      expect(account.live.length).toBeLessThanOrEqual(2);
    }
    await stack.up();
    expect(account.live).toContain(handed);
    stack.expectHeld();
  });
});

test("a preview says that the update creates a new key, why, and what becomes of the others; of nothing else", async () => {
  await stack.deployRotating();
  const ahead = (inputs: Properties = {}): string | undefined => {
    const { id, outputs } = stack.held("db");
    const { inputs: news } = RotatingServiceKey.check({}, { ...stack.program.get("db")?.inputs, ...inputs });
    return RotatingServiceKey.diff(id, outputs, news, account.timing.now()).ahead;
  };
  const stays = (id: string): string =>
    `The current key ${id} stays valid until another \`pulumi up\`, 7 days later or more, revokes it.`;
  for (const quiet of [{}, { overlapDays: 5 }, { service: "vps" }]) expect(ahead(quiet)).toBeUndefined();
  const what = 'The service key "pulumi test/dev/db": this update creates a new key, because';
  expect(ahead({ rotationTriggers: { a: "1" }, description: "ours" })).toBe(
    `${what} the program changes \`description\` and \`rotationTriggers\`. ${stays(stack.current)}`,
  );
  expect(ahead({ rotationTriggers: { a: UNKNOWN } })).toContain("may create a new key");
  account.pass(30);
  expect(ahead()).toBe(`${what} it was due. ${stays(stack.current)}`);
  expect(ahead({ overlapDays: 0 })).toMatch(/ stays valid until another `pulumi up` revokes it\.$/);
  await stack.up();
  expect(ahead()).toBeUndefined();
  expect(ahead({ rotationTriggers: { a: "1" } })).toBe(
    `${what} the program changes \`rotationTriggers\`. It first revokes the previous key ${String(stack.previous)}, whose overlap is not over. ${stays(stack.current)}`,
  );
  stack.held("db").outputs.isActive = false;
  expect(ahead()).toBe(`${what} the key ${stack.current} was not active.`);
});

test("a key that a refresh saw inactive, and that is active again: kept, whatever the state says", async () => {
  const first = await stack.deployRotating();
  account.control.deactivate(first);
  await stack.refresh();
  account.control.addApiKey({ id: first, service: "dns" });
  await stack.up({ troubles: [{ method: "POST", fate: "401" }] });
  expect(account.live).toEqual([first]);
  await stack.up();
  stack.expectHeld([first]);
  expect(stack.held("db").outputs.isActive).toBe(true);
});

test("every optional output that is absent is null", async () => {
  for (const [name, type, inputs] of API_KEYS) stack.declare(name, type, inputs);
  await stack.up();
  for (const name of ["rotating service key", "rotating token"]) {
    const absent = { previousKey: null, previousKeyId: null, retireAt: null };
    expect(stack.held(name).outputs).toMatchObject(absent);
  }
  for (const [name] of API_KEYS) expect(stack.held(name).outputs).toHaveProperty("lastUsedAt", null);
  expect(stack.held("token").outputs).toMatchObject({ expiresAt: null, rotateAt: null, expiresInDays: null });
});

test("holdWhileUsed keeps a previous key that is in use, says so, and has it revoked when it is not", async () => {
  const vps = ["service key", RotatingServiceKey, { service: "vps" }] as const;
  const first = await stack.deployRotating({ holdWhileUsed: true }, vps);
  account.pass(30);
  await stack.up();
  account.pass(7);
  const key = String(stack.held("db").outputs.previousKey);
  await fetch(`${account.emulator.url}/v1/vps`, { headers: { "X-API-Key": key } });
  account.pass(1);
  await stack.up();
  expect(account.live).toContain(first);
  expect(stack.printed).toMatch(/keeping the previous key .*: it was used at 2026-02-07/);
  account.pass(10);
  await stack.up();
  expect(account.live).not.toContain(first);
});

test("a change of scopes rotates with an overlap", async () => {
  const token = (scope: string): void => stack.declareRotating({ scopes: [scope] }, ROTATING[1]);
  token("ssh_keys:read");
  await stack.up();
  const first = stack.current;
  token("services:read");
  await stack.up();
  expect(stack.held("db").outputs).toMatchObject({ scopes: ["services:read"], previousKeyId: first });
  stack.expectHeld();
});

test("a previous key that the run is logged in with is never revoked by it, and destroy refuses", async () => {
  await stack.deployRotating({ scopes: ["api_keys:write"], overlapDays: 0 }, ROTATING[1]);
  stack.credential = String(stack.held("db").outputs.key);
  account.pass(30);
  await stack.up();
  await stack.up();
  expect(stack.printed).toContain("this update is authenticated with it");
  expect(account.live).toHaveLength(2);
  await stack.expectFailure(stack.destroy(), "Did not revoke");
  stack.credential = undefined;
  await stack.expectDestroyed();
});

test.each([
  [{}, ["rotateEveryDays"]],
  [{ rotateEveryDays: 0 }, ["rotateEveryDays"]],
  [{ rotateEveryDays: 7, overlapDays: 7 }, ["overlapDays"]],
  [{ rotateEveryDays: 30, overlapDays: 7, expiresInDays: 36 }, ["expiresInDays"]],
  [{ rotateEveryDays: 30, overlapDays: 7, expiresInDays: 37 }, []],
  [{ rotateEveryDays: 30, overlapDays: UNKNOWN, expiresInDays: 30 }, []],
])("the check of the days %j names what is wrong: %j", (inputs, wrong) => {
  const { failures } = RotatingPersonalAccessToken.check(
    {},
    { scopes: ["a:read"], description: "d", ...inputs },
  );
  expect(failures.map(({ property }) => property)).toEqual(wrong);
});
