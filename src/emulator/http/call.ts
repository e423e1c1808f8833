// A request for the endpoints and the faults, and the result of an endpoint before it becomes bytes.
import { isUtf8 } from "node:buffer";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** The largest body that is looked at; anything above it is a 413. */
const MAX_BODY_BYTES = 1_000_000;

/** One request. */
export interface Call {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingHttpHeaders;
  text: string;
  /** Why the body cannot be used; `text` is then empty. */
  bodyError: ApiError | undefined;
  /** Its credentials: none, an `X-API-Key`, a token as `Authorization: Bearer`, or both. */
  credentials: { scheme: "x-api-key" | "bearer"; secret: string }[];
}

/** A request whose body has not been read yet. */
export type Head = Omit<Call, "text" | "bodyError">;

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
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly detail: string | Problem[],
    readonly headers: Record<string, string> = {},
  ) {
    super(typeof detail === "string" ? detail : "validation failed");
  }

  get result(): ApiResult {
    return { status: this.status, headers: this.headers, body: { detail: this.detail } };
  }
}

/** Not by `new URL`, which would normalize the very paths that a test wants to see (`//`, `..`). */
export function headOf(request: IncomingMessage): Head {
  // The absolute form (RFC 9112, 3.2.2), which proxies and some clients send, names the same resource.
  const target = (request.url ?? "/").replace(/^https?:\/\/[^/?#]*/i, "") || "/";
  const [, path = "", search = ""] = /^([^?]*)\??(.*)$/s.exec(target) ?? [];
  const { method = "GET", headers, headersDistinct } = request;
  // Repeated headers are joined, and another scheme yields an empty secret, so that neither matches a key.
  const apiKey = headersDistinct["x-api-key"]?.join(", ");
  const authorization = headersDistinct["authorization"]?.join(", ");
  const credentials: Head["credentials"] = [];
  if (apiKey) credentials.push({ scheme: "x-api-key", secret: apiKey });
  if (authorization) {
    credentials.push({ scheme: "bearer", secret: /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? "" });
  }
  const query = Object.fromEntries(new URLSearchParams(search));
  return { method, path: path || "/", query, headers, credentials };
}

/** Reads the body; one that is too large is read to its end but not kept, so that the sender gets the 413. */
export async function readBody(request: IncomingMessage): Promise<Pick<Call, "text" | "bodyError">> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (size > MAX_BODY_BYTES) return unusable(413, "Request body is larger than 1 MB");
  if (!isUtf8(body)) return unusable(400, "The request body is not valid UTF-8");
  return { text: body.toString("utf8"), bodyError: undefined };
}

function unusable(status: number, reason: string): Pick<Call, "text" | "bodyError"> {
  return { text: "", bodyError: new ApiError(status, reason) };
}
