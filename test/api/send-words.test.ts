// What a failed request says to do, and what the limiter in front of all requests is told: one attempt's result at a time, without a network.
import type { WaysCloudError } from "../../src/errors";
import { RateLimiter } from "../../src/api/rate-limiter";
import type { TransportFailure } from "../../src/api/outcome";
import { send } from "../../src/api/send";
import { Operation } from "../../src/api/timing";
import type { Attempt } from "../../src/api/transport";
import { failureOf } from "../support/api";
import { FakeTiming } from "../support/fake-timing";

/** Of no known form, so that nothing but being told it can redact it. */
const API_KEY = "house-credential+0123456789";

/** Sends a GET whose attempts come to these results, the last one again and again. */
async function sending(attempts: Attempt[]): Promise<{
  error: WaysCloudError | undefined;
  limiter: string[];
  waits: number[];
  log: string[];
  bodies: (string | undefined)[];
}> {
  const timing = new FakeTiming(Date.parse("2030-01-01T00:00:00Z"));
  const [limiter, log, bodies]: [string[], string[], (string | undefined)[]] = [[], [], []];
  class RecordingRateLimiter extends RateLimiter {
    override recordAccepted(): void {
      limiter.push("accepted");
      super.recordAccepted();
    }
    override throttle(ms: number): void {
      limiter.push(`slow down ${ms}`);
      super.throttle(ms);
    }
  }
  const queue = [...attempts];
  const connection = { endpoint: "https://api.test/base", apiKey: API_KEY, apiKeySource: "somewhere" };
  const transport = (request: { body?: string | undefined }): Promise<Attempt> => {
    bodies.push(request.body);
    return Promise.resolve(queue.length > 1 ? queue.shift()! : queue[0]!);
  };
  const sender = {
    ...{ connection, transport, timing, limiter: new RecordingRateLimiter(timing) },
    log: (line: string) => void log.push(line),
  };
  const operation = new Operation(timing, "Reading");
  const sent = send(sender, { method: "GET", path: "/v1/x", operation });
  const error = await sent.then(
    () => undefined,
    () => failureOf(sent),
  );
  return { error, limiter, waits: timing.waits, log, bodies };
}

const failed = (failure: TransportFailure): Attempt => ({ failure });
const answered = (
  status: number,
  body: object | string = "",
  headers: Record<string, string> = {},
): Attempt => ({
  response: { status, headers, text: typeof body === "string" ? body : JSON.stringify(body) },
});
const messageOf = async (attempt: Attempt): Promise<string> => (await sending([attempt])).error!.message;

describe("without an answer", () => {
  const certificate = "The TLS certificate of api.test was not accepted";
  const tls = "api.test does not speak TLS as it should";
  const name = "The host name api.test did not resolve";
  const nobody = "Nothing accepts connections at api.test";
  const broken = "The response broke off, or was larger than the 5 MB";
  const network = "Check the network and the proxy settings";
  const all = [certificate, tls, name, nobody, broken, network];

  test.each<[TransportFailure, string]>([
    [{ code: "CERT_HAS_EXPIRED" }, certificate],
    [{ code: "EPROTO", inHandshake: true }, tls],
    [{ code: "EPROTO" }, network],
    [{ code: "ENOTFOUND", syscall: "getaddrinfo" }, name],
    [{ code: "EAI_AGAIN", syscall: "getaddrinfo" }, name],
    [{ code: "ECONNREFUSED", syscall: "connect" }, nobody],
    [{ code: "ERR_BAD_RESPONSE" }, broken],
    [{ code: "ECONNRESET" }, network],
    [{ code: "ETIMEDOUT" }, network],
  ])("%j has its own advice and no other", async (failure, advice) => {
    const message = await messageOf(failed(failure));
    expect(message).toContain(
      `Reading failed: GET /v1/x got no response from api.test (${failure.code}). ${advice}`,
    );
    expect(all.filter((each) => message.includes(each))).toEqual([advice]);
  });
});

describe("with an answer", () => {
  const redirect = "Redirects are not followed";
  const endpoint = "The endpoint is https://api.test/base; check wayscloud:endpoint";
  const credential = "The credential came from somewhere";

  test.each<[number, string, string | undefined]>([
    [300, "answered 300.", redirect],
    [302, "answered 302.", redirect],
    [399, "answered 399.", redirect],
    [400, "answered 400 (Bad Request).", undefined],
    [401, "answered 401 (Unauthorized).", credential],
    [403, "answered 403 (Forbidden).", credential],
    [404, "answered 404 (Not Found).", endpoint],
    [408, "answered 408 (Request Timeout).", undefined],
    [409, "answered 409 (Conflict).", undefined],
    [413, "answered 413 (Payload Too Large).", undefined],
    [418, "answered 418.", undefined],
    [422, "answered 422 (Unprocessable Entity).", undefined],
    [429, "answered 429 (Too Many Requests).", undefined],
    [500, "answered 500.", undefined],
  ])("%d is named, with what to do where there is something", async (status, words, advice) => {
    const message = await messageOf(answered(status));
    expect(message).toContain(`Reading failed: GET /v1/x ${words}`);
    const advices = [redirect, endpoint, credential].filter((each) => message.includes(each));
    expect(advices).toEqual(advice ? [advice] : []);
  });

  test("that repeats the credential, whatever its form, it is redacted", async () => {
    expect(await messageOf(answered(400, { detail: `bad key ${API_KEY}` }))).toMatch(
      /bad key \[redacted\]\.$/,
    );
  });

  test("that asks to wait for ever, no date is made up", async () => {
    expect(await messageOf(answered(429, "", { "retry-after": "1e999" }))).toContain(
      "not in any foreseeable time",
    );
    expect(await messageOf(answered(429, "", { "retry-after": "3600" }))).toContain(
      "not before 2030-01-01T01:00:00.000Z",
    );
  });
});

describe("the limiter", () => {
  test("hears of every answer that was not refused for its number, and of nothing else", async () => {
    expect((await sending([answered(200)])).limiter).toEqual(["accepted"]);
    expect((await sending([answered(400)])).limiter).toEqual(["accepted"]);
    expect((await sending([failed({ code: "ENOTFOUND", syscall: "getaddrinfo" })])).limiter).toEqual([]);
  });

  test("is slowed down by a 429 alone; after another failure only the request itself waits", async () => {
    const refused = await sending([answered(429, "", { "retry-after": "2" }), answered(200)]);
    expect(refused.limiter).toEqual(["slow down 2000", "accepted"]);
    const broken = await sending([answered(503, "", { "retry-after": "2" }), answered(200)]);
    expect(broken.limiter).toEqual(["accepted", "accepted"]);
    expect([refused.waits, broken.waits]).toEqual([[2_000], [2_000]]);
  });

  test("a wait is announced beyond five seconds, not at five", async () => {
    const at = (seconds: string) => sending([answered(429, "", { "retry-after": seconds }), answered(200)]);
    expect((await at("5")).log).toEqual([]);
    expect((await at("5.1")).log).toEqual([
      expect.stringMatching(/^Reading: waiting 6 s \(Reading failed: .*429/),
    ]);
  });

  test("a request without a body has none", async () => {
    expect((await sending([answered(200)])).bodies).toEqual([undefined]);
  });
});
