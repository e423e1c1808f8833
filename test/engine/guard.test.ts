// Guards what the package costs: requests, bytes on the wire, bytes in the state. Counts only, no times: these are the same on every machine.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import {
  API_KEYS,
  type EngineStack,
  openStack,
  publicKey,
  SSH_KEYS,
  type StateResource,
  takeRequests,
} from "../support/engine";

/** Of each kind; all of them together are several times what the engine and the package do at once, and more than are constructed with stack traces. */
const OF_EACH = 18;

const many = `
  for (let i = 0; i < ${OF_EACH}; i++) {
    const number = String(i).padStart(4, "0");
    new wayscloud.SshKey("ssh-" + number, { publicKey: ${JSON.stringify(
      Array.from({ length: OF_EACH }, (_, index) => publicKey(index)),
    )}[i] });
    new wayscloud.ServiceKey("service-" + number, { service: "database" });
    new wayscloud.PersonalAccessToken("token-" + number, { scopes: ["ssh_keys:read"] });
  }
`;

/** Bytes and connections at the emulator, which runs in this process: HTTP with its heads, as it went over the wire. */
class Wire {
  readonly #sockets = new Set<Socket>();
  readonly #onSocket = (message: unknown): void => {
    this.#sockets.add((message as { socket: Socket }).socket);
  };

  constructor() {
    subscribe("net.server.socket", this.#onSocket);
  }

  /** What was received and sent since the last call, over how many connections. Every command has connections of its own. */
  take(): { received: number; sent: number; connections: number } {
    const taken = { received: 0, sent: 0, connections: this.#sockets.size };
    for (const socket of this.#sockets) {
      taken.received += socket.bytesRead;
      taken.sent += socket.bytesWritten;
    }
    this.#sockets.clear();
    return taken;
  }

  close(): void {
    unsubscribe("net.server.socket", this.#onSocket);
  }
}

/** How often each request was made, ids left out. */
function counted(lines: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines) {
    const kind = line.replace(/\/[0-9a-f-]{36}$/, "/*");
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** The bytes that a resource takes in the state file, which the engine writes anew at every step. */
function bytesInState(resource: StateResource): number {
  // As Go writes it, without blanks but with <, > and & escaped, and with the comma.
  return Buffer.byteLength(JSON.stringify(resource).replace(/[<>&]/g, "\\u0000")) + 1;
}

/** The resources of this package as the state file holds them, by their class. */
function stateByClass(stack: EngineStack): Map<string, StateResource[]> {
  const file = join(stack.backend, ".pulumi/stacks/test/dev.json");
  const state = JSON.parse(readFileSync(file, "utf8")) as {
    checkpoint: { latest: { resources: StateResource[] } };
  };
  const byClass = new Map<string, StateResource[]>();
  for (const resource of state.checkpoint.latest.resources) {
    const [, name] = /^pulumi-nodejs:dynamic\/wayscloud:(\w+)$/.exec(resource.type) ?? [];
    if (name !== undefined) byClass.set(name, [...(byClass.get(name) ?? []), resource]);
  }
  return byClass;
}

/**
 * What a resource may hold in the state. Some 600 bytes each are the engine's own source positions and times, 250 its URNs. A new property costs
 * 3 to 4 % of the time of an `up` of many resources: none without a need, and these numbers go up only with one.
 */
const MOST_BYTES: Record<string, number> = {
  SshKey: 1_560,
  ServiceKey: 1_790,
  PersonalAccessToken: 1_820,
};

function expectSmallState(stack: EngineStack): void {
  const byClass = stateByClass(stack);
  expect([...byClass.keys()].sort()).toEqual(Object.keys(MOST_BYTES).sort());
  for (const [name, resources] of byClass) {
    expect(resources).toHaveLength(OF_EACH);
    for (const resource of resources) {
      expect(resource.inputs!.__provider.length).toBeLessThan(80);
      // The line in the user's program, whether or not the SDK took its stack traces.
      expect(resource.sourcePosition).toMatch(/^project:\/\/\/index\.js#/);
      expect(bytesInState(resource)).toBeLessThan(MOST_BYTES[name]!);
    }
  }
}

test("many resources cost a request each, a list a refresh, and no more bytes than they did", async () => {
  const wire = new Wire();
  try {
    const { emulator, stack } = await openStack({ program: many });
    const parallel = ["--parallel", "16"];
    const nothing = { received: 0, sent: 0, connections: 0 };

    await stack.preview();
    expect(takeRequests(emulator)).toEqual([]);
    expect(wire.take()).toEqual(nothing);

    await stack.up(parallel);
    expect(counted(takeRequests(emulator))).toEqual({
      [`POST ${SSH_KEYS}`]: OF_EACH,
      [`POST ${API_KEYS}/service`]: OF_EACH,
      [`POST ${API_KEYS}/pat`]: OF_EACH,
    });
    const created = wire.take();
    expect(created.connections).toBeLessThanOrEqual(16);
    expect(created.received / (3 * OF_EACH)).toBeLessThan(460);
    expectSmallState(stack);

    await stack.up(parallel);
    await stack.preview(["--expect-no-changes"]);
    expect(takeRequests(emulator)).toEqual([]);
    expect(wire.take()).toEqual(nothing);

    await stack.refresh(parallel);
    expect(counted(takeRequests(emulator))).toEqual({ [`GET ${SSH_KEYS}`]: 1, [`GET ${API_KEYS}`]: 1 });
    const refreshed = wire.take();
    expect(refreshed.connections).toBeLessThanOrEqual(2);
    expect(refreshed.received / 2).toBeLessThan(310);
    expectSmallState(stack);

    await stack.destroy(parallel);
    expect(counted(takeRequests(emulator))).toEqual({
      [`DELETE ${SSH_KEYS}/*`]: OF_EACH,
      [`DELETE ${API_KEYS}/*`]: 2 * OF_EACH,
    });
    const destroyed = wire.take();
    expect(destroyed.connections).toBeLessThanOrEqual(16);
    expect(destroyed.received / (3 * OF_EACH)).toBeLessThan(350);
  } finally {
    wire.close();
  }
});
