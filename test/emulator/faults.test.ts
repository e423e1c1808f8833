// Each kind of fault, over real connections; and which requests a fault strikes.
import { FaultError, startEmulator } from "../../src/emulator";
import type { Emulator, Fault } from "../../src/emulator";
import { raw, send } from "./client";
import { until } from "../support/until";

const SERVICE = "/v1/account/api-keys/service";
const LIST = "/v1/account/api-keys";
const DNS = { service: "dns" };

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

const post = () => send(emulator, "POST", SERVICE, DNS);
const list = () => send(emulator, "GET", LIST);
const live = (): number => emulator.account.liveApiKeys().length;

describe("the connection", () => {
  test("refuse destroys so many connections, and then lets through", async () => {
    emulator.faults.add({ refuse: true, times: 2 });
    const outcomes = [await raw(emulator, "GET", LIST), await raw(emulator, "GET", LIST)];
    expect(outcomes.map(({ code }) => code)).toEqual(["ECONNRESET", "ECONNRESET"]);
    expect((await raw(emulator, "GET", LIST)).complete).toBe(true);
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
    expect((await raw(emulator, "GET", LIST)).code).toBe("ECONNREFUSED");
    await emulator.listenAgain();
    expect((await list()).json).toHaveLength(2);
  });

  test("reset before the effect", async () => {
    emulator.faults.add({ method: "POST", reset: true });
    expect((await raw(emulator, "POST", SERVICE, DNS)).code).toBe("ECONNRESET");
    expect(live()).toBe(0);
    expect(emulator.requests[0]).toMatchObject({ status: "reset", committed: false, body: DNS });
  });

  test("reset after the effect", async () => {
    emulator.faults.add({ method: "POST", reset: true, commit: true });
    expect((await raw(emulator, "POST", SERVICE, DNS)).code).toBe("ECONNRESET");
    expect(live()).toBe(1);
    expect(emulator.requests[0]).toMatchObject({ status: "reset", committed: true });
  });

  test.each([[true], [false]])("hang, with the effect: %s; closing does not wait for it", async (commit) => {
    emulator.faults.add({ hang: true, commit });
    const answer = raw(emulator, "POST", SERVICE, DNS);
    await until(() => emulator.requests[0]?.status === "hang");
    expect(live()).toBe(commit ? 1 : 0);
    await emulator.close();
    expect(await answer).toMatchObject({ code: "ECONNRESET" });
  });

  test("late commit: cut now, the effect later", async () => {
    emulator.faults.add({ method: "POST", reset: true, commitAfter: 20 });
    expect((await raw(emulator, "POST", SERVICE, DNS)).code).toBe("ECONNRESET");
    expect([live(), emulator.requests[0]!.committed]).toEqual([0, false]);
    await until(() => live() === 1);
    expect(emulator.requests[0]!.committed).toBe(true);
  });

  test("commitAfter alone: the effect and the answer are late together", async () => {
    emulator.faults.add({ commitAfter: 10 });
    expect((await post()).status).toBe(201);
    expect(emulator.requests[0]!.duration).toBeGreaterThanOrEqual(9);
  });

  test("delay: the effect now, the answer later", async () => {
    emulator.faults.add({ delay: 20 });
    const answer = post();
    await until(() => live() === 1);
    expect(emulator.requests[0]!.status).toBe("pending");
    expect((await answer).status).toBe(201);
  });

  test("an overtaken list is the one of when it was asked for", async () => {
    emulator.faults.add({ method: "GET", delay: 20 });
    const stale = list();
    await until(() => emulator.requests.length === 1);
    await post();
    expect((await stale).json).toHaveLength(1);
  });

  test("latency delays every answer", async () => {
    const slow = await startEmulator({ latency: 15 });
    await send(slow, "GET", LIST);
    expect(slow.requests[0]!.duration).toBeGreaterThanOrEqual(14);
    await slow.close();
  });
});

test("delays that are together longer than a timer can wait do not end at once", async () => {
  const slow = await startEmulator({ latency: 2 ** 31 - 1, faults: [{ delay: 2 ** 31 - 1 }] });
  const answer = send(slow, "GET", LIST).catch(() => "closed");
  await until(() => slow.account.apiKeys()[0]!.lastUsedAt !== null);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(slow.requests[0]!.status).toBe("pending");
  await slow.close();
  expect(await answer).toBe("closed");
});

