// Makes foreign text safe to print: no credential, no control character, no flood.

const KEY_LIKE = /wayscloud_[A-Za-z0-9]+_[A-Za-z0-9_-]+/g;
const ENCODED_KEY_LIKE = /wayscloud(?:_|%5[fF])[A-Za-z0-9]+(?:_|%5[fF])[A-Za-z0-9_%-]+/g;
/** Personal data has no place in a message either. */
const E_MAIL = /[^\s@"'<>()]{1,64}@[^\s@"'<>()]{1,255}\.[A-Za-z]{2,24}/g;
// C0, C1, line and paragraph separators, bidirectional overrides: all that can redraw a terminal line.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** Replaces whatever looks like a WAYSCloud key, and each of the given secrets, by `[redacted]`, and e-mail addresses by `[e-mail]`. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) if (secret.length > 0) clean = clean.replaceAll(secret, "[redacted]");
  return clean
    .replace(KEY_LIKE, "[redacted]")
    .replace(ENCODED_KEY_LIKE, "[redacted]")
    .replace(E_MAIL, "[e-mail]");
}

/** One printable line of at most `limit` characters, redacted: what may be shown of a server's text. */
export function printable(text: string, secrets: readonly string[] = [], limit = 300): string {
  // A first generous cut, so that a 5 MB body costs nothing; the exact one after redaction, so that no half of a key survives it.
  const line = redact(text.slice(0, 65_536).toWellFormed().replace(UNPRINTABLE, " "), secrets).trim();
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}
