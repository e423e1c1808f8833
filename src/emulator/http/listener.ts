// The server socket: opens, closes with all connections at once, and opens again at the same port.
import { once } from "node:events";
import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** How long an idle connection is kept, so that a client's pool does not race with its closing. */
const KEEP_ALIVE = 60_000;

interface Place {
  host?: string | undefined;
  port?: number | undefined;
}

export class Listener {
  readonly #server: Server;
  readonly #host: string;
  #port: number;

  /**
   * `refuses` is asked, at each connection and at each further request over a kept one, whether to destroy
   * it: once for each attempt of a client, whether or not it pools its connections.
   */
  constructor({ host = "127.0.0.1", port = 0 }: Place, serve: RequestListener, refuses: () => boolean) {
    this.#host = host;
    this.#port = port;
    const unused = new WeakSet<Socket>();
    this.#server = createServer({ keepAliveTimeout: KEEP_ALIVE, requestTimeout: 0 }, (request, response) => {
      if (!unused.delete(request.socket) && refuses()) request.socket.resetAndDestroy();
      else serve(request, response);
    });
    this.#server.on("connection", (socket) => {
      if (refuses()) socket.resetAndDestroy();
      else unused.add(socket);
    });
  }

  get url(): string {
    const anywhere: Record<string, string> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
    const host = anywhere[this.#host] ?? this.#host;
    return `http://${host.includes(":") ? `[${host}]` : host}:${this.#port}`;
  }

  async open(): Promise<void> {
    this.#server.listen(this.#port, this.#host);
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Stops listening and destroys every connection. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      // The only error of `close` is that it was not open.
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
