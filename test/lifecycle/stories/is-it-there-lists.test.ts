// Is it there? A list proves that something is gone only if it is whole, newer than the thing and newer than
// what this run did, and agrees with itself.
import { resources } from "../../support/engine-resources";
import type { Transform } from "../../../src/emulator";
import { cachedLists, listing, showing, spelling, type Entry } from "../../support/answers";
import { useFreshStack } from "../../support/fresh-stack";
import { publicKey } from "../../support/public-key";
import type { StoryStack } from "../../support/story-stack";
import type { StoryAccount } from "../../support/story-account";

const { ServiceKey, PersonalAccessToken, RotatingServiceKey, SshKey, SshKeySet } = resources;
const HOUR = 3_600_000;

let account: StoryAccount;
let stack: StoryStack;
useFreshStack((...fresh) => ([account, stack] = fresh));

const ROTATING = {
  service: "dns",
  description: "pulumi test/dev/it",
  rotateEveryDays: 30,
  overlapDays: 7,
  __owner: "",
};
const KINDS = [
  ["service key", ServiceKey, { service: "dns", description: "pulumi test/dev/it #${hex(7)}" }],
  ["token", PersonalAccessToken, { scopes: ["dns:read"], description: "pulumi test/dev/it #${hex(7)}" }],
  ["rotating service key", RotatingServiceKey, ROTATING],
  ["SSH key", SshKey, { publicKey: publicKey(1), name: "it-${hex(7)}" }],
  ["SSH key set", SshKeySet, { publicKeys: { it: publicKey(1) } }],
] as const;

/** Nothing was forgotten, revoked or replaced. */
async function expectStillThere(before: string[]): Promise<void> {
  expect({ held: stack.ids, live: account.live }).toEqual({ held: before, live: before });
  await stack.up();
  expect({ held: stack.ids, live: account.live }).toEqual({ held: before, live: before });
}

const page = (wrap: (entries: Entry[]) => unknown, headers: Record<string, string> = {}): Transform =>
  listing((entries) => ({ body: wrap(entries.slice(0, 2)), headers }));
const FULL_PAGES: [string, Transform][] = [
  ["limit: 2", page((items) => ({ items, limit: 2, offset: 0 }))],
  ["per_page: 2", page((data) => ({ data, meta: { page: 1, per_page: 2 } }))],
  ["page_size: 2", page((items) => ({ items, page: 1, page_size: 2 }))],
  ["X-Per-Page: 2", page((entries) => entries, { "x-per-page": "2", "x-page": "1" })],
];

