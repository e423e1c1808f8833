// What of a server's text may reach a terminal.
import fc from "fast-check";

import { redact, sanitize } from "../../src/text/redact";
import { CREDENTIAL } from "../support/api";
import { cpuTime } from "../support/fake-timing";

const CUSTOM = "custom/Credential+with=odd.chars~42";
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe("a key in a text is not shown", () => {
  const forms: [string, string][] = [
    ["as it is", CREDENTIAL],
    ["URL-encoded", CREDENTIAL.replaceAll("_", "%5F")],
    ["URL-encoded in lower case", CREDENTIAL.replaceAll("_", "%5f")],
    [
      "URL-encoded throughout",
      CREDENTIAL.split("")
        .map((c) => `%${c.charCodeAt(0).toString(16)}`)
        .join(""),
    ],
    ["URL-encoded twice", CREDENTIAL.replaceAll("_", "%255F")],
    [
      "JSON-escaped",
      CREDENTIAL.split("")
        .map((c) => `\\u00${c.charCodeAt(0).toString(16)}`)
        .join(""),
    ],
    ["in quotes", JSON.stringify({ key: CREDENTIAL })],
    ["after a prefix", `X-API-Key:${CREDENTIAL}`],
    ["twice", `${CREDENTIAL}${CREDENTIAL}`],
    ...(
      [
        ["a NUL", "\u0000"],
        ["a line break", "\r\n"],
        ["a tab", "\t"],
        ["a colour", "\u001b[31m"],
        ["a colour with parameters", "\u001b[1;38;5;200m"],
        ["a cursor movement", "\u001b[2K\u001b[1G"],
        ["a title", "\u001b]0;title\u0007"],
        ["a C1 control", "\u009b"],
        ["a zero width space", "\u200b"],
        ["a soft hyphen", "\u00ad"],
        ["a byte order mark", "\ufeff"],
        ["a bidirectional override", "\u202e"],
        ["a line separator", "\u2028"],
        ["a backspace", "\b"],
      ] as const
    ).flatMap(([name, gap]): [string, string][] => [
      [`parted by ${name} in the middle`, CREDENTIAL.slice(0, 30) + gap + CREDENTIAL.slice(30)],
      [`parted by ${name} in its first word`, CREDENTIAL.slice(0, 4) + gap + CREDENTIAL.slice(4)],
      [`parted by ${name} everywhere`, CREDENTIAL.split("").join(gap)],
    ]),
  ];
  /** No eight characters in a row of the part of the key that makes it secret, whatever stands between them. */
  const shown = (line: string) => {
    const bare = line.replaceAll(/[^A-Za-z0-9]/g, "");
    const secret = CREDENTIAL.split("_").at(-1)!;
    return secret
      .split("")
      .some((_, at) => at + 8 <= secret.length && bare.includes(secret.slice(at, at + 8)));
  };

  test.each(forms)("%s, when it is the caller's", (_, form) => {
    const line = sanitize(`Rejected: ${form} (no)`, [CREDENTIAL]);
    expect(shown(line)).toBe(false);
    expect(line).toMatch(/^Rejected: .*\[redacted\].*\(no\)$/);
  });

  test.each(forms.filter(([name]) => !/throughout|twice$|JSON/.test(name)))(
    "%s, when it is only known by its form",
    (_, form) => expect(shown(sanitize(`Rejected: ${form} (no)`))).toBe(false),
  );

  test("of another form, when it is the caller's, in any encoding", () => {
    const encodings = [
      CUSTOM,
      encodeURIComponent(CUSTOM),
      JSON.stringify(CUSTOM),
      CUSTOM.replaceAll("/", "\\/"),
    ];
    for (const form of encodings) {
      const line = sanitize(`<${form}>`, [CUSTOM]);
      expect(line).toMatch(/^<"?\[redacted\]"?>$/);
    }
  });

  test("half, because the text was cut there or the line was", () => {
    for (const filler of ["\n", "x", "é", "\u001b[0m"]) {
      for (let at = 0; at < CUSTOM.length + 4; at += 9) {
        const text = filler.repeat(65_536).slice(0, 65_536 - at) + CUSTOM;
        expect(sanitize(text, [CUSTOM], 70_000)).not.toContain(CUSTOM.slice(0, 6));
        const line = "x".repeat(300 - at) + CUSTOM;
        expect(sanitize(line, [CUSTOM])).not.toContain(CUSTOM.slice(0, 6));
      }
    }
  });

  test("wherever it stands and whatever surrounds or parts it", () => {
    const gap = fc.stringMatching(/^(\u001b\[[0-9;]{0,4}[A-Za-z]|[\u0000-\u001f\u200b-\u200f]){0,2}$/);
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.array(gap, { maxLength: 6 }),
        fc.string(),
        (before, gaps, after) => {
          const parts = gaps.map((each, index) => each + CREDENTIAL.slice(index * 10 + 3, index * 10 + 13));
          const text =
            before + CREDENTIAL.slice(0, 3) + parts.join("") + CREDENTIAL.slice(gaps.length * 10 + 3) + after;
          const line = sanitize(text, [CREDENTIAL]);
          expect(line).not.toContain(CREDENTIAL);
          expect(shown(line.replaceAll(" ", ""))).toBe(false);
          expect(line).not.toMatch(CONTROL);
        },
      ),
      { numRuns: 80 },
    );
  });
});

