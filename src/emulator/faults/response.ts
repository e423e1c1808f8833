// Turns a result and its fault into a response, which a test's hook may change, and the response into bytes,
// which the fault may damage.
import { STATUS_CODES } from "node:http";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Account } from "../account/account";
import { MAX_MS, parsedOrText } from "../check";
import type { ApiResult, Call } from "../http/request";
import { replacesResponse } from "./fault";
import type { Fault } from "./fault";

interface Head {
  status: number;
  headers: Record<string, string>;
}

/** A response with a body. */
export type BodyResponse = Head & { kind: "body"; body: Buffer };

/** The response on the wire: a reset, nothing, padding of so many bytes, or a body. */
export type WireResponse =
  | { kind: "reset" }
  | { kind: "hang" }
  | (Head & { kind: "padding"; bytes: number; gzip: boolean })
  | BodyResponse;

const JSON_TYPE = { "content-type": "application/json" };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** Copies an object without `omit` and with `merge`; `__proto__` stays the plain field it is in JSON. */
function changeFields(value: unknown, { omit, merge }: Fault): unknown {
  if (!isRecord(value) || !(omit ?? merge)) return value;
  return Object.fromEntries(Object.entries({ ...value, ...merge }).filter(([key]) => !omit?.includes(key)));
}

/** The body of the API's own result, in the dialect for lists and with the changes of the fault. */
function ownBody(result: ApiResult, fault: Fault, lists: string): unknown {
  if (result.list === undefined || !Array.isArray(result.body)) return changeFields(result.body, fault);
  const { drop = 0, wrap = lists === "named" ? result.list : lists } = fault;
  const left = (result.body as unknown[]).filter((entry, at, { length }) =>
    typeof drop === "number" ? at < length - drop : !(isRecord(entry) && drop.includes(String(entry["id"]))),
  );
  const entries = left.map((entry) => changeFields(entry, fault));
  return wrap === "array" ? entries : { [wrap]: entries, ...fault.extra };
}

