// A relay in front of a TLS server that damages what the server sends from a moment on: TLS fails on a connection that is long established.
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

export interface Relay {
  port: number;
  /** Chunks that were damaged. */
  damaged: number;
  close(): Promise<void>;
}

/** Relays to `port`; what the server sends while `isDamaging` holds arrives with its last byte changed. */
export async function startDamagingRelay(port: number, isDamaging: () => boolean): Promise<Relay> {
  const sockets = new Set<Socket>();
  const relay: Relay = { port: 0, damaged: 0, close: () => Promise.resolve() };
  const server = createServer((client) => {
    const target = connect(port, "127.0.0.1");
    for (const socket of [client, target]) sockets.add(socket.on("error", () => undefined));
    client.pipe(target);
    target.on("end", () => client.end());
    target.on("data", (chunk: Buffer) => {
      if (isDamaging()) {
        relay.damaged += 1;
        chunk[chunk.length - 1]! ^= 0xff;
      }
      client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  relay.port = (server.address() as AddressInfo).port;
  relay.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return relay;
}
