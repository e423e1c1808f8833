// Shared by the handlers: a list as a result, and the check of a body, with all problems like FastAPI.
import { z } from "zod";
import type { Account } from "../account/account";
import { parsePublicKey } from "../account/keys";
import { errorMessage } from "../check";
import { ApiError } from "../http/request";
import type { ApiResult, Call, Problem } from "../http/request";

/** Answers requests to one endpoint; the id is the one in the path. `list`: whether the answer is a list. */
export type Handler = ((account: Account, call: Call, id: string) => ApiResult) & { list?: true };

/** A handler that returns a list; `name` is that of the list in the `named` dialect. */
export function list(
  name: string,
  entries: (account: Account, call: Call, id: string) => readonly object[],
): Handler {
  const handler: Handler = (...given) => ({ status: 200, body: entries(...given), list: name });
  return Object.assign(handler, { list: true as const });
}

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

/** The type and the message of a problem, as FastAPI words them. */
function wordsFor(issue: z.core.$ZodIssue, isMissing: boolean): [type: string, msg: string] {
  switch (issue.code) {
    case "invalid_type": {
      if (isMissing) return ["missing", "Field required"];
      const [type, what] = TYPES[issue.expected] ?? ["value_error", issue.expected];
      return [type, `Input should be a valid ${what}`];
    }
    case "invalid_format":
      return ["string_too_short", "String should have at least 1 character"];
    case "invalid_value": {
      const values = issue.values.map((value) => `'${String(value)}'`);
      return ["enum", `Input should be ${values.slice(0, -1).join(", ")} or ${values.at(-1) ?? ""}`];
    }
    case "too_small":
      return issue.origin === "array"
        ? ["too_short", `List should have at least ${issue.minimum} item after validation, not 0`]
        : ["greater_than_equal", `Input should be greater than or equal to ${issue.minimum}`];
    default:
      return ["value_error", `Value error, ${issue.message}`];
  }
}

function problemOf(issue: z.core.$ZodIssue, body: object): Problem {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  const isMissing = path.length === 1 && !Object.hasOwn(body, path[0] ?? "");
  const [type, msg] = wordsFor(issue, isMissing);
  return { loc: ["body", ...path], msg, type };
}

/** The body of a request, or the error that answers it. */
export function parseBody<Schema extends z.ZodObject>(call: Call, schema: Schema): z.output<Schema> {
  if (call.bodyError) throw call.bodyError;
  const mediaType = call.headers["content-type"] ?? "";
  if (!/^application\/(json|[\w.-]+\+json)\s*(;|$)/i.test(mediaType)) {
    throw new ApiError(415, "Content-Type must be application/json");
  }
  const refuse = (type: string, msg: string): ApiError => new ApiError(422, [{ loc: ["body"], msg, type }]);
  let body: unknown;
  try {
    body = JSON.parse(call.text);
  } catch {
    throw refuse("json_invalid", "JSON decode error");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    const msg = "Input should be a valid dictionary or object to extract fields from";
    throw refuse("model_attributes_type", msg);
  }
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const problems = error.issues.map((issue) => problemOf(issue, body));
  throw new ApiError(422, problems);
}
