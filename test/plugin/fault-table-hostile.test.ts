// Rows 17 and 20 to 25: lists that lie, servers that lead elsewhere, bodies without end, texts that attack, secrets that are echoed.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { Fault } from "../../src/emulator";
import { KIND_NAMES, KINDS, oneOfEach, program, TRIED, Watched } from "../support/canaries";
import { FaultTable, requestLine } from "../support/fault-table";
import type { Properties, ResourceName } from "../support/provider-process";
import { testAll } from "../support/rare";
import { publicKey } from "../support/public-key";

const table = new FaultTable(__filename);
const KEYS = ["serviceKey", "personalAccessToken"] as const;

const LISTS: [string, Fault][] = [
  ["401", { status: 401 }],
  ["403", { status: 403 }],
  ["404", { status: 404 }],
  ["500", { status: 500 }],
  ["an HTML page with 200", { body: "<html></html>", headers: { "content-type": "text/html" } }],
  ["{}", { body: {} }],
  ["null", { body: null }],
  ["an empty body", { body: "" }],
  ["a number", { body: 0 }],
  ["a list of null", { body: [null] }],
  ["entries without an id", { omit: ["id"] }],
  ["cut in half", { truncate: true }],
  ["wrapped, has_more", { wrap: "items", extra: { has_more: true } }],
  ["wrapped, next", { wrap: "data", extra: { next: "/v1/account/api-keys?page=2" } }],
  ["wrapped, total above the count", { drop: 1, wrap: "keys", extra: { total: 99 } }],
  ["a Link to the next page", { drop: 1, headers: { link: '</v1/more>; rel="next"' } }],
  ["204", { status: 204 }],
];

test.concurrent.each(LISTS)(
  "row 17, the list is %s: no key is reported gone, and none is made or revoked",
  (what, fault) =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      const made = await oneOfEach(watched);
      emulator.requests.length = 0;
      emulator.faults.add({ ...fault, method: "GET", times: "always" });
      const plugin = await watched.process();
      const reads = await Promise.all(
        [...made].map(([kind, { id, outputs }]) => watched.ended(plugin.resource(kind).read(id, outputs))),
      );
      for (const { error, partial } of reads) {
        expect(error?.message).toMatch(/^Reading the (API|SSH) keys failed: GET /);
        expect(partial).toBeUndefined();
      }
      expect(KIND_NAMES.flatMap((kind) => watched.live(kind))).toHaveLength(3);
      expect(new Set(emulator.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
      table.note({
        row: 17,
        fault: `the list: ${what}`,
        result: "refresh fails",
        requests: requestLine(emulator.requests, KINDS.sshKey.list),
        live: 3,
      });
    }),
);

