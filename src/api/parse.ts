// From a response's text to typed values: own JSON reading, one-line complaints that show no value, and lists that must be whole.
import type { z } from "zod";

import { MalformedResponseError } from "../errors";
import { incompleteReason } from "./incomplete";
import type { HttpResponse } from "./transport";

/** What a response belongs to, for complaints. */
export interface Source {
  title: string;
  method: string;
  path: string;
}

/** The response's body by `schema`. Throws an ambiguous {@link MalformedResponseError} when it is anything else. */
export function parseResponse<T extends z.ZodType>(
  schema: T,
  response: HttpResponse,
  source: Source,
): z.output<T> {
  const result = schema.safeParse(readJson(response, source));
  if (!result.success) throw malformed(source, response, summary(result.error));
  return result.data;
}

const WRAPPERS = ["ssh_keys", "keys", "api_keys", "services", "data", "items"];

/** A list, bare or wrapped. A list that says that there is more is refused: absence from it would prove nothing. */
export function parseList<T extends z.ZodType>(
  item: T,
  response: HttpResponse,
  source: Source,
): z.output<T>[] {
  const body = readJson(response, source);
  const rows = rowsOf(body);
  if (!rows) throw malformed(source, response, "no list in it");
  const sign = incompleteReason(response, body, rows.length);
  if (sign !== undefined) throw malformed(source, response, `an incomplete list (${sign})`);
  return rows.map((row, index) => {
    const result = item.safeParse(row);
    if (!result.success) throw malformed(source, response, `entry ${index}: ${summary(result.error)}`);
    return result.data;
  });
}

function rowsOf(body: unknown): unknown[] | undefined {
  if (Array.isArray(body)) return body as unknown[];
  if (!isRecord(body)) return undefined;
  const lists = WRAPPERS.map((name) => body[name]).filter(Array.isArray);
  // With two of them, which one is the list would be a guess.
  return lists.length === 1 ? lists[0] : undefined;
}

function readJson(response: HttpResponse, source: Source): unknown {
  try {
    // A key that could reach a prototype has no meaning in this API; the reviver costs too much to run for every list.
    return /__proto__|\\u00[567]/i.test(response.text)
      ? JSON.parse(response.text, (key, value: unknown) => (key === "__proto__" ? undefined : value))
      : JSON.parse(response.text);
  } catch {
    throw malformed(source, response, "not JSON");
  }
}

function malformed(source: Source, response: HttpResponse, what: string): MalformedResponseError {
  return new MalformedResponseError({
    message:
      `${source.title} failed: ${source.method} ${source.path} answered ${response.status} with ${what}. ` +
      "Something between here and the API may have changed the response, or the API has changed; the body is not shown, since it may hold a key.",
    outcome: "ambiguous",
    status: response.status,
    method: source.method,
    path: source.path,
  });
}

/** The places and rules that failed, without any value. */
function summary(error: z.ZodError): string {
  const parts = error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
  return `an unexpected shape (${parts.join("; ")})`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
