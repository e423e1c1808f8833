// The emulator's clock, which can be moved, so that nobody has to wait thirty days for a rotation.
import { z } from "zod";
import { must, problemIn } from "./check";
import { ApiError } from "./http/request";
import type { ApiResult, Call } from "./http/request";

const UNITS: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };
/** The first moment that RFC 3339 has no form for. */
const YEAR_10000 = 253_402_300_800_000;

/** A time span: milliseconds, or a string such as `30d`, `-12h` or `1d6h`. */
export const SPAN = must(
  'a time span such as "30d", "-12h" or "90m"',
  z.union([z.number(), z.string().regex(/^[+-]?(\d{1,7}[dhms])+$/)]),
);

export function millisecondsOf(span: number | string): number {
  if (typeof span === "number") return span;
  const parts = [...span.matchAll(/(\d+)([dhms])/g)];
  const sum = parts.reduce((total, [, count, unit = ""]) => total + Number(count) * (UNITS[unit] ?? 0), 0);
  return span.startsWith("-") ? -sum : sum;
}

export class Clock {
  #offset = 0;

  constructor(private readonly base: () => number) {}

  readonly now = (): number => this.base() + this.#offset;

  /** Moves the clock; throws a `RangeError` for an invalid span, or outside of the years 1970 to 9999. */
  advance(span: number | string): void {
    const problem = problemIn(SPAN, span, "the time to advance by");
    if (problem !== undefined) throw new RangeError(problem);
    const milliseconds = millisecondsOf(span);
    const target = this.now() + milliseconds;
    if (!(target >= 0 && target < YEAR_10000)) {
      throw new RangeError("the clock cannot be moved out of the years 1970 to 9999");
    }
    this.#offset += milliseconds;
  }
}

/** The path at which the clock is read (GET) and moved (`POST ?advance=30d`). It is not a part of the API. */
export const CLOCK_PATH = "/emulator/clock";

export function serveClock(clock: Clock, { method, query }: Call): ApiResult {
  if (method !== "GET" && method !== "POST") {
    return new ApiError(405, "Method Not Allowed", { Allow: "GET, POST" }).result;
  }
  try {
    if (method === "POST") clock.advance(query["advance"] ?? "");
  } catch (error) {
    if (error instanceof RangeError) return new ApiError(400, error.message).result;
    throw error;
  }
  return { status: 200, body: { now: new Date(clock.now()).toISOString() } };
}
