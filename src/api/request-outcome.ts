// The outcome of a request, as one table. It is ambiguous unless it is proven that nothing happened.
import type { RequestOutcome } from "../errors";

/** The request never left this machine: lookup or connect failed. */
const NOT_SENT = new Set(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"]);
const BEFORE_SENDING = new Set(["connect", "getaddrinfo"]);

/** A certificate was rejected during the handshake, so no byte of the request was sent. */
const CERTIFICATE =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|ERR_TLS_CERT_ALTNAME|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|CRL_|ERROR_IN_CERT)/;
/** TLS itself failed: during the handshake, before any byte of the request, or later, in the response. */
const TLS = /^(ERR_SSL_|EPROTO$)/;

/** The code of a failure if a proxy refused to open the tunnel. */
export const PROXY_REFUSED = "ERR_PROXY_REFUSED";
/** Statuses by which a proxy says that the same request may succeed later. */
const PROXY_MAY_RECOVER = new Set([408, 429, 500, 502, 503, 504]);

export interface Proxy {
  protocol: "http:" | "https:";
  hostname: string;
  port: number;
  auth: { username: string; password: string } | undefined;
  /** Host and port, for messages. */
  name: string;
  /** The environment variable that sets it. */
  variable: string;
}

/** The proxy that a request went through. */
export interface ProxyInUse extends Pick<Proxy, "protocol" | "name" | "variable"> {
  /** Until the tunnel is open, a failure is the proxy's, and nothing of the request has reached the API. */
  isTunnelOpen: boolean;
}

/** A failure of the transport as Node.js reports it, without the request, which held the credential. */
export interface TransportFailure {
  code: string;
  /** The status by which a proxy refused to open the tunnel to the API. */
  proxyStatus?: number | undefined;
  proxy?: ProxyInUse | undefined;
  syscall?: string | undefined;
  /** The TLS handshake was not complete, so the request was still waiting for it. */
  inHandshake?: boolean | undefined;
  /** The failed attempts on each of the addresses of one name. */
  parts?: { code: string; syscall?: string | undefined }[] | undefined;
}

/** Whether the server's certificate was rejected; retrying cannot help. */
export function isCertificateFailure(failure: TransportFailure): boolean {
  return CERTIFICATE.test(failure.code);
}

/** Whether the proxy failed, before there was a tunnel to the API. */
export function isProxyFailure({ code, proxy }: TransportFailure): boolean {
  return code === PROXY_REFUSED || proxy?.isTunnelOpen === false;
}

/** Whether the two sides could not agree on TLS; retrying cannot help. */
export function isHandshakeFailure(failure: TransportFailure): boolean {
  return (failure.inHandshake === true || isProxyFailure(failure)) && TLS.test(failure.code);
}

/** The outcome of a request that got no complete response. */
export function outcomeOfFailure(failure: TransportFailure): RequestOutcome {
  // Without a tunnel nothing of the request can have reached the API, whatever the method.
  if (failure.code === PROXY_REFUSED) {
    return PROXY_MAY_RECOVER.has(failure.proxyStatus ?? 0) ? "not-sent" : "rejected";
  }
  if (isCertificateFailure(failure) || isHandshakeFailure(failure)) return "rejected";
  if (isProxyFailure(failure)) return "not-sent";
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
 * Whether the same request may be sent again without checking its outcome first: a POST only if it cannot
 * have taken effect; GET and DELETE also after a lost or broken response and a 5xx, but not after a redirect.
 */
export function isRetryable(method: string, outcome: RequestOutcome, status: number | undefined): boolean {
  if (outcome === "not-sent" || outcome === "rate-limited") return true;
  if (method === "POST" || outcome !== "ambiguous") return false;
  return status === undefined || status === 408 || status >= 500;
}
