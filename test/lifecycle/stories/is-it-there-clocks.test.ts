// When does it end? By the server's clock and what the API says; where nobody can tell, nothing is revoked, and the run
// says why.
import type { Properties } from "../../../src/values";
import { showing } from "../../support/answers";
import { PersonalAccessToken, RotatingServiceKey, ServiceKey, SshKey } from "../../support/engine-resources";
import { DECLARED, ROTATING } from "../../support/kinds";
import { account, DAY, HOUR, MINUTE, stack } from "../../support/story";

const declareToken = (more: Properties = {}, deleteBeforeReplace = false): void =>
  stack.declare(
    "it",
    PersonalAccessToken,
    { ...DECLARED.PersonalAccessToken, expiresInDays: 90, ...more },
    { deleteBeforeReplace },
  );

describe("row 67: a token that is due by a local clock that is a year ahead", () => {
  test.each([
    ["with a time before its end to rotate at", { rotateBeforeDays: 14 }],
    ["without one", {}],
    ["that deletes the old one first", { rotateBeforeDays: 14 }, true],
  ])("%s: an error names both clocks, and nothing changes", async (_how, more, deletesFirst = false) => {
    declareToken(more, deletesFirst);
    await stack.up();
    const before = account.live;
    account.pass(1);
    account.timing.error = 365 * DAY;
    account.requests();
    expect(await stack.up()).toBe(false);
    expect(account.changes()).toEqual([]);
    stack.expectKept(before);
    for (const day of ["2026-01-02", "2027-01-02"]) expect(stack.errors.join()).toContain(day);
    account.timing.error = 0;
    await stack.up();
    stack.expectHeld(before);
  });

  test("and by the server's, too: it is replaced", async () => {
    declareToken({ rotateBeforeDays: 14 });
    await stack.up();
    const before = account.live;
    account.pass(80);
    account.timing.error = 365 * DAY;
    await stack.up();
    stack.expectHeld();
    expect(account.live).not.toEqual(before);
  });
});

test("a token that is created while the local clock is days ahead does not count as due at every up", async () => {
  account.timing.error = 3 * DAY;
  declareToken({ expiresInDays: 2 });
  await stack.up();
  // A diff makes no request, so nothing but the local clock can tell it the time: the token counts as due, once. What
  // replaces it shows that the clock is ahead, and from then on only the time that passes on it counts.
  await stack.up();
  const second = stack.ids;
  for (let run = 0; run < 3; run += 1) await stack.up();
  expect(stack.ids).toEqual(second);
  account.pass(3);
  await stack.up();
  expect(stack.ids).not.toEqual(second);
});

test("a server clock at the end of time costs no key: it is created, and its times are by the local clock", async () => {
  account.emulator.faults.add({ method: "POST", headers: { date: "Fri, 12 Sep 275760 23:59:59 GMT" } });
  declareToken();
  await stack.up();
  stack.expectHeld();
  const times = { createdAt: "2026-01-01T00:00:00Z", expiresAt: "2026-04-01T00:00:00Z" };
  expect(stack.held("it").outputs).toMatchObject(times);
});

describe.each(ROTATING)("row 65: the API sends no `Date`, and a rotating %s", (...kind) => {
  beforeEach(async () => {
    account.emulator.transform = () => ({ headers: { date: null } });
    await stack.deployRotating({ overlapDays: 1 }, kind);
    account.pass(31);
    expect(await stack.up()).toBe(true);
    expect(stack.ids).toHaveLength(2);
  });

  test.each([2, 400])("has a previous key that stays for %i days, until there is a `Date`", async (days) => {
    const before = stack.ids;
    account.pass(days);
    await stack.up();
    expect(account.live).toEqual(expect.arrayContaining(before));
    expect(stack.spoken).toMatch(/\bDate\b/);
    expect(stack.spoken).not.toContain("still within its overlap");
    account.emulator.transform = undefined;
    for (let run = 0; run < 2; run += 1) await stack.up();
    stack.expectHeld();
    expect(account.live).not.toEqual(expect.arrayContaining(before));
  });
});

test("row 65: made by a clock that is an hour ahead while the API sends no `Date`, and revoked by hand: a refresh drops it as soon as there is one", async () => {
  account.timing.error = HOUR;
  // Neither the header nor the response to a creation tells the time.
  account.emulator.transform = ({ method, body }) => ({
    headers: { date: null },
    ...(method === "POST" && { body: { ...(body as object), created_at: undefined } }),
  });
  stack.declare("key", ServiceKey, DECLARED.ServiceKey);
  stack.declare("rotating", RotatingServiceKey, DECLARED.RotatingServiceKey);
  await stack.deploy("ssh", SshKey, DECLARED.SshKey);
  account.timing.error = 0;
  account.emulator.transform = undefined;
  for (const id of account.live) account.control.remove(id);
  account.later(10 * MINUTE);
  await stack.refresh();
  stack.expectHeld([]);
});

describe("row 71: the API says when a token ends", () => {
  const END = "2026-01-31T00:00:00Z";
  const EARLY = { expiresAt: END, rotateAt: "2026-01-17T00:00:00Z" };
  const asked = { expiresAt: "2027-01-01T00:00:00Z", rotateAt: "2026-12-18T00:00:00Z" };
  const YEAR = { expiresInDays: 365, rotateBeforeDays: 14 };
  const ends = (): unknown => {
    const { expiresAt, rotateAt } = stack.held("it").outputs;
    return { expiresAt, rotateAt };
  };

  test("in a list, earlier than asked for: it counts after a refresh, and the token is replaced in time", async () => {
    declareToken(YEAR);
    await stack.up();
    const before = stack.ids;
    account.emulator.transform = showing((entry) => ({
      ...entry,
      expires_at: before.includes(String(entry["id"])) ? END : null,
    }));
    await stack.refresh();
    expect(ends()).toEqual(EARLY);
    await stack.expectQuiet();
    account.pass(17);
    await stack.up();
    stack.expectHeld();
    expect(stack.ids).not.toEqual(before);
  });

  test("in the response to its creation, earlier than asked for: it counts", async () => {
    account.emulator.transform = ({ method, body }) =>
      method === "POST" ? { body: { ...(body as object), expires_at: END } } : undefined;
    declareToken(YEAR);
    await stack.up();
    expect(ends()).toEqual(EARLY);
  });

  test("in a list, earlier than asked for, of a token that is imported: it counts", async () => {
    const { id, key } = account.control.addApiKey({ scopes: ["dns:read"], description: "x" });
    account.emulator.transform = showing((entry) => ({ ...entry, expires_at: END }));
    const inputs = { ...DECLARED.PersonalAccessToken, description: "x", ...YEAR, existing: { id, key } };
    await stack.deploy("it", PersonalAccessToken, inputs);
    expect({ errors: stack.errors, ends: ends() }).toEqual({ errors: [], ends: EARLY });
  });

  test.each(["2030-01-01T00:00:00Z", null, "", "soon", 5])("as %j, it does not count", async (expires_at) => {
    account.emulator.transform = showing((entry) => ({ ...entry, expires_at }));
    declareToken(YEAR);
    await stack.up();
    await stack.refresh();
    expect({ errors: stack.errors, ends: ends() }).toEqual({ errors: [], ends: asked });
  });
});
