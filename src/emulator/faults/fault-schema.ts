// Checks faults, also as they come from JSON, where a misspelled field must not silently mean "nothing goes wrong".
import { METHODS, validateHeaderName, validateHeaderValue } from "node:http";
import { z } from "zod";
import { MAX_MS, must, problemIn, strict } from "../check";
import { errorMessage } from "../errors";
import { endpointsOf } from "../routes/endpoints";
import { FaultError } from "./fault";
import type { Fault } from "./fault";

const isMethod = (text: string): boolean => METHODS.includes(text.toUpperCase());

/** Whether Node would send the header; otherwise it drops the connection instead. */
function canBeSent(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

const count = z.int().nonnegative();
const positive = z.int().positive();
const name = z.string().min(1);
const milliseconds = count.max(MAX_MS);
const string = must("a non-empty string", name);
const delay = must(`a whole number of milliseconds from 0 to ${MAX_MS}`, milliseconds);
const size = must("a number of bytes, at least 2", z.int().min(2));
const url = name.refine((text) => canBeSent("location", text));
const headers = z
  .record(z.string(), z.string())
  .refine((content) => Object.entries(content).every(([key, value]) => canBeSent(key, value)));
const yes = must("true", z.literal(true));
const object = must("an object", z.record(z.string(), z.unknown()));

const FAULT = strict<Fault>({
  method: must("an HTTP method such as GET or POST", z.string().refine(isMethod)),
  path: must(
    "a path that begins with / (a * only at its end, no query)",
    z.string().regex(/^(\/[^*?#]*\*?|\*)$/),
  ),
  contains: string,
  nth: must("a whole number of 1 or more", positive),
  times: must('a whole number of 1 or more, or "always"', z.union([z.literal("always"), positive])),
  refuse: yes,
  reset: yes,
  hang: yes,
  status: must("a status from 200 to 599", z.int().min(200).max(599)),
  headers: must("an object of strings that are valid header names and values", headers),
  body: z.unknown(),
  redirect: must("a URL that is a valid header value", url),
  huge: size,
  gzipBomb: size,
  echo: must(
    '{"what": "credential" or "key", "in": "body" or "header"}',
    z.strictObject({ what: z.enum(["credential", "key"]), in: z.enum(["body", "header"]).optional() }),
  ),
  commit: must("true or false", z.boolean()),
  commitAfter: delay,
  delay,
  truncate: must("true or a number of bytes", z.union([z.literal(true), count])),
  malformed: yes,
  dribble: must(
    `{"bytes": 1 or more, "every": milliseconds, at most ${MAX_MS}}`,
    z.strictObject({ bytes: positive, every: milliseconds }),
  ),
  omit: must("a list of field names", z.array(name)),
  merge: object,
  drop: must("a number of entries or a list of ids", z.union([count, z.array(name)])),
  wrap: string,
  extra: object,
});

const MATCHERS: readonly (keyof Fault)[] = ["method", "path", "contains", "nth", "times"];
const SOURCES = ["refuse", "reset", "hang", "redirect", "huge", "gzipBomb", "echo", "body"] as const;
const LIST_CHANGES = ["drop", "wrap", "extra"] as const;
const CHANGES = ["omit", "merge", ...LIST_CHANGES] as const;
const DAMAGES = ["truncate", "malformed", "dribble"] as const;
const REDIRECTS: readonly (number | undefined)[] = [undefined, 301, 302, 303, 307, 308];

/** Whether the fault defines a response itself, so that the API's own is not sent. */
export function replacesResponse(fault: Fault): boolean {
  return fault.status !== undefined || SOURCES.some((source) => fault[source] !== undefined);
}

/** Fields that make no sense together. */
function contradictionIn(fault: Fault): string | undefined {
  const has = (key: keyof Fault): boolean => fault[key] !== undefined;
  const sources = SOURCES.filter(has);
  const given = (Object.keys(fault) as (keyof Fault)[]).filter(has);
  if (given.every((key) => MATCHERS.includes(key)))
    return "no failure specified (for example `status` or `reset`)";
  if (sources.length > 1) return `${sources.join(" and ")} are mutually exclusive`;
  const [source] = sources;
  const clash = (others: readonly (keyof Fault)[]): string | undefined => {
    const found = others.find(has);
    return found === undefined ? undefined : `${found} cannot be combined with ${source ?? "status"}`;
  };
  if (source === "refuse") return clash(given.filter((k) => !["refuse", "nth", "times"].includes(k)));
  if (source === "reset" || source === "hang") return clash(["status", "headers", ...DAMAGES, ...CHANGES]);
  if (source === "huge" || source === "gzipBomb") return clash([...DAMAGES, ...CHANGES]);
  if (source === "redirect" && !REDIRECTS.includes(fault.status)) {
    return "redirect needs a status of 301, 302, 303, 307 or 308";
  }
  if (replacesResponse(fault)) return clash(CHANGES);
  return fault.commit === false
    ? "commit: false needs a response of its own, such as status or reset"
    : undefined;
}

/** A fault that waits for requests nobody can make would look like a test that passed. */
function neverMatches({ method, path }: Fault): string | undefined {
  if (path === undefined || endpointsOf(path, method?.toUpperCase()).length > 0) return undefined;
  if (endpointsOf(path, undefined).length === 0) return `path ${path} matches no endpoint`;
  return `no endpoint at ${path} has the method ${method?.toUpperCase() ?? ""}`;
}

function neverAList(fault: Fault, wrapsLists: boolean): string | undefined {
  const change = LIST_CHANGES.find((key) => fault[key] !== undefined);
  if (change === undefined) return undefined;
  const { path = "*", method } = fault;
  if (!endpointsOf(path, method?.toUpperCase()).some(({ list }) => list)) {
    return `${change} applies to lists only, and ${method ?? "every method"} ${path} answers something else`;
  }
  return fault.extra !== undefined && fault.wrap === undefined && !wrapsLists
    ? "extra needs wrap, since lists are bare arrays here"
    : undefined;
}

/** Throws a {@link FaultError} that says what is wrong with a fault; otherwise returns it as one. */
export function checkFault(value: unknown, wrapsLists: boolean): Fault {
  const problem = problemIn(FAULT, value);
  if (problem) throw new FaultError(`fault: ${`${problem.field} ${problem.rule}`.trim()}`);
  const fault = value as Fault;
  const nonsense = contradictionIn(fault) ?? neverMatches(fault) ?? neverAList(fault, wrapsLists);
  if (nonsense !== undefined) throw new FaultError(`fault: ${nonsense}`);
  return fault;
}

/** Reads one fault or a list of them from JSON; `source` names the JSON in errors. */
export function parseFaults(json: string, source: string, wrapsLists: boolean): Fault[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json.replace(/^\ufeff/, ""));
  } catch (error) {
    throw new FaultError(`${source} is not JSON: ${errorMessage(error)}`);
  }
  const list: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return list.map((fault) => checkFault(fault, wrapsLists));
}
