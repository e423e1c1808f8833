// The arguments of a data function: checked, since JavaScript checks nothing, and matched by equality.
import { ConfigurationError } from "../errors";
import { didYouMean } from "../text/did-you-mean";
import { outputLiteralIn } from "../text/output-literal";
import { printable, shape } from "../text/quote";

/** The accepted arguments, each with its type. */
export type ArgumentTypes = Readonly<Record<string, "string" | "boolean">>;

/** The options that both forms of every data function take. */
export const COMMON_OPTIONS: readonly string[] = ["provider", "parent"];

export type Given = Readonly<Record<string, unknown>>;

/**
 * Checks the arguments. `isAccepted` comes first: it accepts values of any type.
 *
 * @throws ConfigurationError for an unknown argument, and for a value that no entry could equal: either would
 * silently return the wrong entries.
 */
export function givenArguments(
  name: string,
  types: ArgumentTypes,
  args: unknown,
  isAccepted: (value: unknown) => boolean = () => false,
): Given {
  if (typeof args !== "object" || args === null || Array.isArray(args)) {
    throw new ConfigurationError(`${name}: the arguments must be an object, not ${shape(args)}.`);
  }
  const given = Object.entries(args).filter(([, value]) => value !== undefined);
  for (const [field, value] of given) {
    const type = Object.hasOwn(types, field) ? types[field] : undefined;
    if (type === undefined) throw new ConfigurationError(`${name}: ${unknownArgument(name, field, types)}`);
    if (isAccepted(value)) continue;
    if (typeof value !== type) {
      throw new ConfigurationError(`${name}: \`${field}\` must be a ${type}, not ${shape(value)}.`);
    }
    if (outputLiteralIn(field, value) !== undefined) {
      throw new ConfigurationError(
        `${name}: \`${field}\` contains an Output that was turned into a string. Use ${name}Output with pulumi.interpolate.`,
      );
    }
  }
  return Object.fromEntries(given);
}

/** Whether an entry equals all the given fields. */
export function matches(entry: object, given: Given): boolean {
  const values: Given = { ...entry };
  return Object.entries(given).every(([field, value]) => values[field] === value);
}

function unknownArgument(name: string, field: string, types: ArgumentTypes): string {
  const names = Object.keys(types);
  const unknown = `unknown filter \`${printable(field, 60)}\``;
  const isOption = [...COMMON_OPTIONS, "dependsOn"].includes(field);
  const hint = isOption ? ". It is an option: pass it in the argument after the filters." : undefined;
  if (names.length > 0)
    return `${unknown}${hint ?? didYouMean(field, names)} Valid filters: ${names.join(", ")}.`;
  return `${unknown}. There are no filters${name === "getSshKeys" ? "; use getSshKey to find one key" : ""}.`;
}
