// Who owns a key, with the real engine: a key that passes from one resource to another, also in another process, or whose replacement names it again,
// stays alive; resources of one logical name have their own.
import type { ApiKeyRecord, Emulator } from "../../src/emulator";
import { type EngineStack, liveIds, type OpenStack } from "../support/engine";
import { openStack, publicKey, SSH_KEYS, takeRequests } from "../support/engine";
import { engineRows } from "../support/engine-rows";

/** A key that was made by hand, and a resource that imports it under this name. */
function byHandIn({ account }: Emulator) {
  const byHand = account.addApiKey({ service: "dns", description: "by hand" });
  const existing = `existing: ${JSON.stringify({ id: byHand.id, key: byHand.key })}`;
  const key = (name: string, more = existing, opts = "{}"): string =>
    `new wayscloud.ServiceKey("${name}", { service: "dns", ${more} }, ${opts});\n`;
  return { byHand, key };
}

const ORDERS = [
  ["one", "two"],
  ["two", "one"],
];

async function held(stack: EngineStack): Promise<Record<string, string | undefined>> {
  return Object.fromEntries((await stack.resources()).map(({ urn, id }) => [urn.split("::").at(-1)!, id]));
}

function expectLive({ emulator }: OpenStack, { id }: ApiKeyRecord): void {
  expect(liveIds(emulator)).toContain(id);
}

engineRows(
  __filename,
  "Hand-overs and deletions, under the engine",
  {
    "handed over, nothing revoked": expectLive,
    "no change": expectLive,
    "refused, nothing revoked": expectLive,
    rotated: async ({ emulator, stack }: OpenStack, { id }: ApiKeyRecord) => {
      expect(liveIds(emulator)).toEqual([(await held(stack))["dns"]]);
      expect(liveIds(emulator)).not.toContain(id);
    },
  },
  [
    {
      promise:
        "a key imported under a new name survives an interrupted `pulumi up` and the next, and is revoked at the end",
      rows: [[26, "`existing` under another name, the run fails between take-over and deletion; `up`"]],
      story: async ({ emulator, stack }, row) => {
        const { byHand, key } = byHandIn(emulator);
        await stack.setProgram(key("before")).up();

        stack.setProgram(`${key("after")}new wayscloud.SshKey("other", { publicKey: "${publicKey(1)}" });`);
        emulator.faults.add({ method: "POST", path: SSH_KEYS, status: 403, times: "always" });
        await stack.up([], { fails: true });
        expect(await held(stack)).toEqual({ before: byHand.id, after: byHand.id });
        emulator.faults.clear();

        takeRequests(emulator);
        expect((await stack.up()).all).toContain("another resource manages it now");
        await row(byHand);
        expect(await held(stack)).toMatchObject({ after: byHand.id });
        await stack.preview(["--expect-no-changes"]);
        await stack.expectDestroyed();
      },
    },
    {
      promise: "two resources that name one key are rejected, in either order, and nothing is revoked",
      rows: ORDERS.map((order) => [
        27,
        `two resources claim one key, declared ${order.join(", ")}; the state holds one`,
      ]),
      story: async ({ emulator, stack }, row) => {
        const { byHand, key } = byHandIn(emulator);
        await stack.setProgram(key("one")).up();
        for (const order of ORDERS) {
          stack.setProgram(order.map((name) => key(name)).join(""));
          takeRequests(emulator);
          const { all, requests } = await stack.up([], { fails: true });
          expect(all).toMatch(
            /another resource of this program already manages the key \S+; only one can|manage the same key/,
          );
          // How far the second one comes before the engine stops is a matter of time.
          expect([[], ["GET /v1/account/api-keys"]]).toContainEqual(requests);
          await row(byHand);
        }
        await stack.setProgram(key("one")).up();
        expect(await held(stack)).toEqual({ one: byHand.id });
      },
    },
    {
      promise:
        "`up --replace` with `existing` declared is rejected and loses nothing; without it, it rotates",
      rows: [
        [30, '`ignoreChanges: ["existing"]`; `up` three times'],
        [30, "`up --replace` with `existing`"],
        [30, "`up --replace` once `existing` is removed"],
      ],
      story: async ({ emulator, stack }, row) => {
        const { byHand, key } = byHandIn(emulator);
        await stack.setProgram(key("dns")).up();
        stack.setProgram(key("dns", undefined, '{ ignoreChanges: ["existing"] }'));
        takeRequests(emulator);
        for (let run = 0; run < 3; run += 1) expect((await stack.up()).changes).toEqual({ unchanged: 2 });
        await row(byHand);

        stack.setProgram(key("dns"));
        const { urn } = await stack.resource("dns");
        const rejected = await stack.up(["--replace", urn], { fails: true });
        expect(rejected.all).toContain(
          "`existing` is still in the program, so the replacement has the same key. Nothing was revoked.",
        );
        await row(byHand);

        await stack.setProgram(key("dns", "")).up();
        expect(await held(stack)).toEqual({ dns: byHand.id });
        takeRequests(emulator);
        await stack.up(["--replace", urn]);
        await row(byHand);
      },
    },
  ],
);

