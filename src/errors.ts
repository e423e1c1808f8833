// The errors of this package, one class for each kind of failure, without credentials and responses.

/**
 * The outcome of a request. `ambiguous`: the server may or may not have carried it out, so find out what a
 * POST did before sending another one.
 */
export type RequestOutcome = "not-sent" | "rate-limited" | "rejected" | "conflict" | "ambiguous";

/** The details of a failed request. The server's text is already redacted. */
export interface ErrorFacts {
  /** What failed and why; also what to do, unless `advice` says it. */
  message: string;
  /** What to do about it; becomes part of the error's `message`. */
  advice?: string | undefined;
  outcome: RequestOutcome;
  /** HTTP status; absent if there was no response. */
  status?: number | undefined;
  method?: string | undefined;
  path?: string | undefined;
  /** The API's own reason, as one printable line. */
  reason?: string | undefined;
}

/** Any failure of this package. `message` says what failed, why, and what to do. */
export class WaysCloudError extends Error {
  override readonly name: string = "WaysCloudError";
  /** The part of `message` that says what failed and why, without advice: for a message with other advice. */
  declare readonly summary: string;
  /** The outcome of the request. */
  declare readonly outcome: RequestOutcome;
  /** HTTP status, if there was a response. */
  declare readonly status: number | undefined;
  declare readonly method: string | undefined;
  declare readonly path: string | undefined;
  /** The API's own reason, redacted. */
  declare readonly reason: string | undefined;

  /** The rest of `message`, if there is any. */
  get advice(): string | undefined {
    return this.message === this.summary ? undefined : this.message.slice(this.summary.length + 1);
  }

  /** A string is the message of an error that is not about a request. */
  constructor(given: ErrorFacts | string) {
    const facts: ErrorFacts = typeof given === "string" ? { message: given, outcome: "rejected" } : given;
    // Half of a surrogate pair in a message would end the provider process, or hang it: gRPC cannot encode
    // it.
    const summary = facts.message.toWellFormed();
    super(facts.advice === undefined ? summary : `${summary} ${facts.advice.toWellFormed()}`);
    const { outcome, status, method, path } = facts;
    const reason = facts.reason?.toWellFormed();
    for (const [name, value] of Object.entries({ summary, outcome, status, method, path, reason })) {
      // Not enumerable: Node.js prints enumerable properties of an error, which would repeat the message.
      Object.defineProperty(this, name, { value });
    }
  }
}

/** The credential, the endpoint or an argument is missing or malformed. No request was made. */
export class ConfigurationError extends WaysCloudError {
  override readonly name = "ConfigurationError";
}

/** The package declined to do something, to protect a credential; nothing was changed. */
export class RefusedError extends WaysCloudError {
  override readonly name = "RefusedError";
}

/** A create response was lost, and its key cannot be distinguished from others. */
export class LostResponseError extends WaysCloudError {
  override readonly name = "LostResponseError";
}

/**
 * There was no response: the name did not resolve, the connection failed, broke or timed out, a proxy refused
 * it, or TLS failed.
 */
export class ConnectionError extends WaysCloudError {
  override readonly name = "ConnectionError";
}

/** The response is truncated, not JSON, lacks documented fields, or is an incomplete list. */
export class MalformedResponseError extends WaysCloudError {
  override readonly name = "MalformedResponseError";
}

/** 400, or another 4xx without a class of its own: the API rejected the request. */
export class BadRequestError extends WaysCloudError {
  override readonly name: string = "BadRequestError";
}

/** The credential is not of the expected account (`customerId`). Only the profile was read. */
export class AccountMismatchError extends WaysCloudError {
  override readonly name = "AccountMismatchError";
}

/** 401: the API rejected the credential. */
export class AuthenticationError extends WaysCloudError {
  override readonly name = "AuthenticationError";
}

/** 403: the credential may not do this. */
export class PermissionDeniedError extends WaysCloudError {
  override readonly name = "PermissionDeniedError";
}

/** 404, or nothing in the account matches a lookup. */
export class NotFoundError extends WaysCloudError {
  override readonly name = "NotFoundError";
}

/** Several entries of the account match a lookup of one entry. */
export class AmbiguousMatchError extends WaysCloudError {
  override readonly name = "AmbiguousMatchError";
}

/** 409: the account already has an object with this name or key material. */
export class ConflictError extends WaysCloudError {
  override readonly name = "ConflictError";
}

/** 422: the API rejected a field. */
export class UnprocessableEntityError extends WaysCloudError {
  override readonly name = "UnprocessableEntityError";
}

/** 429: too many requests, and waiting did not help or would take too long. */
export class RateLimitError extends WaysCloudError {
  override readonly name = "RateLimitError";
}

/** 5xx or a redirect: the server did not confirm the request, but may still have carried out a POST. */
export class ServerError extends WaysCloudError {
  override readonly name = "ServerError";
}

const BY_STATUS: Record<number, new (facts: ErrorFacts) => WaysCloudError> = {
  401: AuthenticationError,
  403: PermissionDeniedError,
  404: NotFoundError,
  409: ConflictError,
  422: UnprocessableEntityError,
  429: RateLimitError,
};

/** The error class for an HTTP status that is not a success. */
export function errorOfStatus(facts: ErrorFacts & { status: number }): WaysCloudError {
  const known = BY_STATUS[facts.status];
  if (known) return new known(facts);
  return facts.status >= 400 && facts.status < 500 && facts.status !== 408
    ? new BadRequestError(facts)
    : new ServerError(facts);
}

/** Converts the error of the account check into that of the request behind it, which was never sent. */
export function beforeSending(error: WaysCloudError): WaysCloudError {
  if (error.outcome !== "ambiguous") return error;
  const { summary, advice, status, method, path, reason } = error;
  const facts = { message: summary, advice, outcome: "not-sent", method, path, reason } as const;
  if (error instanceof MalformedResponseError) return new MalformedResponseError({ ...facts, status });
  return status === undefined ? new ConnectionError(facts) : errorOfStatus({ ...facts, status });
}

/** The message of anything that was thrown, as text that gRPC can encode. */
export function errorMessage(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).toWellFormed();
}
