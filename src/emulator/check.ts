// Checks the users' input: one schema with its rule in words for each field. No message shows a string.
// Also the words for failed file operations, and the nearest name to a misspelled one.
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

/** The type of an object with these fields, all optional. */
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

/** The first problem of a value, if there is one, with the name of the field. */
export function problemIn(schema: z.ZodType, value: unknown): { field: string; rule: string } | undefined {
  const [first] = schema.safeParse(value).error?.issues ?? [];
  if (!first) return undefined;
  const field = first.path.join(".");
  return { field: field && first.code === "unrecognized_keys" ? `${field}:` : field, rule: first.message };
}

/** Reads a thrown value structurally: under jest the errors of Node's own modules belong to another realm. */
function read(error: unknown, name: "message" | "code"): string | undefined {
  const value: unknown = typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === "string" ? value : undefined;
}

export const errorMessage = (error: unknown): string => read(error, "message") ?? "unknown reason";

/** The code of one of Node's errors, such as ENOENT. */
export const errorCode = (error: unknown): string | undefined => read(error, "code");

const FILE_REASONS: Record<string, string | undefined> = {
  EACCES: "permission denied",
  EISDIR: "it is a directory",
  ENOSPC: "the disk is full",
  EROFS: "the file system is read-only",
};

/** Why a file could not be read or written; `absent`: what it means that a file or folder does not exist. */
export function fileReason(error: unknown, absent: string): string {
  const code = errorCode(error) ?? "";
  const reason = code === "ENOENT" ? absent : FILE_REASONS[code];
  return reason === undefined ? errorMessage(error) : `${reason} (${code})`;
}

/** The word, and what is left of it without one of its letters. */
const shortened = (word: string): string[] => [
  word,
  ...Array.from(word, (_, at) => word.slice(0, at) + word.slice(at + 1)),
];

/** The name that was probably meant: one letter is missing, extra, wrong or in another place. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const parts = shortened(given.slice(0, 40));
  return names.find((name) => shortened(name).some((part) => parts.includes(part)));
}

/** The parsed JSON, or the string if it is not JSON. */
export function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
