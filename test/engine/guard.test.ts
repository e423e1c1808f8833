// Guards what the package costs: requests, bytes on the wire, bytes in the state. Counts only, no times: these are the same on every machine.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import type { Emulator } from "../../src/emulator";
import { API_KEYS, type EngineStack, openStack, publicKey, SSH_KEYS } from "../support/engine";

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

/** Connections to servers in this process since they were last counted, the emulator's among them, with their ports. */
const sockets = new Map<Socket, number | undefined>();
const onSocket = (message: unknown): void => {
  const { socket } = message as { socket: Socket };
  sockets.set(socket, socket.localPort);
};
beforeAll(() => subscribe("net.server.socket", onSocket));
afterAll(() => unsubscribe("net.server.socket", onSocket));

/** Bytes that the emulator has received, over how many connections, since the last call: HTTP with its heads. Every command has connections of its own. */
function takeWire({ url }: Emulator): { received: number; connections: number } {
  const own = [...sockets].filter(([, port]) => port === Number(new URL(url).port));
  sockets.clear();
  return { received: own.reduce((sum, [{ bytesRead }]) => sum + bytesRead, 0), connections: own.length };
}

/** Sorted requests, ids left out. */
const kinds = (requests: string[]): string[] =>
  requests.map((line) => line.replace(/\/[0-9a-f-]{36}$/, "/*")).sort();
/** Each of these requests once for each resource of a kind. */
const ofEach = (...lines: string[]): string[] => lines.flatMap((line) => Array<string>(OF_EACH).fill(line));

/**
 * What a resource may hold in the state. Some 600 bytes each are the engine's own source positions and times, 250 its URNs. A new property costs
 * 3 to 4 % of the time of an `up` of many resources: none without a need, and these numbers go up only with one.
 */
const MOST_BYTES: Record<string, number> = {
  SshKey: 1_560,
  ServiceKey: 1_790,
  PersonalAccessToken: 1_820,
};

async function expectSmallState(stack: EngineStack): Promise<void> {
  const resources = await stack.resources();
  expect(resources).toHaveLength(3 * OF_EACH);
  for (const [name, most] of Object.entries(MOST_BYTES)) {
    const ofClass = resources.filter(({ type }) => type === `pulumi-nodejs:dynamic/wayscloud:${name}`);
    expect(ofClass).toHaveLength(OF_EACH);
    for (const resource of ofClass) {
      expect(resource.inputs!.__provider.length).toBeLessThan(80);
      // The line in the user's program, whether or not the SDK took its stack traces.
      expect(resource.sourcePosition).toMatch(/^project:\/\/\/index\.js#/);
      // The bytes in the file that the engine writes anew at every step: without blanks but with <, > and & escaped, and with the comma.
      const written = JSON.stringify(resource).replace(/[<>&]/g, "\\u0000");
      expect(Buffer.byteLength(written) + 1).toBeLessThan(most);
    }
  }
}

test("many resources cost a request each, a list a refresh, and no more bytes than they did", async () => {
  const { emulator, stack } = await openStack({ program: many });
  const parallel = ["--parallel", "16"];
  const nothing = { received: 0, connections: 0 };

  expect((await stack.preview()).requests).toEqual([]);
  expect(takeWire(emulator)).toEqual(nothing);

  const up = await stack.up(parallel);
  const posts = [`POST ${API_KEYS}/pat`, `POST ${API_KEYS}/service`, `POST ${SSH_KEYS}`];
  expect(kinds(up.requests)).toEqual(ofEach(...posts));
  const created = takeWire(emulator);
  expect(created.connections).toBeLessThanOrEqual(16);
  expect(created.received / (3 * OF_EACH)).toBeLessThan(460);
  await expectSmallState(stack);

  expect((await stack.up(parallel)).requests).toEqual([]);
  await stack.preview(["--expect-no-changes"]);
  expect(takeWire(emulator)).toEqual(nothing);

  const { requests } = await stack.refresh(parallel);
  expect(requests.sort()).toEqual([`GET ${API_KEYS}`, `GET ${SSH_KEYS}`]);
  const refreshed = takeWire(emulator);
  expect(refreshed.connections).toBeLessThanOrEqual(2);
  expect(refreshed.received / 2).toBeLessThan(310);
  await expectSmallState(stack);

  const down = await stack.destroy(parallel);
  const deletions = [API_KEYS, API_KEYS, SSH_KEYS].map((path) => `DELETE ${path}/*`);
  expect(kinds(down.requests)).toEqual(ofEach(...deletions));
  const destroyed = takeWire(emulator);
  expect(destroyed.connections).toBeLessThanOrEqual(16);
  expect(destroyed.received / (3 * OF_EACH)).toBeLessThan(350);
});
