// src/api/send.ts: a request with its retries, against a real server or scripted results; time is a fake.
import { createTransport } from "../../src/api/transport";
import { startEmulator, type Emulator, type Fault } from "../../src/emulator";
import { answered, clientOf, closeServers, failureOf, sending, SOURCE, unanswered } from "../support/api";
import { FakeTiming, inVirtualTime, StandingTiming, until } from "../support/fake-timing";

const LIST = "/v1/account/api-keys";
const POST = "/v1/account/api-keys/service";
const DNS = { service: "dns" };
const REFUSED = unanswered({ code: "ECONNREFUSED", syscall: "connect" });

let emulator: Emulator;
let timing: FakeTiming;
beforeEach(async () => {
  // Without a look at the real clock, so that an HTTP date is exact.
  emulator = await startEmulator({ now: () => Date.UTC(2024, 2, 5, 10) });
  timing = new FakeTiming();
});
afterEach(() => {
  jest.restoreAllMocks();
  return Promise.all([emulator.close(), closeServers()]);
});

const client = (time = timing, log?: (line: string) => void) => clientOf(emulator, time, log);
const create = (our = client()) => our.createServiceKey(DNS, our.operation("Creating the service key"));
const afterMs = AbortSignal.timeout.bind(AbortSignal);
/** The first `count` attempts time out as soon as the emulator has their request, however busy the machine is. */
const timeOutOnceSent = (count: number) => {
  let begun = 0;
  jest.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    if ((begun += 1) > count) return afterMs(ms);
    const before = sent();
    const attempt = new AbortController();
    void until(() => sent() > before).then(() => attempt.abort());
    return attempt.signal;
  });
};
const sent = () => emulator.requests.length;
const committed = () => emulator.requests.filter((each) => each.committed).length;
const statuses = (...all: number[]) => all.map((status): [string, Fault] => [`a ${status}`, { status }]);

describe("a POST", () => {
  test("that finds nobody listening twice is sent again, and exactly one is accepted", async () => {
    await emulator.stopListening();
    const asleep = timing.sleep.bind(timing);
    timing.sleep = async (ms) => {
      await asleep(ms);
      if (timing.waits.length === 2) await emulator.listenAgain();
    };
    expect((await create()).value.key).toMatch(/^wayscloud_/);
    expect([timing.waits.length, sent(), committed()]).toEqual([2, 1, 1]);
    expect(emulator.account.liveApiKeys()).toHaveLength(1);
  });

  test.each<[string, Fault]>([
    ["a reset before the effect", { reset: true }],
    ["a reset after the effect", { reset: true, commit: true }],
    ["no answer in time", { hang: true }],
    ["a truncated answer", { truncate: true }],
    ["an answer that is not JSON", { malformed: true }],
    ["an answer without the key", { omit: ["key"] }],
    ["an empty 200", { body: "" }],
    ...statuses(204, 301, 302, 303, 307, 308, 408, 500, 501, 502, 503, 504, 520),
    ["a 503 with Retry-After", { status: 503, headers: { "retry-after": "1" } }],
  ])("is never repeated after %s: its outcome is ambiguous", async (_, fault) => {
    emulator.faults.add({ ...fault, times: "always" });
    if (fault.hang) timeOutOnceSent(1);
    expect((await failureOf(create())).outcome).toBe("ambiguous");
    expect([sent(), timing.waits]).toEqual([1, []]);
  });

  test.each([400, 401, 402, 403, 404, 405, 410, 413, 415, 422])("is rejected by a %d", async (status) => {
    emulator.faults.add({ status, times: "always" });
    const rejected = { outcome: "rejected", status, method: "POST", path: POST };
    expect(await failureOf(create())).toMatchObject(rejected);
    expect(sent()).toBe(1);
  });

  test("is in conflict after a 409, with the API's reason", async () => {
    emulator.faults.add({ status: 409, body: { detail: "SSH key exists" } });
    const conflict = { name: "ConflictError", outcome: "conflict", reason: "SSH key exists" };
    expect(await failureOf(create())).toMatchObject(conflict);
    expect(sent()).toBe(1);
  });

  test("is repeated after a 429, for as long as its two minutes last", async () => {
    emulator.faults.add({ status: 429, times: 9 });
    await create();
    expect([sent(), committed()]).toEqual([10, 1]);
    emulator.requests.length = 0;
    emulator.faults.add({ status: 429, times: "always" });
    const limited = { name: "RateLimitError", outcome: "rate-limited", status: 429 };
    expect(await failureOf(create())).toMatchObject(limited);
    expect(sent()).toBeGreaterThan(20);
    expect(committed()).toBe(0);
    expect(timing.elapsed).toBeLessThanOrEqual(240_000);
  });
});

