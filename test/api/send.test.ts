// A request with its retries, against a real server; time is a fake.
import { RateLimiter } from "../../src/api/rate-limiter";
import { send } from "../../src/api/send";
import { Operation } from "../../src/api/timing";
import { createTransport } from "../../src/api/transport";
import { startEmulator } from "../../src/emulator";
import type { Emulator, Fault } from "../../src/emulator";
import { clientOf, CREDENTIAL, everyText, failureOf, SOURCE, serve } from "../support/api";
import { FakeTiming, inVirtualTime, StandingTiming, turn, until } from "../support/fake-timing";

const LIST = "/v1/account/api-keys";
const POST = "/v1/account/api-keys/service";
const DNS = { service: "dns" };

let emulator: Emulator;
let timing: FakeTiming;
beforeEach(async () => {
  // Without a look at the real clock, so that an HTTP date is exact.
  emulator = await startEmulator({ now: () => Date.UTC(2024, 2, 5, 10) });
  timing = new FakeTiming();
});
afterEach(() => emulator.close());

const client = (time = timing, log?: (line: string) => void) => clientOf(emulator, time, log);
const create = (time = timing) => {
  const our = client(time);
  return our.createServiceKey(DNS, our.operation("Creating the service key"));
};
/** So many attempts that are soon given up. Not more, since on a busy machine a short one may fail that should not. */
const shortAttempts = (count: number) => {
  let begun = 0;
  const get = () => ((begun += 1) <= count ? 80 : 5_000);
  Object.defineProperty(timing, "attemptLimit", { get, configurable: true });
};
const sent = (method?: string) =>
  emulator.requests.filter((each) => !method || each.method === method).length;
const committed = () => emulator.requests.filter((each) => each.committed).length;

describe("a POST", () => {
  test("that finds nobody listening twice is sent again, and exactly one is accepted", async () => {
    await emulator.stopListening();
    let refused = 0;
    const reviving = new FakeTiming();
    const asleep = reviving.sleep.bind(reviving);
    reviving.sleep = async (ms) => {
      refused += 1;
      if (refused === 2) await emulator.listenAgain();
      await asleep(ms);
    };
    const { value } = await create(reviving);
    expect(value.key).toMatch(/^wayscloud_/);
    expect(refused).toBe(2);
    expect([sent("POST"), committed()]).toEqual([1, 1]);
    expect(emulator.account.liveApiKeys()).toHaveLength(1);
  });

  const ambiguous: [string, Fault][] = [
    ["a reset before the effect", { reset: true }],
    ["a reset after the effect", { reset: true, commit: true }],
    ["no answer in time", { hang: true }],
    ["a truncated answer", { truncate: true }],
    ["an answer that is not JSON", { malformed: true }],
    ["an answer without the key", { omit: ["key"] }],
    ["an empty 200", { body: "" }],
    ["a 204", { status: 204 }],
    ...[301, 302, 303, 307, 308].map((status): [string, Fault] => [
      `a ${status}`,
      { status, headers: { location: "/v1/elsewhere" } },
    ]),
    ...[408, 500, 501, 502, 503, 504, 520].map((status): [string, Fault] => [`a ${status}`, { status }]),
    ["a 503 with Retry-After", { status: 503, headers: { "retry-after": "1" } }],
  ];
  test.each(ambiguous)("is never repeated after %s: its outcome is ambiguous", async (_, fault) => {
    emulator.faults.add({ ...fault, times: "always" });
    if (fault.hang) shortAttempts(1);
    const error = await failureOf(create());
    expect(error.outcome).toBe("ambiguous");
    expect(sent()).toBe(1);
    expect(timing.waits).toEqual([]);
  });

  test.each([400, 401, 402, 403, 404, 405, 410, 413, 415, 422])(
    "is rejected for good by a %d",
    async (status) => {
      emulator.faults.add({ status, times: "always" });
      expect(await failureOf(create())).toMatchObject({
        outcome: "rejected",
        status,
        method: "POST",
        path: POST,
      });
      expect(sent()).toBe(1);
    },
  );

  test("is in conflict after a 409, with the API's reason", async () => {
    emulator.faults.add({ status: 409, body: { detail: "SSH key exists" } });
    const error = await failureOf(create());
    expect(error).toMatchObject({ name: "ConflictError", outcome: "conflict", reason: "SSH key exists" });
    expect(sent()).toBe(1);
  });

  test("is repeated after a 429, for as long as its two minutes last", async () => {
    emulator.faults.add({ status: 429, times: 9 });
    await create();
    expect([sent(), committed()]).toEqual([10, 1]);
    emulator.requests.length = 0;
    emulator.faults.add({ status: 429, times: "always" });
    expect(await failureOf(create())).toMatchObject({
      name: "RateLimitError",
      outcome: "rate-limited",
      status: 429,
    });
    expect(sent()).toBeGreaterThan(20);
    expect(committed()).toBe(0);
    expect(timing.elapsed).toBeLessThanOrEqual(240_000);
  });

  test("that was refused the connection four times failed as not sent, and the message names the endpoint", async () => {
    await emulator.stopListening();
    const error = await failureOf(create());
    expect(error).toMatchObject({ name: "ConnectionError", outcome: "not-sent", status: undefined });
    expect(error.message).toContain(new URL(emulator.url).host);
    expect(error.message).toContain("wayscloud-account:endpoint");
    expect(timing.waits).toHaveLength(3);
  });
});

