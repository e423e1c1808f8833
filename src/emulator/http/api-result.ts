// What an endpoint answers before it becomes bytes, and the errors that an endpoint can throw instead.

/** The result of a request: a status and a JSON body, not yet rendered. */
export interface ApiResult {
  status: number;
  headers?: Record<string, string>;
  body: unknown;
  /** Set when the body is a list: its name in the `named` dialect, such as `ssh_keys`. */
  list?: string;
  /** Set when the request changed the account. */
  committed?: boolean;
  /** The full secret that a creation just returned, for faults that echo it. */
  newKey?: string;
}

/** One entry of a 422's `detail`, as FastAPI writes it. */
export interface Problem {
  loc: (string | number)[];
  msg: string;
  type: string;
}

/** An error response of the API; its body holds nothing but `detail`. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly detail: string | Problem[],
    readonly headers: Record<string, string> = {},
  ) {
    super(typeof detail === "string" ? detail : "validation failed");
  }

  toResult(): ApiResult {
    return { status: this.status, headers: this.headers, body: { detail: this.detail } };
  }
}
