// Makes text safe to print: no secret, e-mail address, control character, flood, or broken Unicode.

/** Only this much of a server's text is read, and much less is shown. */
const MAX_READ = 2_000;
/** A credential is recognized by this many of its letters and digits in a row, whatever separates them. */
const CREDENTIAL_RUN = 12;
/** A user's secret may be prose: a part of it must be longer than the phrases of our messages. */
const SECRET_RUN = 24;
/** If a message was cut, a secret is recognized by this many of its first characters. */
const SHORTEST_CUT = 4;

/** In other letters the last part must be longer than that of WAYSCLOUD_PAT_TOKEN. */
const KEYS = [
  /wayscloud_[A-Za-z0-9]{1,64}_[\w%\\-]{1,1024}/g,
  /wayscloud_[a-z0-9]{1,64}_[\w%\\-]{16,1024}/gi,
];
const ADDRESS = /[^\s@"'<>()]{1,64}@(?:[^\s@"'<>(),:;.]{1,63}\.){1,20}\p{L}{2,24}/giu;
/** Formats and controls, but neither white space nor what begins a terminal sequence. */
const INVISIBLE = /\p{Cf}|\p{DI}|(?![\s\u001b\u009b])\p{Cc}/gu;
/**
 * Text that says something else once it is decoded or shown: terminal sequences, URL encoding, the escapes of
 * programming languages, HTML entities, quoted-printable.
 */
const ENCODED = new RegExp(
  [
    String.raw`[\u001b\u009b]|%u?[0-9a-f]{2}|\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[uxN]\{|[\d_])`,
    String.raw`&(?:[a-z]{2,31};|#\w)|=(?:5F|\\+[rn])|(?:=[0-9a-f]{2}[^=]{0,11}){3}`,
  ].join("|"),
  "i",
);
const PREFIX = /^wayscloud_/i;

/**
 * A message without WAYSCloud keys, e-mail addresses and the given secrets, which may have been cut or quoted
 * on their way into the message. Well-formed, as gRPC needs it.
 */
export function redact(message: string, secrets: readonly string[] = []): string {
  return withLabels(message, hidden(message, secrets, SECRET_RUN)).toWellFormed();
}

/**
 * A server's text for a message: one printable line of at most `limit` characters, without `credentials` in
 * any form. Nothing of an encoded text is shown, since it may hold a credential.
 */
export function sanitize(words: string, credentials: readonly string[] = [], limit = 300): string {
  const read = words.slice(0, MAX_READ).replaceAll(INVISIBLE, "");
  // A cut may have left the beginning of a credential that is too short to be recognized.
  const clean = words.length > MAX_READ ? read.slice(0, -64) : read;
  const needles = credentials.flatMap(spellings);
  const kinds = hidden(clean, needles, CREDENTIAL_RUN);
  // Letters of other widths may spell a key, and tags and line breaks may part one.
  const plain = clean.normalize("NFKC");
  const joined = plain.replaceAll(/<[^<>]{0,40}>|=?(?:[\t\r\n\u2028\u2029]|\\+[nrt])+/g, "");
  const isEncoded =
    [plain, joined].some((form) => ENCODED.test(form)) ||
    count(hidden(joined, needles, CREDENTIAL_RUN)) > count(kinds);
  const shown = isEncoded ? "[redacted]" : withLabels(clean, kinds);
  const line = shown.replaceAll(/\s+/g, " ").trim().toWellFormed();
  return line.length > limit ? `${line.slice(0, limit).toWellFormed()}…` : line;
}

/** `"name" (id …)`, for messages. */
export function nameAndId({ name, id }: { name?: string | null | undefined; id: string }): string {
  return `${JSON.stringify(sanitize(name ?? "", [], 80))} (id ${id})`;
}

/** A credential without its public prefix: plain, in hexadecimal, and in base64 at any offset. */
function spellings(credential: string): string[] {
  const secret = Buffer.from(credential.replace(PREFIX, ""));
  if (secret.length < CREDENTIAL_RUN) return [credential];
  const base64 = ["", "x", "xx"].map((before) =>
    Buffer.concat([Buffer.from(before), secret]).toString("base64"),
  );
  return [secret.toString(), secret.toString("hex"), ...base64.map((run) => run.slice(4, -4))];
}

/** For each character: `s` in a secret, `e` in an e-mail address, a blank if it may be shown. */
function hidden(words: string, secrets: readonly string[], run: number): string {
  const kinds = Array.from({ length: words.length }, () => " ");
  const letters = lettersOf(words);
  const cover = (form: RegExp, kind: string): void => {
    for (const { index, 0: match } of words.matchAll(form)) kinds.fill(kind, index, index + match.length);
  };
  cover(ADDRESS, "e");
  for (const form of KEYS) cover(form, "s");
  for (const secret of secrets) {
    for (const [start, end] of [...exactly(words, secret), ...partly(letters, secret, run)]) {
      kinds.fill("s", start, end);
    }
  }
  return kinds.join("");
}

function count(kinds: string): number {
  return kinds.replaceAll(" ", "").length;
}

function withLabels(words: string, kinds: string): string {
  let [shown, at] = ["", 0];
  for (const { index, 0: run } of kinds.matchAll(/[es]+/g)) {
    shown += words.slice(at, index) + (run.includes("s") ? "[redacted]" : "[e-mail]");
    at = index + run.length;
  }
  return shown + words.slice(at);
}

type Range = readonly [start: number, end: number];

/** The places of the secret, plain or in JSON's quotes, or of its beginning if a message was cut. */
function* exactly(words: string, secret: string): Generator<Range> {
  for (const form of secret === "" ? [] : [secret, JSON.stringify(secret).slice(1, -1)]) {
    for (let at = words.indexOf(form); at >= 0; at = words.indexOf(form, at + form.length)) {
      yield [at, at + form.length];
    }
  }
  for (const { index } of words.matchAll(/…/g)) {
    for (let length = Math.min(secret.length, 2 * SECRET_RUN); length >= SHORTEST_CUT; length -= 1) {
      if (words.startsWith(secret.slice(0, length), index - length)) yield [index - length, index];
    }
  }
}

/** Letters and digits in lower case, with their positions, to recognize a secret whatever separates them. */
interface Letters {
  run: string;
  places: readonly number[];
}

function lettersOf(words: string): Letters {
  const places: number[] = [];
  let run = "";
  for (const { index, 0: letter } of words.matchAll(/[\p{L}\p{N}]/gu)) {
    const folded = letter.toLowerCase();
    run += folded.length === letter.length ? folded : letter;
    for (let unit = 0; unit < letter.length; unit += 1) places.push(index + unit);
  }
  return { run, places };
}

/** The places of any part of the secret with at least `least` letters, or of all of it if it is shorter. */
function* partly({ run, places }: Letters, secret: string, least: number): Generator<Range> {
  const { run: needle } = lettersOf(secret);
  if (needle.length < CREDENTIAL_RUN) return;
  const length = Math.min(least, needle.length);
  const parts = new Set<string>();
  for (let at = 0; at + length <= needle.length; at += 1) parts.add(needle.slice(at, at + length));
  for (let at = 0; at + length <= run.length; at += 1) {
    if (parts.has(run.slice(at, at + length))) yield [places[at] ?? 0, (places[at + length - 1] ?? 0) + 1];
  }
}
