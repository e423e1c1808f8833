// Checks of what users write: schemas that say the rule in words, and never show a string, which may be a secret.
import { z } from "zod";

/** The longest delay of Node's timers: beyond it they fire at once. */
export const MAX_MS = 2 ** 31 - 1;

function shapeOf(value: unknown): string {
  if (typeof value === "string")
    return value === "" ? "an empty string" : `a string of ${value.length} characters`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? "a list" : "an object";
}

/** A schema whose only message is the rule, the shape of what broke it, and perhaps what to do. */
export function must(rule: string, schema: z.ZodType, fix = ""): z.ZodType {
  return z.custom((value) => schema.safeParse(value).success, {
    error: ({ input }) => `must be ${rule}, not ${shapeOf(input)}${fix}`,
  });
}

/** A number, `Infinity` among them, from `least` on. */
export const atLeast = (least: number): z.ZodType =>
  z.custom((value) => typeof value === "number" && value >= least);

export const aFunction = z.custom((value) => typeof value === "function");

/** An object with these fields at most, each of which may be left out. */
export function strict<Fields extends object>(fields: Record<keyof Fields, z.ZodType>): z.ZodType {
  const known = Object.keys(fields).join(", ");
  return z
    .strictObject(fields, {
      error: (issue) =>
        issue.code === "unrecognized_keys"
          ? `unknown field ${JSON.stringify(issue["keys"]?.[0])} (known: ${known})`
          : `must be an object, not ${shapeOf(issue.input)}`,
    })
    .partial();
}

/** What is wrong with a value, if anything: the first problem, with the name of the field. */
export function problemIn(schema: z.ZodType, value: unknown): { field: string; rule: string } | undefined {
  const [first] = schema.safeParse(value).error?.issues ?? [];
  if (!first) return undefined;
  const field = first.path.join(".");
  return { field: field && first.code === "unrecognized_keys" ? `${field}:` : field, rule: first.message };
}
