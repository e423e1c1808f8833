// What a failed request says to do, and what the limiter in front of all requests is told: one attempt's result at a time, without a network.
import type { WaysCloudError } from "../../src/errors";
import { RateLimiter } from "../../src/api/rate-limiter";
import type { TransportFailure } from "../../src/api/request-outcome";
import { send } from "../../src/api/send";
import { Operation } from "../../src/api/timing";
import type { Attempt, Request } from "../../src/api/transport";
import { failureOf } from "../support/api";
import { FakeTiming } from "../support/fake-timing";

/** Of no known form, so that nothing but being told it can redact it. */
const API_KEY = "house-credential+0123456789";

/** Sends a GET whose attempts come to these results, the last one again and again. */
async function sending(
  attempts: Attempt[],
  method: Request["method"] = "GET",
  apiKeySource = "somewhere",
): Promise<{
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
    override throttle(ms: number, wave: number): string | undefined {
      limiter.push(`slow down ${ms}`);
      return super.throttle(ms, wave);
    }
  }
  const queue = [...attempts];
  const connection = { endpoint: "https://api.test/base", apiKey: API_KEY, apiKeySource };
  const transport = (request: { body?: string | undefined }): Promise<Attempt> => {
    bodies.push(request.body);
    return Promise.resolve(queue.length > 1 ? queue.shift()! : queue[0]!);
  };
  const sender = {
    ...{ connection, transport, timing, limiter: new RecordingRateLimiter(timing) },
    log: (line: string) => void log.push(line),
  };
  const operation = new Operation(timing, "Reading");
  const sent = send(sender, { method, path: "/v1/x", operation });
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
  const certificate = "The TLS certificate of api.test was rejected";
  const tls = "The TLS handshake with api.test failed";
  const name = "The host name api.test could not be resolved";
  const nobody = "Nothing accepts connections at api.test";
  const broken = "The response was cut off or exceeded 5 MB";
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

test("an error keeps what happened apart from the advice, which may be wrong in a message with advice of its own", async () => {
  const { error } = await sending([failed({ code: "ECONNRESET" })]);
  expect(error!.summary).toBe("Reading failed: GET /v1/x got no response from api.test (ECONNRESET).");
  expect(error!.message).toBe(`${error!.summary} Check the network and the proxy settings.`);
  const forbidden = (await sending([answered(403, { detail: "No" })])).error!;
  expect(forbidden.summary).toBe(
    "Reading failed: GET /v1/x answered 403 (Forbidden): No. The credential came from somewhere.",
  );
  const plain = (await sending([answered(400, { detail: "No" })])).error!;
  expect(plain.summary).toBe(plain.message);
});

describe("a rejected credential", () => {
  const said = async (status: number, detail?: string, method: Request["method"] = "POST", source?: string) =>
    (await sending([answered(status, detail === undefined ? "" : { detail })], method, source)).error!
      .message;

  test("is told apart by the API's own reason, which is not interpreted", async () => {
    expect(await said(403, "A service key cannot be used here: use a personal access token")).toBe(
      "Reading failed: POST /v1/x answered 403 (Forbidden): A service key cannot be used here: use a personal access token." +
        " The credential came from somewhere.",
    );
    expect(await said(403)).toContain("It may lack a scope.");
    expect(await said(403, "Forbidden")).toMatch(/answered 403 \(Forbidden\)\. .*It may lack a scope\.$/);
    expect(await said(403, "Missing scope: ssh_keys:write")).toMatch(
      /Missing scope: ssh_keys:write\. .* create a token that has this scope as well, and configure that one\.$/,
    );
    expect(await said(403, "No telescopes")).not.toContain("scope as well");
    expect(await said(401, "Expired")).toMatch(/: Expired\. .*Set a valid personal access token\.$/);
  });

  test.each(["GET", "DELETE"] as const)(
    "of a %s explains which configuration refresh and destroy use",
    async (method) => {
      for (const status of [401, 403]) {
        const message = await said(status, "No", method);
        expect(message).toContain(
          "`pulumi refresh` and `pulumi destroy` use the configuration from the last `pulumi up`",
        );
        expect(message).toContain("--run-program");
      }
    },
  );

  test("of a POST does not, since nothing but `pulumi up` creates", async () => {
    for (const status of [401, 403]) expect(await said(status, "No")).not.toContain("--run-program");
  });

  test("from WAYSCLOUD_API_KEY may be the service key that the vendor's provider wants there", async () => {
    const message = await said(403, "No", "GET", "the environment variable WAYSCLOUD_API_KEY");
    expect(message).toContain("set a personal access token in WAYSCLOUD_PAT_TOKEN");
    expect(await said(403, "No", "GET", "the environment variable WAYSCLOUD_PAT_TOKEN")).not.toContain(
      "service key",
    );
  });
});

describe("with an answer", () => {
  const redirect = "Redirects are not followed";
  const endpoint = "The endpoint is https://api.test/base. Check wayscloud-account:endpoint";
  const credential = "The credential came from somewhere";

  test.each<[number, string, string | undefined]>([
    [300, "answered 300 (Multiple Choices).", redirect],
    [302, "answered 302 (Found).", redirect],
    [304, "answered 304 (Not Modified).", undefined],
    [399, "answered 399.", redirect],
    [400, "answered 400 (Bad Request).", undefined],
    [401, "answered 401 (Unauthorized).", credential],
    [403, "answered 403 (Forbidden).", credential],
    [404, "answered 404 (Not Found).", endpoint],
    [408, "answered 408 (Request Timeout).", undefined],
    [409, "answered 409 (Conflict).", undefined],
    [413, "answered 413 (Payload Too Large).", undefined],
    [499, "answered 499.", undefined],
    [422, "answered 422 (Unprocessable Entity).", undefined],
    [429, "answered 429 (Too Many Requests).", undefined],
    [500, "answered 500 (Internal Server Error).", undefined],
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
    for (const form of [
      Buffer.from(API_KEY).toString("base64"),
      Buffer.from(`user:${API_KEY}`).toString("base64"),
      API_KEY.toUpperCase(),
      API_KEY.replaceAll("-", "&#45;").replaceAll("+", "&plus;"),
      API_KEY.replaceAll("-", "\\x2d"),
      encodeURIComponent(encodeURIComponent(API_KEY)),
      API_KEY.slice(-14),
    ]) {
      const message = await messageOf(answered(400, { detail: `bad key ${form}` }));
      expect(message).toMatch(/answered 400 \(Bad Request\): (?:bad key .{0,16})?\[redacted\].{0,8}\.$/);
      expect(message.toLowerCase()).not.toMatch(/credent|0123456/);
    }
  });

  test("that asks to wait for ever, no date is invented", async () => {
    expect(await messageOf(answered(429, "", { "retry-after": "1e999" }))).toContain(
      "The API asks to wait for an unlimited time, longer than this package waits.",
    );
    expect(await messageOf(answered(429, "", { "retry-after": "3600" }))).toContain(
      "The API asks to wait until 2030-01-01T01:00:00Z, longer than this package waits.",
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
    expect((await at("5.1")).log).toEqual(["Reading: rate limited (429), retrying in 6 s."]);
  });

  test("a request without a body has none", async () => {
    expect((await sending([answered(200)])).bodies).toEqual([undefined]);
  });
});
