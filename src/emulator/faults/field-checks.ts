// The rule for each field of a fault by itself.
import { METHODS, validateHeaderName, validateHeaderValue } from "node:http";
import type { Fault } from "./fault";

/** The rule that the value breaks, beginning with "must"; undefined if it is fine. */
type Check = (value: unknown) => string | undefined;

/** The longest delay of Node's timers: beyond it they fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

const expect =
  (what: string, holds: (value: unknown) => boolean): Check =>
  (value) =>
    holds(value) ? undefined : `must be ${what}`;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isCount = (value: unknown, max = Number.MAX_SAFE_INTEGER): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= max;
const isDelay = (value: unknown): boolean => isCount(value, MAX_DELAY_MS);
const isString = (value: unknown): value is string => typeof value === "string" && value !== "";
const isStringList = (value: unknown): boolean => Array.isArray(value) && value.every(isString);
const hasOnly = (value: Record<string, unknown>, ...known: string[]): boolean =>
  Object.keys(value).every((key) => known.includes(key));

const string = expect("a non-empty string", isString);
const delay = expect(`a whole number of milliseconds from 0 to ${MAX_DELAY_MS}`, isDelay);
const positive = expect("a whole number of 1 or more", (value) => isCount(value) && value !== 0);
const size = expect("a number of bytes, at least 2", (value) => isCount(value) && value > 1);
const yes = expect("true", (value) => value === true);
const flag = expect("true or false", (value) => typeof value === "boolean");
const object = expect("an object", isObject);
const objectOf = (what: string, holds: (value: Record<string, unknown>) => boolean): Check =>
  expect(what, (value) => isObject(value) && holds(value));

/** Whether Node would send the header; otherwise it drops the connection instead. */
function canBeSent(name: string, value: unknown): boolean {
  if (typeof value !== "string") return false;
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

export const FIELD_CHECKS: Record<keyof Fault, Check> = {
  method: expect(
    "an HTTP method such as GET or POST",
    (value) => isString(value) && METHODS.includes(value.toUpperCase()),
  ),
  path: expect(
    "a path that begins with / (a * only at its end, no query)",
    (value) => typeof value === "string" && /^(\/[^*?#]*\*?|\*)$/.test(value),
  ),
  contains: string,
  nth: positive,
  times: expect('a whole number of 1 or more, or "always"', (v) => v === "always" || (isCount(v) && v !== 0)),
  refuse: yes,
  reset: yes,
  hang: yes,
  status: expect("a status from 200 to 599", (value) => isCount(value, 599) && value > 199),
  headers: objectOf("an object of strings that are valid header names and values", (value) =>
    Object.entries(value).every(([name, content]) => canBeSent(name, content)),
  ),
  body: () => undefined,
  redirect: expect("a URL that is a valid header value", (v) => isString(v) && canBeSent("location", v)),
  huge: size,
  gzipBomb: size,
  echo: objectOf('{"what": "credential" or "key", "in": "body" or "header"}', (value) => {
    const { what, in: where = "body" } = value;
    const known = (what === "credential" || what === "key") && (where === "body" || where === "header");
    return known && hasOnly(value, "what", "in");
  }),
  commit: flag,
  commitAfter: delay,
  delay,
  truncate: expect("true or a number of bytes", (value) => value === true || isCount(value)),
  malformed: yes,
  dribble: objectOf(`{"bytes": 1 or more, "every": milliseconds, at most ${MAX_DELAY_MS}}`, (value) => {
    const { bytes, every } = value;
    return isCount(bytes) && bytes !== 0 && isDelay(every) && hasOnly(value, "bytes", "every");
  }),
  omit: expect("a list of field names", isStringList),
  merge: object,
  drop: expect("a number of entries or a list of ids", (value) => isCount(value) || isStringList(value)),
  wrap: string,
  extra: object,
};
