// An entry of a list that cannot be read: somebody else's blocks nothing that can be proved without it, and
// what may be ours is named with the way out.
import { listing, type Entry } from "../../support/answers";
import { account, HOUR, stack } from "../../support/fresh-stack";
import { ROTATING_KEY, SERVICE_KEY, SSH_KEYS, TOKEN } from "../../support/kinds";
import { current, declareRotating } from "../../support/rotating";
import { expectDestroyed } from "../../support/story-end";

const FOREIGN_KEY: Entry = {
  id: "foreign-1",
  key_prefix: "wayscloud_zz",
  key_type: "service",
  service: "vps",
  description: "somebody's",
  scopes: [],
  is_active: true,
  created_at: null,
};
const FOREIGN_SSH_KEY: Entry = {
  id: "foreign-1",
  name: "somebody's",
  fingerprint: `SHA256:${"A".repeat(43)}`,
  key_type: null,
  vm_count: "many",
  created_at: 5,
};
/** One that shows nothing but its id. */
const HIDDEN: Entry = { id: "hidden-1" };

const adding = (foreign: Entry) => listing((entries) => [...entries, foreign]);

/** A key has leaked; its rotation never arrived, and no list could be read to find out. */
async function afterLostRotation(): Promise<string> {
  declareRotating({ rotationTriggers: { leak: 0 } });
  await stack.up();
  const leaked = current();
  account.pass(1);
  declareRotating({ rotationTriggers: { leak: 1 } });
  await stack.up({
    troubles: [
      { fate: "never arrives", times: 9 },
      { method: "GET", nth: 2, times: 99 },
    ],
  });
  expect(stack.held("db").outputs).toMatchObject({ unresolved: true, keyId: leaked });
  account.timing.elapsed += HOUR;
  return leaked;
}

describe("row 64: a key leaked, its rotation was lost, and the account's list has", () => {
  test("an unreadable entry of somebody else: the next up rotates, and destroy leaves nothing", async () => {
    const leaked = await afterLostRotation();
    account.emulator.transform = adding(FOREIGN_KEY);
    await stack.up();
    expect(stack.errors).toEqual([]);
    expect(current()).not.toBe(leaked);
    await expectDestroyed();
  });

  test("an entry that shows only its id: the emergency goes on, and the entry is named", async () => {
    const leaked = await afterLostRotation();
    account.emulator.transform = adding(HIDDEN);
    await stack.up();
    expect(stack.spoken).toContain("hidden-1");
    expect(current()).not.toBe(leaked);
  });

  test("an entry that shows only its id: destroy goes on, or names it and the way out", async () => {
    await afterLostRotation();
    account.emulator.transform = adding(HIDDEN);
    const isDone = await stack.destroy();
    expect(stack.spoken).toContain("hidden-1");
    expect({ isDone, left: account.live.length }).toEqual({ isDone, left: isDone ? 0 : 1 });
  });
});

describe.each([SERVICE_KEY, TOKEN, ROTATING_KEY, ...SSH_KEYS])(
  "row 64: an unresolved %s",
  (what, type, inputs) => {
    const foreign = what.startsWith("SSH") ? FOREIGN_SSH_KEY : FOREIGN_KEY;
    beforeEach(async () => {
      stack.declare("it", type, inputs);
      await stack.up({
        troubles: [
          { fate: "never arrives", times: 9 },
          { method: "GET", times: 99 },
        ],
      });
      expect([account.live, stack.ids, stack.state.size]).toEqual([[], [], 1]);
      account.timing.elapsed += 60_000;
    });

    test.each(["up", "destroy"] as const)(
      "somebody else's unreadable entry does not block %s",
      async (next) => {
        account.emulator.transform = adding(foreign);
        await stack[next]();
        expect(stack.errors).toEqual([]);
        expect(account.live).toEqual(stack.ids);
      },
    );

    test.each(["up", "destroy"] as const)("an entry that shows only its id is named by %s", async (next) => {
      account.emulator.transform = adding(HIDDEN);
      await stack[next]();
      expect(stack.spoken).toContain("hidden-1");
    });
  },
);
