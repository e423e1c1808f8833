// Time, chance and patience: every wait and deadline of the API layer, injectable for tests.

/** Clocks, chance and limits. Durations are milliseconds. */
export interface Timing {
  /** A clock that never jumps, for durations. */
  monotonic(): number;
  /** The wall clock, ms since the epoch: only to read HTTP dates and to compare expiry. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  sleep(ms: number): Promise<void>;
  /** Limit of one attempt. */
  attemptLimit: number;
  /** Limit of a whole operation with all its attempts. */
  operationLimit: number;
}

export const realTiming: Timing = {
  monotonic: () => performance.now(),
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  attemptLimit: 30_000,
  operationLimit: 120_000,
};

/**
 * The time budget of one operation (say, creating a key with everything that belongs to it). It starts with its first
 * request, so that a long queue before it costs nothing.
 */
export class Operation {
  private deadline: number | undefined;

  constructor(
    private readonly timing: Timing,
    /** What is being done, for messages: `creating the SSH key "deploy"`. */
    readonly title: string,
  ) {}

  begin(): void {
    this.deadline ??= this.timing.monotonic() + this.timing.operationLimit;
  }

  /** Milliseconds left; never negative. */
  remaining(): number {
    if (this.deadline === undefined) return this.timing.operationLimit;
    return Math.max(0, this.deadline - this.timing.monotonic());
  }
}

const MIN_BACKOFF_LIMIT_MS = 500;
const MAX_BACKOFF_LIMIT_MS = 8_000;
/** Even a drawn zero and a `Retry-After: 0` wait this long, so that nothing spins. */
const MIN_WAIT_MS = 50;
/** The longest wait that a server may ask for before the operation fails instead. */
export const MAX_RETRY_AFTER_MS = 60_000;

/** Full jitter: a random share of a limit that doubles with every attempt (1-based), 0.5 s to 8 s. */
export function backoff(attempt: number, random: () => number): number {
  const limit = Math.min(MAX_BACKOFF_LIMIT_MS, MIN_BACKOFF_LIMIT_MS * 2 ** (attempt - 1));
  return Math.max(MIN_WAIT_MS, random() * limit);
}

/**
 * The wait in ms that a `Retry-After` header asks for: seconds or an HTTP date (measured against the response's own `Date`, so that
 * a wrong local clock does not matter). `undefined` when the header is absent or says nothing; never NaN, never negative.
 */
export function retryAfter(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const header = headers["retry-after"]?.trim();
  if (!header) return undefined;
  if (/^-?\d+(\.\d+)?(e\d+)?$/i.test(header)) return Math.max(0, Number(header) * 1000);
  const at = parseHttpDate(header);
  return at === undefined ? undefined : Math.max(0, at - (serverTime(headers) ?? now));
}

const HTTP_DATE = /^[a-z]{3,9}, \d\d?[ -][a-z]{3}[ -]\d{2,4} \d\d:\d\d:\d\d GMT$/i;

/** A bare word or number-like text is not a date, whatever Date.parse makes of it: of `-1` a day in 2001. */
function parseHttpDate(text: string): number | undefined {
  const at = HTTP_DATE.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** A timestamp of the API, ms since the epoch; NaN for what is none. One without a zone means UTC, wherever this runs. */
export function parseApiTime(at: string): number {
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(at) ? at : `${at}Z`);
}

const LATEST_TIME = Date.UTC(9000, 0);

/** The server's own clock at the time of a response (its `Date` header), ms since the epoch. */
export function serverTime(headers: Readonly<Record<string, string>>): number | undefined {
  const at = parseHttpDate(headers.date?.trim() ?? "");
  // Beyond that, adding a lifetime would leave the range of dates: an error, when a key was just made.
  return at === undefined || at > LATEST_TIME ? undefined : at;
}
