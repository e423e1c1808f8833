// Makes foreign text safe to print: no credential, no personal data, no control character, no flood. Linear in the text, whatever it holds.
import { skipSequence, viewsOf } from "./views";
import type { View } from "./views";

/** Only this much text is processed, to bound the cost of large bodies. */
const MAX_TEXT_LENGTH = 65_536;
/** Upper bound for a credential including invisible separators. */
const MAX_KEY_LENGTH = 1_024;
const MAX_LOCAL_PART = 64;
const MAX_DOMAIN = 280;

/** A part of the original text that must not be shown. */
interface Finding {
  start: number;
  end: number;
  label: "[redacted]" | "[e-mail]";
}

/**
 * Replaces whatever looks like a WAYSCloud key, and each of the given secrets, by `[redacted]`, and e-mail addresses by `[e-mail]`; also where
 * they are URL-encoded, JSON-escaped, or split by characters that nobody sees.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  const findings: Finding[] = [];
  const needles = secrets
    .filter((secret) => secret !== "")
    .map((secret) => viewsOf(secret).map(({ text: form }) => form));
  for (const view of viewsOf(text)) {
    const add = (from: number, to: number, label: Finding["label"]): void => {
      findings.push({ start: view.starts[from] ?? 0, end: view.ends[to - 1] ?? 0, label });
    };
    for (const forms of needles) for (const form of new Set(forms)) findString(view, form, add);
    findKeys(view, add);
    findAddresses(view, add);
  }
  return (findings.length === 0 ? text : replaced(text, findings)).toWellFormed();
}

type Add = (from: number, to: number, label: Finding["label"]) => void;

function findString({ text }: View, secret: string, add: Add): void {
  if (secret === "") return;
  for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + secret.length)) {
    add(at, at + secret.length, "[redacted]");
  }
}

const PREFIX = "wayscloud";

/** `wayscloud_…_…`: a key, known by its form alone. */
function findKeys({ text }: View, add: Add): void {
  for (let at = text.indexOf(PREFIX); at >= 0;) {
    const middle = at + PREFIX.length + 1;
    const end = text.charAt(middle - 1) === "_" ? endOf(text, middle, isAlphanumeric) : middle;
    const last = end > middle && text.charAt(end) === "_" ? endOf(text, end + 1, isKeyCharacter) : 0;
    if (last > end + 1) add(at, last, "[redacted]");
    at = text.indexOf(PREFIX, Math.max(last, at + PREFIX.length));
  }
}

const NOT_IN_ADDRESSES = new Set(Array.from("@\"'<>()\u00a0", (character) => character.charCodeAt(0)));

/** Personal data has no place in a message either. */
function findAddresses(view: View, add: Add): void {
  const { text } = view;
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    let start = at;
    while (at - start < MAX_LOCAL_PART && isPartOfAddress(view, start - 1) && isJoined(view, start))
      start -= 1;
    const end = start < at ? endOfDomain(view, at + 1) : 0;
    if (end > 0) add(start, end, "[e-mail]");
  }
}

/** The end of a domain that begins here, behind its longest top-level part; 0 if there is none. */
function endOfDomain(view: View, from: number): number {
  let end = 0;
  let letters = -1;
  for (let at = from; at < from + MAX_DOMAIN && isPartOfAddress(view, at) && isJoined(view, at); at += 1) {
    const code = view.text.charCodeAt(at);
    if (code === 0x2e) letters = at > from ? 0 : -1;
    else if (letters >= 0 && isLetter(code)) letters += 1;
    else letters = -1;
    if (letters >= 2 && letters <= 24) end = at + 1;
  }
  return end;
}

function endOf(text: string, from: number, test: (code: number) => boolean): number {
  let at = from;
  while (at < text.length && test(text.charCodeAt(at))) at += 1;
  return at;
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

function isAlphanumeric(code: number): boolean {
  return isLetter(code) || (code >= 0x30 && code <= 0x39);
}

/** What can stand in the secret part of a key, its undecoded escapes included. */
function isKeyCharacter(code: number): boolean {
  return isAlphanumeric(code) || code === 0x5f || code === 0x2d || code === 0x25 || code === 0x5c;
}

/** Whether nothing invisible, such as a line break, precedes this character. */
function isJoined({ starts, ends }: View, at: number): boolean {
  return starts[at] === ends[at - 1];
}

/** Neither white space nor one of `@"'<>()`. */
function isPartOfAddress({ text }: View, at: number): boolean {
  const code = text.charCodeAt(at);
  return code > 0x20 && !NOT_IN_ADDRESSES.has(code);
}

/** The text with its findings replaced; where they overlap, as one. */
function replaced(text: string, findings: Finding[]): string {
  findings.sort((one, other) => one.start - other.start);
  const parts: string[] = [];
  let shown = 0;
  let open: Finding | undefined;
  const close = (): void => {
    if (!open) return;
    parts.push(text.slice(shown, open.start), open.label);
    shown = open.end;
  };
  for (const finding of findings) {
    if (open && finding.start < open.end) {
      open.end = Math.max(open.end, finding.end);
      if (finding.label === "[redacted]") open.label = finding.label;
    } else {
      close();
      open = { ...finding };
    }
  }
  close();
  return parts.join("") + text.slice(shown);
}

/** One printable line of at most `limit` characters, redacted: what may be shown of a server's text. */
export function sanitize(text: string, secrets: readonly string[] = [], limit = 300): string {
  const head = text.slice(0, MAX_TEXT_LENGTH).toWellFormed();
  const clean = withBlanks(redact(head, secrets));
  // Truncation may have cut a key in half, so drop the tail.
  const line = (text.length > MAX_TEXT_LENGTH ? clean.slice(0, -MAX_KEY_LENGTH) : clean).trim();
  return line.length > limit ? `${line.slice(0, limit).toWellFormed()}…` : line;
}

/** Each run of what nobody sees becomes one blank. */
function withBlanks(text: string): string {
  const parts: string[] = [];
  let visibleFrom = 0;
  for (let at = 0; at < text.length;) {
    let end = at;
    for (let next = skipSequence(text, end); next > end; next = skipSequence(text, end)) end = next;
    if (end > at) {
      parts.push(text.slice(visibleFrom, at), " ");
      visibleFrom = end;
    }
    at = Math.max(end, at + 1);
  }
  return parts.join("") + text.slice(visibleFrom);
}