describe.each(["GET", "DELETE"] as const)("a %s", (method) => {
  const call = (time = timing) => {
    const our = client(time);
    const operation = our.operation("Doing it");
    return method === "GET" ? our.listApiKeys(operation) : our.revokeApiKey("some-id", operation);
  };
  const failing: [string, Fault][] = [
    ["a reset", { reset: true }],
    ["no answer in time", { hang: true }],
    ["a truncated answer", { status: 200, body: "[0,1,2,3,4]", truncate: true }],
    ...[408, 500, 502, 503, 504].map((status): [string, Fault] => [`a ${status}`, { status }]),
  ];
  test.each(failing)(
    "is repeated after %s, at most 4 times in all, with full jitter between",
    async (_, fault) => {
      if (fault.hang) shortAttempts(3);
      emulator.faults.add({ ...fault, times: 3 });
      await call();
      expect(sent()).toBe(4);
      // The chance of the fake clock is a half: half of 0.5, 1 and 2 s.
      expect(timing.waits).toEqual([250, 500, 1_000]);
      emulator.faults.add({ ...fault, times: "always" });
      if (fault.hang) shortAttempts(4);
      emulator.requests.length = 0;
      await failureOf(call());
      expect(sent()).toBe(4);
    },
  );

  test("is repeated after a 429, and that counts as no attempt", async () => {
    emulator.faults.add({ status: 429, times: 6 });
    emulator.faults.add({ status: 503, times: 3 });
    await call();
    expect(sent()).toBe(10);
  });

  test.each([400, 401, 403, 405, 409, 413, 422, 301, 302, 307, 308])(
    "is not repeated after a %d",
    async (status) => {
      emulator.faults.add({ status, headers: { location: `${emulator.url}/v1/elsewhere` }, times: "always" });
      expect((await failureOf(call())).status).toBe(status);
      expect(sent()).toBe(1);
    },
  );
});

describe("a DELETE", () => {
  const remove = () => client().deleteSshKey("an-id", client().operation("Deleting the SSH key"));

  test.each([
    ["404", "not-found", [{ status: 404 }]],
    ["410", "not-found", [{ status: 410 }]],
    ["500 and then 404", "not-found", [{ status: 500 }, { status: 404 }]],
    ["a time-out and then 404", "not-found", [{ hang: true as const }, { status: 404 }]],
    ["204", "deleted", [{ status: 204 }]],
    ["200 with success and more", "deleted", [{ body: { success: true, message: "gone", more: 1 } }]],
  ])("that is answered %s ended with %s", async (_, removal, faults) => {
    if ("hang" in faults[0]!) shortAttempts(1);
    emulator.faults.add(...(faults as Fault[]));
    expect(await remove()).toBe(removal);
  });

  test.each([{ success: false }, {}, [], "done", null, "", { success: "true" }])(
    "that is answered 200 with %j is not confirmed",
    async (body) => {
      emulator.faults.add({ body: body === "done" ? '"done"' : body });
      expect(await failureOf(remove())).toMatchObject({
        name: "MalformedResponseError",
        outcome: "ambiguous",
      });
    },
  );
});