describe("the answer", () => {
  test.each([[true], [false]])("status with headers and body, with the effect: %s", async (commit) => {
    emulator.faults.add({ status: 502, headers: { "Retry-After": "2" }, body: { error: "x" }, commit });
    const { status, headers, json } = await post();
    expect([status, headers["retry-after"], json]).toEqual([502, "2", { error: "x" }]);
    expect(live()).toBe(commit ? 1 : 0);
  });

  test("status alone says its own name", async () => {
    emulator.faults.add({ status: 503 });
    expect((await post()).json).toEqual({ detail: "Service Unavailable" });
  });

  test.each([
    [{ body: null }, "null", "application/json"],
    [{ body: {} }, "{}", "application/json"],
    [{ body: "<html>", headers: { "content-type": "text/html" } }, "<html>", "text/html"],
    [{ body: "" }, "", "text/plain"],
  ])("%j instead of a list, as 200", async (fault: Fault, text, type) => {
    emulator.faults.add(fault);
    const reply = await list();
    expect([reply.status, reply.text, reply.headers["content-type"]]).toEqual([200, text, type]);
  });

  test("headers alone are added to the API's own answer", async () => {
    emulator.faults.add({ headers: { Date: "garbage", "X-Extra": "1" } });
    const { status, headers } = await post();
    expect([status, headers["date"], headers["x-extra"]]).toEqual([201, "garbage", "1"]);
  });

  test("truncate announces everything and cuts midway, after the effect", async () => {
    emulator.faults.add({ truncate: true });
    const { complete, announced, text } = await raw(emulator, "POST", SERVICE, DNS);
    expect(complete).toBe(false);
    expect(text).toHaveLength(Math.floor(announced! / 2));
    expect(live()).toBe(1);
  });

  test.each([
    [0, 0],
    [5, 5],
    [10_000, "all but the last"],
  ] as const)("truncate: %i sends so many bytes, but never the complete body", async (truncate, sent) => {
    emulator.faults.add({ truncate });
    const { complete, announced, text } = await raw(emulator, "GET", LIST);
    expect(complete).toBe(false);
    expect(text).toHaveLength(typeof sent === "number" ? sent : announced! - 1);
  });

  test("malformed breaks the syntax and keeps the secret in it", async () => {
    emulator.faults.add({ malformed: true });
    const { status, text, json } = await post();
    expect([status, json]).toEqual([201, undefined]);
    expect(text).toContain(emulator.account.liveApiKeys()[0]!.key);
  });

  test("omit and merge change the fields, in lists those of each entry", async () => {
    const merge = JSON.parse('{"id": 7, "__proto__": {"polluted": true}}') as Record<string, unknown>;
    emulator.faults.add({ path: SERVICE, omit: ["key"], merge }, { path: LIST, omit: ["scopes"] });
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

  test("wrap and extra make an incomplete list of it", async () => {
    emulator.faults.add({ wrap: "items", extra: { has_more: true, next: "x", total: 9 } });
    expect((await list()).json).toEqual({ items: [expect.anything()], has_more: true, next: "x", total: 9 });
  });

  test.each([301, 302, 307, 308])("redirect with %i to another origin", async (status) => {
    emulator.faults.add({ redirect: "http://127.0.0.1:9/evil", status });
    const reply = await post();
    expect([reply.status, reply.headers["location"]]).toEqual([status, "http://127.0.0.1:9/evil"]);
    expect(live()).toBe(0);
  });

  test("huge and gzipBomb have the size asked for, across blocks", async () => {
    const size = 3 * 1024 * 1024 + 5;
    emulator.faults.add({ huge: size }, { gzipBomb: size }, { huge: 2 });
    const plain = await list();
    expect([plain.text.length, plain.json]).toEqual([size, {}]);
    const zipped = await list();
    expect([zipped.text.length, zipped.json]).toEqual([size, {}]);
    expect(zipped.headers["content-encoding"]).toBe("gzip");
    expect((await list()).text).toBe("{}");
  });

  test("an endless body stops when the reader leaves", async () => {
    emulator.faults.add({ huge: 2 ** 40 });
    const leave = new AbortController();
    const response = await fetch(emulator.url + LIST, { signal: leave.signal });
    await response.body!.getReader().read();
    leave.abort();
    expect((await list()).status).toBe(200);
  });

  test("dribble sends the body in pieces", async () => {
    emulator.faults.add({ dribble: { bytes: 100, every: 3 }, body: { padding: "x".repeat(500) } });
    const response = await fetch(emulator.url + LIST);
    const pieces: number[] = [];
    for await (const piece of response.body!) pieces.push(piece.length);
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.reduce((sum, bytes) => sum + bytes)).toBe(
      JSON.stringify({ padding: "x".repeat(500) }).length,
    );
  });

  test("echo puts the caller's credential or the new key into an error's body or header", async () => {
    emulator.faults.add(
      { echo: { what: "credential" } },
      { echo: { what: "key", in: "header" }, status: 500 },
    );
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
    emulator.faults.add({ method: "get", path: LIST, nth: 2, times: 2, status: 500 });
    await send(emulator, "GET", "/v1/account/ssh-keys");
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
    expect((await send(emulator, "POST", SERVICE, { service: "storage" })).status).toBe(500);
  });

  test("faults can be there from the start", async () => {
    const other = await startEmulator({ faults: [{ status: 418 }] });
    expect((await send(other, "GET", LIST)).status).toBe(418);
    await other.close();
  });
});

test("a wrapping dialect gives extra its place, and faults reach the SDK's paths and paths with a slash", async () => {
  const other = await startEmulator({ lists: "data", faults: [{ extra: { next: "x" } }] });
  expect((await send(other, "GET", LIST)).json).toMatchObject({ next: "x" });
  other.faults.add({ path: "/v1/vps", status: 500 }, { path: "/api/v1/dashboard/*", status: 502 });
  expect((await send(other, "GET", "/v1/vps/")).status).toBe(500);
  expect((await send(other, "GET", "/api/v1/dashboard/account/profile")).status).toBe(502);
  await other.close();
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
    [{ refuse: true, path: LIST }, "path cannot be combined with refuse"],
    [{ status: 500, omit: ["key"] }, "omit cannot be combined with status"],
    [{ huge: 10, truncate: true }, "truncate cannot be combined with huge"],
    [{ redirect: "http://x", status: 200 }, "redirect needs"],
    [{ truncate: true, commit: false }, "commit: false needs"],
    [{ echo: { what: "all" } }, "echo must be"],
    [{ dribble: { bytes: 1, evry: 2 } }, "dribble must be"],
    [{ headers: { a: 1 } }, "headers must be"],
    [{ drop: "all" }, "drop must be"],
    [{ method: "PSOT", status: 500 }, "method must be an HTTP method"],
    [{ path: "/v1/account/profil", status: 500 }, "path /v1/account/profil matches no endpoint"],
    [{ path: "/v2/*", status: 500 }, "path /v2/* matches no endpoint"],
    [{ path: `${LIST}?a=1`, status: 500 }, "path must be"],
    [{ method: "POST", path: LIST, status: 500 }, `no endpoint at ${LIST} has the method POST`],
    [{ delay: 3_000_000_000 }, "delay must be a whole number of milliseconds from 0 to 2147483647"],
    [{ reset: true, commitAfter: 3_000_000_000 }, "commitAfter must be"],
    [{ dribble: { bytes: 1, every: 3_000_000_000 } }, "dribble must be"],
    [{ headers: { "bad name": "x" } }, "headers must be"],
    [{ headers: { name: "a\nb" } }, "headers must be"],
    [{ redirect: "http://x/\n" }, "redirect must be"],
    [{ path: "/v1/account/profile", drop: 1 }, "drop applies to lists only"],
    [{ path: SERVICE, wrap: "data" }, "wrap applies to lists only"],
    [{ extra: { next: "x" } }, "extra needs wrap"],
  ])("%j", (fault, reason) => {
    expect(() => emulator.faults.add({ status: 500 }, fault as unknown as Fault)).toThrow(FaultError);
    expect(() => emulator.faults.add(fault as unknown as Fault)).toThrow(reason);
    expect(emulator.faults.pending()).toEqual([]);
  });
});
