// A request with its retries: sends, classifies, waits, and either returns the response or throws the error that says what happened.
import { ConnectionError, errorOfStatus, WaysCloudError } from "../errors";
import type { RateLimiter } from "./rate-limiter";
import {
  isCertificateFailure,
  isHandshakeFailure,
  isRetryable,
  outcomeOfFailure,
  outcomeOfStatus,
} from "./outcome";
import type { TransportFailure } from "./outcome";
import { apiErrorReason } from "./reason";
import { backoff, MAX_RETRY_AFTER_MS, retryAfter } from "./timing";
import type { Operation, Timing } from "./timing";
import type { Connection, HttpResponse, Transport } from "./transport";

export const MAX_ATTEMPTS = 4;

export interface Request {
  method: "GET" | "POST" | "DELETE";
  path: string;
  body?: object;
  operation: Operation;
}

export interface Sender {
  connection: Connection;
  transport: Transport;
  limiter: RateLimiter;
  timing: Timing;
  /** A line for the user's terminal, during long waits. */
  log: (line: string) => void;
}

/** Sends until there is a success, a final refusal, or nothing more to try. */
export async function send(sender: Sender, request: Request): Promise<HttpResponse> {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  for (let attempt = 1; ; attempt += 1) {
    const { response, error } = await tryOnce(sender, request, body);
    if (!error) return response;
    if (attempt >= MAX_ATTEMPTS || !isRetryable(request.method, error.outcome, error.status)) throw error;
    const asked = response ? (retryAfter(response.headers, sender.timing.now()) ?? 0) : 0;
    const wait = Math.max(
      asked,
      backoff(attempt, () => sender.timing.random()),
    );
    const most = Math.min(MAX_RETRY_AFTER_MS, request.operation.remaining());
    // Only what the API asked for may be told as its wish; where just our own pause would not fit any more, the failure stands as it is.
    if (wait > most) throw asked > most ? tooLong(error, asked, sender.timing.now()) : error;
    if (wait > 5_000)
      sender.log(`${request.operation.title}: waiting ${Math.ceil(wait / 1000)} s (${error.message})`);
    if (error.outcome === "rate-limited") sender.limiter.throttle(wait);
    else await sender.timing.sleep(wait);
  }
}

type AttemptResult =
  { response: HttpResponse; error?: undefined } | { response?: HttpResponse; error: WaysCloudError };

async function tryOnce(sender: Sender, request: Request, body: string | undefined): Promise<AttemptResult> {
  const { operation } = request;
  const tried = await sender.limiter.run(async () => {
    operation.begin();
    const limit = Math.min(sender.timing.attemptLimit, operation.remaining());
    // Without time left nothing may be sent, lest a POST goes out that nobody waits for.
    if (limit <= 0) return undefined;
    return sender.transport({ method: request.method, path: request.path, body }, limit);
  });
  if (!tried) return { error: outOfTime(sender, request) };
  if ("failure" in tried) return { error: errorOfFailure(sender, request, tried.failure) };
  const { response } = tried;
  const outcome = outcomeOfStatus(response.status);
  if (outcome !== "rate-limited") sender.limiter.recordAccepted();
  if (!outcome) return { response };
  const reason = apiErrorReason(response.text, [sender.connection.apiKey]);
  const facts = { outcome, status: response.status, method: request.method, path: request.path, reason };
  return {
    response,
    error: errorOfStatus({ ...facts, message: explain(sender, request, response, reason) }),
  };
}

function tooLong(error: WaysCloudError, wait: number, now: number): WaysCloudError {
  const at = now + wait;
  const when = at < 8.64e15 ? `not before ${new Date(at).toISOString()}` : "not in any foreseeable time";
  const message = `${error.message} The API asks to try again ${when}; that is longer than this run may wait. Run it again then.`;
  const { outcome, status = 429, method, path, reason } = error;
  return errorOfStatus({ outcome, status, method, path, reason, message });
}

function outOfTime(sender: Sender, request: Request): WaysCloudError {
  const seconds = Math.round(sender.timing.operationLimit / 1000);
  return new ConnectionError({
    message: `${request.operation.title} was given up after ${seconds} s, before ${request.method} ${request.path} was sent.`,
    outcome: "not-sent",
    method: request.method,
    path: request.path,
  });
}

function errorOfFailure(sender: Sender, request: Request, failure: TransportFailure): WaysCloudError {
  const { host } = new URL(sender.connection.endpoint);
  const what = `${request.operation.title} failed: ${request.method} ${request.path}`;
  return new ConnectionError({
    message: `${what} got no response from ${host} (${failure.code}). ${adviceFor(failure, host)}`,
    outcome: outcomeOfFailure(failure),
    method: request.method,
    path: request.path,
  });
}

function adviceFor(failure: TransportFailure, host: string): string {
  if (isCertificateFailure(failure)) {
    return `The TLS certificate of ${host} was not accepted; if a private authority signed it, name its file in NODE_EXTRA_CA_CERTS.`;
  }
  if (isHandshakeFailure(failure)) {
    return `${host} does not speak TLS as it should (is it a server of plain http?); check wayscloud:endpoint (or WAYSCLOUD_ENDPOINT) and the proxy settings.`;
  }
  if (failure.code === "ENOTFOUND" || failure.code === "EAI_AGAIN") {
    return `The host name ${host} did not resolve; check wayscloud:endpoint (or WAYSCLOUD_ENDPOINT) and the network.`;
  }
  if (failure.code === "ECONNREFUSED") {
    return `Nothing accepts connections at ${host}; check wayscloud:endpoint (or WAYSCLOUD_ENDPOINT).`;
  }
  if (failure.code === "ERR_BAD_RESPONSE") {
    return "The response broke off, or was larger than the 5 MB that are read; check what stands between here and the API.";
  }
  return "Check the network and the proxy settings, then run it again.";
}

const NAMES: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  408: "Request Timeout",
  409: "Conflict",
  413: "Payload Too Large",
  422: "Unprocessable Entity",
  429: "Too Many Requests",
};

function explain(
  sender: Sender,
  request: Request,
  response: HttpResponse,
  reason: string | undefined,
): string {
  const { status } = response;
  const name = NAMES[status] ? ` (${NAMES[status]})` : "";
  const said = reason ? `: ${reason}` : "";
  const what = `${request.operation.title} failed: ${request.method} ${request.path} answered ${status}${name}${said}`;
  return `${what.replace(/[.]?$/, ".")}${nextStep(sender.connection, status)}`;
}

function nextStep(connection: Connection, status: number): string {
  if (status >= 300 && status < 400) {
    return " Redirects are not followed, so that the credential cannot reach another host; set wayscloud:endpoint to the final address.";
  }
  if (status === 404)
    return ` The endpoint is ${connection.endpoint}; check wayscloud:endpoint (or WAYSCLOUD_ENDPOINT).`;
  if (status !== 401 && status !== 403) return "";
  const what =
    status === 401
      ? "It is unknown, revoked or expired; set a valid one"
      : "It lacks the scope for this; use a token that has it";
  return (
    ` The credential came from ${connection.apiKeySource}. ${what}. A plain \`pulumi refresh\` or \`pulumi destroy\` uses the` +
    " configuration recorded in the state by the last `pulumi up`: run `up` with the new credential first, or add `--run-program`."
  );
}
