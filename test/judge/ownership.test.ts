// src/judge/ownership.ts: whose is an entry of a list? The table of the judgment.
import { judge } from "../../src/judge/ownership";
import type { Sent, Shown, Verdict } from "../../src/judge/ownership";

const AT = Date.parse("2030-01-01T00:00:00Z");
const time = (ms: number): string => new Date(AT + ms).toISOString();
const MARKED = "pulumi shop/dev/r&d #3fa9c21";

type Row = [what: string, is: Verdict["is"], shown?: Partial<Shown>, sent?: Partial<Sent>];
/** Rows of keys that were sent as this and are listed as this, but for what a row says. */
const judging =
  (sent: Sent, shown: Partial<Shown> = {}) =>
  (_what: string, is: Verdict["is"], but: Partial<Shown> = {}, sentAs: Partial<Sent> = {}) =>
    expect(judge({ ...sent, ...sentAs }, { text: sent.text, createdAt: time(0), ...shown, ...but }).is).toBe(
      is,
    );

describe("an API key whose description ends in a marker", () => {
  test.each<Row>([
    ["as it was sent", "ours"],
    ["trimmed, in another case", "ours", { text: ` ${MARKED.toUpperCase()}  ` }],
    ["a little older than the request", "ours", { createdAt: time(-605_000) }],
    ["older than clocks differ", "possibly ours", { createdAt: time(-605_001) }],
    ["of an unreadable time", "possibly ours", { createdAt: "yesterday" }],
    ["of no time", "possibly ours", { createdAt: undefined }],
    ["of a request whose time is not known", "ours", {}, { at: undefined }],
    ["of other scopes", "possibly ours", { mismatch: "its scopes are x" }],
    ["escaped", "possibly ours", { text: "pulumi shop/dev/r&amp;d #3fa9c21" }],
    ["with the number sign escaped", "possibly ours", { text: "pulumi shop/dev/r&d &#35;3fa9c21" }],
    ["with a prefix", "possibly ours", { text: `[API] ${MARKED}` }],
    ["cut before the marker", "possibly ours", { text: MARKED.slice(0, 18) }],
    ["not shown at all", "possibly ours", { text: undefined }],
    ["cut, and older than the request", "other", { text: MARKED.slice(0, 18), createdAt: time(-5_001) }],
    ["cut to a word", "other", { text: "pulumi" }],
    ["with another marker", "other", { text: MARKED.replace("3fa9c21", "3fa9c22") }],
    ["made while clocks disagree", "ours", {}, { notAfter: AT + 3_600_000 }],
    ["with the marker in a longer number", "other", { text: "other x3fa9c210" }],
  ])("%s", judging({ text: MARKED, hasMarker: true, at: AT }));
});

describe("an API key with a description of the user's own", () => {
  test.each<Row>([
    ["as it was sent", "possibly ours"],
    ["of an unreadable time", "possibly ours", { createdAt: "yesterday" }],
    ["long older than the request", "other", { createdAt: time(-605_001) }],
    ["of another service, made after the request", "possibly ours", { mismatch: "it is for dns" }],
    ["of another service, made before it", "other", { mismatch: "it is for dns", createdAt: time(-5_001) }],
    ["short, with a prefix", "possibly ours", { text: "[API] ci" }, { text: "ci" }],
    ["spelled otherwise", "possibly ours", { text: "team-keys_for  CI" }],
    [
      "spelled otherwise and of another service",
      "other",
      { text: "team-keys_for CI", mismatch: "it is for dns" },
    ],
  ])("%s", judging({ text: "Team keys for CI", hasMarker: false, at: AT }));
});

describe("an SSH key", () => {
  test.each<Row>([
    ["as it was sent", "ours"],
    ["five seconds before the request, which clocks may differ by", "ours", { createdAt: time(-5_000) }],
    ["a little earlier", "possibly ours", { createdAt: time(-5_001) }],
    ["long older than the request", "other", { createdAt: time(-605_001) }],
    [
      "between the earliest and the latest time of the request",
      "possibly ours",
      {},
      { notAfter: AT + 5_001 },
    ],
    ["between these times, with a marker", "ours", {}, { notAfter: AT + 5_001, hasMarker: true }],
    ["at the last moment", "ours", { createdAt: time(600_000) }],
    ["later than a request can take effect", "possibly ours", { createdAt: time(600_001) }],
    ["of an unreadable time", "possibly ours", { createdAt: "yesterday" }],
    ["of an unreadable time, with a marker", "ours", { createdAt: "yesterday" }, { hasMarker: true }],
    ["with a marker, long older", "possibly ours", { createdAt: time(-605_001) }, { hasMarker: true }],
    ["whose name is escaped", "ours", { text: "anna&#64;work-laptop" }],
    ["whose name is cut", "ours", { text: "anna@work-lap" }],
    ["of another name", "possibly ours", { text: "bo@home" }],
    ["of another name, made before the request", "other", { text: "bo@home", createdAt: time(-5_001) }],
    ["of another name, without a fingerprint", "other", { text: "bo@home", sameKey: undefined }],
    ["of another public key", "other", { sameKey: false }],
    ["without a fingerprint", "possibly ours", { sameKey: undefined }],
  ])(
    "%s",
    judging({ text: "anna@work-laptop", hasMarker: false, at: AT, until: AT + 600_000 }, { sameKey: true }),
  );
});

test("a verdict that is not a proof says why, for the message", () => {
  expect(judge({ text: MARKED, hasMarker: true, at: AT }, { text: MARKED, createdAt: "soon" })).toEqual({
    is: "possibly ours",
    why: "its creation time cannot be read",
  });
});
