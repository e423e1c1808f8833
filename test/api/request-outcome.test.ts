// The table of what became of a request, row by row.
import fc from "fast-check";

import { ConnectionError, errorOfStatus } from "../../src/errors";
import {
  isCertificateFailure,
  isRetryable,
  outcomeOfFailure,
  outcomeOfStatus,
} from "../../src/api/request-outcome";

describe("a failure without an answer", () => {
  test.each(["ENOTFOUND", "EAI_AGAIN"])("%s of the look-up was not sent", (code) => {
    expect(outcomeOfFailure({ code, syscall: "getaddrinfo" })).toBe("not-sent");
  });

  test.each(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"])("%s of connect was not sent", (code) => {
    expect(outcomeOfFailure({ code, syscall: "connect" })).toBe("not-sent");
  });

  test.each(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN"])(
    "%s outside connect and look-up is ambiguous",
    (code) => {
      expect(outcomeOfFailure({ code, syscall: "read" })).toBe("ambiguous");
      expect(outcomeOfFailure({ code, syscall: "write" })).toBe("ambiguous");
      expect(outcomeOfFailure({ code })).toBe("ambiguous");
    },
  );

  test.each([
    "ECONNRESET",
    "EPIPE",
    "ETIMEDOUT",
    "ESOCKETTIMEDOUT",
    "ECONNABORTED",
    "ERR_BAD_RESPONSE",
    "ERR_CANCELED",
    "HPE_INVALID_CONSTANT",
    "HPE_HEADER_OVERFLOW",
    "Z_DATA_ERROR",
    "UNKNOWN",
    "",
  ])("%s is ambiguous, wherever it happened", (code) => {
    for (const syscall of [undefined, "connect", "read", "write", "getaddrinfo"]) {
      expect(outcomeOfFailure({ code, syscall })).toBe("ambiguous");
    }
  });

  test.each([
    "CERT_HAS_EXPIRED",
    "CERT_NOT_YET_VALID",
    "CERT_UNTRUSTED",
    "CERT_REVOKED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNABLE_TO_GET_ISSUER_CERT",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "HOSTNAME_MISMATCH",
    "INVALID_CA",
    "INVALID_PURPOSE",
    "PATH_LENGTH_EXCEEDED",
    "ERROR_IN_CERT_NOT_AFTER_FIELD",
    "CRL_HAS_EXPIRED",
  ])("%s is a refusal: TLS failed before a byte of the request was sent", (code) => {
    expect(isCertificateFailure({ code })).toBe(true);
    expect(outcomeOfFailure({ code })).toBe("rejected");
    expect(isRetryable("GET", "rejected", undefined)).toBe(false);
  });

  test.each(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "EPROTO"])(
    "%s is a refusal in the handshake only: later the request may have taken effect",
    (code) => {
      expect(outcomeOfFailure({ code, inHandshake: true })).toBe("rejected");
      expect(outcomeOfFailure({ code, inHandshake: false })).toBe("ambiguous");
      expect(outcomeOfFailure({ code })).toBe("ambiguous");
    },
  );

  test.each(["EPROTONOSUPPORT", "EPROTOTYPE", "X_CERT_UNKNOWN", "NO_ERR_SSL_", "ECONNRESET"])(
    "%s is none of TLS, in the handshake either",
    (code) => {
      expect(outcomeOfFailure({ code, inHandshake: true })).toBe("ambiguous");
      expect(isCertificateFailure({ code })).toBe(false);
    },
  );

  test("all addresses of a name refused (happy eyeballs): not sent", () => {
    const parts = [
      { code: "ECONNREFUSED", syscall: "connect" },
      { code: "ENETUNREACH", syscall: "connect" },
    ];
    expect(outcomeOfFailure({ code: "ECONNREFUSED", parts })).toBe("not-sent");
  });

  test("one address refused and another timed out: ambiguous", () => {
    const parts = [
      { code: "ECONNREFUSED", syscall: "connect" },
      { code: "ETIMEDOUT", syscall: "connect" },
    ];
    expect(outcomeOfFailure({ code: "ECONNREFUSED", syscall: "connect", parts })).toBe("ambiguous");
  });

  test("an empty list of attempts proves nothing by itself", () => {
    expect(outcomeOfFailure({ code: "ECONNRESET", parts: [] })).toBe("ambiguous");
    expect(outcomeOfFailure({ code: "ECONNREFUSED", syscall: "connect", parts: [] })).toBe("not-sent");
  });

  test("whatever the code, only connect and look-up prove that nothing was sent", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("read", "write", "shutdown", undefined), (code, syscall) => {
        expect(outcomeOfFailure({ code, syscall })).not.toBe("not-sent");
      }),
    );
  });
});

