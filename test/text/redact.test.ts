// src/text/redact.ts: what of a server's text may reach a terminal, and of what a user marked as secret.
import fc from "fast-check";
import { redact, sanitize } from "../../src/text/redact";
import { CREDENTIAL } from "../support/api";
import { cpuTime } from "../support/fake-timing";

const CUSTOM = "custom/Credential+with=odd.chars~42";
const SECRET = CREDENTIAL.split("_").at(-1)!;
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const base64 = (text: string) => Buffer.from(text).toString("base64");
const cut = (gap: string, at = 16) => CREDENTIAL.slice(0, at) + gap + CREDENTIAL.slice(at);
const spelled = (separator: string) => CREDENTIAL.replaceAll("_", separator);
const each = (rewrite: (code: string) => string) =>
  Array.from(CREDENTIAL, (letter) => rewrite(letter.charCodeAt(0).toString(16))).join("");

/** No eight characters in a row of the part of the key that makes it secret, whatever stands between them. */
const shows = (line: string) => {
  const bare = line.replaceAll(/[^A-Za-z0-9]/g, "");
  return Array.from(SECRET, (_, at) => SECRET.slice(at, at + 8)).some(
    (run) => run.length === 8 && bare.includes(run),
  );
};

describe("a key in a text is not shown", () => {
  /** Forms in which a key is known, even if nobody says that it is one. */
  const known: [string, string][] = [
    ["as it is", CREDENTIAL],
    ["escaped within markup", `<${spelled("\\x5f").slice(0, 38)}>`],
    ["quoted-printable over two lines", cut("=\r\n", 25)],
    ["in quotes", `{"key":"${CREDENTIAL}"}`],
    ["after a prefix", `X-API-Key:${CREDENTIAL}`],
  ];
  const others: [string, string][] = [
    ["URL-encoded throughout", each((code) => `%${code}`)],
    ["JSON-escaped", each((code) => `\\u00${code}`)],
    ["in base64", base64(CREDENTIAL)],
    ["in base64 behind a user name", base64(`user:${CREDENTIAL}`)],
    ["in base64 behind a colon", base64(`:${CREDENTIAL}`)],
    ["in base64 for URLs", Buffer.from(`u:${CREDENTIAL}`).toString("base64url")],
    ["in hexadecimal", each((code) => code)],
    ["in capitals", CREDENTIAL.toUpperCase()],
    ["in title case", `W${CREDENTIAL.slice(1)}`],
    ["with hyphens", spelled("-")],
    ["without its first word", CREDENTIAL.replace("wayscloud_", "")],
    ["without its first character", CREDENTIAL.slice(1)],
    ["by its secret part", SECRET],
    ["as a list of characters", JSON.stringify(Array.from(CREDENTIAL))],
    ["with blanks", spelled("_ ")],
    ["twice", `${CREDENTIAL}${CREDENTIAL}`],
    ["JSON-escaped, then URL-encoded", encodeURIComponent(each((code) => `\\u00${code}`))],
    ["URL-encoded in letters of another width", each((code) => `\uff05${code}`)],
  ];
  // As URLs, older JavaScript, HTML, Python, newer JavaScript, octal, Perl, CSS, Unicode names, Markdown, e-mails and wide letters have it.
  const UNDERSCORES = [
    ..."%5F %5f %255F %u005F &#95; &#x5f; &lowbar; &#95 \\x5f \\u{5f} \\137 \\x{5f} \\_ =5F \uff3f".split(
      " ",
    ),
    ...["\\5f ", "\\N{LOW LINE}"],
  ];
  for (const each of UNDERSCORES) known.push([`with ${JSON.stringify(each)} for _`, spelled(each)]);
  for (const gap of ["<wbr>", "&shy;", "&ZeroWidthSpace;"]) known.push([`parted by ${gap}`, cut(gap)]);
  // Controls, a color, and characters that nobody sees.
  const GAPS = [...Array.from("\u0000\t\u009b\u200b\u00ad\ufe0f\u202e\u2028"), "\r\n", "\u001b[31m", "\\n"];
  for (const gap of GAPS) {
    const parted = `parted by ${JSON.stringify(gap)}`;
    known.push([`${parted} in the middle`, cut(gap, 30)], [`${parted} in its first word`, cut(gap, 4)]);
    others.push([`${parted} everywhere`, Array.from(CREDENTIAL).join(gap)]);
  }

  test.each([...known, ...others])("%s, when it is the caller's", (_, form) => {
    const line = sanitize(`Rejected: ${form} (no)`, [CREDENTIAL]);
    expect(shows(line)).toBe(false);
    // Where it shows only once the text is decoded, nothing of the text is shown.
    expect(line).toMatch(/^Rejected: .*\[redacted\].*\(no\)$|^\[redacted\]$/);
  });

  test.each(known)("%s, when it is only known by its form", (_, form) =>
    expect(shows(sanitize(`Rejected: ${form} (no)`))).toBe(false),
  );

  test.each([
    ["as it is", CREDENTIAL, /^\[redacted\]$/],
    ["in capitals", CREDENTIAL.toUpperCase(), /^\[redacted\]$/],
    ["in base64", base64(CREDENTIAL), /^\S{16}\[redacted\]\S{0,8}$/],
    ["without its prefix", CREDENTIAL.slice("wayscloud_".length), /^\[redacted\]$/],
    ["by its end alone", `…${CREDENTIAL.slice(-12)}`, /^…\[redacted\]$/],
  ])("%s, and the words around it are", (_, form, expected) => {
    const [, shown] = /^Rejected: (.*) \(no\)$/.exec(sanitize(`Rejected: ${form} (no)`, [CREDENTIAL])) ?? [];
    expect(shown).toMatch(expected);
  });

  test("by fewer than twelve characters, which prove nothing, as its public prefix does", () => {
    for (const line of ["key wayscloud_pat…", `ends in ${CREDENTIAL.slice(-11)}`])
      expect(sanitize(line, [CREDENTIAL])).toBe(line);
  });

  const FORMS = [CUSTOM, encodeURIComponent(CUSTOM), JSON.stringify(CUSTOM), CUSTOM.replaceAll("/", "\\/")];
  test.each(FORMS)("of another form, when it is the caller's: %s", (form) =>
    expect(sanitize(`<${form}>`, [CUSTOM])).toMatch(/^<"?\[redacted\]"?>$|^\[redacted\]$/),
  );

  test("half, because the text was cut there or the line was", () => {
    for (const filler of ["\n", "x", "é", "\u001b[0m"]) {
      for (let at = 0; at < CUSTOM.length + 4; at += 9) {
        const text = filler.repeat(2_000).slice(0, 2_000 - at) + CUSTOM;
        expect(sanitize(text, [CUSTOM], 70_000)).not.toContain(CUSTOM.slice(0, 6));
        expect(sanitize("x".repeat(300 - at) + CUSTOM, [CUSTOM])).not.toContain(CUSTOM.slice(0, 6));
      }
    }
  });

  test("wherever it stands and whatever surrounds or parts it", () => {
    const gap = fc.stringMatching(/^(\u001b\[[0-9;]{0,4}[A-Za-z]|[\u0000-\u001f\u200b-\u200f]){0,2}$/);
    const inside = fc.array(gap, { maxLength: 6 });
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), inside, fc.string(), (before, gaps, after) => {
        const parts = gaps.map((each, index) => each + CREDENTIAL.slice(index * 10 + 3, index * 10 + 13));
        const key = CREDENTIAL.slice(0, 3) + parts.join("") + CREDENTIAL.slice(gaps.length * 10 + 3);
        const line = sanitize(before + key + after, [CREDENTIAL]);
        expect(shows(line)).toBe(false);
        expect(line).not.toMatch(CONTROL);
      }),
      { numRuns: 80 },
    );
  });
});

