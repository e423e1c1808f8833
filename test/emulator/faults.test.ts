// Each kind of fault, over real connections; and which requests a fault strikes.
import { FaultError, type Fault } from "../../src/emulator";
import { until } from "../support/until";
import { DNS, KEYS, PROFILE, SERVICE, SSH, start, type Client, type Reply, type Started } from "./client";

let emulator: Started;
let client: Client;
beforeEach(async () => {
  emulator = await start();
  client = emulator.client;
});

const post = (): Promise<Reply> => client.post(SERVICE, DNS);
const list = (): Promise<Reply> => client.get(KEYS);
const rawPost = () => client.raw("POST", SERVICE, DNS);
const rawList = () => client.raw("GET", KEYS);
const live = (): number => emulator.account.liveApiKeys().length;

describe("the connection", () => {
  test("refuse destroys so many connections, and then lets through", async () => {
    emulator.faults.add({ refuse: true, times: 2 });
    const codes = [await rawList(), await rawList(), await rawList()].map(({ code }) => code);
    expect(codes).toEqual(["ECONNRESET", "ECONNRESET", undefined]);
    expect(emulator.requests).toHaveLength(1);
  });

  test("refuse strikes a kept-alive connection at its next request", async () => {
    await list();
    emulator.faults.add({ refuse: true });
    await expect(list()).rejects.toThrow("fetch failed");
    expect((await list()).status).toBe(200);
  });

  test("an emulator that stopped listening gives ECONNREFUSED, and is the same when it listens again", async () => {
    await post();
    await emulator.stopListening();
    expect((await rawList()).code).toBe("ECONNREFUSED");
    await emulator.listenAgain();
    expect((await list()).json).toHaveLength(2);
  });

  test.each([
    ["reset", true],
    ["reset", undefined],
    ["hang", true],
    ["hang", false],
  ])("%s, with the effect: %s; closing does not wait for it", async (kind, commit) => {
    emulator.faults.add({ method: "POST", [kind]: true, commit });
    const answer = rawPost();
    await until(() => emulator.requests[0]?.status === kind);
    expect(live()).toBe(commit ? 1 : 0);
    expect(emulator.requests[0]).toMatchObject({ committed: commit === true, body: DNS });
    await emulator.close();
    expect((await answer).code).toBe("ECONNRESET");
  });
});

describe("the time", () => {
  test("late commit: cut now, the effect later", async () => {
    emulator.faults.add({ method: "POST", reset: true, commitAfter: 300 });
    expect((await rawPost()).code).toBe("ECONNRESET");
    expect([live(), emulator.requests[0]!.committed]).toEqual([0, false]);
    await until(() => live() === 1);
    expect(emulator.requests[0]!.committed).toBe(true);
  });

  test.each([{ faults: [{ commitAfter: 10 }] }, { latency: 10 }])("%j delays the answer", async (options) => {
    const slow = await start(options);
    expect((await slow.client.post(SERVICE, DNS)).status).toBe(201);
    expect(slow.requests[0]!.duration).toBeGreaterThanOrEqual(9);
  });

  test("delay: the effect now, the answer later, and a list as it was when it was asked for", async () => {
    emulator.faults.add({ method: "GET", delay: 200 }, { method: "POST", delay: 200 });
    const stale = list();
    await until(() => emulator.requests.length === 1);
    const answer = post();
    await until(() => live() === 1);
    expect(emulator.requests[1]!.status).toBe("pending");
    expect([(await stale).json.length, (await answer).status]).toEqual([1, 201]);
  });

  test("delays that are together longer than a timer can wait do not end at once", async () => {
    const slow = await start({ latency: 2 ** 31 - 1, faults: [{ delay: 2 ** 31 - 1 }] });
    const answer = slow.client.get(KEYS).catch(() => "closed");
    await until(() => slow.account.apiKeys()[0]!.lastUsedAt !== null);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(slow.requests[0]!.status).toBe("pending");
    await slow.close();
    expect(await answer).toBe("closed");
  });
});

