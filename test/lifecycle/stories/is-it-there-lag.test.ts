// Is it there, by a list that lags? What it showed once is there, and what it does not show is looked for again, stays
// in the state, or is named.
import type { Properties } from "../../../src/values";
import { showing } from "../../support/answers";
import { RotatingPersonalAccessToken, SshKeySet } from "../../support/engine-resources";
import { KEYS, KINDS, ROTATING } from "../../support/kinds";
import { publicKey } from "../../support/public-key";
import { account, MINUTE, stack, UP_OR_DESTROY } from "../../support/story";
import { LOST, NEVER_ARRIVES, NO_LIST, troubled } from "../../support/troubles";

const NO_POST = { method: "POST", fate: "401", times: 9 } as const;
const lag = (ms: number): void => void (account.emulator.quirks.listLag = ms);

describe.each(KEYS)("a list lags behind a %s", (_what, type, inputs) => {
  test("that is read by a refresh right after up: it stays", async () => {
    lag(3_000);
    await stack.deploy("it", type, inputs);
    await stack.refresh();
    await stack.up();
    await stack.expectOneForOne();
  });

  test("whose response is lost: one key", async () => {
    lag(3_000);
    await stack.deploy("it", type, inputs, troubled(LOST));
    account.later(10_000);
    await stack.expectOneForOne();
  });

  test.each(UP_OR_DESTROY)("that is unresolved, and %s cleans up meanwhile", async (next) => {
    stack.declare("it", type, inputs);
    const began = account.timing.elapsed;
    await stack.up(troubled(LOST, NO_LIST));
    lag(account.timing.elapsed - began + 4_000);
    await stack[next]();
    lag(0);
    stack.expectHeld();
  });
});

test.each(UP_OR_DESTROY)("two replicas, one unresolved entry of two created: %s", async (command) => {
  await stack.deploy(
    "team",
    SshKeySet,
    { publicKeys: { a: publicKey("a"), b: publicKey("b") } },
    troubled(LOST, { ...NEVER_ARRIVES, nth: 2 }, NO_LIST),
  );
  const orphans = account.live;
  expect(orphans).toHaveLength(1);
  account.later(MINUTE);
  let lists = 0;
  account.emulator.transform = ({ method, body }) => {
    if (method !== "GET" || (lists += 1) === 1) return undefined;
    return { body: (body as { id: string }[]).filter(({ id }) => !orphans.includes(id)) };
  };
  await stack[command]();
  stack.expectHeld();
});

describe.each(KINDS)("row 66: while the list lags, the deletion of a %s", (_what, type, inputs) => {
  test.each([
    [404, { detail: "Not found" }],
    [410, { detail: "Not found" }],
    [200, ""],
  ])("that is answered %i %j, and did nothing: an error, and the state stays", async (status, body) => {
    await stack.deploy("it", type, inputs);
    account.later(1_000);
    lag(3_000);
    account.emulator.faults.add({ method: "DELETE", status, body, times: "always" });
    const before = account.live;
    expect(await stack.destroy()).toBe(false);
    stack.expectKept(before);
    account.emulator.faults.clear();
    lag(0);
    await stack.expectDestroyed();
  });
});

describe("a lost rotation whose key the list does not show yet", () => {
  const DEFAULT = { overlapDays: 0 };
  const isLost = async (more: Properties): Promise<void> => {
    await stack.deployRotating(DEFAULT);
    account.later(20 * MINUTE);
    stack.declareRotating({ ...DEFAULT, ...more });
    await stack.up(troubled(LOST, { ...NO_LIST, nth: 2, times: 3 }));
    expect(stack.held("db").outputs["unresolved"]).toBe(true);
  };

  test("goes, or is named, at the next up", async () => {
    await isLost({ rotationTriggers: { a: 1 } });
    lag(12_000);
    await stack.up();
    stack.expectAllNamed();
  });

  test("was of another description, and the program goes back to the default one: nothing outlives destroy unnamed", async () => {
    await isLost({ description: "team key", __owner: "test/dev/db" });
    stack.declareRotating(DEFAULT);
    lag(20_000);
    await stack.up();
    lag(0);
    account.later(10 * MINUTE);
    await stack.expectNothingLeftUnnamed(() => stack.refresh());
  });
});

