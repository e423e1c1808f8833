// One request as the endpoints and the faults see it: the head split up, the body read completely and bounded.
import { isUtf8 } from "node:buffer";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { ApiError } from "./api-result";

/** The largest body that is looked at; anything above it is a 413. */
export const MAX_BODY_BYTES = 1_000_000;

/** Past this a sender is cut off: reading on would let it occupy the emulator forever. */
const MAX_DRAINED_BYTES = 100_000_000;

/** A secret that a request presents. */
export interface Credential {
  scheme: "x-api-key" | "bearer";
  secret: string;
}

/** One request. */
export interface Call {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingHttpHeaders & Record<string, string | string[] | undefined>;
  text: string;
  /** Why the body cannot be used; `text` is then empty. */
  bodyError: ApiError | undefined;
  /** What it authenticates with: nothing, an `X-API-Key`, a token as `Authorization: Bearer`, or both. */
  credentials: Credential[];
}

/** A request whose body has not been read yet. */
export type Head = Omit<Call, "text" | "bodyError">;

/** Splits the target itself: `new URL` would normalize the very paths that a test wants to see (`//`, `..`). */
export function headOf(request: IncomingMessage): Head {
  // The absolute form (RFC 9112, 3.2.2), which proxies and some clients send, names the same resource.
  const target = (request.url ?? "/").replace(/^https?:\/\/[^/?#]*/i, "") || "/";
  const mark = target.indexOf("?");
  return {
    method: request.method ?? "GET",
    path: mark < 0 ? target : target.slice(0, mark) || "/",
    query: mark < 0 ? {} : Object.fromEntries(new URLSearchParams(target.slice(mark + 1))),
    headers: request.headers,
    credentials: credentialsOf(request),
  };
}

/** Repeated headers are joined, and another scheme yields an empty secret, so that neither matches a key. */
function credentialsOf({ headersDistinct }: IncomingMessage): Credential[] {
  const found: Credential[] = [];
  const apiKey = headersDistinct["x-api-key"]?.join(", ");
  if (apiKey) found.push({ scheme: "x-api-key", secret: apiKey });
  const authorization = headersDistinct["authorization"]?.join(", ");
  if (authorization) {
    found.push({ scheme: "bearer", secret: /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? "" });
  }
  return found;
}

/** Reads the body; one that is too large is read to its end but not kept, so that the sender gets the 413. */
export function readBody(request: IncomingMessage): Promise<Pick<Call, "text" | "bodyError">> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
      else chunks.length = 0;
      if (size > MAX_DRAINED_BYTES) request.destroy();
    });
    request.once("error", reject);
    request.once("end", () => {
      const body = Buffer.concat(chunks);
      const bodyError = problemOf(body, size);
      resolve({ text: bodyError ? "" : body.toString("utf8"), bodyError });
    });
  });
}

function problemOf(body: Buffer, size: number): ApiError | undefined {
  if (size > MAX_BODY_BYTES) return new ApiError(413, "Request body is larger than 1 MB");
  return isUtf8(body) ? undefined : new ApiError(400, "The request body is not valid UTF-8");
}