describe("the answer", () => {
  const EXTRA = { has_more: true, next: "x", total: 9 };
  const SIZE = 3 * 1024 * 1024 + 5;
  const type = (name: string) => ({ "content-type": name });
  const REFUSAL = { status: 502, headers: { "Retry-After": "2" }, body: { error: "x" } };
  const REFUSED = { status: 502, headers: { "retry-after": "2" }, json: { error: "x" } };
  const HEADERS = { Date: "garbage", "X-Extra": "1" };
  const location = "http://127.0.0.1:9/evil";

  test.each<[fault: Fault, reply: object, live: number]>([
    [{ ...REFUSAL, commit: true }, REFUSED, 1],
    [{ ...REFUSAL, commit: false }, REFUSED, 0],
    [{ status: 503 }, { status: 503, json: { detail: "Service Unavailable" } }, 0],
    [{ headers: HEADERS }, { status: 201, headers: { date: "garbage", "x-extra": "1" } }, 1],
    [{ body: null }, { status: 200, text: "null", headers: type("application/json") }, 0],
    [{ body: {} }, { status: 200, text: "{}", headers: type("application/json") }, 0],
    [{ body: "" }, { status: 200, text: "", headers: type("text/plain") }, 0],
    [{ body: "<html>", headers: type("text/html") }, { text: "<html>", headers: type("text/html") }, 0],
    [{ redirect: location, status: 301 }, { status: 301, headers: { location } }, 0],
    [{ redirect: location, status: 302 }, { status: 302, headers: { location } }, 0],
    [{ redirect: location, status: 307 }, { status: 307, headers: { location } }, 0],
    [{ redirect: location, status: 308 }, { status: 308, headers: { location } }, 0],
  ])("a creation with %j", async (fault, reply, count) => {
    emulator.faults.add(fault);
    expect(await post()).toMatchObject(reply);
    expect(live()).toBe(count);
  });

  test("malformed breaks the syntax and keeps the secret in it", async () => {
    emulator.faults.add({ malformed: true });
    const { status, text, json } = await post();
    expect([status, json]).toEqual([201, undefined]);
    expect(text).toContain(emulator.account.liveApiKeys()[0]!.key);
  });

  test.each<[truncate: true | number, sent: (announced: number) => number]>([
    [true, (announced) => Math.floor(announced / 2)],
    [0, () => 0],
    [5, () => 5],
    [10_000, (announced) => announced - 1],
  ])("truncate: %s announces everything, sends a part, and cuts after the effect", async (truncate, sent) => {
    emulator.faults.add({ truncate });
    const { complete, announced, text } = await rawPost();
    expect([complete, text.length, live()]).toEqual([false, sent(announced!), 1]);
  });

  test("omit and merge change the fields, in lists those of each entry", async () => {
    const merge = JSON.parse('{"id": 7, "__proto__": {"polluted": true}}') as Record<string, unknown>;
    emulator.faults.add({ path: SERVICE, omit: ["key"], merge }, { path: KEYS, omit: ["scopes"] });
    const { json, text } = await post();
    expect(Object.keys(json)).toEqual(["id", "key_prefix", "key_type", "warning", "__proto__"]);
    expect(text).toContain('"__proto__":{"polluted":true}');
    expect(live()).toBe(1);
    const entries = (await list()).json;
    expect(entries).toHaveLength(2);
    for (const entry of entries) expect(entry).not.toHaveProperty("scopes");
  });

  test("drop takes entries off a list, from its end or by id", async () => {
    const [a, b] = [emulator.account.addApiKey(), emulator.account.addApiKey()];
    emulator.faults.add({ drop: 1 }, { drop: [a.id] }, { drop: 99 });
    const ids = async () => (await list()).json.map((entry: { id: string }) => entry.id);
    expect(await ids()).toEqual([expect.any(String), a.id]);
    expect(await ids()).toEqual([expect.any(String), b.id]);
    expect(await ids()).toEqual([]);
  });

  test("wrap and extra make an incomplete list of it; where lists have a wrapper extra needs no other", async () => {
    emulator.faults.add({ wrap: "items", extra: EXTRA });
    expect((await list()).json).toEqual({ items: [expect.anything()], ...EXTRA });
    const wrapping = await start({ lists: "data", faults: [{ extra: EXTRA }] });
    expect((await wrapping.client.get(KEYS)).json).toEqual({ data: [expect.anything()], ...EXTRA });
  });

  test.each<[fault: Fault, size: number, encoding: string | undefined]>([
    [{ huge: 2 }, 2, undefined],
    [{ huge: SIZE }, SIZE, undefined],
    [{ gzipBomb: SIZE }, SIZE, "gzip"],
  ])("%j has the size asked for, across blocks", async (fault, size, encoding) => {
    emulator.faults.add(fault);
    const { text, json, headers } = await list();
    expect([text.length, json, headers["content-encoding"]]).toEqual([size, {}, encoding]);
  });

  test("an endless body stops when the reader leaves", async () => {
    emulator.faults.add({ huge: 2 ** 40 });
    const leave = new AbortController();
    const response = await fetch(emulator.url + KEYS, { signal: leave.signal });
    await response.body!.getReader().read();
    leave.abort();
    expect((await list()).status).toBe(200);
  });

  test("dribble sends the body in pieces", async () => {
    const body = { padding: "x".repeat(500) };
    emulator.faults.add({ dribble: { bytes: 100, every: 3 }, body });
    const response = await fetch(emulator.url + KEYS);
    const pieces: number[] = [];
    for await (const piece of response.body!) pieces.push(piece.length);
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.reduce((sum, bytes) => sum + bytes)).toBe(JSON.stringify(body).length);
  });

  test("echo puts the caller's credential or the new key into an error's body or header", async () => {
    const inHeader = { what: "key", in: "header" } as const;
    emulator.faults.add({ echo: { what: "credential" } }, { echo: inHeader, status: 500 });
    const first = await post();
    expect([first.status, first.text.includes(emulator.apiKey), live()]).toEqual([400, true, 0]);
    const second = await post();
    expect([second.status, live()]).toEqual([500, 1]);
    expect(second.headers["x-debug-credential"]).toBe(emulator.account.liveApiKeys()[0]!.key);
    emulator.faults.add({ method: "GET", echo: { what: "key" } });
    expect((await list()).text).toContain(emulator.account.liveApiKeys()[0]!.key);
  });
});

