// What the tests of the API layer share: a client on a fake clock, a server with scripted answers, and a search through thrown errors.
import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";

import { AccountClient } from "../../src/api/client";
import { WaysCloudError } from "../../src/errors";
import { RateLimiter } from "../../src/api/rate-limiter";
import type { TransportFailure } from "../../src/api/request-outcome";
import { send } from "../../src/api/send";
import { Operation } from "../../src/api/timing";
import type { Timing } from "../../src/api/timing";
import type { Attempt, Request } from "../../src/api/transport";
import { FakeTiming } from "./fake-timing";

export const SOURCE = "the environment variable WAYSCLOUD_API_KEY";
/** A credential of the documented form that is known nowhere. */
export const CREDENTIAL = "wayscloud_pat_q7Zx2_CanaryCanary0123456789CanaryCanary";

/** A client of this server with this credential, on a fake clock unless told otherwise. */
export function clientOf(
  server: { url: string; apiKey?: string },
  timing: Timing = new FakeTiming(),
  log: (line: string) => void = () => undefined,
): AccountClient {
  const account = { endpoint: server.url, apiKey: server.apiKey ?? CREDENTIAL, apiKeySource: SOURCE };
  return new AccountClient(account, { timing, log });
}

export interface ScriptedServer {
  url: string;
  requests: { method: string; path: string; headers: IncomingHttpHeaders; body: string }[];
  /** TCP connections accepted. */
  connections: number;
  close(): Promise<void>;
}

const servers: ScriptedServer[] = [];
/** For `afterEach`: closes what a test has started, however it ended. */
export async function closeServers(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.close()));
}

/** A plain server that answers as `answer` does, once the whole request is there. */
export async function serve(
  answer: (response: ServerResponse, request: IncomingMessage, count: number) => void,
): Promise<ScriptedServer> {
  const requests: ScriptedServer["requests"] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      requests.push({ method, path: url, headers, body: Buffer.concat(chunks).toString() });
      answer(response, request, requests.length);
    });
  });
  const running: ScriptedServer = { url: "", requests, connections: 0, close: () => closed(server) };
  servers.push(running);
  server.on("connection", (socket) => {
    running.connections += 1;
    // A test that fails before it closes the server must not keep the runner waiting.
    socket.unref();
  });
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  running.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return running;
}

function closed(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** A server that gives every request this body. */
export function serving(body: string | Buffer, status = 200, headers: Record<string, string> = {}) {
  return serve((response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body),
  );
}

/** Of no known form, so that only a list of secrets can have it redacted. */
export const API_KEY = "house-credential+0123456789";

export const unanswered = (failure: TransportFailure): Attempt => ({ failure });
export const answered = (
  status: number,
  body: object | string = "",
  headers: Record<string, string> = {},
): Attempt => ({
  response: { status, headers, text: typeof body === "string" ? body : JSON.stringify(body) },
});

/**
 * Sends a request whose attempts come to these results, the last one again and again, without a network; `spent`: of its
 * operation's time, ms.
 */
export async function sending(
  attempts: Attempt[],
  options: { method?: Request["method"]; source?: string; spent?: number; timing?: FakeTiming } = {},
) {
  const { method = "GET", source = "somewhere", spent = 0, timing = new FakeTiming() } = options;
  const told = {
    limiter: [] as string[],
    log: [] as string[],
    bodies: [] as unknown[],
    limits: [] as number[],
  };
  class RecordingRateLimiter extends RateLimiter {
    override recordAccepted(): void {
      told.limiter.push("accepted");
      super.recordAccepted();
    }
    override throttle(ms: number, wave: number): string | undefined {
      told.limiter.push(`slow down ${ms}`);
      return super.throttle(ms, wave);
    }
  }
  const queue = [...attempts];
  const sender = {
    connection: { endpoint: "https://api.test/base", apiKey: API_KEY, apiKeySource: source },
    transport: (request: { body?: string | undefined }, limit: number): Promise<Attempt> => {
      told.bodies.push(request.body);
      told.limits.push(limit);
      const attempt = queue.length > 1 ? queue.shift()! : queue[0]!;
      if ("failure" in attempt && attempt.failure.code === "ETIMEDOUT") timing.elapsed += limit;
      return Promise.resolve(attempt);
    },
    ...{ timing, limiter: new RecordingRateLimiter(timing), log: (line: string) => void told.log.push(line) },
  };
  const operation = new Operation(timing, "Reading");
  if (spent > 0) operation.begin();
  timing.elapsed += spent;
  const sent = send(sender, { method, path: "/v1/x", operation });
  const error = await sent.then(
    () => undefined,
    () => failureOf(sent),
  );
  return { ...told, error, message: error?.message ?? "", waits: timing.waits, elapsed: timing.elapsed };
}

/** The WaysCloudError that a promise rejects with; anything else is a failure of the test. */
export async function failureOf(promise: Promise<unknown>): Promise<WaysCloudError> {
  const error: unknown = await promise.then(
    () => new Error("it succeeded"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WaysCloudError)) throw error;
  return error;
}

/** Every text that can be reached from a thrown thing: enumerable or not, by a getter, under a symbol, in a cause. */
export function everyText(thrown: unknown): string {
  const all = { depth: Infinity, maxArrayLength: null, maxStringLength: null, breakLength: Infinity };
  return inspect(thrown, { ...all, showHidden: true, getters: true, customInspect: false });
}
