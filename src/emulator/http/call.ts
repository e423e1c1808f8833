// One request as the routes and the faults see it: the head split up, the body read whole and bounded.
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** The largest body that is looked at; anything above it is a 413. */
export const MAX_BODY_BYTES = 1_000_000;

/** Past this a sender is cut off: reading on would let it occupy the emulator for ever. */
const MAX_DRAINED_BYTES = 100_000_000;

/** One request. */
export interface Call {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingHttpHeaders & Record<string, string | string[] | undefined>;
  text: string;
  tooLarge: boolean;
  /** The `X-API-Key` it came with, if any. */
  credential: string | undefined;
}

/** Splits the target by hand: `new URL` would normalise the very paths that a test wants to see (`//`, `..`). */
export function headOf(request: IncomingMessage): Omit<Call, "text" | "tooLarge"> {
  const target = request.url ?? "/";
  const mark = target.indexOf("?");
  const credential = request.headers["x-api-key"];
  return {
    method: request.method ?? "GET",
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? {} : Object.fromEntries(new URLSearchParams(target.slice(mark + 1))),
    headers: request.headers,
    credential: Array.isArray(credential) ? credential[0] : credential,
  };
}

/** Reads the body; one that is too large is read to its end but not kept, so that the sender hears the 413. */
export function readBody(request: IncomingMessage): Promise<{ text: string; tooLarge: boolean }> {
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
      const tooLarge = size > MAX_BODY_BYTES;
      resolve({ text: tooLarge ? "" : Buffer.concat(chunks).toString("utf8"), tooLarge });
    });
  });
}
