// Whose is it, by its time? A key of ours was created after the request that its attempt sent, whatever the clocks do:
// another stack's key of the minutes before stays.
import { spelling } from "../../support/answers";
import { PersonalAccessToken, ServiceKey, SshKey, SshKeySet } from "../../support/engine-resources";
import { DECLARED, KEYS, SERVICE_KEY, SSH_KEY } from "../../support/kinds";
import { publicKey } from "../../support/public-key";
import { account, DAY, HOUR, MINUTE, othersStack, stack, UP_OR_DESTROY } from "../../support/story";
import { LOST, NEVER_ARRIVES, NO_LIST, OFFLINE, troubled } from "../../support/troubles";
import type { CommandOptions } from "../../support/story-stack";

const SSH = { publicKey: publicKey(1), name: "deploy" };

describe.each([
  ["an SSH key", SshKey, SSH],
  ["a set", SshKeySet, { publicKeys: { loy: publicKey(1) }, namePrefix: "dep" }],
] as const)("another stack registered the key of %s before; the local clock", (_what, type, inputs) => {
  const jump = (nth: number, ms: number): CommandOptions => ({ jump: { nth, clock: "error", ms } });
  test.each<[string, CommandOptions, wrongBy?: number, listLag?: number]>([
    [
      "jumps by five minutes within the run, whose 409 is lost",
      { ...troubled(LOST, { ...NO_LIST, nth: 2, times: 2 }), ...jump(2, 5 * MINUTE) },
      0,
      4 * MINUTE,
    ],
    ["was five minutes behind when the 409 was lost", troubled(LOST, NO_LIST), -5 * MINUTE],
    [
      "jumps by an hour within the run, whose POST never arrives",
      { ...troubled(NEVER_ARRIVES), ...jump(1, HOUR) },
    ],
  ])("%s: destroy leaves that key", async (_clock, options, wrongBy = 0, listLag = 0) => {
    const other = await othersStack(SshKey, SSH);
    account.later(3 * MINUTE);
    account.timing.error = wrongBy;
    account.emulator.quirks.listLag = listLag;
    expect(await stack.deploy("it", type, inputs, options)).toBe(false);
    if (stack.state.size === 0) expect(stack.spoken).toContain(other.ids[0]);
    account.timing.error = 0;
    account.emulator.quirks.listLag = 0;
    account.later(30 * MINUTE);
    await stack.destroy();
    expect(account.live).toEqual(other.ids);
  });
});

test("an automatic name, and the clock is set right by an hour within the run: the next up heals", async () => {
  account.timing.error = -HOUR;
  account.emulator.quirks.listLag = 10_000;
  stack.declare("it", SshKey, DECLARED.SshKey);
  await stack.up({
    ...troubled(LOST, { ...NO_LIST, nth: 2, times: 2 }),
    jump: { nth: 2, clock: "error", ms: HOUR },
  });
  account.emulator.quirks.listLag = 0;
  account.later(30 * MINUTE);
  for (let run = 0; run < 2; run += 1) await stack.up();
  stack.expectHeld();
});

test.each([
  ["429", 25],
  ["refused", 1],
] as const)("another stack's key, made while our POST waits (%s), survives", async (fate, times) => {
  const { timing } = account;
  const sleep = timing.sleep.bind(timing);
  let [slept, other] = [0, Promise.resolve<{ ids: string[] }>(stack)];
  timing.sleep = async (ms) => {
    await sleep(ms);
    slept += ms;
    if ((await other) !== stack || (fate === "429" && slept < 10_000)) return;
    other = othersStack(SshKey, SSH);
    await other;
    // More than the tolerance for rounded times.
    account.later(6_000);
  };
  await stack.deploy("it", SshKey, SSH, troubled({ fate, times }, { ...LOST, nth: times + 1 }));
  await stack.destroy();
  expect(account.live).toEqual((await other).ids);
  expect(account.live).toHaveLength(1);
});

test.each([SERVICE_KEY, SSH_KEY, ["SSH key with a name of its own", SshKey, SSH]] as const)(
  "%s: destroy finds what a gateway with a wrong clock lost",
  async (_what, type, inputs) => {
    account.emulator.transform = () => ({
      status: 502,
      body: "bad gateway",
      headers: { date: new Date(account.timing.server() + HOUR).toUTCString() },
    });
    await stack.deploy("it", type, inputs);
    account.emulator.transform = undefined;
    account.later(10 * MINUTE);
    expect(account.live).toHaveLength(1);
    await stack.expectDestroyed();
  },
);

test.each(KEYS)("row 39, %s: it is ours, although the host sleeps first", async (_what, type, inputs) => {
  const { timing } = account;
  const sleep = timing.sleep.bind(timing);
  let sleeps = 0;
  // The monotonic clock stops while a machine sleeps; the wall clocks do not.
  timing.sleep = async (ms) => {
    if ((sleeps += 1) === 1) {
      account.later(HOUR);
      timing.monotonic = () => timing.elapsed - HOUR;
    }
    await sleep(ms);
  };
  await stack.deploy("it", type, inputs, troubled(LOST, { method: "GET" }));
  expect(sleeps).toBeGreaterThan(0);
  await stack.expectOneForOne();
});