test("row 53, rotating keys of one name in two components, in both hosts: different ids and marks, no advice", async () => {
  const { emulator, stack } = await openStack({
    host: "both",
    program: `
class Site extends pulumi.ComponentResource {
  constructor(type, name) {
    super(type, name);
    const settings = { service: "database", rotateEveryDays: 30, overlapDays: 7 };
    this.keys = [wayscloud, native].map((host, at) => new host.RotatingServiceKey(["db", "native-db"][at], settings, { parent: this }));
  }
}
for (const type of ["acme:index:Shop", "acme:index:Blog"]) new Site(type, type.split(":").at(-1));`,
  });
  await stack.up();
  const made = (await stack.resources()).filter(({ type }) => type.endsWith("RotatingServiceKey"));
  expect(new Set(made.map(({ id }) => id)).size).toBe(4);
  const keys = made.map(({ outputs }) => String(outputs?.["keyId"]));
  expect(liveIds(emulator)).toEqual(keys.sort());
  expect(new Set(emulator.account.liveApiKeys().map(({ description }) => description)).size).toBe(4);
  const { all } = await stack.refresh(["--expect-no-changes"]);
  for (const id of keys) expect(all).not.toContain(id);
  await stack.expectDestroyed();
});

test("row 59, keys that pass between hosts, and from an explicit provider to the default one, in one up: they live", async () => {
  const { emulator, stack } = await openStack({ host: "both" });
  const anna = publicKey("anna");
  const provider = `
    const account = { apiKey: process.env.WAYSCLOUD_API_KEY, endpoint: process.env.WAYSCLOUD_ENDPOINT };
    const native1 = new native.Provider("native1", account), dynamic1 = new wayscloud.Provider("dynamic1", account);`;
  stack.setProgram(`${provider}
    new wayscloud.SshKey("anna", { publicKey: "${anna}" });
    new native.ServiceKey("a", { service: "dns", description: "native" }, { provider: native1 });
    new wayscloud.ServiceKey("b", { service: "dns", description: "dynamic" }, { provider: dynamic1 });`);
  await stack.up();
  const before = liveIds(emulator);
  const existing = (description: string): string => {
    const { id, key } = emulator.account.liveApiKeys().find((each) => each.description === description)!;
    return `description: "${description}", existing: ${JSON.stringify({ id, key })}`;
  };
  stack.setProgram(`${provider}
    new native.SshKeySet("team", { publicKeys: { anna: "${anna}" }, adoptExisting: true });
    new native.ServiceKey("a2", { service: "dns", ${existing("native")} });
    new wayscloud.ServiceKey("b2", { service: "dns", ${existing("dynamic")} });`);
  const { requests } = await stack.up();
  expect(requests.filter((request) => request.startsWith("DELETE"))).toEqual([]);
  expect(liveIds(emulator)).toEqual(before);
  await stack.up(["--expect-no-changes"]);
});
