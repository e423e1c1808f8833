// Checks a request body by a schema, and answers like FastAPI: every problem at once, as a 422.
import { z } from "zod";
import { parsePublicKey } from "../account/ssh-public-key";
import { errorMessage } from "../errors";
import { ApiError } from "../http/api-result";
import type { Problem } from "../http/api-result";
import type { Call } from "../http/call";

/** A string that is not blank. */
export const text = z.string().regex(/\S/);

/** An SSH public key, with what the API keeps of it. */
export const sshPublicKey = text.transform((publicKey, context) => {
  try {
    return { publicKey, fingerprint: parsePublicKey(publicKey).fingerprint };
  } catch (error) {
    context.addIssue({ code: "custom", message: `invalid SSH public key: ${errorMessage(error)}` });
    return z.NEVER;
  }
});

const TYPES: Record<string, [type: string, what: string]> = {
  string: ["string_type", "string"],
  array: ["list_type", "list"],
  record: ["dict_type", "dictionary"],
  number: ["int_type", "integer"],
  int: ["int_type", "integer"],
};

function problemOf(issue: z.core.$ZodIssue, body: object): Problem {
  const [field = "", ...inner] = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  const problem = (type: string, msg: string): Problem => ({ loc: ["body", field, ...inner], msg, type });
  switch (issue.code) {
    case "invalid_type": {
      if (inner.length === 0 && !Object.hasOwn(body, field)) return problem("missing", "Field required");
      const [type, what] = TYPES[issue.expected] ?? ["value_error", issue.expected];
      return problem(type, `Input should be a valid ${what}`);
    }
    case "invalid_format":
      return problem("string_too_short", "String should have at least 1 character");
    case "invalid_value": {
      const values = issue.values.map((value) => `'${String(value)}'`);
      return problem("enum", `Input should be ${values.slice(0, -1).join(", ")} or ${values.at(-1) ?? ""}`);
    }
    case "too_small":
      return issue.origin === "array"
        ? problem("too_short", `List should have at least ${issue.minimum} item after validation, not 0`)
        : problem("greater_than_equal", `Input should be greater than or equal to ${issue.minimum}`);
    default:
      return problem("value_error", `Value error, ${issue.message}`);
  }
}

/** The body of a request, or the error that answers it. */
export function parseBody<Schema extends z.ZodObject>(call: Call, schema: Schema): z.output<Schema> {
  if (call.bodyError) throw call.bodyError;
  const type = call.headers["content-type"] ?? "";
  if (!/^application\/(json|[\w.-]+\+json)\s*(;|$)/i.test(type)) {
    throw new ApiError(415, "Content-Type must be application/json");
  }
  let body: unknown;
  try {
    body = JSON.parse(call.text);
  } catch {
    throw new ApiError(422, [{ loc: ["body"], msg: "JSON decode error", type: "json_invalid" }]);
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    const msg = "Input should be a valid dictionary or object to extract fields from";
    throw new ApiError(422, [{ loc: ["body"], msg, type: "model_attributes_type" }]);
  }
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new ApiError(
    422,
    result.error.issues.map((issue) => problemOf(issue, body)),
  );
}
