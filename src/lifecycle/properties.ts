// Between a host's untyped properties and typed states and inputs: the only place where a property is read by its name.
import { WaysCloudError } from "../errors";
import { quoteForTerminal, shape } from "../text/quote";
import { isRecord, UNKNOWN } from "../values";
import type { MaybeUnknown, Properties } from "../values";

/** The state that the engine handed over cannot be understood. */
export class StateError extends WaysCloudError {
  override readonly name = "StateError";
  constructor(label: string, id: string, problem: string) {
    super({
      message:
        `The state of the ${label} ${quoteForTerminal(id, 80)} cannot be read: ${problem}. It was not written by this package, or it was edited.` +
        " Restore it from a backup (`pulumi stack history`, `pulumi stack import`), or remove the resource from the state with `pulumi state delete`; nothing was changed in the account.",
      outcome: "rejected",
    });
  }
}

/** Reads the properties of a state, and says which one is wrong. */
export class StateReader {
  constructor(
    private readonly label: string,
    readonly id: string,
    private readonly properties: Properties,
  ) {}

  has(name: string): boolean {
    return this.properties[name] !== undefined && this.properties[name] !== null;
  }

  string(name: string): string {
    const value = this.properties[name];
    return typeof value === "string" ? value : this.fail(name, "a string");
  }

  stringOrNull(name: string): string | null {
    return this.has(name) ? this.string(name) : null;
  }

  /** A time, RFC 3339. */
  timeOrNull(name: string): string | null {
    const value = this.stringOrNull(name);
    return value === null || !Number.isNaN(Date.parse(value)) ? value : this.fail(name, "a time (RFC 3339)");
  }

  numberOrNull(name: string): number | null {
    if (!this.has(name)) return null;
    const value = this.properties[name];
    return typeof value === "number" ? value : this.fail(name, "a number");
  }

  boolean(name: string, absent: boolean): boolean {
    if (!this.has(name)) return absent;
    const value = this.properties[name];
    return typeof value === "boolean" ? value : this.fail(name, "true or false");
  }

  stringsOrNull(name: string): string[] | null {
    if (!this.has(name)) return null;
    const value = this.properties[name];
    const isList = Array.isArray(value) && value.every((part) => typeof part === "string");
    return isList ? value : this.fail(name, "a list of strings");
  }

  /** Objects by name, each with a reader of its own. */
  records(name: string): [key: string, StateReader][] {
    const value = this.properties[name];
    if (!isRecord(value)) return this.fail(name, "an object");
    return Object.entries(value).map(([key, each]) => {
      if (!isRecord(each)) return this.fail(`${name}.${key}`, "an object");
      return [key, new StateReader(this.label, this.id, each)];
    });
  }

  /** A value that only the user knows the meaning of. */
  any(name: string): unknown {
    return this.properties[name] ?? undefined;
  }

  private fail(name: string, expected: string): never {
    const given =
      this.properties[name] === undefined ? "it is missing" : `it is ${shape(this.properties[name])}`;
    throw new StateError(this.label, this.id, `\`${name}\` must be ${expected}, but ${given}`);
  }
}

/** Reads one checked input; `check` has seen to its type. */
export function inputOf<T>(properties: Properties, name: string): MaybeUnknown<T> | undefined {
  const value = properties[name];
  if (value === null) return undefined;
  return value === UNKNOWN ? UNKNOWN : (value as T | undefined);
}
