// Turns a result and its fault into a response, which a test's hook may change, and the response into bytes,
// which the fault may damage.
import { STATUS_CODES } from "node:http";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Account } from "../account/account";
import { MAX_MS, parsedOrText } from "../check";
import type { ApiResult, Call, RecordedRequest } from "../http/request";
import { replacesResponse } from "./fault";
import type { Fault } from "./fault";

/** A response on the wire: a reset, nothing, or a status with a body; padding is produced as it is sent. */
export interface WireResponse {
  status: number | "reset" | "hang";
  headers: Record<string, string>;
  body: Buffer | Readable;
}

const JSON_TYPE = { "content-type": "application/json" };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** Copies an object without `omit` and with `merge`; `__proto__` stays the plain field it is in JSON. */
function changeFields(value: unknown, { omit, merge }: Fault): unknown {
  if (!isRecord(value) || !(omit ?? merge)) return value;
  return Object.fromEntries(Object.entries({ ...value, ...merge }).filter(([key]) => !omit?.includes(key)));
}

/** Headers with lower-case names, so that they take the place of equally named ones. */
function lowerCased<T>(headers: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The response of a JSON body. */
export function jsonResponse({ status, headers, body }: ApiResult): WireResponse {
  return { status, headers: { ...JSON_TYPE, ...headers }, body: Buffer.from(JSON.stringify(body), "utf8") };
}

/** The body of the API's own result, in the dialect for lists and with the changes of the fault. */
function changedBody({ body, list }: ApiResult, fault: Fault, lists: string): unknown {
  if (list === undefined || !Array.isArray(body)) return changeFields(body, fault);
  const { drop = 0, wrap = lists === "named" ? list : lists } = fault;
  const left = (body as unknown[]).filter((entry, at) =>
    typeof drop === "number"
      ? at < body.length - drop
      : !(isRecord(entry) && drop.includes(String(entry["id"]))),
  );
  const entries = left.map((entry) => changeFields(entry, fault));
  return wrap === "array" ? entries : { [wrap]: entries, ...fault.extra };
}

/** The response of a fault in place of the API's own. */
function replacement(fault: Fault, call: Call, account: Account): WireResponse {
  const { reset, hang, huge, gzipBomb, echo, redirect, status = 200, body } = fault;
  if (reset || hang) return { status: reset ? "reset" : "hang", headers: {}, body: Buffer.alloc(0) };
  if (huge !== undefined) return { status, headers: JSON_TYPE, body: padding(huge, (part) => part) };
  if (gzipBomb !== undefined) {
    const headers = { ...JSON_TYPE, "content-encoding": "gzip" };
    return { status, headers, body: padding(gzipBomb, gzipSync) };
  }
  if (echo) {
    // The newest key is the one that the request created, if it created one.
    const key = account.unrevokedApiKeys().at(-1)?.key;
    const secret = (echo.what === "key" ? key : call.credentials[0]?.secret) ?? "";
    const isInHeader = echo.in === "header";
    const headers: Record<string, string> = isInHeader ? { "x-debug-credential": secret } : {};
    const detail = isInHeader ? "Rejected" : `Rejected: ${secret}`;
    return jsonResponse({ status: fault.status ?? 400, headers, body: { detail } });
  }
  if (redirect !== undefined) {
    return { status: fault.status ?? 302, headers: { location: redirect }, body: Buffer.alloc(0) };
  }
  if (typeof body === "string") {
    return { status, headers: { "content-type": "text/plain" }, body: Buffer.from(body, "utf8") };
  }
  const content = body !== undefined ? body : { detail: STATUS_CODES[status] ?? "Error" };
  return jsonResponse({ status, body: content });
}

/**
 * The response to send; `result` is the API's own, undefined if the request took no effect. The fault's
 * headers take the place of equally named ones. A malformed body ends in a comma: only the syntax breaks.
 */
export function responseTo(
  call: Call,
  fault: Fault,
  result: ApiResult | undefined,
  lists: string,
  account: Account,
): WireResponse {
  const { status, headers, body } =
    result === undefined || replacesResponse(fault)
      ? replacement(fault, call, account)
      : jsonResponse({ ...result, body: changedBody(result, fault, lists) });
  const isMalformed = fault.malformed && Buffer.isBuffer(body);
  return {
    status,
    headers: { ...headers, ...lowerCased(fault.headers ?? {}) },
    body: isMalformed ? Buffer.concat([body.subarray(0, -1), Buffer.from(",")]) : body,
  };
}

/** A response that is about to be sent, and the request that it answers. */
export interface Exchange extends Pick<RecordedRequest, "method" | "path" | "query"> {
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

/** The response as the hook of a test wants it; only one with a body that is not padding. */
export async function transformed(
  wire: WireResponse,
  { method, path, query, text }: Call,
  transform: Transform | undefined,
): Promise<WireResponse> {
  if (!transform || typeof wire.status === "string" || !Buffer.isBuffer(wire.body)) return wire;
  const request = { method, path, query, request: parsedOrText(text) };
  const shown = { headers: { ...wire.headers }, body: parsedOrText(wire.body.toString("utf8")) };
  const { status, headers, body } = (await transform({ ...request, status: wire.status, ...shown })) ?? {};
  const changed = Object.entries({ ...wire.headers, ...lowerCased(headers ?? {}) });
  const sent = typeof body === "string" ? body : JSON.stringify(body);
  return {
    status: status ?? wire.status,
    headers: Object.fromEntries(changed.filter((header): header is [string, string] => header[1] !== null)),
    body: body === undefined ? wire.body : Buffer.from(sent, "utf8"),
  };
}

/** Waits, at most {@link MAX_MS}, and 0 not at all; never keeps the process alive. */
export async function pause(milliseconds: number): Promise<void> {
  if (milliseconds > 0) await setTimeout(Math.min(milliseconds, MAX_MS), undefined, { ref: false });
}

const BLOCK = 1 << 20;

/**
 * A body too large to hold: blanks and then `{}`, so that a reader without a limit would take it for valid
 * JSON. `encode` is applied to each block, once to all that are equal: a gzip file may consist of several
 * members (RFC 1952 §2.2), so that a bomb of gigabytes costs the emulator next to nothing.
 */
function padding(bytes: number, encode: (part: Buffer) => Buffer): Readable {
  function* blocks(): Generator<Buffer> {
    let left = bytes - 2;
    const block = left > BLOCK ? encode(Buffer.alloc(BLOCK, " ")) : undefined;
    for (; block && left > BLOCK; left -= BLOCK) yield block;
    yield encode(Buffer.from(`${" ".repeat(left)}{}`));
  }
  return Readable.from(blocks(), { objectMode: false });
}

/** The body in pieces, with a pause before each but the first. */
async function* pieces(body: Buffer, { bytes, every }: NonNullable<Fault["dribble"]>) {
  for (let at = 0; at < body.length; at += bytes) {
    if (at > 0) await pause(every);
    yield body.subarray(at, at + bytes);
  }
}

/** Sends the response, perhaps in pieces, or its first bytes (at most all but the last), and disconnects. */
export async function deliver(
  response: ServerResponse,
  { status, headers, body }: WireResponse,
  { truncate, dribble }: Fault,
): Promise<void> {
  if (status === "hang" || response.destroyed) return;
  if (status === "reset") {
    // A RST rather than a FIN, as from a crashed peer or a dropped connection.
    response.socket?.resetAndDestroy();
    return;
  }
  const isWhole = Buffer.isBuffer(body) && status !== 204 && status !== 304;
  response.writeHead(status, { ...(isWhole && { "content-length": String(body.length) }), ...headers });
  if (!Buffer.isBuffer(body)) {
    await pipeline(body, response);
  } else if (truncate !== undefined && isWhole) {
    const bytes = truncate === true ? Math.floor(body.length / 2) : Math.min(truncate, body.length - 1);
    if (bytes > 0) response.write(body.subarray(0, bytes));
    else response.flushHeaders();
    response.socket?.destroySoon();
  } else if (dribble) {
    await pipeline(Readable.from(pieces(body, dribble)), response);
  } else response.end(body);
}
