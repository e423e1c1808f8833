// The words of the schema's tables: a field with its type, and whether it is required and secret.

/** A type in Pulumi's schema language. */
export type TypeSpec =
  | { type: "string" | "integer" | "boolean" }
  | { type: "array"; items: TypeSpec }
  | { type: "object"; additionalProperties: TypeSpec }
  | { $ref: string };

export interface Field {
  type: TypeSpec;
  required: boolean;
  secret: boolean;
}

export type Fields = Readonly<Record<string, Field>>;

const field = (type: TypeSpec): Field => ({ type, required: false, secret: false });

export const string = field({ type: "string" });
export const integer = field({ type: "integer" });
export const boolean = field({ type: "boolean" });
export const strings = field({ type: "array", items: { type: "string" } });
/** Strings by name. */
export const stringMap = field({ type: "object", additionalProperties: { type: "string" } });
/** Anything, by name. */
export const anyMap = field({ type: "object", additionalProperties: { $ref: "pulumi.json#/Any" } });

/** An object type of this package. */
export function object(name: string): Field {
  return field({ $ref: reference(name) });
}

/** A list of objects of a type of this package. */
export function objects(name: string): Field {
  return field({ type: "array", items: { $ref: reference(name) } });
}

/** Objects of a type of this package by name. */
export function objectMap(name: string): Field {
  return field({ type: "object", additionalProperties: { $ref: reference(name) } });
}

function reference(name: string): string {
  return `#/types/wayscloud-account:index:${name}`;
}

export const required = (of: Field): Field => ({ ...of, required: true });
export const secret = (of: Field): Field => ({ ...of, secret: true });

/** All of them required. */
export function all(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, of]) => [name, required(of)]));
}
