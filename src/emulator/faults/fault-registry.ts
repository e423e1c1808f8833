// Which fault applies to which request.
import { copyOf } from "../account/records";
import type { Call } from "../http/call";
import { withoutTrailingSlash } from "../routes/endpoints";
import type { Fault, FaultControl } from "./fault";
import { checkFault } from "./fault-schema";

interface Entry {
  fault: Fault;
  seen: number;
  applied: number;
}

function matches(fault: Fault, call: Call): boolean {
  const { method, path, contains } = fault;
  if (method !== undefined && method.toUpperCase() !== call.method) return false;
  if (contains !== undefined && !call.text.includes(contains)) return false;
  if (path === undefined) return true;
  if (path.endsWith("*")) return call.path.startsWith(path.slice(0, -1));
  return withoutTrailingSlash(call.path) === withoutTrailingSlash(path);
}

/** How often an entry is still to apply. */
function remaining(entry: Entry): number {
  const { times = 1 } = entry.fault;
  return times === "always" ? Infinity : times - entry.applied;
}

/** The faults in force, each with its own count of matching requests. */
export class FaultRegistry implements FaultControl {
  #entries: Entry[] = [];

  /** `wrapsLists`: whether lists are answered in an object, so that `extra` has a place. */
  constructor(private readonly wrapsLists: boolean) {}

  add(...faults: Fault[]): void {
    // All are checked before the first is added, and copied, so that a change made later by the caller has no effect.
    const checked = faults.map((fault) => copyOf(checkFault(fault, this.wrapsLists)));
    this.#entries.push(...checked.map((fault) => ({ fault, seen: 0, applied: 0 })));
  }

  clear(): void {
    this.#entries = [];
  }

  pending(): Fault[] {
    const unfinished = this.#entries.filter((entry) =>
      entry.fault.times === "always" ? entry.applied === 0 : remaining(entry) > 0,
    );
    return unfinished.map((entry) => copyOf(entry.fault));
  }

  /** The fault that applies to this request, if any. */
  take(call: Call): Fault | undefined {
    return this.#take((fault) => !fault.refuse && matches(fault, call));
  }

  /** Whether this attempt to connect is refused. */
  refuses(): boolean {
    return this.#take((fault) => fault.refuse === true) !== undefined;
  }

  #take(applies: (fault: Fault) => boolean): Fault | undefined {
    if (this.#entries.length === 0) return undefined;
    const due: Entry[] = [];
    // Every fault counts every request it matches; one that another takes precedence over stays due for the next.
    for (const entry of this.#entries) {
      if (!applies(entry.fault)) continue;
      entry.seen += 1;
      if (entry.seen >= (entry.fault.nth ?? 1) && remaining(entry) > 0) due.push(entry);
    }
    const [first] = due;
    if (first) first.applied += 1;
    return first?.fault;
  }
}
