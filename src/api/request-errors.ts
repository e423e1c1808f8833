// The errors of failed requests: the summary says what failed and why, the advice what to do.
import { STATUS_CODES } from "node:http";

import { AccountMismatchError, ConnectionError, errorOfStatus } from "../errors";
import type { RequestOutcome, WaysCloudError } from "../errors";
import { sanitize } from "../text/redact";
import { isRecord, parsedJson, rfc3339 } from "../values";
import {
  isCertificateFailure,
  isHandshakeFailure,
  isProxyFailure,
  outcomeOfFailure,
} from "./request-outcome";
import type { TransportFailure } from "./request-outcome";
import { DEFAULT_ENDPOINT } from "./address";
import { adviceForProxy, named, proxyProblem } from "./proxy";
import type { Connection, HttpResponse, Request } from "./transport";

const CHECK_ENDPOINT = "Check wayscloud-account:endpoint (or WAYSCLOUD_ENDPOINT)";

/** The error of a request that got no response from the API. */
export function errorOfFailure(
  connection: Connection,
  { operation, method, path }: Request,
  failure: TransportFailure,
): ConnectionError {
  const { host } = new URL(connection.endpoint);
  const why = isProxyFailure(failure)
    ? `was not sent to ${host}: ${proxyProblem(failure)}`
    : `got no response from ${host} (${failure.code})`;
  return new ConnectionError({
    message: `${operation.title} failed: ${method} ${path} ${why}.`,
    advice: isProxyFailure(failure) ? adviceForProxy(failure, host) : adviceForFailure(failure, host),
    outcome: outcomeOfFailure(failure),
    ...{ method, path },
  });
}

function adviceForFailure(failure: TransportFailure, host: string): string {
  const { proxy } = failure;
  const via = proxy ? ` The connection went through the proxy ${proxy.name} (from ${proxy.variable}).` : "";
  return adviceForEndpoint(failure, host) + via;
}

function adviceForEndpoint(failure: TransportFailure, host: string): string {
  if (isCertificateFailure(failure)) {
    return `The TLS certificate of ${host} was rejected. If a private authority issued it, set NODE_EXTRA_CA_CERTS to that authority's file.`;
  }
  if (isHandshakeFailure(failure)) {
    return `The TLS handshake with ${host} failed (is it a plain HTTP server?). ${CHECK_ENDPOINT} and the proxy settings.`;
  }
  switch (failure.code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `The host name ${host} could not be resolved. ${CHECK_ENDPOINT} and the network.`;
    case "ECONNREFUSED":
      return `Nothing accepts connections at ${host}. ${CHECK_ENDPOINT}.`;
    case "ERR_BAD_RESPONSE":
      return "The response was cut off or exceeded 5 MB. Check whether there is a proxy between this machine and the API.";
    default:
      return "Check the network and the proxy settings.";
  }
}

/** The error of a request that was not sent because the time budget of its operation was used up. */
export function errorOfTimeout({ operation, method, path }: Request, limitMs: number): ConnectionError {
  return new ConnectionError({
    message: `${operation.title} timed out after ${Math.round(limitMs / 1000)} s, before ${method} ${path} was sent.`,
    outcome: "not-sent",
    ...{ method, path },
  });
}

export function errorOfResponse(
  connection: Connection,
  { operation, method, path }: Request,
  { status, text }: HttpResponse,
  outcome: RequestOutcome,
): WaysCloudError {
  const reason = apiErrorReason(text, [connection.apiKey]);
  // Leave out a reason that only repeats the name of the status.
  const why = reason === undefined || reason === STATUS_CODES[status] ? "" : `: ${reason}`;
  const what = `${operation.title} failed: ${method} ${path} answered ${named(status)}${why}`;
  const source = isAboutCredential(status) ? ` The credential came from ${connection.apiKeySource}.` : "";
  return errorOfStatus({
    message: what.replace(/[.]?$/, ".") + source,
    advice: adviceForStatus(connection, method, status, why) || undefined,
    ...{ outcome, status, method, path, reason },
  });
}

function isAboutCredential(status: number): boolean {
  return status === 401 || status === 403;
}

