// A TLS server that answers every request with an empty list, or as it is told, and remembers what it was asked.
import { createServer } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

import type { Certificate } from "./certificate";

export interface HttpsServer {
  port: number;
  requests: { method: string; path: string; headers: IncomingHttpHeaders }[];
  /** Handshakes that the client broke off. */
  refused: number;
  close(): Promise<void>;
}

export async function startHttpsServer(
  certificate: Certificate,
  answer: (path: string) => string | Buffer = () => "[]",
): Promise<HttpsServer> {
  const requests: HttpsServer["requests"] = [];
  const server = createServer({ cert: certificate.cert, key: certificate.key }, (request, response) => {
    const { method = "", url = "", headers } = request;
    requests.push({ method, path: url, headers });
    response.end(answer(url));
  });
  const running: HttpsServer = {
    port: 0,
    requests,
    refused: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  server.on("tlsClientError", () => (running.refused += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  running.port = (server.address() as AddressInfo).port;
  return running;
}
