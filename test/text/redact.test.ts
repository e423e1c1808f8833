// What of a server's text may reach a terminal, and of what a user marked as secret.
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
    ...(
      [
        ["in base64", Buffer.from(CREDENTIAL).toString("base64")],
        ["in base64 behind a user name", Buffer.from(`user:${CREDENTIAL}`).toString("base64")],
        ["in base64 for URLs", Buffer.from(`u:${CREDENTIAL}`).toString("base64url")],
        ["in hexadecimal", Buffer.from(CREDENTIAL).toString("hex")],
        ["in capitals", CREDENTIAL.toUpperCase()],
        ["in title case", `W${CREDENTIAL.slice(1)}`],
        ["with hyphens", CREDENTIAL.replaceAll("_", "-")],
        ["without its first word", CREDENTIAL.replace("wayscloud_", "")],
        ["without its first character", CREDENTIAL.slice(1)],
        ["by its secret part", CREDENTIAL.split("_").at(-1)!],
        ["as a list of characters", JSON.stringify(Array.from(CREDENTIAL))],
        ["with blanks", CREDENTIAL.replaceAll("_", "_ ")],
      ] as [string, string][]
    ).map(([name, form]): [string, string] => [`${name} (known)`, form]),
    ["with HTML entities", CREDENTIAL.replaceAll("_", "&#95;")],
    ["with hexadecimal HTML entities", CREDENTIAL.replaceAll("_", "&#x5f;")],
    ["with named HTML entities", CREDENTIAL.replaceAll("_", "&lowbar;")],
    ["escaped as in Python", CREDENTIAL.replaceAll("_", "\\x5f")],
    ["escaped as in newer JavaScript", CREDENTIAL.replaceAll("_", "\\u{5f}")],
    ["escaped in octal", CREDENTIAL.replaceAll("_", "\\137")],
    ["escaped as in Markdown", CREDENTIAL.replaceAll("_", "\\_")],
    ["quoted-printable", CREDENTIAL.replaceAll("_", "=5F")],
    ["quoted-printable over two lines", `${CREDENTIAL.slice(0, 25)}=\r\n${CREDENTIAL.slice(25)}`],
    ["in letters of another width", CREDENTIAL.replaceAll("_", "\uff3f")],
    ["parted by markup", `${CREDENTIAL.slice(0, 16)}<wbr>${CREDENTIAL.slice(16)}`],
    ["parted by a soft hyphen of HTML", `${CREDENTIAL.slice(0, 16)}&shy;${CREDENTIAL.slice(16)}`],
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
    // Where it shows only once the text is decoded, nothing of the text is shown.
    expect(line).toMatch(/^Rejected: .*\[redacted\].*\(no\)$|^\[redacted\]$/);
  });

  test.each([
    ["as it is", CREDENTIAL, "Rejected: [redacted] (no)"],
    ["in capitals", CREDENTIAL.toUpperCase(), "Rejected: [redacted] (no)"],
    ["in base64", Buffer.from(CREDENTIAL).toString("base64"), /^Rejected: \S{16}\[redacted\]\S{0,8} \(no\)$/],
    [
      "with a colour",
      `${CREDENTIAL.slice(0, 30)}\u001b[31m${CREDENTIAL.slice(30)}`,
      "Rejected: [redacted] (no)",
    ],
    ["without its prefix", CREDENTIAL.slice("wayscloud_".length), "Rejected: [redacted] (no)"],
    ["by its end alone", `…${CREDENTIAL.slice(-14)}`, "Rejected: …[redacted] (no)"],
  ])("%s, and the words around it are", (_, form, expected) =>
    expect(sanitize(`Rejected: ${form} (no)`, [CREDENTIAL])).toEqual(
      typeof expected === "string" ? expected : expect.stringMatching(expected),
    ),
  );

  test("by fewer than twelve characters, which prove nothing, as its public prefix does", () => {
    for (const line of ["key wayscloud_pat…", `ends in ${CREDENTIAL.slice(-11)}`]) {
      expect(sanitize(line, [CREDENTIAL])).toBe(line);
    }
  });

  test.each(forms.filter(([name]) => !/throughout|twice$|JSON|known|everywhere/.test(name)))(
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
      expect(line).toMatch(/^<"?\[redacted\]"?>$|^\[redacted\]$/);
    }
  });

  test("half, because the text was cut there or the line was", () => {
    for (const filler of ["\n", "x", "é", "\u001b[0m"]) {
      for (let at = 0; at < CUSTOM.length + 4; at += 9) {
        const text = filler.repeat(2_000).slice(0, 2_000 - at) + CUSTOM;
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
      "Ærlig talt: «service» must be one of database, storage. wayscloud_2xK9mPq is a prefix, WAYSCLOUD_PAT_TOKEN is not, 日本 🎉";
    expect(sanitize(text, [CREDENTIAL])).toBe(text);
    expect(redact(text)).toBe(text);
  });

  test("is cut beyond its limit, not at it", () => {
    expect(sanitize("x".repeat(300))).toBe("x".repeat(300));
    expect(sanitize("x".repeat(301))).toBe(`${"x".repeat(300)}…`);
    expect(sanitize("x".repeat(2_000), [], 70_000)).toHaveLength(2_000);
    expect(sanitize("x".repeat(2_001), [], 70_000)).toHaveLength(1_936);
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

describe("a key under several layers", () => {
  const decodedThroughout = (line: string): string => {
    const next = line
      .replaceAll(/%([0-9a-f]{2})|\\u([0-9a-f]{4})/gi, (_, a, b) => String.fromCharCode(parseInt(a ?? b, 16)))
      .replaceAll(/\\(.)/g, "$1");
    return next === line ? line : decodedThroughout(next);
  };
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
      expect(line).toMatch(/\[redacted\]/);
      expect(decodedThroughout(line)).not.toMatch(/Credent|chars~|Canary/i);
    }
  });
});

describe("a message without what a user marked as secret", () => {
  const SENTENCE = "the quarterly report of the mergers with Größe & Søn, 日本 🎉";

  test("keeps everything else as it was", () => {
    expect(redact("a%20b wayscloud_pat_abc12_Canary0123456789 c\\/d")).toBe("a%20b [redacted] c\\/d");
    expect(redact("tab\tkristen.nygaard@simula.no\nnext")).toBe("tab\t[e-mail]\nnext");
    expect(redact(`(${SENTENCE}) is too long`, [SENTENCE])).toBe("([redacted]) is too long");
    expect(redact("the report of the mergers", [SENTENCE])).toBe("the report of the mergers");
  });

  test("shows nothing of it where it was cut, at either end", () => {
    const words = "hush0 hush1 hush2 hush3 hush4 hush5 hush6 hush7 hush8 hush9";
    for (let length = 30; length < words.length; length += 1) {
      expect(redact(`too long: ${words.slice(0, length)}…`, [words])).toMatch(
        /^too long: \[redacted\].{0,3}…$/,
      );
      expect(redact(`too long: …${words.slice(-length)}`, [words])).toMatch(
        /^too long: ….{0,3}\[redacted\]$/,
      );
    }
    for (let length = 4; length < 9; length += 1) {
      expect(redact(`too long: ${"sehr kurz".slice(0, length)}…`, ["sehr kurz"])).toBe(
        "too long: [redacted]…",
      );
    }
    expect(redact("too long: seh…", ["sehr kurz"])).toBe("too long: seh…");
  });

  test("shows nothing of it in quotes, which escape some of it", () => {
    for (const secret of ['say "x"', "C:\\new", "line\nbreak"]) {
      expect(redact(`not ${JSON.stringify(secret)}`, [secret])).toBe('not "[redacted]"');
    }
  });

  test("hides a secret of any other letters, and the ends of one that are none", () => {
    for (const secret of ["パスワード", "== odd ==", "🎉🎉", "-".repeat(40)]) {
      expect(redact(`<${secret}>`, [secret])).toBe("<[redacted]>");
    }
  });

  test("overlapping secrets and addresses are one gap", () => {
    expect(redact("to first.second@simula.no now", ["first.sec", "sec"])).toBe("to [redacted] now");
    expect(redact("abcdef", ["abc", "cde"])).toBe("[redacted]f");
  });

  test("costs little, however long it is and whatever it is made of", () => {
    const started = cpuTime();
    for (const unit of [
      "a",
      "@",
      "a@",
      "a@a.",
      "@a.",
      "a.bc",
      "wayscloud_",
      "wayscloud_a",
      "…",
      "🎉",
      CUSTOM,
      SENTENCE,
    ]) {
      const message = unit.repeat(Math.ceil(50_000 / unit.length));
      expect(redact(message, [CUSTOM, SENTENCE, message.slice(1, 10_000)]).isWellFormed()).toBe(true);
    }
    expect(cpuTime() - started).toBeLessThan(4_000);
  });
});
