// Is the current key of a rotating key there? Where nobody knows, it is neither dead nor alive: it is not
// revoked before its successor is in hand.
import type { Properties } from "../../../src/values";
import { cachedLists, showing } from "../../support/answers";
import { RotatingPersonalAccessToken, ServiceKey } from "../../support/engine-resources";
import { account, stack } from "../../support/fresh-stack";
import { ROTATING } from "../../support/kinds";
import { current, declareRotating } from "../../support/rotating";
import type { CommandOptions } from "../../support/story-stack";
import { expectHeld } from "../../support/story-end";

const MINUTE = 60_000;
const OF_ACCOUNT = { scopes: ["account:read", "api_keys:read", "api_keys:write"] };
const KINDS = [ROTATING[0], ["token", RotatingPersonalAccessToken, OF_ACCOUNT]] as const;

describe.each(KINDS)("a rotating %s", (...kind) => {
  const declare = (more: Properties = {}): void => declareRotating({ overlapDays: 0, ...more }, kind);

  /** The procedure for a key that leaked, up to its last `up`. */
  async function afterLeak(): Promise<{ leaked: string; handed: string }> {
    declare({ overlapDays: 7 });
    await stack.up();
    const leaked = current();
    account.pass(1);
    declare({ rotationTriggers: { leak: 1 } });
    expect(await stack.up()).toBe(true);
    account.timing.elapsed += MINUTE;
    return { leaked, handed: current() };
  }

  /** The list shows everything: the leaked key goes, the one that the consumers have stays. */
  async function expectEndOf({ leaked, handed }: { leaked: string; handed: string }): Promise<void> {
    account.emulator.quirks.listLag = 0;
    account.emulator.transform = undefined;
    account.timing.elapsed += 10 * MINUTE;
    await stack.up();
    expectHeld([handed]);
    expect(account.live).not.toContain(leaked);
  }

  const HIDDEN: [string, () => void][] = [
    ["because it lags for two minutes", () => (account.emulator.quirks.listLag = 2 * MINUTE)],
    [
      "because it comes from a cache",
      () => {
        const old = new Date(account.timing.server() - 10 * MINUTE).toUTCString();
        account.emulator.transform = ({ method, body }) =>
          method === "GET"
            ? {
                body: (body as { id: string }[]).filter(({ id }) => id !== current()),
                headers: { date: old },
              }
            : undefined;
      },
    ],
  ];
  const HOW: [string, CommandOptions][] = [
    ["", {}],
    [", and no key can be created", { troubles: [{ method: "POST", fate: "401", times: 9 }] }],
  ];

  describe.each(HIDDEN)("row 61: the list does not show the current key %s", (_why, hide) => {
    test.each(HOW)(
      "after a leak%s: it is not revoked, and the leaked one goes once the list shows it",
      async (_how, how) => {
        const keys = await afterLeak();
        hide();
        await stack.up(how);
        expect(account.live).toContain(keys.handed);
        expect(current()).toBe(keys.handed);
        await expectEndOf(keys);
      },
    );

    test("and the next emergency finds that no key can be created: it is not revoked", async () => {
      const { handed } = await afterLeak();
      declare({ rotationTriggers: { leak: 2 } });
      hide();
      await stack.up({ troubles: [{ method: "POST", fate: "401", times: 9 }] });
      expect(account.live).toContain(handed);
      expect(current()).toBe(handed);
    });

    if (kind[0] !== "token") return;
    test("in a run that is logged in with it: it is not revoked", async () => {
      const keys = await afterLeak();
      stack.credential = String(stack.held("db").outputs.key);
      hide();
      await stack.up();
      expect(account.live).toContain(keys.handed);
      stack.credential = undefined;
      await expectEndOf(keys);
    });
  });

  test("row 61: a key that is listed as inactive for its first minutes is not revoked before a successor is in hand", async () => {
    const { handed } = await afterLeak();
    account.emulator.transform = showing((entry) =>
      entry["id"] === handed ? { ...entry, is_active: false } : entry,
    );
    await stack.up({ troubles: [{ method: "POST", fate: "401", times: 9 }] });
    expect(account.live).toContain(handed);
  });

  test("row 63: a refresh by a list that is older than the keys keeps both", async () => {
    declare({ overlapDays: 7 });
    stack.declare("reader", ServiceKey, { service: "dns", description: "by hand" });
    await stack.up({ target: "reader" });
    account.emulator.transform = cachedLists(() => account.timing.server());
    await stack.refresh();
    account.timing.elapsed += MINUTE;
    await stack.up();
    const { ids } = stack;
    account.timing.elapsed += 60 * MINUTE;
    await stack.refresh();
    expect(stack.ids).toEqual(ids);
  });
});
