// Checks the users' input: one schema with its rule in words for each field. No message shows a string.
import { z } from "zod";

/** The longest delay of Node's timers: beyond it they fire at once. */
export const MAX_MS = 2 ** 31 - 1;

function shapeOf(value: unknown): string {
  if (value === "") return "an empty string";
  if (typeof value === "string") return `a string of ${value.length} characters`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? "a list" : "an object";
}

/** A schema whose only message has the rule and the shape of the wrong value. */
export function must<T>(rule: string, schema: z.ZodType<T>): z.ZodType<T> {
  return z.custom<T>((value) => schema.safeParse(value).success, {
    error: ({ input }) => `must be ${rule}, not ${shapeOf(input)}`,
  });
}

/** A number, `Infinity` among them, from `least` on. */
export const atLeast = (least: number) =>
  z.custom<number>((value) => typeof value === "number" && value >= least);

export const aFunction = <T>() => z.custom<T>((value) => typeof value === "function");

export type Optional<Fields> = {
  [Name in keyof Fields]?: Fields[Name] extends z.ZodType<infer Value> ? Value | undefined : never;
};

/** An object with these fields at most. */
export function strict<Fields extends Record<string, z.ZodType>>(
  fields: Fields,
): z.ZodType<Optional<Fields>> {
  const schema = z
    .strictObject(fields, {
      error: (issue) =>
        issue.code === "unrecognized_keys"
          ? `unknown field ${JSON.stringify(issue["keys"]?.[0])} (known: ${Object.keys(fields).join(", ")})`
          : `must be an object, not ${shapeOf(issue.input)}`,
    })
    .partial();
  return schema as unknown as z.ZodType<Optional<Fields>>;
}

/** The first problem of a value, if there is one. */
export function problemIn(schema: z.ZodType, value: unknown, name: string): string | undefined {
  const [first] = schema.safeParse(value).error?.issues ?? [];
  if (!first) return undefined;
  const place = [name, ...first.path].join(".");
  return `${place}${first.code === "unrecognized_keys" ? ":" : ""} ${first.message}`;
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The parsed JSON, or the string if it is not JSON. */
export function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