describe("a name that does not resolve", () => {
  // `.invalid` never resolves (RFC 6761), but how fast depends on the machine; the failure itself is what `getaddrinfo` gives.
  const failing = async (code: string) => {
    const time = new FakeTiming();
    const connection = {
      endpoint: "https://no-such-host.invalid/base",
      apiKey: CREDENTIAL,
      apiKeySource: SOURCE,
    };
    let attempts = 0;
    const transport = async () => {
      attempts += 1;
      return { failure: { code, syscall: "getaddrinfo" } };
    };
    const sender = {
      connection,
      transport,
      limiter: new RateLimiter(time),
      timing: time,
      log: () => undefined,
    };
    const operation = new Operation(time, "Creating the key");
    const error = await failureOf(send(sender, { method: "POST", path: POST, body: DNS, operation }));
    return { error, attempts, time };
  };

  test.each(["ENOTFOUND", "EAI_AGAIN"])(
    "(%s) fails in bounded time, names the host and says what to check",
    async (code) => {
      const { error, attempts, time } = await failing(code);
      expect(error).toMatchObject({ name: "ConnectionError", outcome: "not-sent" });
      expect(error.message).toContain("no-such-host.invalid");
      expect(error.message).toContain(code);
      expect(error.message).toContain("WAYSCLOUD_ENDPOINT");
      expect(attempts).toBe(4);
      expect(time.elapsed).toBeLessThan(10_000);
    },
  );

  test("a real look-up of such a name is recognised as not sent", async () => {
    const transport = createTransport({
      endpoint: "https://a..b.invalid",
      apiKey: "k",
      apiKeySource: SOURCE,
    });
    const attempt = await transport({ method: "GET", path: LIST }, 5_000);
    expect(attempt).toMatchObject({ failure: { code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) } });
    expect((attempt as any).failure.syscall).toBe("getaddrinfo");
  });
});