test.concurrent.each([301, 302, 303, 307, 308])(
  "row 20: %d to another origin is refused, and nothing reaches it",
  (status) =>
    Watched.run(async (watched) => {
      let reached = 0;
      const elsewhere = createServer((_request, response) => response.end("[]"));
      elsewhere.on("connection", () => (reached += 1));
      await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
      try {
        const { emulator } = watched;
        const made = await oneOfEach(watched);
        const plugin = await watched.process();
        emulator.requests.length = 0;
        const redirect = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/v1/account/api-keys`;
        emulator.faults.add({ times: "always", status, redirect });
        for (const [kind, { id, outputs }] of made) {
          const methods = plugin.resource(kind);
          const read = await watched.ended(methods.read(id, outputs));
          expect(read.error?.message).toContain("Redirects are not followed");
          const gone = await watched.ended(methods.delete(id, outputs));
          expect(gone.error?.message).toContain("Redirects are not followed");
        }
        const created = await watched.create(plugin, "serviceKey");
        expect(created.error?.message).toContain("Redirects are not followed");
        expect(reached).toBe(0);
        const live = KIND_NAMES.flatMap((kind) => watched.live(kind)).length;
        const requests = `${requestLine(emulator.requests)}, none elsewhere`;
        table.note({ row: 20, fault: `${status} to another origin`, result: "refused", requests, live });
      } finally {
        await new Promise((resolve) => elsewhere.close(resolve));
      }
    }),
);

const ENDPOINTS: [string, string, RegExp][] = [
  [
    "http: to another host",
    "http://api.example.com",
    /`http:` to api\.example\.com would send the credential/,
  ],
  [
    "user and password",
    "https://someone:canary-password@api.example.com",
    /contains a user name or password/,
  ],
  ["file:", "file:///etc/passwd", /its scheme is file:/],
  ["javascript:", "javascript:alert(1)", /scheme/],
  ["no URL", "api.example.com", /not a URL|scheme/],
  ["a query", "https://api.example.com/?x=1", /query/],
  ["a host that begins like loopback", "http://127.0.0.1.example.com", /unencrypted/],
  ["http: to localhost.example.com", "http://localhost.example.com", /unencrypted/],
];

test.concurrent(
  "row 21: endpoints that would send the credential anywhere else are refused before any request",
  () =>
    Watched.run(async (watched) => {
      for (const [what, endpoint, said] of ENDPOINTS) {
        const plugin = await watched.process({ "wayscloud:endpoint": endpoint });
        const methods = plugin.resource("serviceKey");
        const { failures } = await methods.check({}, program("serviceKey"));
        expect([what, failures]).toEqual([what, [{ property: "", reason: expect.stringMatching(said) }]]);
        const created = await watched.ended(methods.create(program("serviceKey")));
        expect(created.error?.message).toMatch(said);
        expect(`${created.error?.message}${plugin.stderr()}`).not.toContain("canary-password");
        expect(created.partial).toBeUndefined();
      }
      expect(watched.emulator.requests).toEqual([]);
      table.note({ row: 21, fault: "endpoints elsewhere", result: "refused", requests: "none", live: 0 });
    }),
);

const IDS = [
  "..",
  ".",
  "../../account",
  "//evil",
  "a/b",
  "a?b",
  "a#b",
  "%2e%2e",
  "a b",
  "a\r\nX-Evil: 1",
  "http://evil/",
  "\u0000",
];

test.concurrent.each(TRIED)("row 21, %s: ids that change the path are refused before any request", (kind) =>
  Watched.run(async (watched) => {
    const methods = (await watched.process()).resource(kind);
    for (const id of IDS) {
      const calls: Promise<unknown>[] = [methods.read(id, program(kind)), methods.delete(id, program(kind))];
      for (const call of calls) {
        const { error } = await watched.ended(call);
        expect([id, error?.message]).toEqual([id, expect.stringContaining("rejected an id")]);
      }
    }
    expect(watched.emulator.requests).toEqual([]);
    table.note({
      row: 21,
      fault: "ids that change the path",
      resource: kind,
      result: "refused",
      requests: "none",
      live: 0,
    });
  }),
);

/** The most memory that the process ever had, in MB. */
function peak(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

const GIGABYTE = 1_000_000_000;
const BODIES: [string, Fault][] = [
  ["1 GB", { huge: GIGABYTE }],
  ["a gzip bomb of 1 GB", { gzipBomb: GIGABYTE }],
  ["1 GB with status 500", { huge: GIGABYTE, status: 500 }],
];

test.concurrent.each(BODIES)("row 22: %s: bounded memory, bounded time, and no key is lost", (what, fault) =>
  Watched.run(async (watched) => {
    const { emulator } = watched;
    const made = await oneOfEach(watched);
    const plugin = await watched.process();
    await watched.ended(plugin.resource("sshKey").read("nothing", {}));
    const before = peak(plugin.pid);
    emulator.faults.add({ ...fault, method: "GET", path: KINDS.serviceKey.list, times: 4 });
    const old = made.get("serviceKey")!;
    const read = await watched.ended(plugin.resource("serviceKey").read(old.id, old.outputs));
    expect(read.error?.message).toMatch(/^Reading the API keys failed/);
    emulator.faults.add({ ...fault, method: "POST", commit: true });
    const created = await watched.create(plugin, "personalAccessToken");
    expect(created.error).toBeUndefined();
    expect(peak(plugin.pid) - before).toBeLessThan(200);
    expect(watched.live("personalAccessToken")).toHaveLength(2);
    table.note({
      row: 22,
      fault: `the body is ${what}`,
      result: "refresh fails; created",
      requests: requestLine(emulator.requests.slice(1)),
      live: 4,
    });
  }),
);

test.concurrent("row 22: a body that dribbles is given up after 30 s, and the key it held is revoked", () =>
  Watched.run(async (watched) => {
    watched.emulator.faults.add({ method: "POST", dribble: { bytes: 1, every: 1_000 } });
    const created = await watched.create(await watched.process(), "serviceKey");
    watched.expectOnly("serviceKey", created);
    expect(created.ms).toBeLessThan(60_000);
    table.note({
      row: 22,
      fault: "the 201 dribbles for minutes",
      result: "created",
      requests: requestLine(watched.emulator.requests),
      live: 1,
    });
  }),
);

const ESC = "\u001b[2J\u001b]0;owned\u0007";
const TEXTS: [string, Fault][] = [
  [
    "__proto__ and constructor",
    { body: '[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]' },
  ],
  ["terminal escapes", { merge: { id: ESC, key_type: ESC } }],
  ["an escape in the error", { status: 400, body: { detail: `no${ESC}\r\n\u202eyes` } }],
  ["4 MB of error", { status: 422, body: { detail: "A".repeat(4_000_000) } }],
  ["a 10 MB string", { body: JSON.stringify("B".repeat(10_000_000)) }],
  ["an endless number", { merge: { vm_count: 1e300, is_active: 1e300 } }],
  ["a deep nest", { body: "[".repeat(100_000) + "]".repeat(100_000) }],
];

test.concurrent.each(TEXTS)(
  "row 23, answers hold %s: no crash, no pollution, printed clean and short",
  (what, fault) =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      const made = await oneOfEach(watched);
      const plugin = await watched.process();
      emulator.faults.add({ ...fault, method: "GET", times: "always" });
      for (const [kind, { id, outputs }] of made) {
        const read = await watched.ended(plugin.resource(kind).read(id, outputs));
        const message = read.error?.message ?? "";
        expect(message).toMatch(/^Reading the (API|SSH) keys failed/);
        expect(message.length).toBeLessThan(1_500);

        expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
      }
      expect(plugin.stderr()).not.toContain("\u001b");
      // The process lives, and its objects are what they were: a creation works.
      emulator.faults.clear();
      expect((await watched.create(plugin, "serviceKey")).error).toBeUndefined();
      expect(KIND_NAMES.flatMap((kind) => watched.live(kind))).toHaveLength(4);
      table.note({
        row: 23,
        fault: `answers hold ${what}`,
        result: "refresh fails",
        requests: requestLine(emulator.requests, KINDS.sshKey.list),
        live: 4,
      });
    }),
);

const NAMES = ["a\r\nb", "\u001b[31mred", "\u0000", "x\ud800y", "line\u2028"];

test.concurrent.each(TRIED)(
  "row 23, %s: hostile names and descriptions are refused or sent as they are, and come back as one key",
  (kind) =>
    Watched.run(async (watched) => {
      const plugin = await watched.process();
      const methods = plugin.resource(kind);
      const field = kind === "sshKey" ? "name" : "description";
      for (const [index, text] of [...NAMES, "__proto__", "constructor"].entries()) {
        const more: Properties = {
          [field]: text,
          ...(kind === "sshKey" ? { publicKey: publicKey(index) } : {}),
        };
        const { inputs, failures } = await methods.check({}, program(kind, more));
        if (failures.length > 0) continue;
        const made = await watched.ended(methods.create(inputs));
        if (made.error) throw made.error;
        expect(watched.live(kind).map(({ id }) => id)).toEqual([made.value!.id]);
        await methods.delete(made.value!.id, made.value!.outputs);
        expect(watched.live(kind)).toEqual([]);
      }
      expect(plugin.stderr()).not.toContain("\u001b");
    }),
);

test.concurrent(
  "row 23: what the list says of a key that is to be taken over is printed clean, short and redacted",
  () =>
    Watched.run(async (watched) => {
      const { account } = watched.emulator;
      const methods = (await watched.process()).resource("serviceKey");
      const secret = account.apiKeys()[0]!.key;
      const { id, key } = account.addApiKey({
        service: "database",
        description: `${ESC}\u202e${secret}${"D".repeat(100_000)}`,
      });
      const { inputs } = await methods.check(
        {},
        { service: "database", description: "mine", existing: { id, key } },
      );
      const taken = await watched.ended(methods.create(inputs));
      expect(taken.error?.message).toContain("its description is");
      expect(taken.error!.message.length).toBeLessThan(1_500);

      expect(taken.error?.message).not.toMatch(/[\u0000-\u001f\u202e]/);
    }),
);

/** Which answers echo, and where. The key is echoed by answers to its creation, so these are ambiguous ones. */
const ECHOES = (["body", "header"] as const).flatMap((where) =>
  [400, 401, 403, 404, 409, 422, 429, 500, 503].flatMap((status) =>
    (["credential", "key"] as const).map((what) => ({ what, where, status })),
  ),
);

test.concurrent.each(TRIED)(
  "row 24, %s: a credential or key that any failing answer echoes is not printed",
  (kind) =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      const plugin = await watched.process();
      const methods = plugin.resource(kind);
      const { value } = await watched.create(
        plugin,
        kind,
        kind === "sshKey" ? { publicKey: publicKey("held") } : {},
      );
      const headers = { "retry-after": "3600" };
      for (const { what, where, status } of ECHOES) {
        const echo = {
          times: "always",
          status,
          echo: { what, in: where },
          ...(status === 429 ? { headers } : {}),
        } as const;
        emulator.faults.add({ ...echo, method: "DELETE" });
        const gone = await watched.ended(methods.delete(value!.id, value!.outputs));
        if (status !== 404)
          expect([status, gone.error?.message]).toEqual([
            status,
            expect.stringContaining(`answered ${status}`),
          ]);
        emulator.faults.clear();
        // A creation that a 5xx answers is looked for, which takes time; its echo is what row 7 says and row 24 hides.
        if (status >= 500 && (where === "header" || kind === "sshKey")) continue;
        emulator.faults.add({ ...echo, method: "POST", times: 1, commit: status >= 500 });
        const created = await watched.create(plugin, kind);
        if (status < 500) expect(created.error?.message).toContain(`answered ${status}`);
        emulator.faults.clear();
      }
      expect(emulator.faults.pending()).toEqual([]);
      // The search itself is what `Watched.run` ends with.
      table.note({
        row: 24,
        fault: "credential or key echoed by any failing response",
        resource: kind,
        result: "not printed",
        requests: "many",
        live: watched.live(kind).length,
      });
    }),
);

test.concurrent("row 25: of eight concurrent first calls none runs unconfigured", () =>
  Watched.run(async (watched) => {
    const { emulator } = watched;
    const plugin = await watched.process({}, { WAYSCLOUD_API_KEY: "wayscloud_pat_wrong_credential" });
    const made = await Promise.all(Array.from({ length: 8 }, () => watched.create(plugin, "serviceKey")));
    expect(made.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(new Set(made.map(({ value }) => value?.id)).size).toBe(8);
    expect(new Set(emulator.requests.map(({ credentialId }) => credentialId))).toEqual(
      new Set([emulator.account.apiKeys()[0]!.id]),
    );
    table.note({
      row: 25,
      fault: "eight concurrent first calls",
      result: "created, all configured",
      requests: requestLine(emulator.requests),
      live: 8,
    });
  }),
);

const CONFIGURATIONS: [string, Record<string, string>, RegExp][] = [
  ["no credential", { "wayscloud:apiKey": "" }, /wayscloud(-account)?:apiKey is blank/],
  [
    "a credential with a line break",
    { "wayscloud:apiKey": "wayscloud_pat_canary_one\nwayscloud_pat_canary_two" },
    /contains whitespace/,
  ],
  [
    "an unknown credential",
    { "wayscloud:apiKey": "wayscloud_pat_canary_unknown" },
    /401.*The credential came from .*wayscloud(-account)?:apiKey/,
  ],
];

test.concurrent.each(CONFIGURATIONS)(
  "row 25: %s: a clear error that does not show it, and nothing is made",
  (what, config, said) =>
    Watched.run(async (watched) => {
      const plugin = await watched.process(config);
      for (const kind of KIND_NAMES) {
        const { error, partial } = await watched.ended(plugin.resource(kind).create(program(kind)));
        expect(error?.message).toMatch(said);
        expect(`${error?.message}${plugin.stderr()}`).not.toContain("canary");
        expect(partial).toBeUndefined();
        expect(watched.live(kind)).toEqual([]);
      }
      table.note({
        row: 25,
        fault: what,
        result: "clear error",
        requests: requestLine(watched.emulator.requests),
        live: 0,
      });
    }),
);

/** States as release 0.1.0 wrote them: literal, so that no change of the code changes them as well. */
const OLD_STATES: Record<ResourceName, { inputs: Properties; outputs: Properties }> = {
  serviceKey: {
    inputs: { service: "database", description: "pulumi test/dev/db #1a2b3c4" },
    outputs: {
      description: "pulumi test/dev/db #1a2b3c4",
      key: "wayscloud_0123456789abcdef_000000000000000000000000000000000000",
      keyPrefix: "wayscloud_0123456",
      keyType: "service",
      isActive: true,
      service: "database",
      createdAt: "2026-01-01T00:00:00Z",
    },
  },
  personalAccessToken: {
    inputs: { scopes: ["ssh_keys:read"], expiresInDays: 9000, rotateBeforeDays: 14, description: "ci" },
    outputs: {
      description: "ci",
      key: "wayscloud_pat_abc12_000000000000000000000000000000000000",
      keyPrefix: "wayscloud_pat_abc12",
      keyType: "pat",
      isActive: true,
      scopes: ["ssh_keys:read"],
      expiresInDays: 9000,
      expiresAt: "2050-08-23T00:00:00Z",
      createdAt: "2026-01-01T00:00:00Z",
      rotateAt: "2050-08-09T00:00:00Z",
    },
  },
  sshKey: {
    inputs: { publicKey: publicKey("old"), name: "db-1a2b3c4" },
    outputs: {
      name: "db-1a2b3c4",
      fingerprint: "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      keyType: "ssh-ed25519",
      createdAt: "2026-01-01T00:00:00Z",
      vmCount: 0,
      publicKey: publicKey("old"),
      adopted: false,
    },
  },
};

test.concurrent(
  "row 25: the state of an older release is a no-op, without a request, and read keeps its key",
  () =>
    Watched.run(async (watched) => {
      const { emulator } = watched;
      const plugin = await watched.process();
      for (const kind of KIND_NAMES) {
        const { inputs: old, outputs } = OLD_STATES[kind];
        const methods = plugin.resource(kind);
        const news = program(kind, { ...old, ...(kind === "personalAccessToken" ? {} : auto(kind)) });
        const { inputs, failures } = await methods.check(old, news);
        expect(failures).toEqual([]);
        expect(await methods.diff(`old-${kind}`, outputs, inputs)).toMatchObject({
          changes: false,
          replaces: [],
        });
      }
      expect(emulator.requests).toEqual([]);
      const ids = KEYS.map((kind) => {
        const { key, description } = OLD_STATES[kind].outputs as Record<string, string>;
        const service = kind === "serviceKey" ? { service: "database" } : {};
        return emulator.account.addApiKey({ ...service, key: key!, description: description! }).id;
      });
      for (const [index, kind] of KEYS.entries()) {
        const { outputs } = OLD_STATES[kind];
        const read = await plugin.resource(kind).read(ids[index]!, outputs);
        expect(read.outputs).toMatchObject(outputs);
      }
      table.note({
        row: 25,
        fault: "the state of an older release",
        result: "no change, the key kept",
        requests: requestLine(emulator.requests),
        live: 2,
      });
    }),
);

function auto(kind: ResourceName): Properties {
  return kind === "sshKey" ? { name: "db-${hex(7)}" } : { description: "pulumi test/dev/db #${hex(7)}" };
}

test.concurrent("row 25: a rotated credential is used by the next process, and the old one by nobody", () =>
  Watched.run(async (watched) => {
    const { emulator } = watched;
    const made = await oneOfEach(watched);
    const fresh = emulator.account.addApiKey({
      scopes: ["ssh_keys:write", "ssh_keys:read", "api_keys:write", "api_keys:read"],
    });
    emulator.requests.length = 0;
    const plugin = await watched.process({ "wayscloud:apiKey": fresh.key });
    for (const [kind, { id, outputs }] of made) {
      expect((await plugin.resource(kind).read(id, outputs)).id).toBe(id);
      await plugin.resource(kind).delete(id, outputs);
    }
    expect(new Set(emulator.requests.map(({ credentialId }) => credentialId))).toEqual(new Set([fresh.id]));
    table.note({
      row: 25,
      fault: "a rotated credential",
      result: "the new one used",
      requests: requestLine(emulator.requests),
      live: 1,
    });
  }),
);

test("docs/fault-table.md says what these tests saw", () => table.compare({ partial: !testAll }));