describe("which requests", () => {
  const statuses = async (count: number): Promise<number[]> => {
    const seen: number[] = [];
    while (seen.length < count) seen.push((await list()).status);
    return seen;
  };

  test("nth and times count the matching requests", async () => {
    emulator.faults.add({ method: "get", path: KEYS, nth: 2, times: 2, status: 500 });
    await client.get(SSH);
    expect(await statuses(4)).toEqual([200, 500, 500, 200]);
  });

  test("always strikes until cleared", async () => {
    emulator.faults.add({ path: "/v1/account/*", times: "always", status: 500 });
    expect(emulator.faults.pending()).toHaveLength(1);
    expect(await statuses(3)).toEqual([500, 500, 500]);
    expect(emulator.faults.pending()).toEqual([]);
    emulator.faults.clear();
    expect(await statuses(1)).toEqual([200]);
  });

  test("of two that are due the first strikes, the other at the next request", async () => {
    emulator.faults.add({ status: 500 }, { status: 502 }, { nth: 4, status: 503 });
    expect(emulator.faults.pending()).toHaveLength(3);
    expect(await statuses(5)).toEqual([500, 502, 200, 503, 200]);
    expect(emulator.faults.pending()).toEqual([]);
  });

  test("contains singles out one of several requests to a path", async () => {
    emulator.faults.add({ contains: "storage", status: 500 });
    expect((await post()).status).toBe(201);
    expect((await client.post(SERVICE, { service: "storage" })).status).toBe(500);
  });

  test("those of the start, those to the SDK's paths and those to a path with a slash", async () => {
    const other = await start({ faults: [{ status: 418 }] });
    expect((await other.client.get(KEYS)).status).toBe(418);
    other.faults.add({ path: "/v1/vps", status: 500 }, { path: "/api/v1/dashboard/*", status: 502 });
    expect((await other.client.get("/v1/vps/")).status).toBe(500);
    expect((await other.client.get("/api/v1/dashboard/account/profile")).status).toBe(502);
  });
});

describe("nonsense is refused, naming it", () => {
  test.each([
    [{ staus: 500 }, 'unknown field "staus"'],
    [{ method: "GET" }, "no failure specified"],
    [{}, "no failure specified"],
    [[], "must be an object"],
    [{ status: 99 }, "status must be"],
    [{ status: "500" }, "status must be"],
    [{ status: 500, nth: 0 }, "nth must be"],
    [{ status: 500, times: "forever" }, "times must be"],
    [{ status: 500, path: "v1" }, "path must be"],
    [{ status: 500, path: "/*/b" }, "path must be"],
    [{ reset: false }, "reset must be true"],
    [{ reset: true, hang: true }, "reset and hang are mutually exclusive"],
    [{ reset: true, status: 500 }, "status cannot be combined with reset"],
    [{ refuse: true, path: KEYS }, "path cannot be combined with refuse"],
    [{ status: 500, omit: ["key"] }, "omit cannot be combined with status"],
    [{ huge: 10, truncate: true }, "truncate cannot be combined with huge"],
    [{ redirect: "http://x", status: 200 }, "redirect needs"],
    [{ truncate: true, commit: false }, "commit: false needs"],
    [{ echo: { what: "all" } }, "echo must be"],
    [{ dribble: { bytes: 1, evry: 2 } }, "dribble must be"],
    [{ headers: { a: 1 } }, "headers must be"],
    [{ drop: "all" }, "drop must be"],
    [{ method: "PSOT", status: 500 }, "no endpoint at * has the method PSOT"],
    [{ path: "/v1/account/profil", status: 500 }, "path /v1/account/profil matches no endpoint"],
    [{ path: "/v2/*", status: 500 }, "path /v2/* matches no endpoint"],
    [{ path: `${KEYS}?a=1`, status: 500 }, "path must be"],
    [{ method: "POST", path: KEYS, status: 500 }, `no endpoint at ${KEYS} has the method POST`],
    [{ delay: 3_000_000_000 }, "delay must be a whole number of milliseconds from 0 to 2147483647"],
    [{ reset: true, commitAfter: 3_000_000_000 }, "commitAfter must be"],
    [{ dribble: { bytes: 1, every: 3_000_000_000 } }, "dribble must be"],
    [{ headers: { "bad name": "x" } }, "headers must be"],
    [{ headers: { name: "a\nb" } }, "headers must be"],
    [{ redirect: "http://x/\n" }, "redirect must be"],
    [{ path: PROFILE, drop: 1 }, "drop applies to lists only"],
    [{ path: SERVICE, wrap: "data" }, "wrap applies to lists only"],
    [{ extra: { next: "x" } }, "extra needs wrap"],
  ])("%j", (fault, reason) => {
    expect(() => emulator.faults.add({ status: 500 }, fault as Fault)).toThrow(FaultError);
    expect(() => emulator.faults.add(fault as Fault)).toThrow(reason);
    expect(emulator.faults.pending()).toEqual([]);
  });
});