describe.each(["GET", "DELETE"] as const)("a %s", (method) => {
  const call = () => {
    const our = client();
    const operation = our.operation("Doing it");
    return method === "GET" ? our.listApiKeys(operation) : our.revokeApiKey("some-id", operation);
  };

  test.each<[string, Fault]>([
    ["a reset", { reset: true }],
    ["no answer in time", { hang: true }],
    ["a truncated answer", { status: 200, body: "[0,1,2,3,4]", truncate: true }],
    ...statuses(408, 500, 502, 503, 504),
  ])("is repeated after %s, at most 4 times in all, with full jitter between", async (_, fault) => {
    if (fault.hang) timeOutOnceSent(3);
    emulator.faults.add({ ...fault, times: 3 });
    await call();
    expect(sent()).toBe(4);
    // The chance of the fake clock is a half: half of 0.5, 1 and 2 s.
    expect(timing.waits).toEqual([250, 500, 1_000]);
    emulator.faults.add({ ...fault, times: "always" });
    emulator.requests.length = 0;
    if (fault.hang) timeOutOnceSent(4);
    await failureOf(call());
    expect(sent()).toBe(4);
  });

  test("is repeated after a 429, and that counts as no attempt", async () => {
    emulator.faults.add({ status: 429, times: 6 }, { status: 503, times: 3 });
    await call();
    expect(sent()).toBe(10);
  });

  const FINAL = [
    400,
    401,
    403,
    405,
    409,
    413,
    422,
    301,
    302,
    307,
    308,
    ...(method === "GET" ? [404, 410] : []),
  ];
  test.each(FINAL)("is not repeated after a %d", async (status) => {
    emulator.faults.add({ status, headers: { location: `${emulator.url}/v1/elsewhere` }, times: "always" });
    expect((await failureOf(call())).status).toBe(status);
    expect(sent()).toBe(1);
  });
});

describe.each(["deleteSshKey", "revokeApiKey"] as const)("a DELETE by %s", (name) => {
  const remove = () => client()[name]("an-id", client().operation("Deleting"));

  test.each<[string, string, Fault[]]>([
    ["404", "not-found", [{ status: 404 }]],
    ["410", "not-found", [{ status: 410 }]],
    ["500 and then 404", "not-found", [{ status: 500 }, { status: 404 }]],
    ["a time-out and then 404", "not-found", [{ hang: true }, { status: 404 }]],
    ["204", "deleted", [{ status: 204 }]],
    ["200 with success and more", "deleted", [{ body: { success: true, message: "gone", more: 1 } }]],
  ])("answered %s ended with %s", async (_, removal, faults) => {
    if (faults[0]!.hang) timeOutOnceSent(1);
    emulator.faults.add(...faults);
    expect(await remove()).toBe(removal);
  });

  test.each([{ success: false }, [], '"done"', null, ""])("answered %j is not confirmed", async (body) => {
    emulator.faults.add({ body });
    const unproved = { name: "MalformedResponseError", outcome: "ambiguous" };
    expect(await failureOf(remove())).toMatchObject(unproved);
  });
});

describe("a request that was not sent", () => {
  // `.invalid` never resolves (RFC 6761), but how fast depends on the machine; the failures are those of Node.js.
  test.each([
    ["connect", "ECONNREFUSED"],
    ["getaddrinfo", "ENOTFOUND"],
    ["getaddrinfo", "EAI_AGAIN"],
  ])("(%s: %s) fails in bounded time, after four attempts", async (syscall, code) => {
    const { error, bodies, elapsed } = await sending([unanswered({ code, syscall })], { method: "POST" });
    expect(error).toMatchObject({ name: "ConnectionError", outcome: "not-sent", status: undefined });
    expect(bodies).toHaveLength(4);
    expect(elapsed).toBeLessThan(10_000);
  });

  test("is recognized by a real look-up", async () => {
    const connection = { endpoint: "https://a..b.invalid", apiKey: "k", apiKeySource: SOURCE };
    const failure = { code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/), syscall: "getaddrinfo" };
    const attempt = await createTransport(connection)({ method: "GET", path: LIST }, 5_000);
    expect(attempt).toMatchObject({ failure });
  });
});

