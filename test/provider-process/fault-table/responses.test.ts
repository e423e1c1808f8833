// Rows 17, 20 to 24 and 47 to 49: lists that lie or say half, servers that lead elsewhere, bodies without end, texts that attack, secrets that are echoed.
import { readFileSync } from "node:fs";

import type { Fault } from "../../../src/emulator";
import { closeServers, serve } from "../../support/api";
import { KIND_NAMES, KINDS, oneOfEach } from "../../support/canaries";
import { type CallRow, type CallRun, callRows, failed } from "../../support/fault-rows";
import { publicKey } from "../../support/public-key";

const REFUSED = "Redirects are not followed";
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/;

const readingFailed = failed(/^Reading the (API|SSH) keys failed/);

const checks = {
  "refresh fails": readingFailed,
  "refresh fails; created": (run: CallRun) => {
    readingFailed(run);
    expect(run.made.error).toBeUndefined();
  },
  "refresh fails, printed clean and short": async (run: CallRun) => {
    readingFailed(run);
    for (const message of run.messages) {
      expect(message.length).toBeLessThan(1_500);
      expect(message).not.toMatch(INVISIBLE);
      expect(message.isWellFormed()).toBe(true);
    }
    expect((await run.process()).stderr()).not.toContain("\u001b");
    // The process lives, and its objects are what they were: a creation works.
    expect(run.made.error).toBeUndefined();
  },
  refused: failed(/rejected an id|Redirects are not followed/),
  "refused before any request": ({ ended }: CallRun) => expect(ended).not.toEqual([]),
  created: ({ watched, kind, made }: CallRun) => {
    watched.expectOnly(kind, made);
    expect(made.ms).toBeLessThan(110_000);
  },
  "refused, or sent as it is": async (run: CallRun) => {
    expect(run.messages).toEqual(run.messages.map(() => "succeeded"));
    expect((await run.process()).stderr()).not.toContain("\u001b");
  },
  "printed clean, short and redacted": ({ said }: CallRun) => {
    expect(said).toContain("its description is");
    expect(said.length).toBeLessThan(1_500);
    expect(said).not.toMatch(/[\u0000-\u001f\u202e]/);
  },
  // The search itself is what every run ends with.
  "not printed": ({ emulator }: CallRun) => expect(emulator.faults.pending()).toEqual([]),
  "presence is proved, absence is an error": (run: CallRun) => {
    const unread = expect.stringContaining("an unexpected shape");
    expect(run.messages).toEqual([...KIND_NAMES.map(() => "succeeded"), ...KIND_NAMES.map(() => unread)]);
  },
  complete: (run: CallRun) => expect(run.messages).toEqual(KIND_NAMES.map(() => "succeeded")),
  "incomplete: refresh fails": failed("an incomplete list"),
  "error, its reason cut": (run: CallRun) => {
    failed("answered 400")(run);
    for (const message of run.messages) expect(message.length).toBeLessThan(1_000);
  },
};

/** Reads one resource of each kind in a process of its own, with these faults at each list. */
const readAll =
  (...faults: Fault[]) =>
  async (run: CallRun): Promise<ReturnType<typeof oneOfEach>> => {
    const made = oneOfEach(run.watched);
    run.forget();
    run.below = KINDS.sshKey.list;
    run.emulator.faults.add(...faults.map((fault): Fault => ({ method: "GET", times: "always", ...fault })));
    const reader = await run.process();
    await Promise.all(
      [...made].map(([kind, { id, outputs }]) => run.end(reader.resource(kind).read(id, outputs))),
    );
    return made;
  };

