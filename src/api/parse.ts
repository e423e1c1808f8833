// From a response's text to typed values: JSON, schemas, complete lists. No message shows a value (a key?).
import type { z } from "zod";

import { MalformedResponseError } from "../errors";
import { isRecord } from "../values";
import { incompleteness } from "./incomplete";
import type { ParsedList, UnreadableEntry } from "./list";
import { id } from "./schemas";
import type { Operation } from "./timing";
import type { HttpResponse, Request } from "./transport";

/** Which request a response belongs to, for messages. */
type Source = Pick<Request, "method" | "path"> & { operation: Pick<Operation, "title"> };

/** Parses the body with `schema`. @throws MalformedResponseError (ambiguous) if it has another shape. */
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

/**
 * A list, bare or wrapped. An incomplete list is rejected, because absence from it would prove nothing. An
 * entry that cannot be read concerns only callers that need it.
 */
export function parseList<T extends z.ZodType>(
  item: T,
  response: HttpResponse,
  source: Source,
): ParsedList<z.output<T>> {
  const body = readJson(response, source);
  const rows = rowsOf(body);
  if (!rows) throw malformed(source, response, "no list in it");
  const doubt = incompleteness(response, body, rows.length);
  const incomplete = doubt && malformed(source, response, `an incomplete list (${doubt.why})`);
  if (incomplete && !doubt.isOpen) throw incomplete;
  const value: z.output<T>[] = [];
  const unreadable: UnreadableEntry[] = [];
  rows.forEach((row, index) => {
    const result = item.safeParse(row);
    if (result.success) value.push(result.data);
    else {
      const error = malformed(source, response, `${summary(result.error)} of entry ${index}`);
      unreadable.push({ id: idOf(row), text: textOf(row), error });
    }
  });
  return { value, unreadable, ...(incomplete && { mayContinue: incomplete }) };
}

function idOf(row: unknown): string | undefined {
  const result = isRecord(row) ? id.safeParse(row.id) : undefined;
  return result?.success ? result.data : undefined;
}

function textOf(row: unknown): string | undefined {
  if (!isRecord(row)) return undefined;
  return [row.description, row.name].find((text) => typeof text === "string");
}

function rowsOf(body: unknown): unknown[] | undefined {
  if (Array.isArray(body)) return body as unknown[];
  if (!isRecord(body)) return undefined;
  const lists = WRAPPERS.map((name) => body[name]).filter(Array.isArray);
  // Of two arrays, either could be the list.
  return lists.length === 1 ? lists[0] : undefined;
}

function readJson(response: HttpResponse, source: Source): unknown {
  try {
    // A key that could reach a prototype has no meaning in this API. The reviver is too slow to run for every
    // list.
    return /__proto__|\\u00[567]/i.test(response.text)
      ? JSON.parse(response.text, (key, value: unknown) => (key === "__proto__" ? undefined : value))
      : JSON.parse(response.text);
  } catch {
    throw malformed(source, response, "a body that is not JSON");
  }
}

function malformed(
  { operation, method, path }: Source,
  { status }: HttpResponse,
  what: string,
): MalformedResponseError {
  return new MalformedResponseError({
    message: `${operation.title} failed: ${method} ${path} answered ${status} with ${what}.`,
    advice:
      "A proxy may have modified the response, or the API has changed. (The body is not shown because it may contain a key.)",
    outcome: "ambiguous",
    ...{ status, method, path },
  });
}

/** The failed rules and their places, without any value. */
function summary(error: z.ZodError): string {
  const parts = error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
  return `an unexpected shape (${parts.join("; ")})`;
}
