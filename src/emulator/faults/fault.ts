// Faults as users write them, in TypeScript or JSON, with their check (a misspelled field must not silently
// mean that nothing goes wrong), and the choice of the fault that applies to a request.
import { validateHeaderName, validateHeaderValue } from "node:http";
import { z } from "zod";
import { copyOf } from "../account/records";
import { MAX_MS, must, problemIn, strict } from "../check";
import type { Optional } from "../check";
import type { Call } from "../http/request";
import { handlersOf, withoutTrailingSlash } from "../routes/endpoints";

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
const filled = z.string().min(1);
const milliseconds = count.max(MAX_MS);
const string = must("a non-empty string", filled);
const delay = must(`a whole number of milliseconds from 0 to ${MAX_MS}`, milliseconds);
const size = must("a number of bytes, at least 2", z.int().min(2));
const yes = must("true", z.literal(true));
const object = must("an object", z.record(z.string(), z.unknown()));

const FAULT = {
  /** The method to match. @default any */
  method: must("an HTTP method such as GET or POST", filled),
  /** The path of an endpoint to match (without the query): exact, or with a trailing `*`. @default any */
  path: must(
    "a path that begins with / (a * only at its end, no query)",
    z.string().regex(/^(\/[^*?#]*\*?|\*)$/),
  ),
  /**
   * A string that the request body must contain, to single out one of several requests to a path.
   * @default any
   */
  contains: string,
  /** First matching request to affect, counted from 1 since the fault was added. @default 1 */
  nth: must("a whole number of 1 or more", positive),
  /** Number of consecutive matching requests to affect. @default 1 */
  times: must('a whole number of 1 or more, or "always"', z.literal("always").or(positive)),

  /**
   * Resets the connection before the request is read. Can only be combined with `nth` and `times`, which then
   * count attempts. For ECONNREFUSED see `Emulator.stopListening`.
   */
  refuse: yes,
  /** Resets the connection instead of responding. */
  reset: yes,
  /** Never responds. */
  hang: yes,
  /**
   * The status of the response; with `redirect` one of 301, 302, 303, 307, 308.
   * @default 200 with `body`, 302 with `redirect`
   */
  status: must("a status from 200 to 599", z.int().min(200).max(599)),
  /** Headers added to the response, in place of equally named ones. */
  headers: must(
    "an object of strings that are valid header names and values",
    z
      .record(z.string(), z.string())
      .refine((content) => Object.entries(content).every(([name, value]) => canBeSent(name, value))),
  ),
  /** The body of the response: a string is sent unchanged (text/plain), anything else as JSON. */
  body: z.unknown(),
  /** The URL to redirect to. */
  redirect: must(
    "a URL that is a valid header value",
    filled.refine((text) => canBeSent("location", text)),
  ),
  /** Streams a body of this many bytes (JSON white space and `{}`), chunked. */
  huge: size,
  /** Responds with a gzip body that unpacks to this many bytes (JSON white space and `{}`). */
  gzipBomb: size,
  /** Puts the caller's credential, or the new (else the newest) key, into an error's body or header. */
  echo: must(
    '{"what": "credential" or "key", "in": "body" or "header"}',
    z.strictObject({ what: z.enum(["credential", "key"]), in: z.enum(["body", "header"]).optional() }),
  ),

  /**
   * Whether the request takes effect.
   * @default true for the API's own response and `echo` of a key, else false
   */
  commit: must("true or false", z.boolean()),
  /** Delay in ms before the request takes effect; the API's own response waits for it, any other does not. */
  commitAfter: delay,
  /**
   * Delay in ms between the request's effect and the response, in addition to the emulator's `latency`.
   * @default 0
   */
  delay,

  /** Announces the complete body, sends half of it (or so many bytes; 0: the headers) and disconnects. */
  truncate: must("true or a number of bytes", z.literal(true).or(count)),
  /** Makes the body invalid JSON of the right length, with all its content still in it. */
  malformed: yes,
  /** Sends the body in chunks of `bytes` bytes every `every` ms. */
  dribble: must(
    `{"bytes": 1 or more, "every": milliseconds, at most ${MAX_MS}}`,
    z.strictObject({ bytes: positive, every: milliseconds }),
  ),

  /** Fields left out of the response; of each entry if it is a list. */
  omit: must("a list of field names", z.array(filled)),
  /** Fields set in the response; in each entry if it is a list. */
  merge: object,
  /** Entries left out of a list: this many from its end (the newest), or those with these ids. */
  drop: must("a number of entries or a list of ids", z.union([count, z.array(filled)])),
  /** Puts a list into an object under this name. */
  wrap: string,
  /** Fields beside a wrapped list, such as `has_more`, `next` or `total`. Needs `wrap` or `lists`. */
  extra: object,
};

/**
 * A simulated failure. `method`, `path`, `contains`, `nth` and `times` select requests; the other fields
 * define the failure.
 *
 * Of `refuse`, `reset`, `hang`, `redirect`, `huge`, `gzipBomb`, `echo` and `body` a fault has at most one.
 * With any of these or `status` the API's own response is replaced and, unless `commit` says otherwise, the
 * request takes no effect. `truncate`, `malformed` and `dribble` damage any response; `omit`, `merge`,
 * `drop`, `wrap` and `extra` change the API's own.
 */
export interface Fault extends Optional<typeof FAULT> {}

/** An invalid fault, such as one with a misspelled field. */
export class FaultError extends Error {
  override readonly name = "FaultError";
}

type Field = keyof Fault;
const FIELDS = Object.keys(FAULT) as Field[];
const MATCHERS: readonly Field[] = ["method", "path", "contains", "nth", "times"];
const LIST_CHANGES: readonly Field[] = ["drop", "wrap", "extra"];
const CHANGES: readonly Field[] = ["omit", "merge", ...LIST_CHANGES];
const DAMAGED: readonly Field[] = ["truncate", "malformed", "dribble", ...CHANGES];

/** The fields with which a fault replaces the response of the API, and those that cannot be beside each. */
const SOURCES: Partial<Record<Field, readonly Field[]>> = {
  refuse: FIELDS.filter((field) => !["refuse", "nth", "times"].includes(field)),
  reset: ["status", "headers", ...DAMAGED],
  hang: ["status", "headers", ...DAMAGED],
  redirect: CHANGES,
  huge: DAMAGED,
  gzipBomb: DAMAGED,
  echo: CHANGES,
  body: CHANGES,
  status: CHANGES,
};

const REPLACING = Object.keys(SOURCES) as Field[];

const given = (fault: Fault, fields: readonly Field[]): Field[] =>
  fields.filter((field) => fault[field] !== undefined);

export const replacesResponse = (fault: Fault): boolean => given(fault, REPLACING).length > 0;

/** Fields that make no sense together. */
function contradictionIn(fault: Fault): string | undefined {
  const { status, redirect, commit } = fault;
  if (given(fault, FIELDS).every((field) => MATCHERS.includes(field)))
    return "no failure specified (for example `status` or `reset`)";
  const [source, other = "status"] = given(fault, REPLACING);
  if (other !== "status") return `${source} and ${other} are mutually exclusive`;
  if (redirect !== undefined && ![undefined, 301, 302, 303, 307, 308].includes(status))
    return "redirect needs a status of 301, 302, 303, 307 or 308";
  if (commit === false && source === undefined)
    return "commit: false needs another response, such as status or reset";
  const [clash] = given(fault, (source && SOURCES[source]) ?? []);
  return clash && `${clash} cannot be combined with ${source}`;
}

/** A fault for impossible requests would look like a passed test. */
function neverApplies(fault: Fault, wrapsLists: boolean): string | undefined {
  const { path = "*", method, wrap, extra } = fault;
  const atPath = handlersOf(path);
  const handlers = atPath.filter(([verb]) => method === undefined || verb === method.toUpperCase());
  if (atPath.length === 0) return `path ${path} matches no endpoint`;
  if (handlers.length === 0) return `no endpoint at ${path} has the method ${method?.toUpperCase() ?? ""}`;
  const [change] = given(fault, LIST_CHANGES);
  if (change !== undefined && !handlers.some(([, { list }]) => list)) {
    return `${change} applies to lists only, and ${method ?? "every method"} ${path} answers something else`;
  }
  return extra !== undefined && wrap === undefined && !wrapsLists
    ? "extra needs wrap, since lists are bare arrays here"
    : undefined;
}

const faultSchema = strict(FAULT);

function matches({ method, contains, path = "*" }: Fault, call: Call): boolean {
  if (method !== undefined && method.toUpperCase() !== call.method) return false;
  if (contains !== undefined && !call.text.includes(contains)) return false;
  if (path.endsWith("*")) return call.path.startsWith(path.slice(0, -1));
  return withoutTrailingSlash(call.path) === withoutTrailingSlash(path);
}

/** The faults in force, each with its own count of matching requests. */
export class FaultRegistry {
  #entries: { fault: Fault; seen: number; applied: number }[] = [];

  /** `wrapsLists`: whether lists are wrapped in an object, so that `extra` has a place. */
  constructor(private readonly wrapsLists: boolean) {}

  /**
   * Adds faults. If several match, the one added first applies and the others apply to later requests. Throws
   * {@link FaultError} if a fault is invalid.
   */
  add(...faults: Fault[]): void {
    // All are checked before the first is added, and copied: later changes by the caller have no effect.
    const entries = faults.map((fault) => {
      const invalid = problemIn(faultSchema, fault, "fault");
      if (invalid !== undefined) throw new FaultError(invalid);
      const nonsense = contradictionIn(fault) ?? neverApplies(fault, this.wrapsLists);
      if (nonsense !== undefined) throw new FaultError(`fault: ${nonsense}`);
      return { fault: copyOf(fault), seen: 0, applied: 0 };
    });
    this.#entries.push(...entries);
  }

  /** Removes all faults. Effects already under way (hanging requests, late commits) continue. */
  clear(): void {
    this.#entries = [];
  }

  /** The faults that have not applied as often as they were meant to (`"always"`: not even once). */
  pending(): Fault[] {
    const unfinished = this.#entries.filter(({ fault: { times = 1 }, applied }) =>
      times === "always" ? applied === 0 : applied < times,
    );
    return unfinished.map(({ fault }) => copyOf(fault));
  }

  /**
   * The fault that applies to this request, or without one to this attempt at one, if any. Every fault
   * counts every request that it matches; of several the first applies, the others stay due.
   */
  take(call?: Call): Fault | undefined {
    const [first] = this.#entries.filter((entry) => {
      const { nth = 1, times = 1 } = entry.fault;
      const isMatch = call ? !entry.fault.refuse && matches(entry.fault, call) : entry.fault.refuse;
      return isMatch && ++entry.seen >= nth && (times === "always" || entry.applied < times);
    });
    if (first) first.applied += 1;
    return first?.fault;
  }
}

/** Adds and removes faults while the emulator runs. */
export interface FaultControl extends Pick<FaultRegistry, "add" | "clear" | "pending"> {}
