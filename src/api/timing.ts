// Clock, randomness, timeouts and backoff of the API client, and the one reader of the API's times.

/** Clocks, randomness and limits. Durations are milliseconds. */
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

/** One moment by both local clocks, ms. */
export interface Moment {
  monotonic: number;
  wall: number;
}

export function momentOf(timing: Pick<Timing, "monotonic" | "now">): Moment {
  return { monotonic: timing.monotonic(), wall: timing.now() };
}

/**
 * The time budget of one operation, such as creating a key with all of its requests. It starts with the first
 * request, so waiting in a long queue before it costs nothing.
 */
export class Operation {
  private deadline: number | undefined;
  /** When its latest POST was sent: nothing that was made before is the work of that. */
  posted: Moment | undefined;

  constructor(
    private readonly timing: Timing,
    /** The operation in messages: `creating the SSH key "deploy"`. */
    readonly title: string,
  ) {}

  get hasBegun(): boolean {
    return this.deadline !== undefined;
  }

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
/** Minimum wait, so that zero jitter or `Retry-After: 0` does not become a busy loop. */
const MIN_WAIT_MS = 50;
/** The longest wait that a server may ask for before the operation fails instead. */
export const MAX_RETRY_AFTER_MS = 60_000;

/** Full jitter: a random share of a limit that doubles with every attempt (1-based), 0.5 s to 8 s. */
export function backoff(attempt: number, random: () => number): number {
  const limit = Math.min(MAX_BACKOFF_LIMIT_MS, MIN_BACKOFF_LIMIT_MS * 2 ** (attempt - 1));
  return Math.max(MIN_WAIT_MS, random() * limit);
}

/**
 * The wait in ms that a `Retry-After` header asks for: seconds or an HTTP date (measured against the
 * response's own `Date`, so that a wrong local clock does not matter). `undefined` when the header is absent
 * or says nothing; never NaN, never negative.
 */
export function retryAfter(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const header = headers["retry-after"]?.trim();
  if (!header) return undefined;
  if (/^-?\d+(\.\d+)?(e\d+)?$/i.test(header)) return Math.max(0, Number(header) * 1000);
  // Without the bounds of parseApiTime: a date far in the future is a long wait.
  const at = readTime(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - (serverTime(headers) ?? now));
}

const EARLIEST_TIME = Date.UTC(2000, 0);
/** Adding a lifetime to a later time would overflow `Date`. */
const LATEST_TIME = Date.UTC(9000, 0);
const EPOCH_SECONDS = /^\d{10}(\.\d+)?$/;
const EPOCH_MILLISECONDS = /^\d{13}$/;
const HTTP_DATE = /^[a-z]{3,9}, \d\d?[ -][a-z]{3}[ -]\d{2,4} \d\d:\d\d:\d\d (GMT|UTC|[+-]\d{4})$/i;
const RFC_3339_LIKE =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(?:Z|UTC|GMT|([+-]\d\d)(?::?(\d\d))?)?$/i;

/**
 * A time of the API in ms since the epoch: RFC 3339 and its usual variants (zones `+01` and `+0100`, ` UTC`,
 * no zone for UTC, wherever this runs), RFC 1123, or seconds or milliseconds since the epoch. NaN for all
 * others, which prove nothing: times that the package cannot read, and times such as `0001-01-01` and
 * `9999-12-31`, which mean "never" or "not set".
 */
export function parseApiTime(at: string | number | undefined): number {
  const time = readTime(String(at ?? "").trim());
  return time >= EARLIEST_TIME && time <= LATEST_TIME ? time : NaN;
}

function readTime(text: string): number {
  if (EPOCH_SECONDS.test(text)) return Math.round(Number(text) * 1000);
  if (EPOCH_MILLISECONDS.test(text)) return Number(text);
  // A bare word or number is not a date, although Date.parse accepts some: `-1` becomes a day in 2001.
  if (HTTP_DATE.test(text)) return Date.parse(text);
  const parts = RFC_3339_LIKE.exec(text);
  if (!parts) return NaN;
  const [, date, time, hours, minutes = "00"] = parts;
  return Date.parse(`${date}T${time}${hours === undefined ? "Z" : `${hours}:${minutes}`}`);
}

/**
 * The server's clock when it generated a response, ms since the epoch. It is the response's `Date`, also if a
 * cache answers (by RFC 9111 a cache keeps the origin's `Date`, and `Age` says how long ago that was).
 */
export function serverTime(headers: Readonly<Record<string, string>>): number | undefined {
  const at = parseApiTime(headers.date);
  return Number.isNaN(at) ? undefined : at;
}

/** How long (ms) a cache has had this response; 0 for a response of the API itself. */
export function ageOf(headers: Readonly<Record<string, string>>): number {
  const seconds = Number(headers.age?.trim() || 0);
  return seconds > 0 && seconds < Infinity ? seconds * 1000 : 0;
}
