// A field of a resource: its type, its default and its check. Names, decoding and encoding follow from these.
import { WaysCloudError } from "../errors";
import { quoteForTerminal, shape } from "../text/quote";
import { isRecord, same } from "../values";
import type { MaybeUnknown, Properties } from "../values";
import type { InputCheck } from "./input-check";

export interface Field<T> {
  /** For messages: `a string`. */
  readonly expected: string;
  readonly matches: (value: unknown) => value is T;
  /** Its default; a field without one is required. */
  readonly absent?: T;
  /** The value for a program that lacks a required input, which `check` has rejected. */
  readonly missing?: T;
  /** An absent value is not written. */
  readonly isOmitted?: boolean;
  /** The engine encrypts it wherever it stores it. */
  readonly isSecret?: boolean;
  /** Of an input: checks and accepts it. By default any value of its type. */
  readonly check?: (check: InputCheck, name: string) => void;
}

/** The fields of an object, in the order of checks and of names in messages. */
export type Fields<Values> = { readonly [Name in keyof Values]: Field<Values[Name]> };
export type ValuesOf<F> = { -readonly [Name in keyof F]: F[Name] extends Field<infer T> ? T : never };
/** Inputs, any of which a preview may not know yet. */
export type Inputs<Values> = { [Name in keyof Values]: MaybeUnknown<Values[Name]> };

function type<T>(expected: string, matches: Field<T>["matches"], more: Partial<Field<T>> = {}): Field<T> {
  return { expected, matches, ...more };
}

const isText = (value: unknown): value is string => typeof value === "string";
export const text = type("a string", isText, {
  missing: "",
  check: (check, name) => void check.string(name),
});
export const time = type(
  "a time (RFC 3339)",
  (value): value is string => isText(value) && !Number.isNaN(Date.parse(value)),
);
export const number = type("a number", (value): value is number => typeof value === "number");
export const flag = type("true or false", (value): value is boolean => typeof value === "boolean");
export const texts = type(
  "a list of strings",
  (value): value is string[] => Array.isArray(value) && value.every(isText),
);
/** An object whose fields have a check of their own. */
export function objectOf<T extends object>(): Field<T> {
  return type("an object", (value): value is T => isRecord(value));
}
export const object = objectOf<Properties>();
/** Values of any kind by name; only the user knows their meaning. */
export const valueMap = type("anything", (value): value is unknown => value !== undefined, {
  absent: undefined,
  check(check, name) {
    const isEmpty = same(check.news[name], {});
    if (!isEmpty) check.value(name, 'an object, such as { quarter: "2026-Q4" }', isRecord);
  },
});

/** A whole number of days. */
export function days(least: number, most: number, required?: string): Field<number> {
  const expected = `a whole number of days from ${least} to ${most}`;
  const matches = (value: unknown): value is number =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
  return {
    ...number,
    missing: most,
    check(check, name) {
      if (required === undefined || check.required(name, required)) check.value(name, expected, matches);
    },
  };
}

/** Its default is this value. */
export function or<T, A>(field: Field<T>, absent: A): Field<T | A> {
  return { ...field, absent };
}

/** Its default is this value, which is not written. */
export function unless<T>(field: Field<T>, absent: T): Field<T> {
  return { ...field, absent, isOmitted: true };
}

/** An input with its own check; without one, its resource checks it. */
export function checked<T>(field: Field<T>, check: Field<T>["check"] = () => undefined): Field<T> {
  return { ...field, check };
}

export function secret<T>(field: Field<T>): Field<T> {
  return { ...field, isSecret: true };
}

export function namesOf<V extends object>(fields: Fields<V>): (keyof V & string)[] {
  return Object.keys(fields) as (keyof V & string)[];
}

export function secretsAmong(fields: object): string[] {
  return entries(fields).flatMap(([name, { isSecret }]) => (isSecret === true ? [name] : []));
}

export function checkInputs(fields: object, check: InputCheck): void {
  for (const [name, field] of entries(fields)) {
    if (field.check) field.check(check, name);
    else check.value(name, field.expected, field.matches);
  }
}

/** Reads checked inputs. */
export function decodeInputs<V extends object>(fields: Fields<V>, properties: Properties): Inputs<V> {
  const read = ([name, field]: [string, Field<unknown>]): [string, unknown] => [
    name,
    properties[name] ?? ("absent" in field ? field.absent : field.missing),
  ];
  return Object.fromEntries(entries(fields).map(read)) as Inputs<V>;
}

/** Inputs as a state has them. */
export function encode<V extends object>(fields: Fields<V>, values: Inputs<V>): Properties {
  const given: Properties = { ...values };
  return Object.fromEntries(
    entries(fields).flatMap(([name, { isOmitted, absent }]) => {
      const value = given[name];
      return value === undefined || (isOmitted === true && value === absent) ? [] : [[name, value]];
    }),
  );
}

/** Inputs as the outputs of an unresolved creation: only those in the program. */
export function encodeGiven<V extends object>(fields: Fields<V>, values: Inputs<V>): Properties {
  return Object.fromEntries(Object.entries(encode(fields, values)).filter(([, value]) => value !== null));
}

function entries(fields: object): [string, Field<unknown>][] {
  return Object.entries<Field<unknown>>({ ...fields });
}

/** The state from the engine is invalid. */
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

/** Reads the properties of a state, and reports a wrong one. */
export class StateReader {
  constructor(
    private readonly label: string,
    readonly id: string,
    private readonly properties: Properties,
  ) {}

  has(name: string): boolean {
    return this.properties[name] !== undefined && this.properties[name] !== null;
  }

  read<T>(name: string, field: Field<T>): T {
    const value = this.properties[name] ?? undefined;
    if (value === undefined && "absent" in field) return field.absent;
    return field.matches(value) ? value : this.fail(name, field.expected);
  }

  all<V extends object>(fields: Fields<V>): V {
    return Object.fromEntries(namesOf(fields).map((name) => [name, this.read(name, fields[name])])) as V;
  }

  /** Objects by name, each with its own reader. */
  records(name: string): [key: string, StateReader][] {
    return Object.entries(this.read(name, object)).map(([key, each]) => {
      if (!isRecord(each)) return this.fail(`${name}.${key}`, object.expected);
      return [key, new StateReader(this.label, this.id, each)];
    });
  }

  private fail(name: string, expected: string): never {
    const given =
      this.properties[name] === undefined ? "it is missing" : `it is ${shape(this.properties[name])}`;
    throw new StateError(this.label, this.id, `\`${name}\` must be ${expected}, but ${given}`);
  }
}
