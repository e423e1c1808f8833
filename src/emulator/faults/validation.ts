// Checks faults as they come from JSON, where a misspelt field must not silently mean "nothing goes wrong".
import { FaultError } from "./fault";
import type { Fault } from "./fault";
import { reasonOf } from "../http/reason";

type Check = (value: unknown) => string | undefined;

const expect =
  (what: string, holds: (value: unknown) => boolean): Check =>
  (value) =>
    holds(value) ? undefined : `must be ${what}`;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isCount = (value: unknown): boolean =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

const text = expect("a non-empty string", isText);
const count = expect("a whole number of 0 or more", isCount);
const positive = expect("a whole number of 1 or more", (value) => isCount(value) && value !== 0);
const size = expect("a number of bytes, at least 2", (value) => isCount(value) && Number(value) > 1);
const yes = expect("true", (value) => value === true);
const flag = expect("true or false", (value) => typeof value === "boolean");
const object = expect("an object", isObject);
const shape = (what: string, holds: (value: Record<string, unknown>) => boolean): Check =>
  expect(what, (value) => isObject(value) && holds(value));

const CHECKS: Record<keyof Fault, Check> = {
  method: text,
  path: expect("a path that begins with / (a * only at its end)", (value) =>
    /^(\/[^*]*\*?|\*)$/.test(typeof value === "string" ? value : ""),
  ),
  contains: text,
  nth: positive,
  times: expect('a whole number of 1 or more, or "always"', (v) => v === "always" || (isCount(v) && v !== 0)),
  refuse: yes,
  reset: yes,
  hang: yes,
  status: expect(
    "a status from 200 to 599",
    (value) => isCount(value) && Number(value) > 199 && Number(value) < 600,
  ),
  headers: shape("an object of strings", (value) => Object.values(value).every((v) => typeof v === "string")),
  body: () => undefined,
  redirect: text,
  huge: size,
  gzipBomb: size,
  echo: shape('{"what": "credential" or "key", "in": "body" or "header"}', (value) => {
    const { what, in: where, ...others } = value;
    const known = (what === "credential" || what === "key") && Object.keys(others).length === 0;
    return known && (where === undefined || where === "body" || where === "header");
  }),
  commit: flag,
  commitAfter: count,
  delay: count,
  truncate: expect("true or a number of bytes", (value) => value === true || isCount(value)),
  malformed: yes,
  dribble: shape('{"bytes": n, "every": milliseconds}', (value) => {
    const { bytes, every, ...others } = value;
    return isCount(bytes) && bytes !== 0 && isCount(every) && Object.keys(others).length === 0;
  }),
  omit: expect("a list of field names", isTexts),
  merge: object,
  drop: expect("a number of entries or a list of ids", (value) => isCount(value) || isTexts(value)),
  wrap: text,
  extra: object,
};

const MATCHERS = ["method", "path", "contains", "nth", "times"];
const SOURCES = ["refuse", "reset", "hang", "redirect", "huge", "gzipBomb", "echo", "body"] as const;
const CHANGES = ["omit", "merge", "drop", "wrap", "extra"] as const;
const DAMAGES = ["truncate", "malformed", "dribble"] as const;

/** Whether the fault answers itself, so that the API's own answer is not sent. */
export function replacesAnswer(fault: Fault): boolean {
  return fault.status !== undefined || SOURCES.some((source) => fault[source] !== undefined);
}

function contradiction(fault: Fault): string | undefined {
  const has = (key: keyof Fault): boolean => fault[key] !== undefined;
  const sources = SOURCES.filter(has);
  const given = (Object.keys(fault) as (keyof Fault)[]).filter(has);
  if (given.every((key) => MATCHERS.includes(key)))
    return "it says on which requests, but not what goes wrong";
  if (sources.length > 1) return `${sources.join(" and ")} exclude each other`;
  const [source] = sources;
  const clash = (others: readonly (keyof Fault)[]): string | undefined => {
    const found = others.find(has);
    return found === undefined ? undefined : `${found} cannot go with ${source ?? "status"}`;
  };
  if (source === "refuse") return clash(given.filter((k) => !["refuse", "nth", "times"].includes(k)));
  if (source === "reset" || source === "hang") return clash(["status", "headers", ...DAMAGES, ...CHANGES]);
  if (source === "huge" || source === "gzipBomb") return clash([...DAMAGES, ...CHANGES]);
  if (source === "redirect" && ![undefined, 301, 302, 303, 307, 308].includes(fault.status)) {
    return "redirect needs a status of 301, 302, 303, 307 or 308";
  }
  if (replacesAnswer(fault)) return clash(CHANGES);
  return fault.commit === false
    ? "commit: false needs an answer of its own, such as status or reset"
    : undefined;
}

/** Throws a {@link FaultError} naming what is wrong with a fault; returns it as one otherwise. */
export function checkFault(value: unknown): Fault {
  if (!isObject(value)) throw new FaultError("a fault must be an object");
  for (const [key, content] of Object.entries(value)) {
    if (!Object.hasOwn(CHECKS, key)) {
      throw new FaultError(`fault: unknown field "${key}" (known: ${Object.keys(CHECKS).join(", ")})`);
    }
    if (content === undefined) continue;
    const wrong = CHECKS[key as keyof Fault](content);
    if (wrong) throw new FaultError(`fault: ${key} ${wrong}`);
  }
  const fault = value as Fault;
  const wrong = contradiction(fault);
  if (wrong) throw new FaultError(`fault: ${wrong}`);
  return fault;
}

/** Reads one fault or a list of them from JSON text; `source` names the text in errors. */
export function parseFaults(json: string, source: string): Fault[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    throw new FaultError(`${source} is not JSON: ${reasonOf(error)}`);
  }
  const list: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return list.map(checkFault);
}
