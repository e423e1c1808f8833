// An entry of a list that cannot be read: somebody else's blocks nothing that can be proved without it, and
// what may be ours is named with the way out.
import { resources } from "../../support/engine-resources";
import { listing, type Entry } from "../../support/answers";
import { useFreshStack } from "../../support/fresh-stack";
import { publicKey } from "../../support/public-key";
import type { StoryStack } from "../../support/story-stack";
import type { StoryAccount } from "../../support/story-account";

const { ServiceKey, PersonalAccessToken, RotatingServiceKey, SshKey, SshKeySet } = resources;

let account: StoryAccount;
let stack: StoryStack;
useFreshStack((...fresh) => ([account, stack] = fresh));

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

const declareRotating = (leak: number): void =>
  stack.declare("db", RotatingServiceKey, {
    service: "dns",
    description: "pulumi test/dev/db",
    rotateEveryDays: 30,
    overlapDays: 7,
    rotationTriggers: { leak },
    __owner: "",
  });

/** A key has leaked; its rotation never arrived, and no list could be read to find out. */
async function afterLostRotation(): Promise<string> {
  declareRotating(0);
  await stack.up();
  const leaked = String(stack.held("db").outputs.keyId);
  account.pass(1);
  declareRotating(1);
  await stack.up({
    troubles: [
      { fate: "never arrives", times: 9 },
      { method: "GET", nth: 2, times: 99 },
    ],
  });
  expect(stack.held("db").outputs).toMatchObject({ unresolved: true, keyId: leaked });
  account.timing.elapsed += 3_600_000;
  return leaked;
}

describe("row 64: a key leaked, its rotation was lost, and the account's list has", () => {
  test("an unreadable entry of somebody else: the next up rotates, and destroy leaves nothing", async () => {
    const leaked = await afterLostRotation();
    account.emulator.transform = adding(FOREIGN_KEY);
    await stack.up();
    expect(stack.errors).toEqual([]);
    expect(stack.held("db").outputs.keyId).not.toBe(leaked);
    expect(await stack.destroy()).toBe(true);
    expect(account.live).toEqual([]);
  });

  test("an entry that shows only its id: the emergency goes on, and the entry is named", async () => {
    const leaked = await afterLostRotation();
    account.emulator.transform = adding(HIDDEN);
    await stack.up();
    expect(stack.spoken).toContain("hidden-1");
    expect(stack.held("db").outputs.keyId).not.toBe(leaked);
  });

  test("an entry that shows only its id: destroy goes on, or names it and the way out", async () => {
    await afterLostRotation();
    account.emulator.transform = adding(HIDDEN);
    const isDone = await stack.destroy();
    expect(stack.spoken).toContain("hidden-1");
    expect({ isDone, left: account.live.length }).toEqual({ isDone, left: isDone ? 0 : 1 });
  });
});

describe.each([
  ["service key", ServiceKey, { service: "dns", description: "pulumi test/dev/it #${hex(7)}" }, FOREIGN_KEY],
  [
    "token",
    PersonalAccessToken,
    { scopes: ["dns:read"], description: "pulumi test/dev/it #${hex(7)}" },
    FOREIGN_KEY,
  ],
  [
    "rotating service key",
    RotatingServiceKey,
    { service: "dns", description: "pulumi test/dev/it", rotateEveryDays: 30, __owner: "" },
    FOREIGN_KEY,
  ],
  ["SSH key", SshKey, { publicKey: publicKey(1), name: "it-${hex(7)}" }, FOREIGN_SSH_KEY],
  ["SSH key set", SshKeySet, { publicKeys: { it: publicKey(1) } }, FOREIGN_SSH_KEY],
] as const)("row 64: an unresolved %s", (_what, type, inputs, foreign) => {
  beforeEach(async () => {
    stack.declare("it", type, inputs);
    await stack.up({
      troubles: [
        { fate: "never arrives", times: 9 },
        { method: "GET", times: 99 },
      ],
    });
    expect({ live: account.live, held: stack.ids, left: stack.state.size }).toEqual({
      live: [],
      held: [],
      left: 1,
    });
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
});
