// What a route answers before it becomes bytes, and the errors a route can throw instead.

/** One answer of the API: a status and a JSON body, not yet rendered. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: unknown;
  /** Set when the body is a list: the name it bears in the `named` dialect, such as `ssh_keys`. */
  list?: string;
  /** Set when the request changed the account. */
  committed?: boolean;
  /** The full secret a creation just handed out, for faults that echo it. */
  newKey?: string;
}

/** One entry of a 422's `detail`, as FastAPI writes it. */
export interface Problem {
  loc: (string | number)[];
  msg: string;
  type: string;
}

/** A refusal of the API: `detail` is the whole of its body besides the braces. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly detail: string | Problem[],
    readonly headers: Record<string, string> = {},
  ) {
    super(typeof detail === "string" ? detail : "validation failed");
  }

  toAnswer(): Answer {
    return { status: this.status, headers: this.headers, body: { detail: this.detail } };
  }
}
