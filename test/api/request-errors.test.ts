// src/api/request-errors.ts: what the error of a failed request says, and what it advises; one attempt's result at a time, without a network.
import { apiErrorReason } from "../../src/api/request-errors";
import type { TransportFailure } from "../../src/api/request-outcome";
import type { Request } from "../../src/api/transport";
import { answered, API_KEY, CREDENTIAL, sending, unanswered } from "../support/api";

describe("without a response", () => {
  const certificate = "The TLS certificate of api.test was rejected";
  const tls = "The TLS handshake with api.test failed";
  const name =
    "The host name api.test could not be resolved. Check wayscloud-account:endpoint (or WAYSCLOUD_ENDPOINT)";
  const nobody =
    "Nothing accepts connections at api.test. Check wayscloud-account:endpoint (or WAYSCLOUD_ENDPOINT)";
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
    const { message } = await sending([unanswered(failure)]);
    expect(message).toContain(
      `Reading failed: GET /v1/x got no response from api.test (${failure.code}). ${advice}`,
    );
    expect(all.filter((each) => message.includes(each))).toEqual([advice]);
  });
});

test("an error keeps what happened apart from the advice, which may be wrong in a message with advice of its own", async () => {
  const { error } = await sending([unanswered({ code: "ECONNRESET" })]);
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
  const said = async (status: number, detail = "", method: Request["method"] = "POST", source?: string) =>
    (await sending([answered(status, detail && { detail })], { method, ...(source && { source }) })).message;

  test("is explained by the API's own reason, which is not interpreted", async () => {
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

  test("of a GET or DELETE explains which configuration refresh and destroy use; a POST is of `pulumi up` alone", async () => {
    const advice =
      /`pulumi refresh` and `pulumi destroy` use the configuration from the last `pulumi up`.*--run-program/;
    for (const status of [401, 403]) {
      for (const method of ["GET", "DELETE"] as const)
        expect(await said(status, "No", method)).toMatch(advice);
      expect(await said(status, "No")).not.toContain("--run-program");
    }
  });

  test("from WAYSCLOUD_API_KEY may be the service key that the vendor's provider wants there", async () => {
    const from = (name: string) => said(403, "No", "GET", `the environment variable ${name}`);
    expect(await from("WAYSCLOUD_API_KEY")).toContain("set a personal access token in WAYSCLOUD_PAT_TOKEN");
    expect(await from("WAYSCLOUD_PAT_TOKEN")).not.toContain("service key");
  });
});

describe("with a response", () => {
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
    [409, "answered 409 (Conflict).", undefined],
    [499, "answered 499.", undefined],
    [422, "answered 422 (Unprocessable Entity).", undefined],
    [429, "answered 429 (Too Many Requests).", undefined],
    [500, "answered 500 (Internal Server Error).", undefined],
  ])("%d is named, with what to do where there is something", async (status, words, advice) => {
    const { message } = await sending([answered(status)]);
    expect(message).toContain(`Reading failed: GET /v1/x ${words}`);
    expect([redirect, endpoint, credential].filter((each) => message.includes(each))).toEqual(
      advice ? [advice] : [],
    );
  });

  test("with a reason, that comes after the status", async () => {
    const detail = [{ loc: ["body", "service"], msg: "bad" }];
    const { message } = await sending([answered(422, { detail })]);
    expect(message).toBe("Reading failed: GET /v1/x answered 422 (Unprocessable Entity): body.service: bad.");
  });

  test("that repeats the credential, even encoded, it is redacted", async () => {
    const detail = `bad key ${Buffer.from(API_KEY).toString("base64")}`;
    const { message } = await sending([answered(400, { detail })]);
    expect(message).toMatch(/answered 400 \(Bad Request\): (?:bad key .{0,16})?\[redacted\].{0,8}\.$/);
    expect(message).not.toMatch(/credent|0123456/i);
  });

  test.each([
    ["1e999", "for an unlimited time"],
    ["3600", "until 2030-01-01T01:00:00Z"],
  ])("that asks to wait %s s, it says until when, and no date is invented", async (after, when) => {
    const { message } = await sending([answered(429, "", { "retry-after": after })]);
    expect(message).toContain(`The API asks to wait ${when}, longer than this package waits.`);
  });
});

