// When does it end? By the server's clock and what the API says; where nobody can tell, nothing is revoked,
// and the run says why.
import type { Properties } from "../../../src/values";
import { showing } from "../../support/answers";
import { PersonalAccessToken, RotatingServiceKey, ServiceKey, SshKey } from "../../support/engine-resources";
import { account, DAY, deploy, HOUR, stack } from "../../support/fresh-stack";
import { DECLARED, ROTATING } from "../../support/kinds";
import { publicKey } from "../../support/public-key";
import { declareRotating } from "../../support/rotating";
import { changes, expectHeld, expectKept, expectQuiet } from "../../support/story-end";

const declareToken = (more: Properties = {}): void =>
  stack.declare("it", PersonalAccessToken, { ...DECLARED.PersonalAccessToken, expiresInDays: 90, ...more });

describe("row 67: a token that is due by a local clock that is a year ahead", () => {
  test.each([
    ["with a time before its end to rotate at", { rotateBeforeDays: 14 }],
    ["without one", {}],
    ["that deletes the old one first", { rotateBeforeDays: 14 }, true],
  ])(
    "%s: an error names both clocks, and nothing is made or revoked",
    async (_how, more, deleteBeforeReplace = false) => {
      declareToken(more);
      const declared = stack.program.get("it")!;
      stack.program.set("it", { ...declared, deleteBeforeReplace });
      await stack.up();
      const before = account.live;
      account.pass(1);
      account.timing.error = 365 * DAY;
      account.requests();
      expect(await stack.up()).toBe(false);
      expect(changes()).toEqual([]);
      expectKept(before);
      expect(stack.errors.join()).toContain("2026-01-02");
      expect(stack.errors.join()).toContain("2027-01-02");
      account.timing.error = 0;
      expect({ done: await stack.up(), live: account.live }).toEqual({ done: true, live: before });
    },
  );

  test("and by the server's, too: it is replaced", async () => {
    declareToken({ rotateBeforeDays: 14 });
    await stack.up();
    const before = account.live;
    account.pass(80);
    account.timing.error = 365 * DAY;
    expect({ done: await stack.up(), errors: stack.errors }).toEqual({ done: true, errors: [] });
    expect(account.live).toEqual(stack.ids);
    expect(account.live).not.toEqual(before);
  });
});

describe.each(ROTATING)("row 65: the API sends no `Date`, and a rotating %s", (...kind) => {
  beforeEach(async () => {
    account.emulator.transform = () => ({ headers: { date: null } });
    declareRotating({ overlapDays: 1 }, kind);
    await stack.up();
    account.pass(31);
    expect(await stack.up()).toBe(true);
    expect(stack.ids).toHaveLength(2);
  });

  test.each([2, 40, 400])(
    "has a previous key whose time is over, after %i days: it stays, and the run says why",
    async (days) => {
      const before = stack.ids;
      account.pass(days);
      await stack.up();
      expect(account.live).toEqual(expect.arrayContaining(before));
      expect(stack.spoken).toMatch(/\bDate\b/);
      expect(stack.spoken).not.toContain("still within its overlap");
    },
  );

  test("has that key removed as soon as there is a `Date`", async () => {
    account.pass(40);
    await stack.up();
    account.emulator.transform = undefined;
    await stack.up();
    await stack.up();
    expectHeld();
    expect(stack.ids.length).toBeLessThanOrEqual(2);
  });
});

