// A request for the endpoints and the faults, with its record in the log, and the result of an endpoint.
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { parsedOrText } from "../check";

/** The largest body that is looked at; anything above it is a 413. */
const MAX_BODY_BYTES = 1_000_000;

export interface Call {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingHttpHeaders;
  /** The body; empty until it is read, and if it cannot be used. */
  text: string;
  /** Why the body cannot be used. */
  bodyError?: ApiError;
  /** Its credentials: none, an `X-API-Key`, a token as `Authorization: Bearer`, or both. */
  credentials: { scheme: "x-api-key" | "bearer"; secret: string }[];
}

/** The result of a request: a status and a JSON body, not yet rendered. */
export interface ApiResult {
  status: number;
  headers?: Record<string, string>;
  body: unknown;
  /** Set when the body is a list: its name in the `named` dialect, such as `ssh_keys`. */
  list?: string;
}

/** One entry of a 422's `detail`, as FastAPI writes it. */
export interface Problem {
  loc: (string | number)[];
  msg: string;
  type: string;
}

/** An error response of the API, whose body has only `detail`. */
export class ApiError extends Error {
  readonly result: ApiResult;

  constructor(status: number, detail: string | Problem[], headers: Record<string, string> = {}) {
    super("an error response of the API");
    this.result = { status, headers, body: { detail } };
  }
}

/** Not by `new URL`, which would normalize the very paths that a test wants to see (`//`, `..`). */
export function callOf({ url = "/", method = "GET", headers, headersDistinct }: IncomingMessage): Call {
  // The absolute form (RFC 9112, 3.2.2), which proxies and some clients send, names the same resource.
  const target = url.replace(/^https?:\/\/[^/?#]*/i, "");
  const [, path = "", search = ""] = /^([^?]*)\??(.*)$/s.exec(target) ?? [];
  // Repeated headers are joined, and another scheme yields an empty secret, so that neither matches a key.
  const apiKey = headersDistinct["x-api-key"]?.join(", ");
  const authorization = headersDistinct["authorization"]?.join(", ");
  const credentials: Call["credentials"] = [];
  if (apiKey) credentials.push({ scheme: "x-api-key", secret: apiKey });
  if (authorization) {
    credentials.push({ scheme: "bearer", secret: /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? "" });
  }
  const query = Object.fromEntries(new URLSearchParams(search));
  return { method, path: path || "/", query, headers, text: "", credentials };
}

/** Reads the body; one that is too large is read to its end but not kept, so that the sender gets the 413. */
export async function readBody(request: IncomingMessage, call: Call): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (size > MAX_BODY_BYTES) call.bodyError = new ApiError(413, "Request body is larger than 1 MB");
  else if (!isUtf8(body)) call.bodyError = new ApiError(400, "The request body is not valid UTF-8");
  else call.text = body.toString("utf8");
}

/** One request as the emulator received it, and its outcome. */
export interface RecordedRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  /** Lower-case names; `sha256:<12 digits>` in place of the credential. */
  headers: Record<string, string>;
  /**
   * The parsed JSON; the string if it was not JSON; undefined if there was no body or it was unusable, and in
   * old records once there are more than 16 MB of bodies.
   */
  body: unknown;
  /** The id of the key that authenticated; undefined if none did or the request was not processed. */
  credentialId?: string;
  /** The status answered; `pending` until then, and permanently if the client hung up first. */
  status: number | "pending" | "reset" | "hang";
  /** Whether it changed the account. A late commit sets this to true when it happens. */
  committed: boolean;
  /** When it arrived, in milliseconds since 1970 by the emulator's clock. */
  time: number;
  /** How long the response took, in milliseconds of real time; undefined until then. */
  duration?: number;
}

/** The maximum number of requests that are remembered. */
const MAX_RECORDED = 100_000;

/** The maximum size of all remembered bodies together. */
const MAX_BYTES_KEPT = 16_000_000;

const SECRET_HEADERS = new Set(["x-api-key", "authorization", "proxy-authorization", "cookie"]);

/** Equal secrets look equal, and none can be read back. */
function headersForLog(headers: IncomingHttpHeaders): Record<string, string> {
  const shown = Object.entries(headers).map(([name, value = ""]) => {
    const text = Array.isArray(value) ? value.join(", ") : value;
    const digest = createHash("sha256").update(text).digest("hex");
    return [name, SECRET_HEADERS.has(name) ? `sha256:${digest.slice(0, 12)}` : text];
  });
  return Object.fromEntries(shown) as Record<string, string>;
}

/** The record of every request received, without the caller's secret, in bounded memory. */
export class RequestLog {
  /** Oldest first. */
  readonly requests: RecordedRequest[] = [];
  /** The bodies that are remembered. */
  readonly #bodies: { record: RecordedRequest; size: number }[] = [];
  #bytes = 0;

  /** Begins the record of a request at the end of the list. */
  begin({ method, path, query, headers }: Call, time: number): RecordedRequest {
    const record: RecordedRequest = {
      method,
      path,
      query,
      headers: headersForLog(headers),
      body: undefined,
      status: "pending",
      committed: false,
      time,
    };
    this.requests.push(record);
    if (this.requests.length > MAX_RECORDED) this.requests.shift();
    return record;
  }

  /** Adds the body to a record. */
  keepBody(record: RecordedRequest, text: string): void {
    if (text === "") return;
    record.body = parsedOrText(text);
    this.#bodies.push({ record, size: text.length });
    this.#bytes += text.length;
    while (this.#bytes > MAX_BYTES_KEPT || this.#bodies.length > MAX_RECORDED) {
      const oldest = this.#bodies.shift();
      if (!oldest) return;
      oldest.record.body = undefined;
      this.#bytes -= oldest.size;
    }
  }
}
