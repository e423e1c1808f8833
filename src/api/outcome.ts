// What became of a request: the table of outcomes, in one place. Everything that is not provably "nothing happened" is ambiguous.
import type { RequestOutcome } from "../errors";

/** Never left this machine: lookup or connect failed. */
const NOT_SENT = new Set(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"]);
const BEFORE_SENDING = new Set(["connect", "getaddrinfo"]);

/** A certificate was refused during the handshake, so no byte of the request was sent. */
const CERTIFICATE =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|ERR_TLS_CERT_ALTNAME|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|CRL_|ERROR_IN_CERT)/;
/** TLS itself failed: in the handshake before any byte of the request, but later it may be the response that was damaged. */
const TLS = /^(ERR_SSL_|EPROTO$)/;

/** A failure of the transport: what Node said, without the request that held the credential. */
export interface TransportFailure {
  code: string;
  syscall?: string | undefined;
  /** The TLS handshake had not ended, so that the request still waited for it. */
  inHandshake?: boolean | undefined;
  /** The attempts on the addresses of one name, each of which failed. */
  parts?: { code: string; syscall?: string | undefined }[] | undefined;
}

/** Is it a refusal of the server's certificate? Retrying cannot help. */
export function isCertificateFailure(failure: TransportFailure): boolean {
  return CERTIFICATE.test(failure.code);
}

/** Did the two sides not even agree on TLS? Retrying cannot help. */
export function isHandshakeFailure(failure: TransportFailure): boolean {
  return failure.inHandshake === true && TLS.test(failure.code);
}

/** The outcome of a request that got no complete response. */
export function outcomeOfFailure(failure: TransportFailure): RequestOutcome {
  if (isCertificateFailure(failure) || isHandshakeFailure(failure)) return "rejected";
  const parts = failure.parts && failure.parts.length > 0 ? failure.parts : [failure];
  return parts.every((part) => NOT_SENT.has(part.code) && BEFORE_SENDING.has(part.syscall ?? ""))
    ? "not-sent"
    : "ambiguous";
}

/** The outcome of a response by its status; `undefined` for a success. */
export function outcomeOfStatus(status: number): RequestOutcome | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status === 429) return "rate-limited";
  if (status === 409) return "conflict";
  if (status === 408) return "ambiguous";
  if (status >= 400 && status < 500) return "rejected";
  return "ambiguous";
}

/**
 * May the same request be sent again without asking what became of it? A POST only when nothing can have
 * happened; GET and DELETE, which may be repeated, also after a lost or broken response and a 5xx, but not after a redirect.
 */
export function isRetryable(method: string, outcome: RequestOutcome, status: number | undefined): boolean {
  if (outcome === "not-sent" || outcome === "rate-limited") return true;
  if (method === "POST" || outcome !== "ambiguous") return false;
  return status === undefined || status === 408 || status >= 500;
}