const OF_ACCOUNT = { scopes: ["account:read", "api_keys:read", "api_keys:write"] };
describe.each([ROTATING[0], ["token", RotatingPersonalAccessToken, OF_ACCOUNT]] as const)(
  "a rotating %s",
  (...kind) => {
    const declare = (more: Properties): void => stack.declareRotating({ overlapDays: 0, ...more }, kind);

    /** The procedure for a key that leaked, up to its last `up`. */
    async function afterLeak(): Promise<{ leaked: string; handed: string }> {
      const leaked = await stack.deployRotating({ overlapDays: 7 }, kind);
      account.pass(1);
      declare({ rotationTriggers: { leak: 1 } });
      expect(await stack.up()).toBe(true);
      account.later(MINUTE);
      return { leaked, handed: stack.current };
    }

    const HIDDEN: [string, () => void][] = [
      ["because it lags for two minutes", () => lag(2 * MINUTE)],
      [
        "because it comes from a cache",
        () => {
          const date = new Date(account.timing.server() - 10 * MINUTE).toUTCString();
          account.emulator.transform = ({ method, body }) =>
            method === "GET"
              ? {
                  body: (body as { id: string }[]).filter(({ id }) => id !== stack.current),
                  headers: { date },
                }
              : undefined;
        },
      ],
    ];

    describe.each(HIDDEN)("row 61: the list does not show the current key %s", (_why, hide) => {
      test.each([
        ["after a leak", false, false],
        ["after a leak, and no key can be created", true, false],
        ["in a run that is logged in with it", false, true],
      ])("%s: it stays, and the leaked one goes once the list shows it", async (_how, isBroken, isOwn) => {
        if (isOwn && kind[0] !== "token") return;
        const { leaked, handed } = await afterLeak();
        if (isOwn) stack.credential = String(stack.held("db").outputs.key);
        hide();
        await stack.up(isBroken ? troubled(NO_POST) : {});
        expect(account.live).toContain(handed);
        expect(stack.current).toBe(handed);
        stack.credential = undefined;
        lag(0);
        account.emulator.transform = undefined;
        account.later(10 * MINUTE);
        await stack.up();
        stack.expectHeld([handed]);
        expect(account.live).not.toContain(leaked);
      });

      test("and the next emergency finds that no key can be created: it is not revoked", async () => {
        const { handed } = await afterLeak();
        declare({ rotationTriggers: { leak: 2 } });
        hide();
        await stack.up(troubled(NO_POST));
        expect(account.live).toContain(handed);
        expect(stack.current).toBe(handed);
      });
    });

    test("row 61: a key that is listed as inactive for its first minutes is not revoked before a successor is in hand", async () => {
      const { handed } = await afterLeak();
      account.emulator.transform = showing((entry) =>
        entry["id"] === handed ? { ...entry, is_active: false } : entry,
      );
      await stack.up(troubled(NO_POST));
      expect(account.live).toContain(handed);
    });
  },
);

describe("a trigger changes minutes after a rotation, and the list does not show the current key", () => {
  const urgently = async (hide: (handed: string) => unknown): Promise<[older: string, handed: string]> => {
    const [older, handed] = await stack.overlapping();
    hide(handed);
    await stack.deployRotating({ rotationTriggers: { incident: 1 } });
    lag(0);
    stack.expectHeld();
    return [older, handed];
  };

  test("because it lags for a minute: nothing lives that the state does not hold", async () => {
    const [older] = await urgently(() => lag(60_000));
    expect(account.live).toContain(older);
  });

  test("because it lags for three seconds: the older key goes, and the current one is the previous one now", async () => {
    const [older, handed] = await urgently(() => lag(3_000));
    expect(account.live).not.toContain(older);
    expect(stack.previous).toBe(handed);
  });

  test("because it was revoked by hand: the older key stays, and in the state", async () => {
    const [older] = await urgently((handed) => account.control.remove(handed));
    expect(stack.previous).toBe(older);
  });
});
