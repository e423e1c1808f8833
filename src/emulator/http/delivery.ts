// Sends a response, damaged where the fault says so.
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Fault } from "../faults/fault";
import type { WireResponse } from "./wire-response";
import type { Timers } from "../faults/timers";
import { paddingStream } from "./padding-stream";

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
    const source = paddingStream(wire.bytes, wire.gzip);
    // The purpose is a client that hangs up; the stream must then stop producing blocks.
    response.once("close", () => source.destroy());
    source.pipe(response);
  } else {
    await sendBody(response, wire, fault, timers);
  }
}