function adviceForStatus(
  { endpoint, apiKeySource }: Connection,
  method: string,
  status: number,
  why: string,
) {
  if (status === 304)
    return "A proxy or cache answered in place of the API: this package asks for no cached response.";
  if (status >= 300 && status < 400) {
    return "Redirects are not followed, to protect the credential. Set wayscloud-account:endpoint to the final URL.";
  }
  if (status === 404)
    return `The endpoint is ${endpoint}. ${CHECK_ENDPOINT}; the default is ${DEFAULT_ENDPOINT}.`;
  if (!isAboutCredential(status)) return undefined;
  const isServiceKey = apiKeySource.endsWith("WAYSCLOUD_API_KEY");
  const advice: [applies: boolean, advice: string][] = [
    [
      isServiceKey,
      "If that variable holds a service key (for the official Terraform provider), set a personal access token in WAYSCLOUD_PAT_TOKEN.",
    ],
    [!isServiceKey && status === 401, "Set a valid personal access token."],
    // The API's own reason says which scope is missing, or that the credential is of the wrong kind.
    [
      status === 403 && /\bscopes?\b/i.test(why),
      "The scopes of a token cannot be changed: create a token that has this scope as well, and configure that one.",
    ],
    [status === 403 && why === "", "It may lack a scope."],
    [
      method !== "POST",
      "`pulumi refresh` and `pulumi destroy` use the configuration from the last `pulumi up`: run `pulumi up` first, or pass `--run-program`.",
    ],
    [
      method === "DELETE" && /provider/i.test(apiKeySource),
      "If the Provider was removed together with its resources, declare it again with a valid credential, run `pulumi up`, then remove it.",
    ],
  ];
  return advice.flatMap(([applies, text]) => (applies ? text : [])).join(" ");
}

/**
 * The API's own reason in an error body: `{"detail": string | {error} | [{msg, loc}]}`,
 * `{"error": string | {code, message, details}}` or `{"message"}`. A body that is not JSON is not shown.
 */
export function apiErrorReason(text: string, secrets: readonly string[]): string | undefined {
  const body = parsedJson(text);
  if (!isRecord(body)) return undefined;
  const words = wordsOf(body.detail) ?? wordsOf(body.error) ?? wordsOf(body.message);
  return words === undefined ? undefined : sanitize(words, secrets) || undefined;
}

/** Limits the nesting of lists: a body of brackets must not exhaust the stack. */
function wordsOf(value: unknown, depth = 0): string | undefined {
  if (typeof value === "string") return value.trim() === "" ? undefined : value;
  if (Array.isArray(value)) {
    const parts = depth < 3 ? value.slice(0, 5).flatMap((part) => wordsOf(part, depth + 1) ?? []) : [];
    return parts.length > 0 ? parts.join("; ") : undefined;
  }
  if (!isRecord(value)) return undefined;
  // Only the place and the message of a validation failure: its `input` may be a secret.
  const said = [value.msg, value.message, value.error, value.code].find(
    (part): part is string => typeof part === "string" && part.trim() !== "",
  );
  const loc = Array.isArray(value.loc) ? value.loc : [];
  const place = loc.filter((part) => typeof part === "string" || typeof part === "number").join(".");
  return said === undefined || place === "" ? said : `${place}: ${said}`;
}

/** The same error, if the API asks to wait longer than this package waits. */
export function errorOfLongWait(error: WaysCloudError, waitMs: number, now: number): WaysCloudError {
  const until = now + waitMs;
  const when = until < 8.64e15 ? `until ${rfc3339(until)}` : "for an unlimited time";
  const { outcome, status = 429, method, path, reason } = error;
  return errorOfStatus({
    message: `${error.summary} The API asks to wait ${when}, longer than this package waits.`,
    advice: "Run the command again after that.",
    ...{ outcome, status, method, path, reason },
  });
}

/** The error of a request that was not sent because the credential belongs to another account. */
export function errorOfOtherAccount(
  { expectedAccount, apiKeySource }: Connection,
  title: string,
  customerId: string,
): AccountMismatchError {
  const { source = "the configuration", value = "another one" } = expectedAccount ?? {};
  return new AccountMismatchError({
    message:
      `${title} was not attempted: the credential from ${apiKeySource} belongs to the account ${sanitize(customerId, [], 80)}, but` +
      ` ${source} expects ${sanitize(value, [], 80)}.`,
    advice:
      "Nothing was read or changed. Use a credential of the expected account, or correct the customer id.",
    outcome: "rejected",
  });
}
