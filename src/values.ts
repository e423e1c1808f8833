// The ground floor, free of everything else: unknown values, properties, equality, records and times.

/** A value that is known only once another resource exists. */
export const UNKNOWN: unique symbol = Symbol("unknown");
export type Unknown = typeof UNKNOWN;
/** An input of a preview, which another resource may still have to provide. */
export type MaybeUnknown<T> = T | Unknown;

/** What a host hands over: typed by a codec at once. */
export type Properties = Record<string, unknown>;

/** Bad input. The engine prints the value of `property`, so a failure about a secret leaves it empty. */
export interface CheckFailure {
  property: string;
  reason: string;
}

export interface Checked {
  inputs: Properties;
  failures: CheckFailure[];
}

export const DAY_MS = 86_400_000;

/** The value of an input at a step where all of them are known. */
export function known<T>(value: MaybeUnknown<T>, name: string): T {
  if (value === UNKNOWN) throw new TypeError(`\`${name}\` is still unknown`);
  return value;
}

export function isRecord(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A copy without some of the properties. */
export function without(properties: Properties, ...names: string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));
}

/** Are two values the same, with unknown never the same as anything? The order of keys means nothing. */
export function same(a: unknown, b: unknown): boolean {
  if (a === UNKNOWN || b === UNKNOWN) return false;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((part, index) => same(part, b[index]));
  }
  if (isRecord(a) && isRecord(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
  }
  // NaN is the same as itself here, or it would replace a key at every update.
  return a === b || Object.is(a, b);
}

/** RFC 3339 in UTC, whole seconds. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** Has this time (RFC 3339) come, by a clock that shows `now`? */
export function isPast(at: string | null, now: number): boolean {
  return at !== null && Date.parse(at) <= now;
}
