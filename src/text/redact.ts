// Makes foreign text safe to print: no credential, no control character, no flood.

// C0, C1, line and paragraph separators, and the invisible format characters (zero widths, bidirectional overrides): all that can
// redraw a terminal line, or part a key without parting it for a reader.
const UNSEEN = String.raw`[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]`;
// Terminal sequences: `ESC [ … m` and its like, and `ESC ] … BEL`.
const SEQUENCE = String.raw`\u001b\[[0-?]*[ -\/]*[@-~]|\u001b\][^\u0007\u001b]{0,500}(?:\u0007|\u001b\\)`;
const GAP = `(?:${SEQUENCE}|${UNSEEN})*`;
const UNDERSCORE = String.raw`(?:_|%5[fF]|\\u005[fF])`;
/** Anything like `wayscloud_…_…`, also URL-encoded, JSON-escaped, or with unseen characters in it. */
const KEY_LIKE = new RegExp(
  [
    Array.from("wayscloud").join(GAP),
    UNDERSCORE,
    `[A-Za-z0-9](?:${GAP}[A-Za-z0-9])*`,
    UNDERSCORE,
    String.raw`[A-Za-z0-9_%\\-](?:${GAP}[A-Za-z0-9_%\\-])*`,
  ].join(GAP),
  "gu",
);
/** Personal data has no place in a message either. */
const E_MAIL = /[^\s@"'<>()]{1,64}(?:@|%40)[^\s@"'<>()]{1,255}\.[A-Za-z]{2,24}/g;
const UNPRINTABLE = new RegExp(`(?:${SEQUENCE}|${UNSEEN})+`, "gu");
/** No more of a text is looked at, so that a 5 MB body costs nothing. */
const LONGEST_TEXT = 65_536;
/** Longer than any credential, with a blank for every gap in it. */
const LONGEST_KEY = 1_024;

/** Replaces whatever looks like a WAYSCloud key, and each of the given secrets, by `[redacted]`, and e-mail addresses by `[e-mail]`. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) if (secret.length > 0) clean = clean.replace(formsOf(secret), "[redacted]");
  return clean.replace(KEY_LIKE, "[redacted]").replace(E_MAIL, "[e-mail]");
}

/** One printable line of at most `limit` characters, redacted: what may be shown of a server's text. */
export function sanitize(text: string, secrets: readonly string[] = [], limit = 300): string {
  const head = text.slice(0, LONGEST_TEXT).toWellFormed();
  // Once before, where gaps can still be told from blanks, and once after, for what only the cleaning put together.
  const clean = redact(redact(head, secrets).replace(UNPRINTABLE, " "), secrets);
  // The cut may have halved a key, and no half of it may be shown.
  const line = (text.length > LONGEST_TEXT ? clean.slice(0, -LONGEST_KEY) : clean).trim();
  return line.length > limit ? `${line.slice(0, limit).toWellFormed()}…` : line;
}

/** A secret as it stands, URL-encoded or JSON-escaped in any part, and with unseen characters between its own. */
function formsOf(secret: string): RegExp {
  const characters = Array.from(secret, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    const caseless = Array.from(code, (digit) => `[${digit}${digit.toUpperCase()}]`).join("");
    return String.raw`(?:\\?\u{${code}}|%(?:25)?${caseless}|\\u00${caseless})`;
  });
  return new RegExp(characters.join(GAP), "gu");
}
