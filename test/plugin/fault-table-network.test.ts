// Rows 32 to 35 and 47 to 49: proxies and certificates, the wrong account, lists that are odd, and texts that are hard to redact.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Fault } from "../../src/emulator";
import { type Created, KIND_NAMES, KINDS, oneOfEach, program, Watched } from "../support/canaries";
import { newAuthority } from "../support/certificate";
import { FaultTable, requestLine } from "../support/fault-table";
import { startHttpsServer } from "../support/https-server";
import type { ResourceName } from "../support/provider-process";
import { startProxy } from "../support/proxy";

const table = new FaultTable(__filename);

const liveKeys = (watched: Watched): number => KIND_NAMES.flatMap((kind) => watched.live(kind)).length;

const CONNECTS: [status: number, body: string][] = [
  [200, "[]"],
  [203, "[]"],
  [204, ""],
  [301, ""],
  [404, '{"detail":"Not found"}'],
  [407, "[]"],
  [502, "[]"],
];

test.concurrent.each(CONNECTS)(
  "row 32: a proxy answers CONNECT with %d: no key is reported gone, deleted or created",
  (status, body) =>
    Watched.run(async (watched) => {
      const made = await oneOfEach(watched);
      const proxy = await startProxy({ status, body });
      try {
        const plugin = await watched.process(
          { "wayscloud:endpoint": "https://api.example.invalid" },
          { HTTPS_PROXY: proxy.url },
        );
        watched.emulator.requests.length = 0;
        const { id, outputs } = made.get("sshKey")!;
        const methods = plugin.resource("sshKey");
        const said =
          status === 200
            ? /got no response from/
            : new RegExp(`proxy refused the connection with status ${status}`);
        for (const call of [methods.read(id, outputs), methods.delete(id, outputs)] as Promise<unknown>[]) {
          expect((await watched.ended(call)).error?.message).toMatch(said);
        }
        expect(proxy.seen()).not.toMatch(/x-api-key|\/v1\/account/i);
        expect(watched.emulator.requests).toEqual([]);
        table.note({
          row: 32,
          fault: `CONNECT is answered ${status}`,
          result: "refresh and destroy fail",
          requests: "none",
          live: liveKeys(watched),
        });
      } finally {
        await proxy.close();
      }
    }),
);

test.concurrent("row 33: certificates are verified, whatever NODE_TLS_REJECT_UNAUTHORIZED says", () =>
  Watched.run(async (watched) => {
    const authority = newAuthority();
    const folder = mkdtempSync(join(tmpdir(), "authority-"));
    const file = join(folder, "ca.pem");
    writeFileSync(file, authority.cert);
    const untrusted = await startHttpsServer(authority.issue(["127.0.0.1"]));
    const renamed = await startHttpsServer(authority.issue(["other.invalid"]));
    try {
      for (const [what, server, env] of [
        ["an untrusted certificate", untrusted, {}],
        ["NODE_TLS_REJECT_UNAUTHORIZED=0", untrusted, { NODE_TLS_REJECT_UNAUTHORIZED: "0" }],
        ["a certificate of another host", renamed, { NODE_EXTRA_CA_CERTS: file }],
      ] as const) {
        const plugin = await watched.process(
          { "wayscloud:endpoint": `https://127.0.0.1:${server.port}` },
          env,
        );
        const { error, partial } = await watched.create(plugin, "serviceKey");
        expect(error?.message).toContain("was rejected");
        expect(partial).toBeUndefined();
        expect(plugin.stderr().includes("NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored")).toBe(
          "NODE_TLS_REJECT_UNAUTHORIZED" in env,
        );
        expect(server.requests).toEqual([]);
        table.note({ row: 33, fault: what, result: "error", requests: "none", live: 0 });
      }
    } finally {
      await untrusted.close();
      await renamed.close();
      rmSync(folder, { recursive: true });
    }
  }),
);

test.concurrent.each(["", " ", "\t\n"])(
  "row 34: a configured credential of %j is an error, and the environment's does not take its place",
  (blank) =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      const env = { WAYSCLOUD_PAT_TOKEN: emulator.apiKey, WAYSCLOUD_API_KEY: emulator.apiKey };
      const plugin = await watched.process({ "wayscloud:apiKey": blank }, env);
      for (const kind of KIND_NAMES) {
        const { failures } = await plugin.resource(kind).check({}, program(kind));
        expect(failures).toEqual([
          { property: "", reason: expect.stringMatching(/wayscloud(-account)?:apiKey is blank/) },
        ]);
        const { error } = await watched.ended(plugin.resource(kind).create(program(kind)));
        expect(error?.message).toMatch(/wayscloud(-account)?:apiKey is blank/);
      }
      table.note({
        row: 34,
        fault: `a credential of ${JSON.stringify(blank)}`,
        result: "error",
        requests: requestLine(emulator.requests) || "none",
        live: liveKeys(watched),
      });
    }),
);