describe.each(KINDS)("a %s", (_what, type, inputs) => {
  beforeEach(() => {
    for (const which of ["a", "b"]) {
      account.emulator.account.addApiKey({ service: "vps", description: which });
      account.emulator.account.addSshKey({ name: which, publicKey: publicKey(which) });
    }
    stack.declare("it", type, inputs);
  });
  const mine = (ids: string[]): string[] => ids.filter((id) => stack.ids.includes(id));

  test.each(FULL_PAGES)(
    "row 63: a list as long as its own page (%s) does not prove that it is gone",
    async (_size, transform) => {
      await stack.up();
      const before = stack.ids;
      account.timing.elapsed += HOUR;
      account.emulator.transform = transform;
      expect(await stack.refresh()).toBe(false);
      expect({ held: stack.ids, live: mine(account.live) }).toEqual({ held: before, live: before });
    },
  );

  test("row 63: a list that is shorter than its own page does", async () => {
    await stack.up();
    for (const id of stack.ids) account.emulator.account.remove(id);
    account.timing.elapsed += HOUR;
    account.emulator.transform = listing((items) => ({
      body: { items, limit: items.length + 1, offset: 0 },
    }));
    expect(await stack.refresh()).toBe(true);
    expect(stack.ids).toEqual([]);
  });

  test.each([1_000, HOUR])(
    "row 63: a list that a cache kept from before its creation does not prove that it is gone, after %i ms",
    async (passed) => {
      account.emulator.transform = cachedLists(() => account.timing.server());
      // Somebody's read fills the cache.
      stack.declare("reader", ServiceKey, { service: "vps", description: "reader" });
      stack.declare("ssh reader", SshKey, { publicKey: publicKey("reader"), name: "reader" });
      for (const target of ["reader", "ssh reader"]) await stack.up({ target });
      await stack.refresh();
      account.timing.elapsed += 10 * 60_000;
      await stack.up({ target: "it" });
      const before = stack.ids;
      account.timing.elapsed += passed;
      expect(await stack.refresh()).toBe(false);
      expect(stack.ids).toEqual(before);
      expect(account.live).toEqual(expect.arrayContaining(before));
    },
  );

  test.each(["answer lost", "arrives late"] as const)(
    "row 63: a list that a cache kept from before its request (%s) does not prove that nothing was created",
    async (fate) => {
      account.emulator.transform = cachedLists(() => account.timing.server());
      stack.declare("reader", ServiceKey, { service: "vps", description: "reader" });
      stack.declare("ssh reader", SshKey, { publicKey: publicKey("reader"), name: "reader" });
      for (const target of ["reader", "ssh reader"]) await stack.up({ target });
      await stack.refresh();
      account.timing.elapsed += 10 * 60_000;
      const others = account.live;
      await stack.up({ target: "it", troubles: [{ fate }] });
      account.emulator.transform = undefined;
      await account.timing.settle(true);
      account.timing.elapsed += 60_000;
      await stack.up();
      expect(stack.errors).toEqual([]);
      const made = account.live.filter((id) => !others.includes(id));
      expect(made).toEqual(stack.ids.filter((id) => !others.includes(id)));
      expect(made).toHaveLength(1);
    },
  );

  test("row 58: ids in upper case in the list are the same ids", async () => {
    await stack.up();
    const before = stack.ids;
    account.timing.elapsed += HOUR;
    account.emulator.transform = spelling("id", (id) => id.toUpperCase());
    expect(await stack.refresh()).toBe(true);
    expect(stack.ids).toEqual(before);
    await stack.up();
    expect({ errors: stack.errors, held: stack.ids }).toEqual({ errors: [], held: before });
    await stack.destroy();
    expect(account.live.filter((id) => before.includes(id))).toEqual([]);
  });
});

describe.each(KINDS.slice(0, 3))("row 58: the list has a %s twice", (_what, type, inputs) => {
  test.each([
    ["active, then inactive", [{}, { is_active: false }]],
    ["inactive, then active", [{ is_active: false }, {}]],
  ] as const)("%s: an error, and nothing is replaced", async (_how, answers) => {
    stack.declare("it", type, inputs);
    await stack.up();
    const before = stack.ids;
    account.emulator.transform = listing((entries) =>
      answers.flatMap((answer) => entries.map((entry) => ({ ...entry, ...answer }))),
    );
    expect(await stack.refresh()).toBe(false);
    expect(stack.errors.join()).toContain(before[0]);
    await expectStillThere(before);
  });

  test("with the very same entry: it is there", async () => {
    stack.declare("it", type, inputs);
    await stack.up();
    account.emulator.transform = listing((entries) => [...entries, ...entries]);
    expect(await stack.refresh()).toBe(true);
    await expectStillThere(account.live);
  });
});

