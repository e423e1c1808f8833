// Fields of a fault that make no sense together, or with any endpoint.
import { endpointsOf } from "../routes/endpoints";
import type { Fault } from "./fault";

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

/** What makes no sense in the fault, if anything. */
export function contradictionIn(fault: Fault, wrapsLists: boolean): string | undefined {
  return contradictionOfFields(fault) ?? neverMatches(fault) ?? neverAList(fault, wrapsLists);
}

function contradictionOfFields(fault: Fault): string | undefined {
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
