// Puts an outcome on the wire, damaged where the fault says so.
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Fault } from "../faults/fault";
import { filler } from "../account/filler";
import type { Outcome } from "../faults/outcome";
import type { Timers } from "../faults/timers";

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

async function sendBody(
  response: ServerResponse,
  outcome: Extract<Outcome, { kind: "body" }>,
  fault: Fault,
  timers: Timers,
): Promise<void> {
  const { status, headers, body } = outcome;
  const bodyless = status === 204 || status === 304;
  response.writeHead(status, bodyless ? headers : { "content-length": String(body.length), ...headers });
  if (bodyless) {
    response.end();
  } else if (fault.truncate !== undefined) {
    const bytes = fault.truncate === true ? Math.floor(body.length / 2) : fault.truncate;
    response.write(body.subarray(0, Math.max(1, bytes)), () => response.socket?.destroy());
  } else if (fault.dribble) {
    await dribble(response, body, fault.dribble, timers);
  } else {
    response.end(body);
  }
}

/** Sends the outcome; resolves when the emulator has done its part, which for a stream is when it began. */
export async function deliver(
  response: ServerResponse,
  outcome: Outcome,
  fault: Fault,
  timers: Timers,
): Promise<void> {
  if (outcome.kind === "hang" || response.destroyed) return;
  if (outcome.kind === "reset") {
    reset(response.socket);
  } else if (outcome.kind === "filler") {
    const encoding = outcome.gzip ? { "content-encoding": "gzip" } : {};
    response.writeHead(outcome.status, { ...outcome.headers, ...encoding });
    const source = filler(outcome.bytes, outcome.gzip);
    // A client that hangs up is what this is about; the stream must then stop making blocks.
    response.once("close", () => source.destroy());
    source.pipe(response);
  } else {
    await sendBody(response, outcome, fault, timers);
  }
}