describe("a printable line", () => {
  test("contains neither the secret nor any control character, is well formed and no longer than the limit", () => {
    const secret = fc.stringMatching(/^[!-~]{9,40}$/).filter((text) => !"[redacted][e-mail]".includes(text));
    const parts = fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.constant(null)), { maxLength: 8 });
    fc.assert(
      fc.property(secret, parts, fc.integer({ min: 0, max: 60 }), (given, words, limit) => {
        const line = sanitize(words.map((part) => part ?? given).join(""), [given], limit);
        expect(line).not.toContain(given);
        expect(line).not.toMatch(CONTROL);
        expect(line.isWellFormed()).toBe(true);
        expect(line.length).toBeLessThanOrEqual(limit + 1);
      }),
      { numRuns: 80 },
    );
  });

  test("keeps harmless text as it is", () => {
    const text =
      "Ærlig talt: «service» must be one of database, storage. wayscloud_2xK9mPq is a prefix, WAYSCLOUD_PAT_TOKEN is not, 日本 🎉" +
      " R&D, C:\\users\\x, '^[\\w-]+$', limit=20&page=30, 100% <b>";
    expect([sanitize(text, [CREDENTIAL]), redact(text)]).toEqual([text, text]);
  });

  test.each([
    ["x".repeat(300), "x".repeat(300)],
    ["x".repeat(301), `${"x".repeat(300)}…`],
    // A surrogate pair is not cut.
    [`x${"🎉".repeat(400)}`, `x${"🎉".repeat(149)}\ufffd…`],
    ["a\ud800b\udc00", "a\ufffdb\ufffd"],
    ["bad\u0000\r\nsecond\tline\u2028end\u200b", "bad second line end"],
  ])("of %j is one line of 300 characters, without controls and halves of characters", (text, line) =>
    expect(sanitize(text)).toBe(line),
  );

  test.each([
    ...["\u001b[31mred\u001b[0m", "\u009b31mred", "50%25", "\\u0041", "\\u{41}", "\\x41", "\\101", "a\\_b"],
    ...["R&amp;D", "&#8217;", "=?utf-8?Q?a=5Fb?=", "=41=42=43", "=41bcdefghijkl=42m=43", "soft=\\r\\n"],
  ])("shows nothing of a text that is encoded: %j", (text) =>
    expect(sanitize(`before ${text} after`)).toBe("[redacted]"),
  );

  test("is read up to its 2,000th character, and no further than a credential before that", () => {
    expect(sanitize("x".repeat(2_000), [], 70_000)).toHaveLength(2_000);
    expect(sanitize("x".repeat(2_001), [], 70_000)).toHaveLength(1_936);
  });

  test.each([
    "user kristen.nygaard@simula.no is",
    "<kristen.nygaard@simula.no>",
    "'kristen.nygaard+x@mail.simula.co.uk'",
    "u=kristen.nygaard%40simula.no",
    "a@b.no,kristen.nygaard@simula.no",
  ])("names no e-mail address, however it is quoted: %s", (text) =>
    expect(sanitize(text)).not.toMatch(/nygaard|simula|b\.no/),
  );

  test("of an empty secret redacts nothing, and of all secrets each", () => {
    expect(sanitize("abc", [""])).toBe("abc");
    const line = sanitize("one first-secret two second-secret", ["first-secret", "second-secret"]);
    expect(line).toBe("one [redacted] two [redacted]");
  });
});