test.each([-6_000, -500_000])("row 43: a lost SSH key with a time %i ms off is ours", async (skew) => {
  account.emulator.quirks.createdAtSkew = skew;
  await stack.deploy("it", SshKey, DECLARED.SshKey, troubled(LOST));
  await stack.expectOneForOne();
});

test("an SSH key counts from the beginning of its request: it is ours, although the request took 25 s", async () => {
  account.emulator.transform = ({ method }) => {
    if (method === "POST") account.later(25_000);
    return undefined;
  };
  await stack.deploy("it", SshKey, SSH, troubled(LOST));
  await stack.expectOneForOne();
});

test.each([8_760, 1, -8_760])("row 55: a new SSH key is ours by a clock %i hours ahead", async (hours) => {
  account.timing.error = hours * HOUR;
  stack.declare("it", SshKey, SSH);
  await stack.deploy("team", SshKeySet, { publicKeys: { anna: publicKey("anna") } });
  stack.expectHeld();
  await stack.expectDestroyed();
});

describe("row 62: creation times are listed as", () => {
  const FORMS: [string, (time: string) => string, isRead: boolean][] = [
    ["2030-01-01T00:00:00.123456, without a zone", (time) => time.replace("Z", ".123456"), true],
    ["2030-01-01 00:00:00+0000", (time) => time.replace("T", " ").replace("Z", "+0000"), true],
    ["the form of HTTP headers", (time) => new Date(time).toUTCString(), false],
    ["the year 9999", () => "9999-12-31T23:59:59Z", false],
    ["an empty text", () => "", false],
  ];

  test.each(FORMS)("%s: somebody's older key is not taken, and named", async (_form, write, isRead) => {
    for (const age of isRead ? [30 * MINUTE, 30 * DAY] : [30 * DAY]) {
      const { id } = account.control.addSshKey(SSH);
      account.later(age);
      account.emulator.transform = spelling("created_at", write);
      await stack.expectFailure(stack.deploy("it", SshKey, SSH, troubled(NEVER_ARRIVES)), id);
      expect(stack.ids).toEqual([]);
      account.emulator.transform = undefined;
      await stack.expectDestroyed([id]);
      account.control.remove(id);
    }
  });

  test.each(FORMS.filter(([, , isRead]) => isRead))("%s, which is read", async (_form, write) => {
    const { id, key } = account.control.addApiKey({ scopes: ["dns:read"], description: "x" });
    account.emulator.transform = spelling("created_at", write);
    const inputs = { scopes: ["dns:read"], description: "x", expiresInDays: 1, existing: { id, key } };
    await stack.deploy("it", PersonalAccessToken, inputs);
    expect(stack.errors).toEqual([]);
    expect(stack.held("it").outputs["expiresAt"]).toBe("2026-01-02T00:00:00Z");
  });
});

test("a service key whose description, marker and all, is copied from an old key: a lost response costs that one nothing", async () => {
  const copied = { service: "dns", description: "pulumi test/dev/it #1a2b3c4" };
  const { id } = account.control.addApiKey({ ...copied, createdAt: "2025-12-24T10:00:00Z" });
  await stack.deploy("it", ServiceKey, copied, troubled(LOST));
  expect(account.live).toContain(id);
  expect(account.unnamed(stack)).toEqual([id]);
});

describe("an SSH key that stayed unresolved", () => {
  test("is named, if by a server's clock that was set meanwhile it is too old to be ours", async () => {
    await stack.deploy("it", SshKey, DECLARED.SshKey, troubled(...OFFLINE));
    const { live } = account;
    account.timing.serverError = HOUR;
    await stack.up();
    expect(stack.printed).toContain(live[0]);
    expect(account.live).toEqual(live);
  });

  test.each([
    ["2025-12-24T10:00:00Z", 1],
    ["2026-01-01T00:00:02Z", 0],
  ])("and another of its name is of %s: clearing up leaves %d", async (createdAt, left) => {
    await stack.deploy("it", SshKey, SSH, troubled(NEVER_ARRIVES, NO_LIST));
    account.control.addSshKey({ ...SSH, createdAt });
    await stack.destroy();
    expect(account.live).toHaveLength(left);
  });

  test.each(UP_OR_DESTROY)("by a clock a year slow, then %s: an older key stays, named", async (next) => {
    const { id } = account.control.addSshKey(SSH);
    account.later(30 * DAY);
    account.timing.error = -365 * DAY;
    await stack.deploy("it", SshKey, SSH, troubled(...OFFLINE));
    expect(stack.held("it").id).toMatch(/^unresolved\//);
    account.timing.error = 0;
    await stack[next]();
    expect(stack.printed).toContain(id);
    await stack.destroy();
    expect(account.live).toEqual([id]);
  });
});
