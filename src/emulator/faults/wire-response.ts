// Turns a result, and the fault that applies, into what is sent over the wire.
import { STATUS_CODES } from "node:http";
import type { ApiResult } from "../http/api-result";
import type { Call } from "../http/call";
import type { Fault } from "./fault";
import { replacesResponse } from "./fault-schema";

/** What is sent: a reset, nothing, padding of so many bytes, or a body. */
export type WireResponse =
  | { kind: "reset" }
  | { kind: "hang" }
  | { kind: "padding"; status: number; headers: Record<string, string>; bytes: number; gzip: boolean }
  | { kind: "body"; status: number; headers: Record<string, string>; body: Buffer };

/** What a response depends on besides the result and the fault. */
export interface ResponseContext {
  /** `array`, `named` or the name of the wrapper. */
  lists: string;
  /** The newest key of the account, for an echo when the request created none. */
  newestKey: () => string;
}

const JSON_TYPE = { "content-type": "application/json" };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Copies an object without `omit` and with `merge`; `__proto__` stays the plain field it is in JSON. */
function changeFields(value: unknown, fault: Fault): unknown {
  if (!isRecord(value)) return value;
  const merged = Object.entries({ ...value, ...fault.merge }).filter(([key]) => !fault.omit?.includes(key));
  return Object.fromEntries(merged);
}

function dropEntries(entries: unknown[], drop: Fault["drop"]): unknown[] {
  if (drop === undefined) return entries;
  if (typeof drop === "number") return entries.slice(0, Math.max(0, entries.length - drop));
  return entries.filter((entry) => !(isRecord(entry) && drop.includes(String(entry["id"]))));
}

/** The body of the API's own result, in the dialect for lists and with the changes of the fault. */
function ownBody(result: ApiResult, fault: Fault, lists: string): unknown {
  if (result.list === undefined || !Array.isArray(result.body)) {
    return fault.omit || fault.merge ? changeFields(result.body, fault) : result.body;
  }
  let entries = dropEntries(result.body, fault.drop);
  if (fault.omit || fault.merge) entries = entries.map((entry) => changeFields(entry, fault));
  const wrapper = fault.wrap ?? (lists === "named" ? result.list : lists);
  return wrapper === "array" ? entries : { [wrapper]: entries, ...fault.extra };
}

function corrupt(json: string): string {
  // The closing bracket becomes a comma: the length and all content stay, only the syntax breaks.
  return `${json.slice(0, -1)},`;
}

/** The headers of a fault in place of equally named ones of the result; case does not matter. */
function withHeaders(headers: Record<string, string>, fault: Fault): Record<string, string> {
  const added = Object.entries(fault.headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  return { ...headers, ...Object.fromEntries(added) };
}

function bodyResponse(
  status: number,
  headers: Record<string, string>,
  text: string,
  fault: Fault,
): WireResponse {
  const body = Buffer.from(fault.malformed ? corrupt(text) : text, "utf8");
  return { kind: "body", status, headers: withHeaders(headers, fault), body };
}

function echoResponse(fault: Fault, secret: string): WireResponse {
  const inHeader = fault.echo?.in === "header";
  const headers = inHeader ? { ...JSON_TYPE, "x-debug-credential": secret } : JSON_TYPE;
  const detail = inHeader ? "Rejected" : `Rejected: ${secret}`;
  return bodyResponse(fault.status ?? 400, headers, JSON.stringify({ detail }), fault);
}

function replacement(
  fault: Fault,
  call: Call,
  result: ApiResult | undefined,
  context: ResponseContext,
): WireResponse {
  if (fault.reset) return { kind: "reset" };
  if (fault.hang) return { kind: "hang" };
  const bytes = fault.huge ?? fault.gzipBomb;
  if (bytes !== undefined) {
    const headers = withHeaders(JSON_TYPE, fault);
    return { kind: "padding", status: fault.status ?? 200, headers, bytes, gzip: fault.huge === undefined };
  }
  if (fault.echo) {
    const key = result?.newKey ?? context.newestKey();
    return echoResponse(fault, fault.echo.what === "key" ? key : (call.credentials[0]?.secret ?? ""));
  }
  if (fault.redirect !== undefined) {
    return bodyResponse(fault.status ?? 302, { location: fault.redirect }, "", fault);
  }
  const { status = 200, body } = fault;
  if (typeof body === "string") return bodyResponse(status, { "content-type": "text/plain" }, body, fault);
  const content = body !== undefined ? body : { detail: STATUS_CODES[status] ?? "Error" };
  return bodyResponse(status, JSON_TYPE, JSON.stringify(content), fault);
}

/** What to send; `result` is the API's own, undefined when the request took no effect. */
export function wireResponseOf(
  fault: Fault,
  call: Call,
  result: ApiResult | undefined,
  context: ResponseContext,
): WireResponse {
  if (result === undefined || replacesResponse(fault)) return replacement(fault, call, result, context);
  const text = JSON.stringify(ownBody(result, fault, context.lists));
  return bodyResponse(result.status, { ...JSON_TYPE, ...result.headers }, text, fault);
}