describe("a message without what a user marked as secret", () => {
  const SENTENCE = "the quarterly report of the mergers with Größe & Søn, 日本 🎉";

  test.each<[message: string, secrets: string[], redacted: string]>([
    ["a%20b wayscloud_pat_abc12_Canary0123456789 c\\/d", [], "a%20b [redacted] c\\/d"],
    ["tab\tkristen.nygaard@simula.no\nnext", [], "tab\t[e-mail]\nnext"],
    [`(${SENTENCE}) is too long`, [SENTENCE], "([redacted]) is too long"],
    ["the report of the mergers", [SENTENCE], "the report of the mergers"],
    // Overlapping secrets and addresses are one gap.
    ["to first.second@simula.no now", ["first.sec", "sec"], "to [redacted] now"],
    ["abcdef", ["abc", "cde"], "[redacted]f"],
    // Quotes escape some of it.
    ...['say "x"', "C:\\new", "line\nbreak"].map((secret): [string, string[], string] => [
      `not ${JSON.stringify(secret)}`,
      [secret],
      'not "[redacted]"',
    ]),
    // Any other letters, and ends that are none.
    ...["パスワード", "== odd ==", "🎉🎉", "-".repeat(40)].map((secret): [string, string[], string] => [
      `<${secret}>`,
      [secret],
      "<[redacted]>",
    ]),
  ])("keeps everything else as it was: %j without %j", (message, secrets, redacted) =>
    expect(redact(message, secrets)).toBe(redacted),
  );

  test("shows nothing of it where it was cut, at either end", () => {
    const words = "hush0 hush1 hush2 hush3 hush4 hush5 hush6 hush7 hush8 hush9";
    for (let length = 30; length < words.length; length += 1) {
      expect(redact(`long: ${words.slice(0, length)}…`, [words])).toMatch(/^long: \[redacted\].{0,3}…$/);
      expect(redact(`long: …${words.slice(-length)}`, [words])).toMatch(/^long: ….{0,3}\[redacted\]$/);
    }
    for (let length = 4; length < 9; length += 1)
      expect(redact(`long: ${"sehr kurz".slice(0, length)}…`, ["sehr kurz"])).toBe("long: [redacted]…");
    expect(redact("long: seh…", ["sehr kurz"])).toBe("long: seh…");
  });
});

test("costs little, however long a text is and whatever it is made of", () => {
  const units = [
    ..."a @ a@ a@a. @a. a.bc wayscloud_ wayscloud_a \u001b[ \u001b] \u001b[0m % w\u200b …".split(" "),
    " ",
  ];
  units.push("wayscloud\u0000", "🎉", CREDENTIAL.slice(0, 20), CUSTOM);
  const started = cpuTime();
  for (const unit of units)
    expect(sanitize(unit.repeat(10_000_000 / unit.length), [CREDENTIAL]).length).toBeLessThanOrEqual(301);
  const between = cpuTime();
  for (const unit of units) {
    const message = unit.repeat(50_000 / unit.length);
    expect(redact(message, [CUSTOM, CREDENTIAL, message.slice(1, 10_000)]).isWellFormed()).toBe(true);
  }
  expect(between - started).toBeLessThan(1_500);
  expect(cpuTime() - between).toBeLessThan(5_000);
});