describe("a printable line", () => {
  test("contains neither the secret nor any control character, is well formed and no longer than the limit", () => {
    const secret = fc.stringMatching(/^[!-~]{9,40}$/).filter((each) => !"[redacted][e-mail]".includes(each));
    fc.assert(
      fc.property(
        secret,
        fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.constant(null)), { maxLength: 8 }),
        fc.integer({ min: 0, max: 60 }),
        (given, parts, limit) => {
          const line = sanitize(parts.map((part) => part ?? given).join(""), [given], limit);
          expect(line).not.toContain(given);
          expect(line).not.toMatch(CONTROL);
          expect(line.isWellFormed()).toBe(true);
          expect(line.length).toBeLessThanOrEqual(limit + 1);
        },
      ),
      { numRuns: 80 },
    );
  });

  test("keeps harmless text as it is", () => {
    const text =
      "Ærlig talt: «service» must be one of database, storage. wayscloud_2xK9mPq is a prefix, 日本 🎉";
    expect(sanitize(text, [CREDENTIAL])).toBe(text);
    expect(redact(text)).toBe(text);
  });

  test("is cut beyond its limit, not at it", () => {
    expect(sanitize("x".repeat(300))).toBe("x".repeat(300));
    expect(sanitize("x".repeat(301))).toBe(`${"x".repeat(300)}…`);
    expect(sanitize("x".repeat(65_536), [], 70_000)).toHaveLength(65_536);
  });

  test("is one line, without colours", () => {
    expect(sanitize("\u001b[31mbad\u001b[0m\r\nsecond\tline\u2028end")).toBe("bad second line end");
  });

  test("does not break a surrogate pair at the limit", () => {
    const line = sanitize("🎉".repeat(400), [], 301);
    expect(line.isWellFormed()).toBe(true);
    expect(line).toHaveLength(302);
  });

  test("has no half of a surrogate pair that was none to begin with", () => {
    expect(sanitize("a\ud800b\udc00")).toBe("a\ufffdb\ufffd");
  });

  test("names no e-mail address, however it is quoted", () => {
    for (const text of [
      "user kristen.nygaard@simula.no is",
      "<kristen.nygaard@simula.no>",
      "'kristen.nygaard+x@mail.simula.co.uk'",
      "u=kristen.nygaard%40simula.no",
      "a@b.no,kristen.nygaard@simula.no",
    ]) {
      expect(sanitize(text)).not.toMatch(/nygaard|simula/);
    }
  });

  test("of an empty secret redacts nothing, and of all secrets each", () => {
    expect(sanitize("abc", [""])).toBe("abc");
    expect(sanitize("one first-secret two second-secret", ["first-secret", "second-secret"])).toBe(
      "one [redacted] two [redacted]",
    );
  });

  test("costs little, whatever the text: 10 MB, and what is hard on regular expressions", () => {
    const started = cpuTime();
    const size = 10_000_000;
    for (const unit of [
      "a",
      "@",
      "a@",
      "a@a.",
      "wayscloud_",
      "wayscloud_a",
      "wayscloud\u0000",
      "\u001b[",
      "\u001b]",
      "\u001b[0m",
      " ",
      "%",
      "w\u200b",
      CREDENTIAL.slice(0, 20),
    ]) {
      const text = unit.repeat(Math.ceil(size / unit.length));
      expect(sanitize(text, [CREDENTIAL]).length).toBeLessThanOrEqual(301);
    }
    expect(cpuTime() - started).toBeLessThan(1_500);
  });
});

