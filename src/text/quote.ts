// The user's own text and values in a message: shown if they are harmless; otherwise only their shape.

/** With a question mark for each character that could redraw the terminal. */
export function printable(text: string, limit = Infinity): string {
  return text
    .slice(0, limit)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
}

export function quoteForTerminal(text: string, limit = Infinity): string {
  return JSON.stringify(printable(text, limit));
}

/** A word that is too short for a key. */
const SHORT_WORD = /^[\w.: -]{0,12}$/;

/** Whether this value cannot hold a secret; text, bytes and nested values can. */
export function isHarmless(value: unknown): boolean {
  if (typeof value === "string") return SHORT_WORD.test(value);
  return typeof value !== "object" || value === null || Object.keys(value).length === 0;
}

export function shape(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "undefined";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "string") return `a string of ${value.length} characters`;
  if (typeof value !== "object") return `a ${typeof value}`;
  return isBytes(value) ? 'a Buffer: read the file with `readFileSync(path, "utf8")`' : "an object";
}

/** Bytes reach a provider as an object: `{ 0: 45, 1: 45 }`, or as a Buffer's JSON. */
function isBytes(value: object): boolean {
  const isJson = "type" in value && value.type === "Buffer";
  return isJson || ("0" in value && Object.values(value).every((part) => typeof part === "number"));
}

/** The shape of a value, or a short word itself, with its getter in the stack config (all strings). */
export function quoted(value: unknown): string {
  if (typeof value !== "string" || value.trim() === "" || !isHarmless(value)) return shape(value);
  const typed = /^(?:true|false)$/.test(value) ? "getBoolean" : /^\d+$/.test(value) ? "getNumber" : undefined;
  return `the string "${value}"${typed === undefined ? "" : ` (read stack config with \`config.${typed}\`)`}`;
}

/** `a`, `b` and `c`. */
export function listed(names: readonly string[]): string {
  return new Intl.ListFormat("en-GB").format(names.map((name) => `\`${name}\``));
}

export function capitalize(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
