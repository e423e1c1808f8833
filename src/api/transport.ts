// One hardened HTTP attempt: no redirect, no other origin, bounded size and time, no error of axios.
import { Agent as HttpAgent } from "node:http";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { TLSSocket } from "node:tls";

import { Axios, AxiosHeaders, isAxiosError } from "axios";
import type { AxiosRequestConfig } from "axios";

import { version } from "../version";
import { ConfigurationError } from "../errors";
import { isRecord } from "../values";
import { proxyFor } from "./proxy";
import { PROXY_REFUSED } from "./request-outcome";
import type { ProxyInUse, TransportFailure } from "./request-outcome";
import type { Operation } from "./timing";

/** The endpoint of requests, and their credential. */
export interface Connection {
  /** Validated base URL, without a trailing slash. */
  endpoint: string;
  /** The credential, sent as `X-API-Key`. */
  apiKey: string;
  /** The source of the credential, for messages: `the environment variable WAYSCLOUD_API_KEY`. */
  apiKeySource: string;
  /** The customer id of the only account that may be used, and where it is configured. */
  expectedAccount?: { value: string; source: string };
}

export interface Request {
  method: "GET" | "POST" | "DELETE";
  path: string;
  body?: object;
  operation: Operation;
}

export interface HttpResponse {
  status: number;
  /** Names in lower case; repeated headers joined by a comma. */
  headers: Record<string, string>;
  text: string;
}

export type Attempt = { response: HttpResponse } | { failure: TransportFailure };

export type Transport = (
  request: { method: string; path: string; body?: string | undefined },
  limit: number,
) => Promise<Attempt>;

const MAX_BODY_BYTES = 5_000_000;
/** Close idle sockets before most servers do, so that a POST rarely meets a closing one. */
const IDLE_SOCKET_MS = 4_000;

/** A transport for one account, with its own axios instance and sockets. */
export function createTransport(connection: Connection): Transport {
  const base = new URL(connection.endpoint);
  const http = axiosFor(connection);
  return async (request, limit) => {
    assertSameOrigin(base, connection.endpoint + request.path);
    assertSendable(request.body);
    const route = base.protocol === "https:" ? routeTo(base) : undefined;
    const signal = AbortSignal.timeout(Math.ceil(limit));
    try {
      const response = await http.request<string>({
        method: request.method,
        url: request.path,
        signal,
        ...route?.options,
        ...(request.body === undefined
          ? {}
          : { data: request.body, headers: { "Content-Type": "application/json" } }),
      });
      return {
        response: {
          status: response.status,
          headers: plainHeaders(response.headers),
          text: response.data ?? "",
        },
      };
    } catch (error) {
      const failure = signal.aborted ? { code: "ETIMEDOUT" } : failureOf(error);
      return { failure: { ...failure, proxy: route?.proxy } };
    }
  };
}

/**
 * The way to an https endpoint: through a proxy by CONNECT, if the environment sets one. A response counts
 * only if it came through a TLS socket that was verified for the endpoint's host. The tunnel of axios
 * presents a proxy's refusal of CONNECT as if it were the API's response, and a `203 []` would then say that
 * all keys are gone.
 */
function routeTo(base: URL): { options: AxiosRequestConfig; proxy: ProxyInUse | undefined } {
  const found = proxyFor(base);
  // Without the password, because a failure holds it.
  const proxy: ProxyInUse | undefined = found && {
    ...{ protocol: found.protocol, name: found.name, variable: found.variable },
    isTunnelOpen: false,
  };
  const request = (
    options: RequestOptions,
    onResponse: (response: IncomingMessage) => void,
  ): ClientRequest => {
    const sent = httpsRequest(options, (response) => {
      const { socket } = response;
      if (socket instanceof TLSSocket && socket.authorized) onResponse(response);
      else sent.destroy(new ProxyRefusal(response.statusCode));
    });
    return sent.once("socket", () => {
      // Only a socket through the tunnel reaches the request.
      if (proxy) proxy.isTunnelOpen = true;
    });
  };
  const options: AxiosRequestConfig = { transport: { request } };
  if (found) {
    const { protocol, hostname, port, auth } = found;
    options.proxy = { protocol, host: hostname, port, ...(auth ? { auth } : {}) };
  }
  return { options, proxy };
}

/** A proxy did not open the tunnel to the API, so nothing of the request was sent to the API. */
class ProxyRefusal extends Error {
  readonly code = PROXY_REFUSED;
  constructor(readonly proxyStatus: number | undefined) {
    super("The proxy refused the tunnel.");
  }
}

function axiosFor(connection: Connection) {
  return new Axios({
    adapter: "http",
    baseURL: connection.endpoint,
    allowAbsoluteUrls: false,
    maxRedirects: 0,
    maxContentLength: MAX_BODY_BYTES,
    maxBodyLength: MAX_BODY_BYTES,
    responseType: "text",
    validateStatus: () => true,
    // The route above chooses the proxy of each request. Plain http is for loopback only, without a proxy.
    proxy: false,
    httpAgent: new HttpAgent({ keepAlive: true, timeout: IDLE_SOCKET_MS }),
    // Set explicitly; otherwise NODE_TLS_REJECT_UNAUTHORIZED=0 would switch verification off.
    httpsAgent: new HttpsAgent({ keepAlive: true, timeout: IDLE_SOCKET_MS, rejectUnauthorized: true }),
    headers: new AxiosHeaders({
      "X-API-Key": connection.apiKey,
      Accept: "application/json",
      "User-Agent": `pulumi-wayscloud/${version} (node ${process.versions.node}; ${process.platform})`,
    }),
  });
}

/** The last line of defense against a path that leads to another origin. */
function assertSameOrigin(base: URL, url: string): void {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target?.origin !== base.origin || target.username !== "" || target.password !== "") {
    throw new ConfigurationError("Blocked a request to an origin other than the configured endpoint.");
  }
}

/** Check before sending, because axios's own size error looks like a failed attempt. */
function assertSendable(body: string | undefined): void {
  const bytes = Buffer.byteLength(body ?? "");
  if (bytes > MAX_BODY_BYTES) {
    throw new ConfigurationError(
      `The request body is too large: ${bytes} bytes (the limit is 5 MB). Shorten \`description\` or \`name\`.`,
    );
  }
}

function plainHeaders(headers: object): Record<string, string> {
  const plain: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(headers)) {
    plain[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : String(value);
  }
  return plain;
}

/** The TLS handshake state of a Node request; absent for plain HTTP, or before a socket is assigned. */
interface Connecting {
  socket?: { secureConnecting?: boolean } | null;
}

/** Node's report of a failed attempt, without the axios error, which holds the credential. */
function failureOf(error: unknown): TransportFailure {
  const origin: unknown = isAxiosError(error) ? (error.cause ?? error) : error;
  const parts = isRecord(origin) ? origin.errors : undefined;
  const request = isAxiosError(error) ? (error.request as Connecting | undefined) : undefined;
  return {
    code: textIn(origin, "code") ?? textIn(error, "code") ?? "UNKNOWN",
    ...(origin instanceof ProxyRefusal ? { proxyStatus: origin.proxyStatus } : {}),
    syscall: textIn(origin, "syscall"),
    inHandshake: request?.socket?.secureConnecting === true,
    parts: Array.isArray(parts)
      ? parts.map((part) => ({ code: textIn(part, "code") ?? "UNKNOWN", syscall: textIn(part, "syscall") }))
      : undefined,
  };
}

function textIn(error: unknown, name: "code" | "syscall"): string | undefined {
  const value = isRecord(error) ? error[name] : undefined;
  return typeof value === "string" ? value : undefined;
}