describe("an answer, by its status", () => {
  const rows: [string, number[]][] = [
    ["rate-limited", [429]],
    ["conflict", [409]],
    [
      "rejected",
      [400, 401, 402, 403, 404, 405, 406, 410, 411, 412, 413, 414, 415, 418, 422, 423, 426, 431, 451],
    ],
    ["ambiguous", [408, 300, 301, 302, 303, 304, 307, 308, 500, 501, 502, 503, 504, 507, 520, 522, 524, 599]],
    ["ambiguous", [0, 100, 101, 199, 600, 999]],
  ];
  test.each(rows.flatMap(([outcome, statuses]) => statuses.map((status) => [status, outcome] as const)))(
    "%d is %s",
    (status, outcome) => expect(outcomeOfStatus(status)).toBe(outcome),
  );

  test("only 2xx is a success", () => {
    for (let status = 0; status < 1_000; status += 1) {
      expect(outcomeOfStatus(status) === undefined).toBe(status >= 200 && status < 300);
    }
  });

  test.each([
    [400, "BadRequestError"],
    [401, "AuthenticationError"],
    [403, "PermissionDeniedError"],
    [404, "NotFoundError"],
    [408, "ServerError"],
    [409, "ConflictError"],
    [413, "BadRequestError"],
    [422, "UnprocessableEntityError"],
    [429, "RateLimitError"],
    [302, "ServerError"],
    [500, "ServerError"],
    [503, "ServerError"],
  ])("%d becomes a %s", (status, name) => {
    const error = errorOfStatus({ status, outcome: "rejected", message: "m", method: "GET", path: "/p" });
    expect(error).toMatchObject({ name, status, method: "GET", path: "/p", message: "m" });
    expect(error.constructor.name).toBe(name);
  });

  test("an error has no cause that could carry a request", () => {
    expect(new ConnectionError({ message: "m", outcome: "ambiguous" }).cause).toBeUndefined();
  });
});

describe("repeating", () => {
  test("a POST is repeated after not-sent and 429, and after nothing else", () => {
    expect(isRetryable("POST", "not-sent", undefined)).toBe(true);
    expect(isRetryable("POST", "rate-limited", 429)).toBe(true);
    for (const status of [undefined, 200, 201, 301, 302, 307, 308, 408, 500, 502, 503, 504]) {
      expect(isRetryable("POST", "ambiguous", status)).toBe(false);
    }
    expect(isRetryable("POST", "rejected", 400)).toBe(false);
    expect(isRetryable("POST", "conflict", 409)).toBe(false);
  });

  test.each(["GET", "DELETE"])(
    "a %s is repeated after network errors, 408, 429 and 5xx, but not after a redirect",
    (method) => {
      expect(isRetryable(method, "not-sent", undefined)).toBe(true);
      expect(isRetryable(method, "rate-limited", 429)).toBe(true);
      for (const status of [undefined, 408, 500, 501, 502, 503, 504, 599]) {
        expect(isRetryable(method, "ambiguous", status)).toBe(true);
      }
      for (const status of [301, 302, 307, 308]) expect(isRetryable(method, "ambiguous", status)).toBe(false);
      expect(isRetryable(method, "rejected", 404)).toBe(false);
      expect(isRetryable(method, "conflict", 409)).toBe(false);
    },
  );
});