describe.each(KINDS)("row 66: the deletion of a %s", (_what, type, inputs) => {
  beforeEach(async () => {
    stack.declare("it", type, inputs);
    await stack.up();
    account.timing.elapsed += 1_000;
  });

  test.each([404, 410])(
    "that is answered %i while the list lags: an error, or it is gone",
    async (status) => {
      account.emulator.quirks.listLag = 3_000;
      account.emulator.faults.add({
        method: "DELETE",
        status,
        body: { detail: "Not found" },
        times: "always",
      });
      const before = account.live;
      expect(await stack.destroy()).toBe(false);
      expect({ held: stack.ids, live: account.live }).toEqual({ held: before, live: before });
      account.emulator.faults.clear();
      account.emulator.quirks.listLag = 0;
      expect(await stack.destroy()).toBe(true);
      expect(account.live).toEqual([]);
    },
  );

  test.each([
    [200, "up to date", 0],
    [202, "up to date", 0],
    [200, "lagging", 3_000],
  ])(
    "that is answered %i without a body, and did nothing, by a list that is %s: an error, and the state stays",
    async (status, _how, lag) => {
      account.emulator.quirks.listLag = lag;
      account.emulator.faults.add({ method: "DELETE", status, body: "", times: "always" });
      const before = account.live;
      expect(await stack.destroy()).toBe(false);
      expect({ held: stack.ids, live: account.live }).toEqual({ held: before, live: before });
    },
  );

  test.each([200, 202])("that is answered %i without a body, and is done: success", async (status) => {
    account.emulator.faults.add({ method: "DELETE", status, body: "", commit: true, times: "always" });
    expect({ done: await stack.destroy(), errors: stack.errors }).toEqual({ done: true, errors: [] });
    expect({ live: account.live, left: stack.state.size }).toEqual({ live: [], left: 0 });
  });
});

describe("a field that nobody needs is null or absent", () => {
  const without =
    (field: string): Transform =>
    ({ body }) => {
      const omit = (entry: Entry): Entry =>
        Object.fromEntries(Object.entries(entry).filter(([name]) => name !== field));
      return { body: Array.isArray(body) ? (body as Entry[]).map(omit) : omit(body as Entry) };
    };
  const nulling =
    (field: string): Transform =>
    ({ body }) => {
      const set = (entry: Entry): Entry => (field in entry ? { ...entry, [field]: null } : entry);
      return { body: Array.isArray(body) ? (body as Entry[]).map(set) : set(body as Entry) };
    };

  test.each(
    ["key_type", "created_at", "fingerprint"].flatMap((field) => [
      [field, "null", nulling(field)] as const,
      [field, "absent", without(field)] as const,
    ]),
  )(
    "row 47: %s of SSH keys is %s: they are created, adopted, refreshed and destroyed",
    async (field, _how, transform) => {
      const { id } = account.emulator.account.addSshKey({ name: "laptop", publicKey: publicKey("laptop") });
      account.emulator.transform = transform;
      stack.declare("it", SshKey, { publicKey: publicKey(1), name: "it-${hex(7)}" });
      stack.declare("team", SshKeySet, { publicKeys: { anna: publicKey("anna") } });
      if (field !== "fingerprint")
        stack.declare("laptop", SshKey, {
          publicKey: publicKey("laptop"),
          name: "laptop",
          adoptExisting: true,
        });
      expect({ done: await stack.up(), errors: stack.errors }).toEqual({ done: true, errors: [] });
      const held = stack.ids;
      account.timing.elapsed += HOUR;
      expect({ done: await stack.refresh(), errors: stack.errors, held: stack.ids }).toEqual({
        done: true,
        errors: [],
        held,
      });
      account.requests();
      await stack.up();
      expect(account.requests()).toEqual([]);
      expect(await stack.destroy()).toBe(true);
      expect(account.live).toEqual([id]);
    },
  );

  test.each(["created_at", "key_prefix", "key_type"])(
    "row 47: %s of API keys is null in lists: they are refreshed, and keep what they have",
    async (field) => {
      for (const [name, type, inputs] of KINDS.slice(0, 3)) stack.declare(name, type, inputs);
      await stack.up();
      const before = new Map([...stack.state].map(([name, { outputs }]) => [name, { ...outputs }]));
      account.timing.elapsed += HOUR;
      account.emulator.transform = showing((entry) => ({ ...entry, [field]: null }));
      expect({ done: await stack.refresh(), errors: stack.errors }).toEqual({ done: true, errors: [] });
      for (const [name, { createdAt, keyPrefix, keyType }] of before)
        expect(stack.held(name).outputs).toMatchObject({ createdAt, keyPrefix, keyType });
      account.requests();
      await stack.up();
      expect(account.requests()).toEqual([]);
    },
  );
});
