// The arguments of data functions: checked one by one, since JavaScript lets everything pass, and matched by plain equality.
import * as pulumi from "@pulumi/pulumi";

import { ConfigurationError } from "../errors";
import { didYouMean } from "../text/did-you-mean";
import { outputLiteralIn } from "../text/output-literal";

/** The fields that may be given, each with its type. */
export type Fields = Readonly<Record<string, "string" | "boolean">>;

/**
 * The fields that are given. `name` is that of the function.
 *
 * @throws ConfigurationError for an unknown field, and for a value that no entry could equal: either would silently return the wrong entries.
 */
export function givenFields(name: string, args: unknown, fields: Fields): [field: string, value: unknown][] {
  if (pulumi.Output.isInstance(args) || args instanceof Promise) {
    throw new ConfigurationError(
      `${name}: the arguments are an Output. Use ${name}Output, which accepts it.`,
    );
  }
  if (typeof args !== "object" || args === null || Array.isArray(args)) {
    throw new ConfigurationError(`${name}: the arguments must be an object, not ${kindOf(args)}.`);
  }
  const given = Object.entries(args).filter(([, value]) => value !== undefined);
  for (const [field, value] of given) {
    const type = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (type === undefined) throw new ConfigurationError(`${name}: ${unknownField(field, fields)}`);
    checkValue(name, field, value, type);
  }
  return given;
}

/** Whether an entry equals all the given fields. */
export function matches(entry: object, given: readonly [field: string, value: unknown][]): boolean {
  const values = entry as Readonly<Record<string, unknown>>;
  return given.every(([field, value]) => values[field] === value);
}

function unknownField(field: string, fields: Fields): string {
  const names = Object.keys(fields);
  if (names.length === 0) {
    return `unknown filter \`${field}\`. There are no filters; use getSshKey to find one key.`;
  }
  return `unknown filter \`${field}\`${didYouMean(field, names)} Valid filters: ${names.join(", ")}.`;
}

function checkValue(name: string, field: string, value: unknown, type: "string" | "boolean"): void {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) {
    throw new ConfigurationError(
      `${name}: \`${field}\` is ${kindOf(value)}. Use ${name}Output, which accepts it.`,
    );
  }
  if (typeof value !== type) {
    throw new ConfigurationError(`${name}: \`${field}\` must be a ${type}, not ${kindOf(value)}.`);
  }
  if (outputLiteralIn(field, value) !== undefined) {
    throw new ConfigurationError(
      `${name}: \`${field}\` contains an Output that was turned into a string. Use ${name}Output with pulumi.interpolate.`,
    );
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (pulumi.Output.isInstance(value)) return "an Output";
  if (value instanceof Promise) return "a Promise";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
