// The errors of failed requests: the summary says what failed and why, the advice what to do.
import { STATUS_CODES } from "node:http";

import { AccountMismatchError, ConnectionError, errorOfStatus } from "../errors";
import type { WaysCloudError } from "../errors";
import { sanitize } from "../text/redact";
import { rfc3339 } from "../values";
import {
  isCertificateFailure,
  isHandshakeFailure,
  isProxyFailure,
  outcomeOfFailure,
} from "./request-outcome";
import type { TransportFailure } from "./request-outcome";
import { adviceForProxy, named, proxyProblem } from "./proxy";
import { apiErrorReason } from "./reason";
import type { Connection, HttpResponse, Request } from "./transport";

type Outcome = WaysCloudError["outcome"];

const CHECK_ENDPOINT = "Check wayscloud-account:endpoint (or WAYSCLOUD_ENDPOINT)";

/** The error of a request that got no response from the API. */
export function errorOfFailure(
  connection: Connection,
  request: Request,
  failure: TransportFailure,
): ConnectionError {
  const { host } = new URL(connection.endpoint);
  const { method, path } = request;
  const why = isProxyFailure(failure)
    ? `was not sent to ${host}: ${proxyProblem(failure)}`
    : `got no response from ${host} (${failure.code})`;
  return new ConnectionError({
    message: `${request.operation.title} failed: ${method} ${path} ${why}.`,
    advice: adviceForFailure(failure, host),
    outcome: outcomeOfFailure(failure),
    method,
    path,
  });
}

function adviceForFailure(failure: TransportFailure, host: string): string {
  const { proxy } = failure;
  if (isProxyFailure(failure)) return adviceForProxy(failure, host);
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
  if (failure.code === "ENOTFOUND" || failure.code === "EAI_AGAIN") {
    return `The host name ${host} could not be resolved. ${CHECK_ENDPOINT} and the network.`;
  }
  if (failure.code === "ECONNREFUSED") {
    return `Nothing accepts connections at ${host}. ${CHECK_ENDPOINT}.`;
  }
  if (failure.code === "ERR_BAD_RESPONSE") {
    return "The response was cut off or exceeded 5 MB. Check whether there is a proxy between this machine and the API.";
  }
  return "Check the network and the proxy settings.";
}

/** The error of a request that was not sent because the time budget of its operation was used up. */
export function errorOfTimeout(request: Request, limitMs: number): ConnectionError {
  const { method, path } = request;
  return new ConnectionError({
    message: `${request.operation.title} timed out after ${Math.round(limitMs / 1000)} s, before ${method} ${path} was sent.`,
    outcome: "not-sent",
    method,
    path,
  });
}

/** The error of a response whose status is not a success. */
export function errorOfResponse(
  connection: Connection,
  request: Request,
  response: HttpResponse,
  outcome: Outcome,
): WaysCloudError {
  const { method, path } = request;
  const { status } = response;
  const reason = apiErrorReason(response.text, [connection.apiKey]);
  // Leave out a reason that only repeats the name of the status.
  const why = reason === undefined || reason === STATUS_CODES[status] ? "" : `: ${reason}`;
  const what = `${request.operation.title} failed: ${method} ${path} answered ${named(status)}${why}`;
  const source = isAboutCredential(status) ? ` The credential came from ${connection.apiKeySource}.` : "";
  return errorOfStatus({
    message: what.replace(/[.]?$/, ".") + source,
    advice: adviceForStatus(connection, method, status, why),
    ...{ outcome, status, method, path, reason },
  });
}

function isAboutCredential(status: number): boolean {
  return status === 401 || status === 403;
}

function adviceForStatus(
  connection: Connection,
  method: string,
  status: number,
  why: string,
): string | undefined {
  if (status === 304)
    return "A proxy or cache answered in place of the API: this package asks for no cached response.";
  if (status >= 300 && status < 400) {
    return "Redirects are not followed, to protect the credential. Set wayscloud-account:endpoint to the final URL.";
  }
  if (status === 404)
    return `The endpoint is ${connection.endpoint}. ${CHECK_ENDPOINT}; the default is https://api.wayscloud.services.`;
  if (!isAboutCredential(status)) return undefined;
  const advice: string[] = [];
  if (connection.apiKeySource.endsWith("WAYSCLOUD_API_KEY")) {
    advice.push(
      "If that variable holds a service key (for the official Terraform provider), set a personal access token in WAYSCLOUD_PAT_TOKEN.",
    );
  } else if (status === 401) {
    advice.push("Set a valid personal access token.");
  }
  // The API's own reason says which scope is missing, or that the credential is of the wrong kind.
  if (status === 403 && /\bscopes?\b/i.test(why)) {
    advice.push(
      "The scopes of a token cannot be changed: create a token that has this scope as well, and configure that one.",
    );
  }
  if (status === 403 && why === "") advice.push("It may lack a scope.");
  if (method !== "POST") {
    advice.push(
      "`pulumi refresh` and `pulumi destroy` use the configuration from the last `pulumi up`: run `pulumi up` first, or pass `--run-program`.",
    );
  }
  if (method === "DELETE" && /provider/i.test(connection.apiKeySource)) {
    advice.push(
      "If the Provider was removed together with its resources, declare it again with a valid credential, run `pulumi up`, then remove it.",
    );
  }
  return advice.length > 0 ? advice.join(" ") : undefined;
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
