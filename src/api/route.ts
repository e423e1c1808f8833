// The way to an https endpoint: which socket a response must come through to count, and the proxy that it
// goes through.
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { TLSSocket } from "node:tls";

import type { AxiosRequestConfig } from "axios";

import { proxyFor } from "./proxy";
import { PROXY_REFUSED } from "./request-outcome";
import type { ProxyInUse } from "./request-outcome";

/**
 * The way to an https endpoint: through a proxy by CONNECT, if the environment sets one. A response counts
 * only if it came through a TLS socket that was verified for the endpoint's host. The tunnel of axios
 * presents a proxy's refusal of CONNECT as if it were the API's response, and a `203 []` would then say that
 * all keys are gone.
 */
export function routeTo(base: URL): { options: AxiosRequestConfig; proxy: ProxyInUse | undefined } {
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
export class ProxyRefusal extends Error {
  readonly code = PROXY_REFUSED;
  constructor(readonly proxyStatus: number | undefined) {
    super("The proxy refused the tunnel.");
  }
}