/** Headers with lower-case names, so that they take the place of equally named ones. */
function lowerCased<T>(headers: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** A response with a body. A malformed one ends in a comma: only the syntax breaks. */
export function bodyResponse(
  status: number,
  headers: Record<string, string>,
  text: string,
  fault: Fault,
): BodyResponse {
  const body = Buffer.from(fault.malformed ? `${text.slice(0, -1)},` : text, "utf8");
  return { kind: "body", status, headers: { ...headers, ...lowerCased(fault.headers ?? {}) }, body };
}

/** The response of a JSON body. */
export function jsonResponse({ status, headers, body }: ApiResult, fault: Fault = {}): BodyResponse {
  return bodyResponse(status, { ...JSON_TYPE, ...headers }, JSON.stringify(body), fault);
}

/** The response of a fault in place of the API's own. */
function replacement(fault: Fault, call: Call, account: Account): WireResponse {
  const { reset, hang, huge, gzipBomb, echo, redirect, status = 200, body } = fault;
  if (reset) return { kind: "reset" };
  if (hang) return { kind: "hang" };
  const bytes = huge ?? gzipBomb;
  if (bytes !== undefined) {
    const headers = { ...JSON_TYPE, ...lowerCased(fault.headers ?? {}) };
    return { kind: "padding", status, headers, bytes, gzip: huge === undefined };
  }
  if (echo) {
    // The newest key is the one that the request created, if it created one.
    const key = account.unrevokedApiKeys().at(-1)?.key;
    const secret = (echo.what === "key" ? key : call.credentials[0]?.secret) ?? "";
    const isInHeader = echo.in === "header";
    const headers: Record<string, string> = isInHeader ? { "x-debug-credential": secret } : {};
    const detail = isInHeader ? "Rejected" : `Rejected: ${secret}`;
    return jsonResponse({ status: fault.status ?? 400, headers, body: { detail } }, fault);
  }
  if (redirect !== undefined) return bodyResponse(fault.status ?? 302, { location: redirect }, "", fault);
  if (typeof body === "string") return bodyResponse(status, { "content-type": "text/plain" }, body, fault);
  const content = body !== undefined ? body : { detail: STATUS_CODES[status] ?? "Error" };
  return jsonResponse({ status, body: content }, fault);
}

/** The response to send; `result` is the API's own, undefined if the request took no effect. */
export function wireResponseOf(
  fault: Fault,
  call: Call,
  result: ApiResult | undefined,
  lists: string,
  account: Account,
): WireResponse {
  if (result === undefined || replacesResponse(fault)) return replacement(fault, call, account);
  return jsonResponse({ ...result, body: ownBody(result, fault, lists) }, fault);
}

/** A response that is about to be sent, and the request that it answers. */
export interface Exchange {
  method: string;
  /** Without the query. */
  path: string;
  query: Record<string, string>;
  /** The body of the request: the parsed JSON, or the text if it is not JSON. */
  request: unknown;
  status: number;
  /** Lower-case names, `date` among them. */
  headers: Record<string, string>;
  /** The body of the response: a copy of the JSON, or the text if it is not JSON. */
  body: unknown;
}

/** The changes of a response; omitted parts stay unchanged. */
export interface ExchangeOverride {
  status?: number;
  /** Headers to set, or to remove with the value `null` (also `date`). */
  headers?: Record<string, string | null>;
  /** A string is sent unchanged, anything else as JSON. */
  body?: unknown;
}

/** Changes responses; if it throws, the response is a 500. */
export type Transform = (
  exchange: Exchange,
) => ExchangeOverride | undefined | Promise<ExchangeOverride | undefined>;

/** The response as the hook of a test wants it. */
export async function transformed(
  wire: BodyResponse,
  { method, path, query, text }: Call,
  transform: Transform,
): Promise<BodyResponse> {
  const request = { method, path, query, request: parsedOrText(text) };
  const shown = { headers: { ...wire.headers }, body: parsedOrText(wire.body.toString("utf8")) };
  const { status, headers, body } = (await transform({ ...request, status: wire.status, ...shown })) ?? {};
  const changed = { ...wire.headers, ...lowerCased(headers ?? {}) };
  const kept = Object.entries(changed).filter((header): header is [string, string] => header[1] !== null);
  const sent = typeof body === "string" ? body : JSON.stringify(body);
  return {
    kind: "body",
    status: status ?? wire.status,
    headers: Object.fromEntries(kept),
    body: body === undefined ? wire.body : Buffer.from(sent, "utf8"),
  };
}

/** Waits, at most {@link MAX_MS}, and 0 not at all; rejects when the signal comes first. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 0) await setTimeout(Math.min(milliseconds, MAX_MS), undefined, { signal });
}

const BLOCK = 1 << 20;

/**
 * A body too large to hold: blanks and then `{}`, so that a reader without a limit would take it for valid
 * JSON. `encode` is applied to each block, once to all that are equal: a gzip file may consist of several
 * members (RFC 1952 §2.2), so that a bomb of gigabytes costs the emulator next to nothing.
 */
function* padding(bytes: number, encode: (part: Buffer) => Buffer): Generator<Buffer> {
  let left = bytes - 2;
  const block = left > BLOCK ? encode(Buffer.alloc(BLOCK, " ")) : undefined;
  for (; block && left > BLOCK; left -= BLOCK) yield block;
  yield encode(Buffer.from(`${" ".repeat(left)}{}`));
}

/** Sends a body, perhaps in pieces, or its first bytes (at most all but the last), and disconnects. */
async function sendBody(
  response: ServerResponse,
  body: Buffer,
  { truncate, dribble }: Fault,
  closing: AbortSignal,
): Promise<void> {
  if (truncate !== undefined) {
    const bytes = truncate === true ? Math.floor(body.length / 2) : Math.min(truncate, body.length - 1);
    if (bytes > 0) response.write(body.subarray(0, bytes));
    else response.flushHeaders();
    response.socket?.destroySoon();
    return;
  }
  if (!dribble) {
    response.end(body);
    return;
  }
  for (let at = 0; at < body.length && !response.destroyed; at += dribble.bytes) {
    if (at > 0) await pause(dribble.every, closing);
    response.write(body.subarray(at, at + dribble.bytes));
  }
  response.end();
}

/** Sends the response; resolves when the emulator has done its part, which for a stream is when it began. */
export async function deliver(
  response: ServerResponse,
  wire: WireResponse,
  fault: Fault,
  closing: AbortSignal,
): Promise<void> {
  if (wire.kind === "hang" || response.destroyed) return;
  if (wire.kind === "reset") {
    // A RST rather than a FIN, as from a crashed peer or a dropped connection.
    response.socket?.resetAndDestroy();
  } else if (wire.kind === "padding") {
    response.writeHead(wire.status, { ...wire.headers, ...(wire.gzip && { "content-encoding": "gzip" }) });
    const source = Readable.from(padding(wire.bytes, wire.gzip ? gzipSync : (part) => part), {
      objectMode: false,
    });
    // The purpose is a client that hangs up; the stream must then stop producing blocks.
    response.once("close", () => source.destroy());
    source.pipe(response);
  } else if (wire.status === 204 || wire.status === 304) {
    response.writeHead(wire.status, wire.headers).end();
  } else {
    response.writeHead(wire.status, { "content-length": String(wire.body.length), ...wire.headers });
    await sendBody(response, wire.body, fault, closing);
  }
}
