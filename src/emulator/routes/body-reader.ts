// Checks a request body like FastAPI: every problem at once, as a 422.
import { ApiError } from "../http/api-result";
import type { Problem } from "../http/api-result";
import type { Call } from "../http/call";

/** Reads the fields of a JSON body and collects what is wrong with them. */
export class BodyReader {
  readonly #problems: Problem[] = [];
  readonly #fields: Map<string, unknown>;

  constructor(call: Call) {
    this.#fields = new Map(Object.entries(parseObject(call)));
  }

  /** Notes a problem with one field. */
  problem(field: string | (string | number)[], type: string, msg: string): void {
    this.#problems.push({ loc: ["body", ...(typeof field === "string" ? [field] : field)], msg, type });
  }

  /** Throws the 422 if anything was wrong. */
  finish(): void {
    if (this.#problems.length > 0) throw new ApiError(422, this.#problems);
  }

  /** A field's value; null stands for an omitted optional one. */
  optional(field: string): unknown {
    return this.#fields.get(field) ?? null;
  }

  requiredText(field: string): string {
    if (!this.#fields.has(field)) {
      this.problem(field, "missing", "Field required");
      return "";
    }
    const value = this.#fields.get(field);
    if (typeof value !== "string") {
      this.problem(field, "string_type", "Input should be a valid string");
      return "";
    }
    if (value.trim() === "")
      this.problem(field, "string_too_short", "String should have at least 1 character");
    return value;
  }

  optionalText(field: string): string | null {
    const value = this.optional(field);
    if (value === null || typeof value === "string") return value;
    this.problem(field, "string_type", "Input should be a valid string");
    return null;
  }

  texts(field: string, least = 0): string[] {
    const value: unknown = this.#fields.get(field);
    if (!Array.isArray(value)) {
      if (this.#fields.has(field)) this.problem(field, "list_type", "Input should be a valid list");
      else this.problem(field, "missing", "Field required");
      return [];
    }
    const entries: unknown[] = value;
    if (entries.length < least) {
      const msg = `List should have at least ${least} item after validation, not ${entries.length}`;
      this.problem(field, "too_short", msg);
    }
    return entries.map((entry, index) => {
      if (typeof entry === "string") return entry;
      this.problem([field, index], "string_type", "Input should be a valid string");
      return "";
    });
  }

  textMap(field: string): Record<string, string> {
    const value = this.optional(field);
    const entries: [string, unknown][] =
      typeof value === "object" && value !== null ? Object.entries(value) : [];
    if (typeof value !== "object" || Array.isArray(value)) {
      this.problem(field, "dict_type", "Input should be a valid dictionary");
    }
    const wrong = entries.find(([, content]) => typeof content !== "string");
    if (wrong) this.problem([field, wrong[0]], "string_type", "Input should be a valid string");
    return Object.fromEntries(entries.map(([key, content]) => [key, String(content)]));
  }

  /** Whether the field was sent, and not as null. */
  has(field: string): boolean {
    return this.optional(field) !== null;
  }
}

function parseObject(call: Call): object {
  if (call.bodyError) throw call.bodyError;
  const type = call.headers["content-type"] ?? "";
  if (!/^application\/(json|[\w.-]+\+json)\s*(;|$)/i.test(type)) {
    throw new ApiError(415, "Content-Type must be application/json");
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(call.text);
  } catch {
    throw new ApiError(422, [{ loc: ["body"], msg: "JSON decode error", type: "json_invalid" }]);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    const msg = "Input should be a valid dictionary or object to extract fields from";
    throw new ApiError(422, [{ loc: ["body"], msg, type: "model_attributes_type" }]);
  }
  return parsed;
}
