// The ground floor, which imports nothing else: unknown values, properties, equality, records and times.

/** A value that is known only once another resource exists. */
export const UNKNOWN: unique symbol = Symbol("unknown");
export type Unknown = typeof UNKNOWN;
/** An input during a preview: it may depend on another resource that does not exist yet. */
export type MaybeUnknown<T> = T | Unknown;

/** Properties as a host passes them; a codec gives them types at once. */
export type Properties = Record<string, unknown>;

/** An invalid input. The engine prints the value of `property`, so it is empty for a secret. */
export interface CheckFailure {
  property: string;
  reason: string;
}

export interface Checked {
  inputs: Properties;
  failures: CheckFailure[];
}

export const DAY_MS = 86_400_000;

/** This many days after a time, RFC 3339. */
export function daysAfter(time: string, days: number): string {
  return rfc3339(Date.parse(time) + days * DAY_MS);
}

/** The value of an input at a step at which all inputs are known. */
export function known<T>(value: MaybeUnknown<T>, name: string): T {
  if (value === UNKNOWN) throw new TypeError(`\`${name}\` is still unknown`);
  return value;
}

export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Inputs at a step at which all of them are known. */
export type Known<T> = T extends Unknown
  ? never
  : T extends readonly unknown[] | ReadonlyMap<unknown, unknown>
    ? T
    : T extends object
      ? { [Name in keyof T]: Known<T[Name]> }
      : T;

export function allKnown<T extends object>(inputs: T): Known<T> {
  for (const name of Object.keys(inputs)) {
    const value: unknown = known<unknown>(inputs[name as keyof T], name);
    if (isRecord(value)) allKnown(value);
  }
  return inputs as Known<T>;
}

export function isRecord(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of a JSON text; undefined if it is not JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A copy without some of the properties. */
export function without(properties: Properties, ...names: string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));
}

/** Are two values equal? An unknown value equals nothing. The order of keys does not matter. */
export function same(a: unknown, b: unknown): boolean {
  if (a === UNKNOWN || b === UNKNOWN) return false;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((part, index) => same(part, b[index]));
  }
  if (isRecord(a) && isRecord(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
  }
  // NaN equals itself here; otherwise it would replace a key at every update.
  return a === b || Object.is(a, b);
}

/** RFC 3339 in UTC, whole seconds. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** Is this time (RFC 3339) reached, by a clock that shows `now`? */
export function isPast(at: string | null, now: number): boolean {
  return at !== null && Date.parse(at) <= now;
}
