// Selects the fault that applies to a request.
import { copyOf } from "../account/records";
import type { Call } from "../http/call";
import { withoutTrailingSlash } from "../routes/endpoints";
import { checkFault } from "./fault";
import type { Fault } from "./fault";

/** Adds and removes faults while the emulator runs. */
export interface FaultControl {
  /**
   * Adds faults. If several match, the one added first applies and the others apply to later requests. Throws
   * {@link FaultError} if a fault is invalid.
   */
  add(...faults: Fault[]): void;
  /** Removes all faults. Effects already under way (hanging requests, late commits) continue. */
  clear(): void;
  /** The faults that have not applied as often as they were meant to (`"always"`: not even once). */
  pending(): Fault[];
}

interface Entry {
  fault: Fault;
  seen: number;
  applied: number;
}

function matches({ method, contains, path = "*" }: Fault, call: Call): boolean {
  if (method !== undefined && method.toUpperCase() !== call.method) return false;
  if (contains !== undefined && !call.text.includes(contains)) return false;
  if (path.endsWith("*")) return call.path.startsWith(path.slice(0, -1));
  return withoutTrailingSlash(call.path) === withoutTrailingSlash(path);
}

/** The faults in force, each with its own count of matching requests. */
export class FaultRegistry implements FaultControl {
  #entries: Entry[] = [];

  /** `wrapsLists`: whether lists are wrapped in an object, so that `extra` has a place. */
  constructor(private readonly wrapsLists: boolean) {}

  add(...faults: Fault[]): void {
    // All are checked before the first is added, and copied: later changes by the caller have no effect.
    const checked = faults.map((fault) => copyOf(checkFault(fault, this.wrapsLists)));
    this.#entries.push(...checked.map((fault) => ({ fault, seen: 0, applied: 0 })));
  }

  clear(): void {
    this.#entries = [];
  }

  pending(): Fault[] {
    const unfinished = this.#entries.filter(({ fault: { times = 1 }, applied }) =>
      times === "always" ? applied === 0 : applied < times,
    );
    return unfinished.map(({ fault }) => copyOf(fault));
  }

  /** The fault that applies to this request, if any. */
  take(call: Call): Fault | undefined {
    return this.#take((fault) => !fault.refuse && matches(fault, call));
  }

  /** Whether this attempt to connect is refused. */
  refuses(): boolean {
    return this.#take((fault) => fault.refuse === true) !== undefined;
  }

  /** Every fault counts every request that it matches; of several the first applies, the others stay due. */
  #take(applies: (fault: Fault) => boolean): Fault | undefined {
    const due = this.#entries.filter((entry) => {
      const { nth = 1, times = 1 } = entry.fault;
      return applies(entry.fault) && ++entry.seen >= nth && (times === "always" || entry.applied < times);
    });
    const [first] = due;
    if (first) first.applied += 1;
    return first?.fault;
  }
}
