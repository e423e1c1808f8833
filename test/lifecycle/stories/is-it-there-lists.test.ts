// Is it there? A list proves that something is gone only if it is whole, newer than the thing and newer than
// what this run did, and agrees with itself.
import type { Transform } from "../../../src/emulator";
import { without } from "../../../src/values";
import { cachedLists, listing, showing, spelling, type Entry } from "../../support/answers";
import { ServiceKey, SshKey, SshKeySet } from "../../support/engine-resources";
import { account, deploy, HOUR, stack } from "../../support/fresh-stack";
import { DECLARED, ROTATING_KEY, SERVICE_KEY, SSH_KEYS, TOKEN } from "../../support/kinds";
import { publicKey } from "../../support/public-key";
import { expectDestroyed, expectFailure, expectKept, expectQuiet } from "../../support/story-end";

const API_KEYS = [SERVICE_KEY, TOKEN, ROTATING_KEY] as const;
const KINDS = [...API_KEYS, ...SSH_KEYS] as const;

/** Nothing was forgotten, revoked or replaced. */
async function expectStillThere(before: string[]): Promise<void> {
  expectKept(before);
  await stack.up();
  expectKept(before);
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
  /** Somebody's reads fill a cache, ten minutes ago. */
  const fillCache = async (): Promise<void> => {
    account.emulator.transform = cachedLists(() => account.timing.server());
    stack.declare("reader", ServiceKey, { service: "vps", description: "reader" });
    stack.declare("ssh reader", SshKey, { publicKey: publicKey("reader"), name: "reader" });
    for (const target of ["reader", "ssh reader"]) await stack.up({ target });
    await stack.refresh();
    account.timing.elapsed += 10 * 60_000;
  };
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
      await fillCache();
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
      await fillCache();
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

describe.each(API_KEYS)("row 58: the list has a %s twice", (_what, type, inputs) => {
  test.each([
    ["active, then inactive", [{}, { is_active: false }]],
    ["inactive, then active", [{ is_active: false }, {}]],
  ] as const)("%s: an error, and nothing is replaced", async (_how, answers) => {
    await deploy("it", type, inputs);
    const before = stack.ids;
    account.emulator.transform = listing((entries) =>
      answers.flatMap((answer) => entries.map((entry) => ({ ...entry, ...answer }))),
    );
    await expectFailure(stack.refresh(), before[0]!);
    await expectStillThere(before);
  });

  test("with the very same entry: it is there", async () => {
    await deploy("it", type, inputs);
    account.emulator.transform = listing((entries) => [...entries, ...entries]);
    expect(await stack.refresh()).toBe(true);
    await expectStillThere(account.live);
  });
});

describe.each(KINDS)("row 66: the deletion of a %s", (_what, type, inputs) => {
  beforeEach(async () => {
    await deploy("it", type, inputs);
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
      expectKept(before);
      account.emulator.faults.clear();
      account.emulator.quirks.listLag = 0;
      await expectDestroyed();
    },
  );

  test("that is answered 200 without a body, and did nothing, by a list that lags: an error, and the state stays", async () => {
    account.emulator.quirks.listLag = 3_000;
    account.emulator.faults.add({ method: "DELETE", status: 200, body: "", times: "always" });
    const before = account.live;
    expect(await stack.destroy()).toBe(false);
    expectKept(before);
  });
});

describe("a field that nobody needs is null or absent", () => {
  const rewriting =
    (rewrite: (entry: Entry) => Entry): Transform =>
    ({ body }) => ({ body: Array.isArray(body) ? (body as Entry[]).map(rewrite) : rewrite(body as Entry) });
  const nulling = (...fields: string[]): Transform =>
    rewriting((entry) =>
      Object.fromEntries(
        Object.entries(entry).map(([name, value]) => [name, fields.includes(name) ? null : value]),
      ),
    );
  const omitting = (field: string): Transform => rewriting((entry) => without(entry, field));

  test.each([
    ...["key_type", "created_at", "fingerprint"].flatMap((field) => [
      [field, "null", nulling(field)] as const,
      [field, "absent", omitting(field)] as const,
    ]),
    ["fingerprint, type and time", "null", nulling("key_type", "created_at", "fingerprint")] as const,
  ])(
    "row 47: %s of SSH keys is %s: they are created, adopted, refreshed and destroyed",
    async (field, _how, transform) => {
      const { id } = account.emulator.account.addSshKey({ name: "laptop", publicKey: publicKey("laptop") });
      account.emulator.transform = transform;
      stack.declare("it", SshKey, DECLARED.SshKey);
      stack.declare("team", SshKeySet, { publicKeys: { anna: publicKey("anna") } });
      if (!field.startsWith("fingerprint"))
        stack.declare("laptop", SshKey, {
          publicKey: publicKey("laptop"),
          name: "laptop",
          adoptExisting: true,
        });
      expect({ done: await stack.up(), errors: stack.errors }).toEqual({ done: true, errors: [] });
      const made = { keyType: "ssh-ed25519", createdAt: expect.stringMatching(/^20.*Z$/) };
      expect(stack.held("it").outputs).toMatchObject(made);
      const held = stack.ids;
      account.timing.elapsed += HOUR;
      expect({ done: await stack.refresh(), held: stack.ids }).toEqual({ done: true, held });
      await expectQuiet();
      await expectDestroyed([id]);
    },
  );

  test.each(["created_at", "key_prefix", "key_type"])(
    "row 47: %s of API keys is null in lists: they are refreshed, and keep what they have",
    async (field) => {
      for (const [name, type, inputs] of API_KEYS) stack.declare(name, type, inputs);
      await stack.up();
      const before = new Map([...stack.state].map(([name, { outputs }]) => [name, { ...outputs }]));
      account.timing.elapsed += HOUR;
      account.emulator.transform = showing((entry) => ({ ...entry, [field]: null }));
      expect({ done: await stack.refresh(), errors: stack.errors }).toEqual({ done: true, errors: [] });
      for (const [name, { createdAt, keyPrefix, keyType }] of before)
        expect(stack.held(name).outputs).toMatchObject({ createdAt, keyPrefix, keyType });
      await expectQuiet();
    },
  );
});
