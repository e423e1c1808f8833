// Whose is an entry of a list? The table of the judgment.
import { judge } from "../../src/judge/ownership";
import type { Sent, Shown, Verdict } from "../../src/judge/ownership";

const AT = Date.parse("2030-01-01T00:00:00Z");
const time = (ms: number): string => new Date(AT + ms).toISOString();
const MARKED = "pulumi shop/dev/r&d #3fa9c21";

interface Case {
  is: Verdict["is"];
  sent?: Partial<Sent>;
  shown?: Partial<Shown>;
}

const marked = ({ sent, shown }: Case): Verdict["is"] =>
  judge({ text: MARKED, hasMarker: true, at: AT, ...sent }, { text: MARKED, createdAt: time(0), ...shown })
    .is;
const explicit = ({ sent, shown }: Case): Verdict["is"] =>
  judge(
    { text: "Team keys for CI", hasMarker: false, at: AT, ...sent },
    { text: "Team keys for CI", createdAt: time(0), ...shown },
  ).is;
const named = ({ sent, shown }: Case): Verdict["is"] =>
  judge(
    { text: "anna@work-laptop", hasMarker: false, at: AT, until: AT + 600_000, ...sent },
    { text: "anna@work-laptop", createdAt: time(0), sameKey: true, ...shown },
  ).is;

describe("an API key whose description ends in a marker", () => {
  test.each<[string, Case]>([
    ["as it was sent", { is: "ours" }],
    ["trimmed, in another case", { is: "ours", shown: { text: ` ${MARKED.toUpperCase()}  ` } }],
    ["a little older than the request", { is: "ours", shown: { createdAt: time(-605_000) } }],
    ["older than clocks differ", { is: "possibly ours", shown: { createdAt: time(-605_001) } }],
    ["of an unreadable time", { is: "possibly ours", shown: { createdAt: "yesterday" } }],
    ["of no time", { is: "possibly ours", shown: { createdAt: undefined } }],
    ["of a request whose time is not known", { is: "ours", sent: { at: undefined } }],
    ["of other scopes", { is: "possibly ours", shown: { mismatch: "its scopes are x" } }],
    ["escaped", { is: "possibly ours", shown: { text: "pulumi shop/dev/r&amp;d #3fa9c21" } }],
    [
      "with the number sign escaped",
      { is: "possibly ours", shown: { text: "pulumi shop/dev/r&d &#35;3fa9c21" } },
    ],
    ["with a prefix", { is: "possibly ours", shown: { text: `[API] ${MARKED}` } }],
    ["cut before the marker", { is: "possibly ours", shown: { text: MARKED.slice(0, 18) } }],
    ["not shown at all", { is: "possibly ours", shown: { text: undefined } }],
    [
      "cut, and older than the request",
      { is: "other", shown: { text: MARKED.slice(0, 18), createdAt: time(-5_001) } },
    ],
    ["cut to a word", { is: "other", shown: { text: "pulumi" } }],
    ["with another marker", { is: "other", shown: { text: MARKED.replace("3fa9c21", "3fa9c22") } }],
    ["made while clocks disagree", { is: "ours", sent: { notAfter: AT + 3_600_000 } }],
    ["with the marker in a longer number", { is: "other", shown: { text: "other x3fa9c210" } }],
  ])("%s", (_what, each) => expect(marked(each)).toBe(each.is));
});

describe("an API key with a description of the user's own", () => {
  test.each<[string, Case]>([
    ["as it was sent", { is: "possibly ours" }],
    ["of an unreadable time", { is: "possibly ours", shown: { createdAt: "yesterday" } }],
    ["long older than the request", { is: "other", shown: { createdAt: time(-605_001) } }],
    [
      "of another service, made after the request",
      { is: "possibly ours", shown: { mismatch: "it is for dns" } },
    ],
    [
      "of another service, made before it",
      { is: "other", shown: { mismatch: "it is for dns", createdAt: time(-5_001) } },
    ],
    ["spelled otherwise", { is: "possibly ours", shown: { text: "team-keys_for  CI" } }],
    [
      "spelled otherwise and of another service",
      { is: "other", shown: { text: "team-keys_for CI", mismatch: "it is for dns" } },
    ],
  ])("%s", (_what, each) => expect(explicit(each)).toBe(each.is));
});

describe("an SSH key", () => {
  test.each<[string, Case]>([
    ["as it was sent", { is: "ours" }],
    [
      "five seconds before the request, which clocks may differ by",
      { is: "ours", shown: { createdAt: time(-5_000) } },
    ],
    ["a little earlier", { is: "possibly ours", shown: { createdAt: time(-5_001) } }],
    ["long older than the request", { is: "other", shown: { createdAt: time(-605_001) } }],
    [
      "between the earliest and the latest time of the request",
      { is: "possibly ours", sent: { notAfter: AT + 5_001 } },
    ],
    ["between these times, with a marker", { is: "ours", sent: { notAfter: AT + 5_001, hasMarker: true } }],
    ["at the last moment", { is: "ours", shown: { createdAt: time(600_000) } }],
    ["later than a request can take effect", { is: "possibly ours", shown: { createdAt: time(600_001) } }],
    ["of an unreadable time", { is: "possibly ours", shown: { createdAt: "yesterday" } }],
    [
      "of an unreadable time, with a marker",
      { is: "ours", sent: { hasMarker: true }, shown: { createdAt: "yesterday" } },
    ],
    [
      "with a marker, long older",
      { is: "possibly ours", sent: { hasMarker: true }, shown: { createdAt: time(-605_001) } },
    ],
    ["whose name is escaped", { is: "ours", shown: { text: "anna&#64;work-laptop" } }],
    ["whose name is cut", { is: "ours", shown: { text: "anna@work-lap" } }],
    ["of another name", { is: "possibly ours", shown: { text: "bo@home" } }],
    [
      "of another name, made before the request",
      { is: "other", shown: { text: "bo@home", createdAt: time(-5_001) } },
    ],
    [
      "of another name, without a fingerprint",
      { is: "other", shown: { text: "bo@home", sameKey: undefined } },
    ],
    ["of another public key", { is: "other", shown: { sameKey: false } }],
    ["without a fingerprint", { is: "possibly ours", shown: { sameKey: undefined } }],
  ])("%s", (_what, each) => expect(named(each)).toBe(each.is));
});

test("a verdict that is not a proof says why, for the message", () => {
  expect(judge({ text: MARKED, hasMarker: true, at: AT }, { text: MARKED, createdAt: "soon" })).toEqual({
    is: "possibly ours",
    why: "its creation time cannot be read",
  });
});
