// A request with its retries: sends it, classifies the result, waits, and either returns the response or throws the error that says what happened.
import type { WaysCloudError } from "../errors";
import { isRetryable, outcomeOfStatus } from "./request-outcome";
import type { RateLimiter } from "./rate-limiter";
import { errorOfFailure, errorOfLongWait, errorOfResponse, errorOfTimeout } from "./request-errors";
import { backoff, MAX_RETRY_AFTER_MS, retryAfter } from "./timing";
import type { Operation, Timing } from "./timing";
import type { Connection, HttpResponse, Transport } from "./transport";

export const MAX_ATTEMPTS = 4;
/** Waits beyond this are logged. */
const SILENT_WAIT_MS = 5_000;

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
  /** Prints a line on the user's terminal, during long waits. */
  log: (line: string) => void;
}

/** Sends until there is a success, a final rejection, or nothing more to try. */
export async function send(sender: Sender, request: Request): Promise<HttpResponse> {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  for (let attempt = 1; ; attempt += 1) {
    const { response, error } = await tryOnce(sender, request, body);
    if (!error) return response;
    if (attempt >= MAX_ATTEMPTS || !isRetryable(request.method, error.outcome, error.status)) throw error;
    const retryAfterMs = response ? (retryAfter(response.headers, sender.timing.now()) ?? 0) : 0;
    const wait = Math.max(
      retryAfterMs,
      backoff(attempt, () => sender.timing.random()),
    );
    const maxWait = Math.min(MAX_RETRY_AFTER_MS, request.operation.remaining());
    if (wait > maxWait) {
      // Name a time only if the API asked for it; if only our own backoff exceeds the budget, the error stands as it is.
      throw retryAfterMs > maxWait ? errorOfLongWait(error, retryAfterMs, sender.timing.now()) : error;
    }
    if (wait > SILENT_WAIT_MS) {
      sender.log(`${request.operation.title}: ${causeOf(error)}, retrying in ${Math.ceil(wait / 1000)} s.`);
    }
    if (error.outcome === "rate-limited") sender.limiter.throttle(wait);
    else await sender.timing.sleep(wait);
  }
}

function causeOf({ outcome, status }: WaysCloudError): string {
  if (outcome === "rate-limited") return `rate limited (${status})`;
  return status === undefined ? "no response" : `the API answered ${status}`;
}

type AttemptResult =
  { response: HttpResponse; error?: undefined } | { response?: HttpResponse; error: WaysCloudError };

async function tryOnce(sender: Sender, request: Request, body: string | undefined): Promise<AttemptResult> {
  const { operation } = request;
  const attempt = await sender.limiter.run(async () => {
    operation.begin();
    const limit = Math.min(sender.timing.attemptLimit, operation.remaining());
    // Never send without time left: nobody would wait for the response to a POST.
    if (limit <= 0) return undefined;
    return sender.transport({ method: request.method, path: request.path, body }, limit);
  });
  if (!attempt) return { error: errorOfTimeout(request, sender.timing.operationLimit) };
  if ("failure" in attempt) return { error: errorOfFailure(sender.connection, request, attempt.failure) };
  const { response } = attempt;
  const outcome = outcomeOfStatus(response.status);
  if (outcome !== "rate-limited") sender.limiter.recordAccepted();
  if (!outcome) return { response };
  return { response, error: errorOfResponse(sender.connection, request, response, outcome) };
}
