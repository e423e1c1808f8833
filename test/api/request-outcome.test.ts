// src/api/request-outcome.ts: the table of what became of a request, row by row, and the errors that it becomes.
import { errorOfStatus } from "../../src/errors";
import {
  isCertificateFailure,
  isRetryable,
  outcomeOfFailure,
  outcomeOfStatus,
} from "../../src/api/request-outcome";

const CONNECT = ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"];
const LOOK_UP = ["ENOTFOUND", "EAI_AGAIN"];

describe("a failure without an answer", () => {
  test.each([
    ...LOOK_UP.map((code) => [code, "getaddrinfo"] as const),
    ...CONNECT.map((code) => [code, "connect"] as const),
  ])("%s of %s was not sent; anywhere else it is ambiguous", (code, syscall) => {
    expect(outcomeOfFailure({ code, syscall })).toBe("not-sent");
    for (const other of ["read", "write", undefined])
      expect(outcomeOfFailure({ code, syscall: other })).toBe("ambiguous");
  });

  test.each([
    ...["ECONNRESET", "EPIPE", "ETIMEDOUT", "ECONNABORTED", "ERR_BAD_RESPONSE", "ERR_CANCELED"],
    ...["HPE_INVALID_CONSTANT", "HPE_HEADER_OVERFLOW", "Z_DATA_ERROR", "UNKNOWN", ""],
    ...["EPROTONOSUPPORT", "EPROTOTYPE", "X_CERT_UNKNOWN", "NO_ERR_SSL_"],
  ])("%s is ambiguous, wherever it happened, and not a failure of TLS", (code) => {
    for (const syscall of [undefined, "connect", "read", "write", "getaddrinfo"])
      expect(outcomeOfFailure({ code, syscall })).toBe("ambiguous");
    expect(outcomeOfFailure({ code, inHandshake: true })).toBe("ambiguous");
    expect(isCertificateFailure({ code })).toBe(false);
  });

  test.each([
    ...["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID", "CERT_UNTRUSTED", "CERT_REVOKED", "CRL_HAS_EXPIRED"],
    ...["DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN", "ERROR_IN_CERT_NOT_AFTER_FIELD"],
    ...["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "UNABLE_TO_GET_ISSUER_CERT", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"],
    ...["ERR_TLS_CERT_ALTNAME_INVALID", "HOSTNAME_MISMATCH", "INVALID_CA", "INVALID_PURPOSE"],
    "PATH_LENGTH_EXCEEDED",
  ])("%s is a rejection: TLS failed before a byte of the request was sent", (code) => {
    expect(isCertificateFailure({ code })).toBe(true);
    expect(outcomeOfFailure({ code })).toBe("rejected");
  });

  const OF_TLS = ["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "EPROTO"];
  test.each(OF_TLS)("%s is a rejection in the handshake only", (code) => {
    expect(outcomeOfFailure({ code, inHandshake: true })).toBe("rejected");
    expect(outcomeOfFailure({ code, inHandshake: false })).toBe("ambiguous");
    expect(outcomeOfFailure({ code })).toBe("ambiguous");
  });

  test("at several addresses of a name (happy eyeballs) was not sent only if each was refused; none prove nothing", () => {
    const refused = { code: "ECONNREFUSED", syscall: "connect" };
    const unreachable = { code: "ENETUNREACH", syscall: "connect" };
    const late = { code: "ETIMEDOUT", syscall: "connect" };
    expect(outcomeOfFailure({ code: "ECONNREFUSED", parts: [refused, unreachable] })).toBe("not-sent");
    expect(outcomeOfFailure({ ...refused, parts: [refused, late] })).toBe("ambiguous");
    expect(outcomeOfFailure({ code: "ECONNRESET", parts: [] })).toBe("ambiguous");
    expect(outcomeOfFailure({ ...refused, parts: [] })).toBe("not-sent");
  });
});

test("an answer of 2xx is a success; 429, 409 and the rest of 4xx but 408 have an outcome, all else is ambiguous", () => {
  for (let status = 0; status < 1_000; status += 1) {
    const rejected = status >= 400 && status < 500 && status !== 408 ? "rejected" : "ambiguous";
    const special: Record<number, string> = { 429: "rate-limited", 409: "conflict" };
    const expected = status >= 200 && status < 300 ? undefined : (special[status] ?? rejected);
    expect([status, outcomeOfStatus(status)]).toEqual([status, expected]);
  }
});

const ERRORS = {
  ...{ BadRequestError: [400, 413], AuthenticationError: [401], PermissionDeniedError: [403] },
  ...{ NotFoundError: [404], ConflictError: [409], UnprocessableEntityError: [422], RateLimitError: [429] },
  ServerError: [302, 408, 500, 503],
};
const statuses = Object.entries(ERRORS).flatMap(([name, all]) =>
  all.map((status) => [status, name] as const),
);
test.each(statuses)("an answer of %d becomes a %s", (status, name) => {
  const error = errorOfStatus({ status, outcome: "rejected", message: "m", method: "GET", path: "/p" });
  expect(error).toMatchObject({ name, status, method: "GET", path: "/p", message: "m" });
  expect(error.constructor.name).toBe(name);
});

test.each(["POST", "GET", "DELETE"])("a %s is repeated only if that is harmless and may help", (method) => {
  expect(isRetryable(method, "not-sent", undefined)).toBe(true);
  expect(isRetryable(method, "rate-limited", 429)).toBe(true);
  for (const status of [undefined, 408, 500, 501, 502, 503, 504, 599])
    expect(isRetryable(method, "ambiguous", status)).toBe(method !== "POST");
  for (const status of [200, 201, 301, 302, 307, 308])
    expect(isRetryable(method, "ambiguous", status)).toBe(false);
  for (const status of [undefined, 400, 404]) expect(isRetryable(method, "rejected", status)).toBe(false);
  expect(isRetryable(method, "conflict", 409)).toBe(false);
});
