// Ownership across commands of the real engine: a key that passes from one resource to another, or whose replacement names it again, stays alive.
import { type ApiKeyRecord } from "../../src/emulator";
import {
  type EngineStack,
  liveIds,
  type OpenStack,
  publicKey,
  SSH_KEYS,
  takeRequests,
} from "../support/engine";
import { engineRows } from "../support/engine-rows";

const existingOf = ({ id, key }: ApiKeyRecord): string => `existing: ${JSON.stringify({ id, key })}`;

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
        const byHand = emulator.account.addApiKey({ service: "dns", description: "by hand" });
        const key = (name: string): string =>
          `new wayscloud.ServiceKey("${name}", { service: "dns", ${existingOf(byHand)} });\n`;
        stack.setProgram(key("before"));
        await stack.up();

        stack.setProgram(`${key("after")}new wayscloud.SshKey("other", { publicKey: "${publicKey(1)}" });`);
        emulator.faults.add({ method: "POST", path: SSH_KEYS, status: 403, times: "always" });
        await stack.up([], { fails: true });
        expect(await held(stack)).toEqual({ before: byHand.id, after: byHand.id });
        emulator.faults.clear();

        takeRequests(emulator);
        const next = await stack.up();
        expect(next.all).toContain("another resource manages it now");
        await row(byHand);
        expect(await held(stack)).toMatchObject({ after: byHand.id });
        await stack.preview(["--expect-no-changes"]);
        await stack.destroy();
        expect(liveIds(emulator)).toEqual([]);
      },
    },
    {
      promise: "two resources that name one key are rejected, in either order, and nothing is revoked",
      rows: ORDERS.map((order) => {
        const fault = `two resources name one key, declared ${order.join(", ")}; the state holds one`;
        return [27, fault];
      }),
      story: async ({ emulator, stack }, row) => {
        const byHand = emulator.account.addApiKey({ service: "dns", description: "by hand" });
        const key = (name: string): string =>
          `new wayscloud.ServiceKey("${name}", { service: "dns", ${existingOf(byHand)} });\n`;
        stack.setProgram(key("one"));
        await stack.up();
        for (const order of ORDERS) {
          stack.setProgram(order.map(key).join(""));
          takeRequests(emulator);
          const { all } = await stack.up([], { fails: true });
          expect(all).toMatch(
            /another resource of this program already manages the key \S+; only one can|manage the same key/,
          );
          // How far the second one comes before the engine stops is a matter of time.
          expect(["", "GET"]).toContain(emulator.requests.map(({ method }) => method).join());
          await row(byHand);
        }
        stack.setProgram(key("one"));
        await stack.up();
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
        const byHand = emulator.account.addApiKey({ service: "dns", description: "by hand" });
        const existing = existingOf(byHand);
        const key = (more: string, opts = "{}"): string =>
          `new wayscloud.ServiceKey("dns", { service: "dns", ${more} }, ${opts});`;
        stack.setProgram(key(existing));
        await stack.up();
        stack.setProgram(key(existing, '{ ignoreChanges: ["existing"] }'));
        takeRequests(emulator);
        for (let run = 0; run < 3; run += 1) expect((await stack.up()).changes).toEqual({ unchanged: 2 });
        await row(byHand);

        stack.setProgram(key(existing));
        const { urn } = await stack.resource("dns");
        const rejected = await stack.up(["--replace", urn], { fails: true });
        expect(rejected.all).toContain(
          "`existing` is still in the program, so the replacement has the same key. Nothing was revoked.",
        );
        await row(byHand);

        stack.setProgram(key(""));
        await stack.up();
        expect(await held(stack)).toEqual({ dns: byHand.id });
        takeRequests(emulator);
        await stack.up(["--replace", urn]);
        await row(byHand);
      },
    },
  ],
);