const reason = (body: unknown) => apiErrorReason(JSON.stringify(body), [CREDENTIAL]);

describe("the reason of an error body", () => {
  const BAD = { msg: "bad", loc: ["body", "scopes", 2] };
  test.each([
    [{ detail: "SSH key not found" }, "SSH key not found"],
    [{ detail: { error: "quota" } }, "quota"],
    [{ detail: { error: "quota", message: "Too many keys" } }, "Too many keys"],
    [{ detail: [{ msg: "required", loc: ["body", "name"], type: "value_error" }] }, "body.name: required"],
    [{ detail: [BAD, { msg: "worse", loc: [] }] }, "body.scopes.2: bad; worse"],
    [{ detail: ["one", "two"] }, "one; two"],
    [{ detail: [[["nested"]]] }, "nested"],
    [{ detail: [{ msg: "bad", loc: ["body", { input: "x" }, null, 0] }] }, "body.0: bad"],
    [{ error: "invalid_request" }, "invalid_request"],
    [{ error: { code: "E42", message: "Nope", details: { input: "x" } } }, "Nope"],
    [{ error: { code: "E42" } }, "E42"],
    [{ message: "Forbidden" }, "Forbidden"],
    [{ detail: "first", error: "second", message: "third" }, "first"],
    [{ detail: null, message: "third" }, "third"],
    [{ detail: [], error: "second" }, "second"],
    [{ detail: "", message: "Quota exceeded" }, "Quota exceeded"],
    [{ detail: " \n", error: "", message: "Quota exceeded" }, "Quota exceeded"],
    [{ detail: [{ msg: "", error: "taken" }, { msg: " " }] }, "taken"],
    [{ error: { message: "", code: "E42" } }, "E42"],
  ])("%j is %j", (body, expected) => expect(reason(body)).toBe(expected));

  const DEEP = [[[["too deep"]]]];
  const DETAILS = [1, {}, [{}], [{ loc: ["body", "name"] }], DEEP, "", " \n"];
  const BODIES = [{}, [], null, 1, "text", { error: true }, ...DETAILS.map((detail) => ({ detail }))];
  const NO_JSON = ["", "<html><h1>502 Bad Gateway</h1></html>", '{"detail": "cut of', "undefined", "\u0000"];
  test.each([...NO_JSON, ...BODIES.map((body) => JSON.stringify(body))])("%j has none", (text) =>
    expect(apiErrorReason(text, [])).toBeUndefined(),
  );

  test("never shows the rejected input, which may be a secret", () => {
    const body = { detail: [{ msg: "bad", loc: ["body"], input: "private", ctx: { given: "private" } }] };
    expect(reason(body)).not.toContain("private");
  });

  test("shows at most five failures, and at most 300 characters", () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ msg: `m${index}` }));
    expect(reason({ detail: many })).toBe("m0; m1; m2; m3; m4");
    expect(reason({ detail: "x".repeat(10_000_000) })).toBe(`${"x".repeat(300)}…`);
  });

  test("has the credential redacted, also in a place and JSON-escaped in the body", () => {
    const escaped = CREDENTIAL.replaceAll("_", "\\u005f");
    const bodies = [
      JSON.stringify({ detail: CREDENTIAL }),
      `{"detail": "${escaped}"}`,
      JSON.stringify({ detail: [{ msg: "bad", loc: ["header", CREDENTIAL] }] }),
      JSON.stringify({ error: { code: CREDENTIAL } }),
      JSON.stringify({ detail: JSON.stringify({ key: CREDENTIAL }) }),
    ];
    for (const body of bodies) {
      expect(apiErrorReason(body, [CREDENTIAL])).toContain("[redacted]");
      expect(apiErrorReason(body, [CREDENTIAL])).not.toContain("Canary");
    }
  });

  test("is not lost, nor the process, in a body of brackets", () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    expect(apiErrorReason(`{"detail": ${deep}, "message": "deep"}`, [])).toBe("deep");
    expect(
      apiErrorReason(`{"detail": ${'{"error":'.repeat(50_000)}1${"}".repeat(50_000)}}`, []),
    ).toBeUndefined();
  });
});
