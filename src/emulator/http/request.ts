// A request for the endpoints and the faults, with its record in the log, and the result of an endpoint.
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** The largest body that is looked at; anything above it is a 413. */
const MAX_BODY_BYTES = 1_000_000;

export interface Call extends Pick<RecordedRequest, "method" | "path" | "query"> {
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
  /** Without the query. */
  path: string;
  query: Record<string, string>;
  /** Lower-case names; `sha256:<12 digits>` in place of the credential. */
  headers: Record<string, string>;
  /** The parsed JSON; the string if it was not JSON; undefined if there was none, or it was above 10 kB. */
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

const SECRET_HEADERS = ["x-api-key", "authorization", "proxy-authorization", "cookie"];

/** The record of a request before its body is read. Equal secrets look equal, and none can be read back. */
export function recordOf({ method, path, query, headers }: Call, time: number): RecordedRequest {
  const shown = Object.entries(headers).map(([name, value]): [string, string] => {
    const digest = createHash("sha256").update(String(value)).digest("hex");
    return [name, SECRET_HEADERS.includes(name) ? `sha256:${digest.slice(0, 12)}` : String(value)];
  });
  const outcome = { body: undefined, status: "pending", committed: false } as const;
  return { method, path, query, headers: Object.fromEntries(shown), ...outcome, time };
}
