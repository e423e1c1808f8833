// A small forward proxy: CONNECT tunnels, and everything that it could see of them.
import { createServer } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";

export interface Proxy {
  url: string;
  /** The targets of CONNECT. */
  tunnels: string[];
  /** Requests that came to the proxy itself, in clear. */
  plain: string[];
  /** Every byte that passed, both ways, as latin1; heads included. */
  seen: () => string;
  close: () => Promise<void>;
}

/**
 * Starts a proxy; with `refusal` it gives every CONNECT this response instead of a tunnel, with `diversion` every tunnel leads to
 * that port of this machine.
 */
export async function startProxy(
  refusal?: { status: number; body: string },
  diversion?: number,
): Promise<Proxy> {
  const tunnels: string[] = [];
  const plain: string[] = [];
  const bytes: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    plain.push(`${request.method ?? ""} ${request.url ?? ""}`);
    bytes.push(Buffer.from(request.rawHeaders.join("\n")));
    response.end("[]");
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("connect", (request, client: Socket, head) => {
    tunnels.push(request.url ?? "");
    bytes.push(Buffer.from(request.rawHeaders.join("\n")), head);
    client.on("error", () => undefined).on("data", (chunk: Buffer) => bytes.push(chunk));
    if (refusal) {
      const { status, body } = refusal;
      client.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      return;
    }
    const [host = "", port = ""] = diversion ? ["127.0.0.1", diversion] : (request.url ?? "").split(":");
    const target = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      target.write(head);
      client.pipe(target).pipe(client);
    });
    sockets.add(target);
    target.on("data", (chunk: Buffer) => bytes.push(chunk)).on("error", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels,
    plain,
    seen: () => Buffer.concat(bytes).toString("latin1"),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