describe("the work for a text", () => {
  const MAX_PATTERN_INPUT = 16;
  const restored: (() => void)[] = [];
  afterEach(() => restored.splice(0).forEach((restore) => restore()));

  /** Calls `seen` before each call of a method, until the test is over. */
  function watch(prototype: object, name: string, seen: (first: any) => void): void {
    const original = Object.getOwnPropertyDescriptor(prototype, name)!;
    restored.push(() => Object.defineProperty(prototype, name, original));
    function value(this: unknown, first: unknown): unknown {
      seen(first);
      return original.value.call(this, first);
    }
    Object.defineProperty(prototype, name, { ...original, value });
  }

  /** How often a character is read, and the longest text that a regular expression is let loose on: these may take any number of steps. */
  function workFor(text: string): { steps: number; longest: number } {
    let [steps, longest] = [0, 0];
    watch(String.prototype, "charCodeAt", () => (steps += 1));
    watch(RegExp.prototype, "exec", (input: string) => (longest = Math.max(longest, input.length)));
    sanitize(text, [CREDENTIAL, CUSTOM], 70_000);
    restored.splice(0).forEach((restore) => restore());
    return { steps, longest };
  }

  const hard = [
    "%40",
    "a%40",
    "a@",
    "@a.",
    "%2540",
    "wayscloud",
    "wayscloud_",
    "wayscloud_a",
    "wayscloud%5Fa",
    "\\u005f",
    "\\",
    "%",
    "\u001b",
    "\u001b[",
    "\u001b]",
    "\u001b]x",
    "\u001b[0m",
    "\u200b",
    "w",
    "_",
    ".",
    "a.bc",
    "\n",
    "é",
    "🎉",
    CUSTOM.slice(0, -1),
    CREDENTIAL.slice(0, 30),
  ];

  test("grows with its length and no faster, whatever it is made of", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...hard), { minLength: 1, maxLength: 6 }), (units) => {
        const unit = units.join("");
        for (const size of [1_000, 32_000]) {
          const text = unit.repeat(Math.ceil(size / unit.length));
          const { steps, longest } = workFor(text);
          // Two readings of it, each decoded four times at most, each searched for keys and addresses.
          expect(steps / text.length).toBeLessThan(100);
          expect(longest).toBeLessThanOrEqual(MAX_PATTERN_INPUT);
        }
      }),
      { numRuns: 12 },
    );
  });
});

describe("a key under several layers", () => {
  const layers: [string, (text: string) => string][] = [
    ["URL-encoded", encodeURIComponent],
    ["JSON-escaped", (text) => JSON.stringify(text).slice(1, -1)],
    ["with slashes escaped", (text) => text.replaceAll("/", "\\/")],
    [
      "URL-encoded throughout",
      (text) => text.replaceAll(/[^]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, "0")}`),
    ],
    ["split by colors", (text) => `${text.slice(0, 7)}\u001b[31m${text.slice(7)}`],
  ];
  test.each(
    layers.flatMap(([one, inner]) => layers.map(([other, outer]) => [one, other, inner, outer] as const)),
  )("(%s, then %s) is not shown", (_one, _other, inner, outer) => {
    for (const secret of [CUSTOM, CREDENTIAL]) {
      const line = sanitize(`<${outer(inner(secret))}> after`, [secret]);
      expect(line).toBe("<[redacted]> after");
    }
  });

  test("leaves what surrounds it as it was", () => {
    expect(redact(`a%20b ${CREDENTIAL.replaceAll("_", "%5F")} c\\/d`)).toBe("a%20b [redacted] c\\/d");
    expect(redact("tab\tkristen.nygaard@simula.no\nnext")).toBe("tab\t[e-mail]\nnext");
  });
});