describe("row 71: the API says when a token ends", () => {
  const END = "2026-01-31T00:00:00Z";
  const declare = (): void => declareToken({ expiresInDays: 365, rotateBeforeDays: 14 });
  const ends = (): unknown => {
    const { expiresAt, rotateAt } = stack.held("it").outputs;
    return { expiresAt, rotateAt };
  };
  const EARLY = { expiresAt: END, rotateAt: "2026-01-17T00:00:00Z" };
  const asked = { expiresAt: "2027-01-01T00:00:00Z", rotateAt: "2026-12-18T00:00:00Z" };

  test("in a list, earlier than asked for: it counts after a refresh, and the token is replaced in time", async () => {
    declare();
    await stack.up();
    const before = stack.ids;
    account.emulator.transform = showing((entry) => ({
      ...entry,
      expires_at: before.includes(String(entry["id"])) ? END : null,
    }));
    await stack.refresh();
    expect(ends()).toEqual(EARLY);
    await expectQuiet();
    account.pass(17);
    await stack.up();
    expectHeld();
    expect(stack.ids).not.toEqual(before);
  });

  test("in the response to its creation, earlier than asked for: it counts", async () => {
    account.emulator.transform = ({ method, body }) =>
      method === "POST" ? { body: { ...(body as object), expires_at: END } } : undefined;
    declare();
    await stack.up();
    expect(ends()).toEqual(EARLY);
  });

  test.each(["2030-01-01T00:00:00Z", null, "", "soon", 5])(
    "as %j, which is later or says nothing: what was asked for counts",
    async (expires_at) => {
      account.emulator.transform = showing((entry) => ({ ...entry, expires_at }));
      declare();
      await stack.up();
      await stack.refresh();
      expect({ errors: stack.errors, ends: ends() }).toEqual({ errors: [], ends: asked });
    },
  );

  test("in a list, earlier than asked for, of a token that is imported: it counts", async () => {
    const { id, key } = account.emulator.account.addApiKey({ scopes: ["dns:read"], description: "x" });
    account.emulator.transform = showing((entry) => ({ ...entry, expires_at: END }));
    await deploy("it", PersonalAccessToken, {
      scopes: ["dns:read"],
      description: "x",
      expiresInDays: 365,
      rotateBeforeDays: 14,
      existing: { id, key },
    });
    expect({ errors: stack.errors, ends: ends() }).toEqual({ errors: [], ends: EARLY });
  });
});

test("row 65: made by a clock that is an hour ahead while the API sends no `Date`, and revoked by hand: a refresh drops it as soon as there is one", async () => {
  const types = [
    [ServiceKey, { service: "dns", description: "pulumi test/dev/it #${hex(7)}" }],
    [RotatingServiceKey, { service: "dns", description: "pulumi test/dev/rot", rotateEveryDays: 30 }],
    [SshKey, { publicKey: publicKey("it"), name: "it-${hex(7)}" }],
  ] as const;
  account.timing.error = HOUR;
  // Neither the header nor the response to a creation tells the time.
  account.emulator.transform = ({ method, body }) => ({
    headers: { date: null },
    ...(method === "POST" && { body: { ...(body as object), created_at: undefined } }),
  });
  types.forEach(([type, inputs], at) => stack.declare(`it${at}`, type, inputs));
  await stack.up();
  account.timing.error = 0;
  account.emulator.transform = undefined;
  for (const id of account.live) account.emulator.account.remove(id);
  account.timing.elapsed += 600_000;
  await stack.refresh();
  expect({ errors: stack.errors, held: stack.ids }).toEqual({ errors: [], held: [] });
});

test.each([
  ["NaN", { x: NaN }],
  ["NaN in a list", { x: [1, NaN] }],
  ["NaN in an object", { x: { y: NaN } }],
  ["minus zero", { x: -0 }],
])(
  "C23: %s among the triggers replaces nothing as long as the program is the same",
  async (_what, rotationTriggers) => {
    stack.declare("it", ServiceKey, {
      service: "dns",
      description: "pulumi test/dev/it #${hex(7)}",
      rotationTriggers,
    });
    stack.declare("rot", RotatingServiceKey, {
      service: "dns",
      description: "pulumi test/dev/rot",
      rotateEveryDays: 30,
      rotationTriggers,
      __owner: "",
    });
    const isAccepted = await stack.up();
    if (!isAccepted) expect(stack.errors.join()).toMatch(/rotationTriggers|NaN/);
    const before = account.live;
    account.requests();
    for (let run = 0; run < 2; run += 1) await stack.up();
    expect(account.requests()).toEqual([]);
    expect(account.live).toEqual(before);
  },
);