/** What the list is, and what an error says of it. */
const lists: [string, Fault, said: string][] = [
  ["401", { status: 401 }, "answered 401 (Unauthorized)"],
  ["403", { status: 403 }, "answered 403 (Forbidden)"],
  ["404", { status: 404 }, "answered 404"],
  ["500", { status: 500 }, "answered 500"],
  ["an HTML page with 200", { body: "<html></html>", headers: { "content-type": "text/html" } }, "not JSON"],
  ["{}", { body: {} }, "with no list in it"],
  ["null", { body: null }, "with no list in it"],
  ["an empty body", { body: "" }, "not JSON"],
  ["a number", { body: 0 }, "with no list in it"],
  ["a list of null", { body: [null] }, "an unexpected shape"],
  ["entries without an id", { omit: ["id"] }, "an unexpected shape (id"],
  ["cut in half", { truncate: true }, "got no response from"],
  ["wrapped, has_more", { wrap: "items", extra: { has_more: true } }, "an incomplete list"],
  ["wrapped, next", { wrap: "data", extra: { next: "/v1/account/api-keys?page=2" } }, "an incomplete list"],
  [
    "wrapped, total above the count",
    { drop: 1, wrap: "keys", extra: { total: 99 } },
    "an incomplete list (`total` says that there is more)",
  ],
  ["a Link to the next page", { drop: 1, headers: { link: '</v1/more>; rel="next"' } }, "an incomplete list"],
  ["204", { status: 204 }, "answered 204"],
];

/** Reads, deletes and creates while the API redirects to a server that counts who comes. */
const redirected =
  (status: number) =>
  async (run: CallRun): Promise<void> => {
    const elsewhere = await serve((response) => response.end("[]"));
    const made = oneOfEach(run.watched);
    run.forget();
    const redirect = `${elsewhere.url}/v1/account/api-keys`;
    run.emulator.faults.add({ times: "always", status, redirect });
    const provider = await run.process();
    const each = [...made].map(([kind, state]) => ({ methods: provider.resource(kind), ...state }));
    await Promise.all(each.map(({ methods, id, outputs }) => run.end(methods.read(id, outputs))));
    for (const { methods, id, outputs } of each) await run.end(methods.delete(id, outputs));
    expect((await run.create()).error?.message).toContain(REFUSED);
    expect(elsewhere.connections).toBe(0);
  };
afterAll(closeServers);

const ENDPOINTS: [string, RegExp][] = [
  ["http://api.example.com", /`http:` to api\.example\.com would send the credential/],
  ["https://someone:canary-password@api.example.com", /contains a user name or password/],
  ["file:///etc/passwd", /it does not begin with https:/],
  ["api.example.com", /it does not begin with https:/],
  ["https://api.example.com/?x=1", /query/],
  ["http://127.0.0.1.example.com", /unencrypted/],
  ["http://localhost.example.com", /unencrypted/],
];
const IDS = ["..", ".", "../../account", "//evil", "a/b", "a?b", "a#b", "%2e%2e", "a b", "a\r\nX-Evil: 1"];