describe("Retry-After", () => {
  const after = (header: string) => emulator.faults.add({ status: 429, headers: { "retry-after": header } });

  test.each<[string, number]>([
    ["2", 2_000],
    ["60", 60_000],
    ["Tue, 05 Mar 2024 10:00:07 GMT", 7_000],
    ["Tue, 05 Mar 2024 09:00:00 GMT", 250],
    ...["-1", "0", "garbage", ""].map((header): [string, number] => [header, 250]),
  ])("of %j is waited out, or the usual backoff is when it says nothing", async (header, wait) => {
    after(header);
    await client().listApiKeys();
    expect(timing.waits).toEqual([wait]);
    expect(sent()).toBe(2);
  });

  const LONG = ["61", "1e9", "1e999", "99999999999999999999", "Tue, 05 Mar 2024 11:00:00 GMT"];
  test.each(LONG)("of %j is too long: it fails at once, saying when", async (header) => {
    after(header);
    const error = await failureOf(create());
    expect(error).toMatchObject({ name: "RateLimitError", outcome: "rate-limited", status: 429 });
    expect(error.message).toMatch(/wait (until \d{4,6}-\d\d-\d\dT|for an unlimited time)/);
    expect(error.message).not.toMatch(/NaN|Infinity|Invalid/);
    expect([sent(), timing.waits]).toEqual([1, []]);
  });

  test("is announced beyond five seconds, not at five", async () => {
    const logged = async (seconds: string) =>
      (await sending([answered(429, "", { "retry-after": seconds }), answered(200)])).log;
    expect(await logged("5")).toEqual([]);
    expect(await logged("5.1")).toEqual(["Reading: rate limited (429), retrying in 6 s."]);
  });

  test("of one request holds all the others, which have not been refused themselves", async () => {
    const standing = new StandingTiming();
    standing.attemptLimit = 60_000;
    const our = clientOf(emulator, standing);
    after("2");
    const first = our.listApiKeys();
    await until(() => standing.asleep === 1);
    const others = Array.from({ length: 5 }, () => our.listSshKeys());
    await standing.advance(1_999);
    expect(sent()).toBe(1);
    await inVirtualTime(standing, Promise.all([first, ...others]));
    expect(sent()).toBe(7);
  });
});

describe("the deadlines", () => {
  test("an operation ends within 120 s, retries and waits included", async () => {
    emulator.faults.add({ status: 429, headers: { "retry-after": "50" }, times: "always" });
    expect(await failureOf(create())).toMatchObject({ name: "RateLimitError", outcome: "rate-limited" });
    // 50 s, 100 s, and the third wait would end after 150 s.
    expect(sent()).toBe(3);
    expect(timing.elapsed).toBeLessThanOrEqual(120_000);
  });

  test("nothing is sent without time left, and the error says that it was given up and not sent", async () => {
    const { error, message, bodies } = await sending([answered(200)], { method: "POST", spent: 120_000 });
    expect(bodies).toEqual([]);
    expect(error).toMatchObject({ name: "ConnectionError", outcome: "not-sent", status: undefined });
    expect(message).toMatch(/timed out after 120 s, before POST .* was sent/);
  });

  test.each([
    ["a connection failure", REFUSED, { name: "ConnectionError", outcome: "not-sent", status: undefined }],
    ["a 500", answered(500), { name: "ServerError", status: 500 }],
  ])("%s near the deadline stays what it is", async (_what, attempt, expected) => {
    const { error, message } = await sending([attempt], { spent: 119_900 });
    expect(error).toMatchObject(expected);
    expect(message).not.toContain("The API asks");
  });

  test("an attempt gets no more time than the operation has left", async () => {
    timing.attemptLimit = 30_000;
    const { limits, elapsed } = await sending([unanswered({ code: "ETIMEDOUT" })], { spent: 75_000, timing });
    expect(limits).toEqual([30_000, 14_750]);
    expect(elapsed).toBeLessThanOrEqual(120_000);
  });
});

describe("the limiter", () => {
  test("hears of every answer that was not refused for its number, and of nothing else", async () => {
    for (const status of [200, 400])
      expect((await sending([answered(status)])).limiter).toEqual(["accepted"]);
    expect((await sending([REFUSED])).limiter).toEqual([]);
  });

  test("is slowed down by a 429 alone; after another failure only the request itself waits", async () => {
    const refused = await sending([answered(429, "", { "retry-after": "2" }), answered(200)]);
    expect(refused.limiter).toEqual(["slow down 2000", "accepted"]);
    const broken = await sending([answered(503, "", { "retry-after": "2" }), answered(200)]);
    expect(broken.limiter).toEqual(["accepted", "accepted"]);
    expect([refused.waits, broken.waits]).toEqual([[2_000], [2_000]]);
  });
});
