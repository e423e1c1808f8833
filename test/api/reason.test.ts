// The API's own reason, in all its dialects.
import fc from "fast-check";

import { apiErrorReason } from "../../src/api/request-errors";
import { CREDENTIAL } from "../support/api";

const reason = (body: unknown) => apiErrorReason(JSON.stringify(body), [CREDENTIAL]);

describe("the reason of an error body", () => {
  test.each([
    [{ detail: "SSH key not found" }, "SSH key not found"],
    [{ detail: { error: "quota" } }, "quota"],
    [{ detail: { error: "quota", message: "Too many keys" } }, "Too many keys"],
    [{ detail: [{ msg: "required", loc: ["body", "name"], type: "value_error" }] }, "body.name: required"],
    [
      {
        detail: [
          { msg: "bad", loc: ["body", "scopes", 2] },
          { msg: "worse", loc: [] },
        ],
      },
      "body.scopes.2: bad; worse",
    ],
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

  test.each([
    ...[{}, [], null, 1, "text", { detail: 1 }, { detail: {} }, { detail: [{}] }, { error: true }],
    ...[
      { detail: [{ loc: ["body", "name"] }] },
      { detail: [[[["too deep"]]]] },
      { detail: "" },
      { detail: " \n" },
    ],
  ])("%j has none", (body) => expect(reason(body)).toBeUndefined());

  test.each(["", "<html><h1>502 Bad Gateway</h1></html>", '{"detail": "cut of', "undefined", "\u0000"])(
    "%j, which is no JSON, is not shown",
    (text) => expect(apiErrorReason(text, [])).toBeUndefined(),
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

  test("whatever the body, is one printable line or nothing", () => {
    const known = fc.constantFrom("detail", "error", "message", "msg", "loc", "code", "__proto__", "x");
    const { body } = fc.letrec((tie) => ({
      body: fc.oneof(
        { depthSize: "small" },
        fc.string({ unit: "binary" }),
        fc.constant(CREDENTIAL),
        fc.jsonValue(),
        fc.array(tie("body"), { maxLength: 3 }),
        fc.dictionary(known, tie("body"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(body, (value) => {
        const line = reason(value) ?? "";
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        expect(line).not.toContain("Canary");
        expect(line.length).toBeLessThanOrEqual(301);
      }),
      { numRuns: 100 },
    );
  });
});