/** The most memory that the process ever had, in MB. */
function peak(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

const GIGABYTE = 1_000_000_000;
const bodies: [string, Fault][] = [
  ["1 GB", { huge: GIGABYTE }],
  ["a gzip bomb of 1 GB", { gzipBomb: GIGABYTE }],
  ["1 GB with status 500", { huge: GIGABYTE, status: 500 }],
];

const ESC = "\u001b[2J\u001b]0;owned\u0007";
const PROTOTYPES = '[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]';
const texts: [string, Fault][] = [
  ["__proto__ and constructor", { body: PROTOTYPES }],
  ["terminal escapes", { merge: { id: ESC, key_type: ESC } }],
  ["an escape in the error", { status: 400, body: { detail: `no${ESC}\r\n\u202eyes` } }],
  ["an emoji where the error is cut", { status: 400, body: { detail: `${"x".repeat(299)}🎉🎉` } }],
  ["emoji before an address", { status: 400, body: { detail: `ask ${"🎉".repeat(40)}x@example.com` } }],
  ["half an emoji", { status: 400, body: { detail: "a\ud83cb" } }],
  ["4 MB of error", { status: 422, body: { detail: "A".repeat(4_000_000) } }],
  ["a 10 MB string", { body: JSON.stringify("B".repeat(10_000_000)) }],
  ["an endless number", { merge: { vm_count: 1e300, is_active: 1e300 } }],
  ["deep nesting", { body: "[".repeat(100_000) + "]".repeat(100_000) }],
];
const NAMES = ["a\r\nb", "\u001b[31mred", "\u0000", "x\ud800y", "line\u2028", "__proto__", "constructor"];

/** Which answers echo, and where. The key is echoed by answers to its creation, so these are ambiguous ones. */
const ECHOES = (["body", "header"] as const).flatMap((where) =>
  [400, 401, 403, 404, 409, 422, 429, 500, 503].flatMap((status) =>
    (["credential", "key"] as const).map((what) => ({ what, where, status })),
  ),
);

async function echoed(run: CallRun): Promise<string> {
  const { emulator, kind, watched } = run;
  const methods = await run.methods();
  const { value } = await run.create(kind === "sshKey" ? { publicKey: publicKey("held") } : {});
  for (const { what, where, status } of ECHOES) {
    const headers = status === 429 ? { headers: { "retry-after": "3600" } } : {};
    const echo: Fault = { times: "always", status, echo: { what, in: where }, ...headers };
    emulator.faults.add({ ...echo, method: "DELETE" });
    const gone = await watched.ended(methods.delete(value!.id, value!.outputs));
    if (status !== 404) expect(gone.error?.message).toContain(`answered ${status}`);
    emulator.faults.clear();
    // A creation that a 5xx answers is looked for, which takes time; its echo is what row 7 says and row 24 hides.
    if (status >= 500 && (where === "header" || kind === "sshKey")) continue;
    emulator.faults.add({ ...echo, method: "POST", times: 1, commit: status >= 500 });
    const { error } = await run.create();
    if (status < 500) expect(error?.message).toContain(`answered ${status}`);
    emulator.faults.clear();
  }
  return "many";
}

/** A list of each path that is as long as this. */
const pages = (extra: (length: number) => Fault): Fault[] => [
  { path: KINDS.sshKey.list, ...extra(1) },
  { path: KINDS.serviceKey.list, ...extra(3) },
];
const wrapped = (extra: Record<string, unknown>): Fault => ({ wrap: "data", extra });

const signs: [string, ...Fault[]][] = [
  ["X-Total-Count: 99", { headers: { "x-total-count": "99" } }],
  ["X-Next-Page: 2", { headers: { "x-next-page": "2" } }],
  ["Content-Range: items 0-1/99", { headers: { "content-range": "items 0-1/99" } }],
  ["continuation_token", wrapped({ continuation_token: "x" })],
  ["cursor", wrapped({ cursor: "x" })],
  ["has_more_pages", wrapped({ has_more_pages: true })],
  ["next_offset", wrapped({ next_offset: 100 })],
  ["next_marker", wrapped({ next_marker: "x" })],
  ["remaining", wrapped({ remaining: 7 })],
  ["limit, and as many entries", ...pages((limit) => wrapped({ limit }))],
  ["limit, as many entries, total", ...pages((limit) => wrapped({ limit, total: limit }))],
  ["quota.total", wrapped({ quota: { total: 99, remaining: 90 } })],
  ["X-RateLimit-Remaining: 59", { headers: { "x-ratelimit-remaining": "59" } }],
];

callRows(__filename, "Responses that lie or attack", checks, [
  ...lists.map(([what, fault, said]): CallRow => ({
    row: [17, `the list: ${what}`],
    act: async (run) => {
      await readAll(fault)(run);
      failed(said)(run);
    },
  })),
  ...[301, 302, 303, 307, 308].map((status): CallRow => ({
    row: [20, `${status} to another origin`],
    act: redirected(status),
  })),
  {
    row: [21, "endpoints elsewhere"],
    act: async (run) => {
      for (const [endpoint, said] of ENDPOINTS) {
        const provider = await run.watched.process({ "wayscloud:endpoint": endpoint });
        const methods = provider.resource("serviceKey");
        const { failures } = await methods.check({}, KINDS.serviceKey.inputs);
        const reason = expect.stringMatching(said);
        expect([endpoint, failures]).toEqual([endpoint, [{ property: "", reason }]]);
        const { error, partial } = await run.end(methods.create(KINDS.serviceKey.inputs));
        expect([error?.message, partial]).toEqual([reason, undefined]);
        expect(`${error?.message}${provider.stderr()}`).not.toContain("canary-password");
      }
    },
  },
  {
    row: [21, "ids that change the path"],
    act: async (run) => {
      const methods = await run.methods();
      for (const id of [...IDS, "http://evil/", "\u0000"]) {
        await run.end(methods.read(id, KINDS[run.kind].inputs));
        await run.end(methods.delete(id, KINDS[run.kind].inputs));
      }
    },
  },
  ...bodies.map(([what, fault]): CallRow => ({
    row: [22, `the body is ${what}`],
    act: async (run) => {
      const made = oneOfEach(run.watched);
      // One that has had no larger body before.
      const { pid } = await run.process({}, {});
      await run.watched.ended((await run.methods("sshKey")).read("nothing", {}));
      const before = peak(pid);
      run.forget();
      run.emulator.faults.add({ ...fault, method: "GET", path: KINDS.serviceKey.list, times: 4 });
      const { id, outputs } = made.get("serviceKey")!;
      await run.end((await run.methods("serviceKey")).read(id, outputs));
      run.emulator.faults.add({ ...fault, method: "POST", commit: true });
      await run.create();
      expect(peak(pid) - before).toBeLessThan(200);
    },
  })),
  {
    row: [22, "the 201 dribbles for minutes"],
    faults: [{ method: "POST", dribble: { bytes: 1, every: 1_000 } }],
  },
  ...texts.map(([what, fault]): CallRow => ({
    row: [23, `the response contains ${what}`],
    act: async (run) => {
      await readAll(fault)(run);
      run.emulator.faults.clear();
      await run.create();
    },
  })),
  {
    row: [23, "hostile names and descriptions"],
    act: async (run) => {
      const methods = await run.methods();
      for (const [at, text] of NAMES.entries()) {
        const named =
          run.kind === "sshKey" ? { name: text, publicKey: publicKey(at) } : { description: text };
        const { inputs, failures } = await methods.check({}, { ...KINDS[run.kind].inputs, ...named });
        if (failures.length > 0) continue;
        const { value } = await run.end(methods.create(inputs));
        expect(run.live).toEqual([value?.id]);
        await run.end(methods.delete(value!.id, value!.outputs));
        expect(run.live).toEqual([]);
      }
    },
  },
  {
    row: [23, "the list's description of a key to import"],
    act: async (run) => {
      const { account } = run.emulator;
      const description = `${ESC}\u202e${run.emulator.apiKey}${"D".repeat(100_000)}`;
      const { id, key } = account.addApiKey({ service: "database", description });
      await run.create({ description: "mine", existing: { id, key } });
    },
  },
  {
    row: [24, "credential or key echoed by any failing response"],
    act: echoed,
  },
  {
    row: [47, "unreadable entries of others"],
    act: async (run) => {
      const { emulator } = run;
      const others = [null, 5, { id: "a/b" }, { id: "foreign", key_prefix: null, fingerprint: null }];
      let lists = 0;
      // The real lists, with what nobody can read beside; in the second process only that.
      emulator.transform = ({ method, body }) => {
        if (method !== "GET" || !Array.isArray(body)) return undefined;
        lists += 1;
        return { body: lists > 2 ? others : [...others, ...body] };
      };
      const made = await readAll()(run);
      const second = await run.watched.process();
      for (const [kind, { id, outputs }] of made) await run.end(second.resource(kind).read(id, outputs));
    },
  },
  ...signs.map(([what, ...faults]): CallRow => ({
    row: [48, what],
    act: readAll(...faults),
  })),
  {
    row: [49, "64 kB that are hard to redact"],
    act: async (run) => {
      for (const unit of ["%40", "a@a.", "wayscloud%5Fa", "\u001b]", "\\u005f"]) {
        const detail = unit.repeat(65_536 / unit.length);
        run.emulator.faults.add({ method: "POST", status: 400, body: { detail } });
        run.ended.push(await run.create());
      }
    },
  },
]);
