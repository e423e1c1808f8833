// Reads the API's own reason from an error body, in any of its formats.
import { sanitize } from "../text/redact";

/**
 * `{"detail": string | {error} | [{msg, loc}]}`, `{"error": string | {code, message, details}}`,
 * `{"message"}`, or nothing: bodies that are not JSON (a proxy's HTML page) are not shown.
 */
export function apiErrorReason(text: string, secrets: readonly string[]): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const words = record(body) ? fromRecord(body) : undefined;
  const line = words === undefined ? "" : sanitize(words, secrets);
  return line === "" ? undefined : line;
}

function fromRecord(body: Record<string, unknown>): string | undefined {
  return wordsOf(body.detail) ?? wordsOf(body.error) ?? wordsOf(body.message);
}

/** Limits the nesting of lists: a body of brackets must not exhaust the stack. */
function wordsOf(value: unknown, depth = 0): string | undefined {
  if (typeof value === "string") return value.trim() === "" ? undefined : value;
  if (Array.isArray(value)) {
    if (depth >= 3) return undefined;
    // Only the place and the message of a validation failure: its `input` may be a secret.
    const parts = value
      .slice(0, 5)
      .map((part) => wordsOf(part, depth + 1))
      .filter((part) => part !== undefined);
    return parts.length > 0 ? parts.join("; ") : undefined;
  }
  if (!record(value)) return undefined;
  const said = [value.msg, value.message, value.error, value.code].find(
    (part): part is string => typeof part === "string" && part.trim() !== "",
  );
  if (said === undefined) return undefined;
  const place = Array.isArray(value.loc)
    ? value.loc.filter((part) => typeof part === "string" || typeof part === "number").join(".")
    : "";
  return place ? `${place}: ${said}` : said;
}

function record(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
