// Sends a response, damaged where the fault says so.
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import type { Timers } from "../http/pace";
import type { Fault } from "./fault";
import type { WireResponse } from "./wire-response";

const BLOCK = 1 << 20;
const END = "{}";

/** A body too large to hold: blanks and then `{}`, so that a reader without a limit would take it for valid JSON. */
function* padding(bytes: number): Generator<Buffer> {
  const block = Buffer.alloc(Math.min(BLOCK, bytes), " ");
  let left = bytes - END.length;
  for (; left > BLOCK; left -= BLOCK) yield block;
  yield Buffer.from(" ".repeat(left) + END);
}

function* zipped(bytes: number): Generator<Buffer> {
  // A gzip file may consist of several members (RFC 1952 §2.2): one is created and sent repeatedly, so that a
  // bomb of gigabytes costs the emulator next to nothing.
  let member: Buffer | undefined;
  for (const part of padding(bytes)) {
    if (part.length === BLOCK && part[BLOCK - 1] === 0x20) yield (member ??= gzipSync(part));
    else yield gzipSync(part);
  }
}

function reset(socket: Socket | null): void {
  // A RST rather than a FIN: what a crashed peer or a dropped connection looks like.
  socket?.resetAndDestroy();
}

async function dribble(
  response: ServerResponse,
  body: Buffer,
  pace: { bytes: number; every: number },
  timers: Timers,
): Promise<void> {
  for (let at = 0; at < body.length && !response.destroyed; at += pace.bytes) {
    if (at > 0) await timers.pause(pace.every);
    response.write(body.subarray(at, at + pace.bytes));
  }
  response.end();
}

/** Sends the head and the first bytes, at most all but the last, and cuts the connection once they are out. */
function truncate(response: ServerResponse, body: Buffer, wanted: true | number): void {
  const bytes = wanted === true ? Math.floor(body.length / 2) : Math.min(wanted, body.length - 1);
  if (bytes > 0) response.write(body.subarray(0, bytes));
  else response.flushHeaders();
  response.socket?.destroySoon();
}

async function sendBody(
  response: ServerResponse,
  wire: Extract<WireResponse, { kind: "body" }>,
  fault: Fault,
  timers: Timers,
): Promise<void> {
  const { status, headers, body } = wire;
  const bodyless = status === 204 || status === 304;
  response.writeHead(status, bodyless ? headers : { "content-length": String(body.length), ...headers });
  if (bodyless) {
    response.end();
  } else if (fault.truncate !== undefined) {
    truncate(response, body, fault.truncate);
  } else if (fault.dribble) {
    await dribble(response, body, fault.dribble, timers);
  } else {
    response.end(body);
  }
}

/** Sends the response; resolves when the emulator has done its part, which for a stream is when it began. */
export async function deliver(
  response: ServerResponse,
  wire: WireResponse,
  fault: Fault,
  timers: Timers,
): Promise<void> {
  if (wire.kind === "hang" || response.destroyed) return;
  if (wire.kind === "reset") {
    reset(response.socket);
  } else if (wire.kind === "padding") {
    const encoding = wire.gzip ? { "content-encoding": "gzip" } : {};
    response.writeHead(wire.status, { ...wire.headers, ...encoding });
    const parts = wire.gzip ? zipped(wire.bytes) : padding(wire.bytes);
    const source = Readable.from(parts, { objectMode: false });
    // The purpose is a client that hangs up; the stream must then stop producing blocks.
    response.once("close", () => source.destroy());
    source.pipe(response);
  } else {
    await sendBody(response, wire, fault, timers);
  }
}
