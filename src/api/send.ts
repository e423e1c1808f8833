// A request with its retries: sends it, classifies the result, waits, and returns the response or throws.
import type { WaysCloudError } from "../errors";
import { isRetryable, outcomeOfStatus } from "./request-outcome";
import { inSeconds, SILENT_WAIT_MS } from "./rate-limiter";
import type { RateLimiter, Wave } from "./rate-limiter";
import { errorOfFailure, errorOfLongWait, errorOfResponse, errorOfTimeout } from "./request-errors";
import { ageOf, backoff, MAX_RETRY_AFTER_MS, momentOf, retryAfter, serverTime } from "./timing";
import type { Timing } from "./timing";
import type { Connection, HttpResponse, Request, Transport } from "./transport";

export const MAX_ATTEMPTS = 4;

/** Prints a line on the user's terminal: a warning, unless it is only information. */
export type Log = (line: string, severity?: "info") => void;

export interface Sender {
  connection: Connection;
  transport: Transport;
  limiter: RateLimiter;
  timing: Timing;
  /** The server's clock in the latest response that showed it. */
  clock?: { server: number; monotonic: number };
  /** For long waits. */
  log: Log;
}

/**
 * Sends until there is a success, a final rejection, or no attempt left. A wait that the API asked for by a
 * 429 is not an attempt: only the operation's time limits such repetitions.
 */
export async function send(sender: Sender, request: Request): Promise<HttpResponse> {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  let last: WaysCloudError | undefined;
  let [attempts, refusals] = [0, 0];
  for (;;) {
    const tried = await tryOnce(sender, request, body);
    if (!tried) throw last ?? errorOfTimeout(request, sender.timing.operationLimit);
    const { response, error, wave } = tried;
    if (!error) return response;
    last = error;
    const isRateLimited = error.outcome === "rate-limited";
    const tries = isRateLimited ? (refusals += 1) : (attempts += 1);
    if (attempts >= MAX_ATTEMPTS || !isRetryable(request.method, error.outcome, error.status)) throw error;
    const wait = waitBefore(sender, request, tried, tries);
    const news = wait > SILENT_WAIT_MS ? "" : undefined;
    const also = isRateLimited ? sender.limiter.throttle(wait, wave) : news;
    if (also !== undefined) {
      sender.log(
        `${request.operation.title}: ${causeOf(error)}, retrying in ${inSeconds(wait)}${also}.`,
        "info",
      );
    }
    if (!isRateLimited) await sender.timing.sleep(wait);
  }
}

/** Milliseconds until the next try. @throws the error, if that would be too late. */
function waitBefore(
  { timing }: Sender,
  request: Request,
  { response, error }: Failure,
  tries: number,
): number {
  const retryAfterMs = response ? (retryAfter(response.headers, timing.now()) ?? 0) : 0;
  const wait = Math.max(
    retryAfterMs,
    backoff(tries, () => timing.random()),
  );
  const maxWait = Math.min(MAX_RETRY_AFTER_MS, request.operation.remaining());
  if (wait <= maxWait) return wait;
  // Mention a time only if the API asked for it: if our own backoff exceeds the budget, keep the error as is.
  throw retryAfterMs > maxWait ? errorOfLongWait(error, retryAfterMs, timing.now()) : error;
}

function causeOf({ outcome, status }: WaysCloudError): string {
  if (outcome === "rate-limited") return `rate limited (${status})`;
  return status === undefined ? "no response" : `the API answered ${status}`;
}

interface Failure {
  response?: HttpResponse | undefined;
  error: WaysCloudError;
}

/** `undefined` if there is no time left. */
async function tryOnce(
  sender: Sender,
  request: Request,
  body: string | undefined,
): Promise<(({ response: HttpResponse; error?: undefined } | Failure) & { wave: Wave }) | undefined> {
  const { connection, limiter, timing, transport } = sender;
  const { method, path, operation } = request;
  return limiter.run(async (wave) => {
    operation.begin();
    const limit = Math.min(timing.attemptLimit, operation.remaining());
    // Never send if no time is left: nobody would wait for the response to a POST.
    if (limit <= 0) return undefined;
    if (method === "POST") operation.posted = momentOf(timing);
    const attempt = await transport({ method, path, body }, limit);
    if ("failure" in attempt) return { wave, error: errorOfFailure(connection, request, attempt.failure) };
    const { response } = attempt;
    const server = serverTime(response.headers);
    // A cache may have answered a GET, and a gateway with a clock of its own may have failed.
    const isOfApi = response.status < 500 && (method !== "GET" || response.status >= 400);
    if (server !== undefined && isOfApi)
      sender.clock = { server: server + ageOf(response.headers), monotonic: timing.monotonic() };
    const outcome = outcomeOfStatus(response.status);
    if (outcome !== "rate-limited") limiter.recordAccepted();
    if (!outcome) return { wave, response };
    return { wave, response, error: errorOfResponse(connection, request, response, outcome) };
  }, operation.hasBegun);
}