describe("Retry-After", () => {
  const after = (header: string, status = 429) =>
    emulator.faults.add({ status, headers: { "retry-after": header } });

  test.each([
    ["2", 2_000],
    ["60", 60_000],
    ["Tue, 05 Mar 2024 10:00:07 GMT", 7_000],
    ["Tue, 05 Mar 2024 09:00:00 GMT", 250],
    ["-1", 250],
    ["0", 250],
    ["garbage", 250],
    ["", 250],
    ["NaN", 250],
  ])("of %j is waited out, or the usual backoff is when it says nothing", async (header, wait) => {
    after(header);
    await client().listApiKeys();
    expect(timing.waits).toEqual([wait]);
    expect(sent()).toBe(2);
  });

  test("is honoured with a 503 of a GET too", async () => {
    after("3", 503);
    await client().listApiKeys();
    expect(timing.waits).toEqual([3_000]);
  });

  test.each(["61", "1e9", "1e999", "99999999999999999999", "Tue, 05 Mar 2024 11:00:00 GMT"])(
    "of %j is too long: it fails at once, saying when",
    async (header) => {
      after(header);
      const error = await failureOf(create());
      expect(error).toMatchObject({ name: "RateLimitError", outcome: "rate-limited", status: 429 });
      expect(error.message).toMatch(/wait (until \d{4,6}-\d\d-\d\dT|for an unlimited time)/);
      expect(error.message).not.toMatch(/NaN|Infinity|Invalid/);
      expect(timing.waits).toEqual([]);
      expect(sent()).toBe(1);
    },
  );

  test("never waits without end or for nothing when chance draws a zero", async () => {
    emulator.faults.add({ status: 429, headers: { "retry-after": "0" }, times: 3 });
    const unlucky = new FakeTiming(undefined, () => 0);
    await client(unlucky).listApiKeys();
    expect(unlucky.waits).toEqual([50, 50, 62.5]);
  });

  test("a long wait is announced, a short one is not", async () => {
    const lines: string[] = [];
    after("20");
    await client(timing, (line) => lines.push(line)).listApiKeys();
    expect(lines).toEqual([
      expect.stringMatching(/^Reading the API keys: rate limited \(429\), retrying in 20 s\.$/),
    ]);
    after("2");
    await client(timing, (line) => lines.push(line)).listApiKeys();
    expect(lines).toHaveLength(1);
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

describe("in flight", () => {
  test("a hundred calls at once never make more than 16 requests at once", async () => {
    let now = 0;
    let most = 0;
    const server = await serve((response) => {
      now += 1;
      most = Math.max(most, now);
      setImmediate(() => {
        now -= 1;
        response.end("[]");
      });
    });
    const our = clientOf(server);
    await Promise.all(Array.from({ length: 100 }, () => our.listApiKeys()));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(16);
    expect(server.requests).toHaveLength(100);
    await server.close();
  });
});

describe("the deadlines", () => {
  test("an operation ends within 120 s, retries and waits included", async () => {
    emulator.faults.add({ status: 429, headers: { "retry-after": "50" }, times: "always" });
    const error = await failureOf(create());
    // 50 s, 100 s, and the third wait would end after 150 s.
    expect(sent()).toBe(3);
    expect(timing.elapsed).toBeLessThanOrEqual(120_000);
    expect(error).toMatchObject({ name: "RateLimitError", outcome: "rate-limited" });
  });

  test("nothing is sent without time left, and the error says that it was given up and not sent", async () => {
    const our = client();
    const operation = our.operation("Creating the service key");
    operation.begin();
    timing.elapsed += 120_000;
    const error = await failureOf(our.createServiceKey(DNS, operation));
    expect(sent()).toBe(0);
    expect(error).toMatchObject({ name: "ConnectionError", outcome: "not-sent", status: undefined });
    expect(error.message).toMatch(/timed out after 120 s, before POST .* was sent/);
    expect(error.message).not.toContain("The API asks");
  });

  test("a connection failure near the deadline stays a connection failure", async () => {
    await emulator.stopListening();
    const our = client();
    const operation = our.operation("Creating the service key");
    operation.begin();
    timing.elapsed += 119_900;
    const error = await failureOf(our.createServiceKey(DNS, operation));
    expect(error).toMatchObject({ name: "ConnectionError", outcome: "not-sent", status: undefined });
    expect(error.message).not.toContain("The API asks");
  });

  test("a 500 near the deadline does not claim that the API asked for patience", async () => {
    emulator.faults.add({ status: 500, times: "always" });
    const our = client();
    const operation = our.operation("Reading the API keys");
    operation.begin();
    timing.elapsed += 119_900;
    const error = await failureOf(our.listApiKeys(operation));
    expect(error).toMatchObject({ name: "ServerError", status: 500 });
    expect(error.message).not.toContain("The API asks");
  });

  test("an attempt gets no more time than the operation has left", async () => {
    const limits: number[] = [];
    const connection = { endpoint: "https://h.invalid", apiKey: "k", apiKeySource: SOURCE };
    const time = new FakeTiming();
    time.attemptLimit = 30_000;
    const transport = async (_: object, limit: number) => {
      limits.push(limit);
      time.elapsed += limit;
      return { failure: { code: "ETIMEDOUT" } };
    };
    const sender = {
      connection,
      transport,
      limiter: new RateLimiter(time),
      timing: time,
      log: () => undefined,
    };
    const operation = new Operation(time, "Reading");
    operation.begin();
    time.elapsed = 75_000;
    await failureOf(send(sender, { method: "GET", path: LIST, operation }));
    expect(limits).toEqual([30_000, 14_750]);
    expect(time.elapsed).toBeLessThanOrEqual(120_000);
  });

  test("a body that dribbles on is cut off at the limit of the attempt", async () => {
    let closed = 0;
    const server = await serve((response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(" "), 5);
      response.on("close", () => {
        clearInterval(timer);
        closed += 1;
      });
    });
    timing.attemptLimit = 40;
    const our = clientOf(server, timing);
    const error = await failureOf(our.createServiceKey(DNS, our.operation("Creating")));
    expect(error).toMatchObject({ outcome: "ambiguous" });
    expect(error.message).toContain("ETIMEDOUT");
    await until(() => closed === 1);
    await server.close();
  });

  test("headers that never come are cut off at the limit of the attempt", async () => {
    emulator.faults.add({ hang: true });
    timing.attemptLimit = 40;
    expect(await failureOf(create())).toMatchObject({ name: "ConnectionError", outcome: "ambiguous" });
  });
});

describe("the message of a 401 or 403", () => {
  test.each([401, 403])("%d names the source of the credential and never shows it", async (status) => {
    emulator.faults.add({ status, body: { detail: "No" } });
    const error = await failureOf(client().getProfile());
    expect(error.message).toContain(`GET /v1/account/profile answered ${status}`);
    expect(error.message).toContain(`: No. The credential came from ${SOURCE}.`);
    expect(everyText(error)).not.toContain(emulator.apiKey);
  });

  test("other statuses do not", async () => {
    emulator.faults.add({ status: 400 });
    expect((await failureOf(client().getProfile())).message).not.toContain(SOURCE);
  });
});

test("every error says what was tried, with method, path and status", async () => {
  emulator.faults.add({ status: 422, body: { detail: [{ loc: ["body", "service"], msg: "bad" }] } });
  const error = await failureOf(create());
  expect(error.message).toBe(
    "Creating the service key failed: POST /v1/account/api-keys/service answered 422 (Unprocessable Entity): body.service: bad.",
  );
  await turn();
});
