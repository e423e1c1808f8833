// Which fault strikes which request.
import type { Call } from "../http/call";
import type { Fault, FaultControl } from "./fault";
import { checkFault } from "./validation";
import { copyOf } from "../account/records";

interface Entry {
  fault: Fault;
  seen: number;
  struck: number;
}

function matches(fault: Fault, call: Call): boolean {
  const { method, path, contains } = fault;
  if (method !== undefined && method.toUpperCase() !== call.method) return false;
  if (contains !== undefined && !call.text.includes(contains)) return false;
  if (path === undefined) return true;
  return path.endsWith("*") ? call.path.startsWith(path.slice(0, -1)) : call.path === path;
}

/** How often an entry is still to strike. */
function left(entry: Entry): number {
  const { times = 1 } = entry.fault;
  return times === "always" ? Infinity : times - entry.struck;
}

/** The faults in force, each with its own count of the requests it matched. */
export class FaultBook implements FaultControl {
  #entries: Entry[] = [];

  add(...faults: Fault[]): void {
    // All are checked before the first is added, and copied, so that a change made later by the caller has no effect.
    const checked = faults.map((fault) => copyOf(checkFault(fault)));
    this.#entries.push(...checked.map((fault) => ({ fault, seen: 0, struck: 0 })));
  }

  clear(): void {
    this.#entries = [];
  }

  pending(): Fault[] {
    const unfinished = this.#entries.filter((entry) =>
      entry.fault.times === "always" ? entry.struck === 0 : left(entry) > 0,
    );
    return unfinished.map((entry) => copyOf(entry.fault));
  }

  /** The fault that strikes this request, if any. */
  strike(call: Call): Fault | undefined {
    return this.#strike((fault) => !fault.refuse && matches(fault, call));
  }

  /** Whether this attempt to connect is refused. */
  refuses(): boolean {
    return this.#strike((fault) => fault.refuse === true) !== undefined;
  }

  #strike(applies: (fault: Fault) => boolean): Fault | undefined {
    if (this.#entries.length === 0) return undefined;
    const due: Entry[] = [];
    // Every fault counts every request it matches; one that finds another at work stays due for the next.
    for (const entry of this.#entries) {
      if (!applies(entry.fault)) continue;
      entry.seen += 1;
      if (entry.seen >= (entry.fault.nth ?? 1) && left(entry) > 0) due.push(entry);
    }
    const [first] = due;
    if (first) first.struck += 1;
    return first?.fault;
  }
}