test.concurrent(
  "row 35: another account than the expected one: refused, with one profile request a process",
  () =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      const made = await oneOfEach(watched);
      emulator.requests.length = 0;
      const plugin = await watched.process({ "wayscloud:customerId": "another-customer" });
      for (const [kind, { id, outputs }] of made) {
        const methods = plugin.resource(kind);
        const calls: Promise<unknown>[] = [
          methods.read(id, outputs),
          methods.delete(id, outputs),
          methods.create(program(kind)),
        ];
        for (const call of calls) {
          const { error, partial } = await watched.ended(call);
          expect(error?.message).toMatch(/belongs to the account .* expects another-customer/);
          expect(partial).toBeUndefined();
        }
      }
      expect(emulator.requests.map(({ path }) => path)).toEqual(["/v1/account/profile"]);
      table.note({
        row: 35,
        fault: "another account's credential",
        result: "refresh, destroy and up fail",
        requests: requestLine(emulator.requests),
        live: liveKeys(watched),
      });
    }),
);

/** Reads all resources; the messages of those that failed. */
async function readAll(watched: Watched, made: Map<ResourceName, Created>): Promise<(string | undefined)[]> {
  const plugin = await watched.process();
  const ended = await Promise.all(
    [...made].map(([kind, { id, outputs }]) => watched.ended(plugin.resource(kind).read(id, outputs))),
  );
  return ended.map(({ error }) => error?.message);
}

test.concurrent("row 47: unreadable entries of others: our own are read, and none is reported gone", () =>
  Watched.run(async (watched) => {
    const { emulator } = watched;
    const made = await oneOfEach(watched);
    const others = [null, 5, { id: "a/b" }, { id: "foreign", key_prefix: null, fingerprint: null }];
    // The real lists, with what nobody can read beside.
    for (const list of new Set(KIND_NAMES.map((kind) => KINDS[kind].list))) {
      const real = (await (
        await fetch(`${emulator.url}${list}`, { headers: { "X-API-Key": emulator.apiKey } })
      ).json()) as unknown[];
      emulator.faults.add({ method: "GET", path: list, body: [...others, ...real], status: 200 });
      emulator.faults.add({ method: "GET", path: list, body: others, status: 200, times: "always" });
    }
    emulator.requests.length = 0;
    expect(await readAll(watched, made)).toEqual([undefined, undefined, undefined]);
    for (const message of await readAll(watched, made)) expect(message).toContain("an unexpected shape");
    table.note({
      row: 47,
      fault: "unreadable entries of others",
      result: "presence is proved, absence is an error",
      requests: requestLine(emulator.requests, KINDS.sshKey.list),
      live: liveKeys(watched),
    });
  }),
);

/** A list of each path that is as long as this. */
const pages = (extra: (length: number) => Fault): Fault[] => [
  { path: KINDS.sshKey.list, ...extra(1) },
  { path: KINDS.serviceKey.list, ...extra(3) },
];

const PAGES: [string, Fault | Fault[], boolean][] = [
  ["X-Total-Count: 99", { headers: { "x-total-count": "99" } }, false],
  ["X-Next-Page: 2", { headers: { "x-next-page": "2" } }, false],
  ["Content-Range: items 0-1/99", { headers: { "content-range": "items 0-1/99" } }, false],
  ["continuation_token", { wrap: "data", extra: { continuation_token: "x" } }, false],
  ["cursor", { wrap: "data", extra: { cursor: "x" } }, false],
  ["has_more_pages", { wrap: "data", extra: { has_more_pages: true } }, false],
  ["next_offset", { wrap: "data", extra: { next_offset: 100 } }, false],
  ["next_marker", { wrap: "data", extra: { next_marker: "x" } }, false],
  ["remaining", { wrap: "data", extra: { remaining: 7 } }, false],
  ["limit, and as many entries", pages((limit) => ({ wrap: "data", extra: { limit } })), true],
  [
    "limit, as many entries, total",
    pages((limit) => ({ wrap: "data", extra: { limit, total: limit } })),
    true,
  ],
  ["quota.total", { wrap: "data", extra: { quota: { total: 99, remaining: 90 } } }, true],
  ["X-RateLimit-Remaining: 59", { headers: { "x-ratelimit-remaining": "59" } }, true],
];

test.concurrent.each(PAGES)("row 48: a list with %s", (what, fault, isComplete) =>
  Watched.run(async (watched) => {
    const { emulator } = watched;
    const made = await oneOfEach(watched);
    emulator.requests.length = 0;
    for (const each of [fault].flat()) emulator.faults.add({ ...each, method: "GET", times: "always" });
    for (const message of await readAll(watched, made)) {
      if (isComplete) expect(message).toBeUndefined();
      else expect(message).toContain("an incomplete list");
    }
    table.note({
      row: 48,
      fault: what,
      result: isComplete ? "complete" : "incomplete: refresh fails",
      requests: requestLine(emulator.requests, KINDS.sshKey.list),
      live: liveKeys(watched),
    });
  }),
);

test.concurrent("row 49: error bodies that are hard to redact", () =>
  Watched.run(async (watched) => {
    const { emulator } = watched;
    const plugin = await watched.process();
    for (const unit of ["%40", "a@a.", "wayscloud%5Fa", "\u001b]", "\\u005f"]) {
      emulator.faults.add({
        method: "POST",
        status: 400,
        body: { detail: unit.repeat(65_536 / unit.length) },
      });
      const { error } = await watched.create(plugin, "serviceKey");
      expect(error?.message).toContain("answered 400");
      expect(error!.message.length).toBeLessThan(1_000);
    }
    table.note({
      row: 49,
      fault: "64 kB that are hard to redact",
      result: "error, its reason cut",
      requests: requestLine(emulator.requests),
      live: liveKeys(watched),
    });
  }),
);

test("docs/fault-table.md says what these tests saw", () => table.compare());
