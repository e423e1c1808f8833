// What those who start the emulator from their tests rely on: options, closing, listeners, ids, targets and bodies.
import net from "node:net";
import { startEmulator } from "../../src/emulator";
import type { Emulator, EmulatorOptions } from "../../src/emulator";
import { ED25519, send } from "./client";

const open: Emulator[] = [];
const start = async (options?: EmulatorOptions): Promise<Emulator> => {
  const emulator = await startEmulator(options);
  open.push(emulator);
  return emulator;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((emulator) => emulator.close()));
});

test.each([
  [{ prot: 1 }, 'options: unknown field "prot" (known: port, host'],
  [{ host: "" }, "host must be an address or host name"],
  [{ state: " " }, "state must be the name of a file"],
  [{ latency: 3_000_000_000 }, "latency must be from 0 to 2147483647 ms"],
  [{ provisioning: { msec: 1 } }, "provisioning must be"],
  [{ quirks: { listlag: 1 } }, 'quirks: unknown field "listlag" (known: descriptions'],
  [{ quirks: { descriptions: "upper" } }, "quirks.descriptions must be"],
  [{ faults: {} }, "faults must be a list"],
  [{ now: 5 }, "now must be a function, not 5"],
  [{ quirks: null }, "quirks must be an object, not null"],
  [{ apiKey: "a b c" }, "since it is sent in a header, not a string of 5 characters"],
])("option %j is refused with a sentence", async (options, reason) => {
  const refused = startEmulator(options as EmulatorOptions);
  await expect(refused).rejects.toThrow(RangeError);
  await expect(refused).rejects.toThrow(reason);
});

test("a closed emulator can be read, and neither be changed nor listen again", async () => {
  const emulator = await start();
  const { id } = emulator.account.addApiKey();
  await emulator.close();
  expect(emulator.account.liveApiKeys().map((key) => key.id)).toEqual([id]);
  const changes = [
    () => emulator.account.addApiKey(),
    () => emulator.account.addSshKey({ name: "a", publicKey: ED25519 }),
    () => emulator.account.addService(),
    () => emulator.account.setProfile({}),
    () => emulator.account.deactivate(id),
    () => emulator.account.remove(id),
  ];
  for (const change of changes) expect(change).toThrow("the emulator is closed");
  await expect(emulator.listenAgain()).rejects.toThrow("the emulator is closed");
  await expect(fetch(emulator.url)).rejects.toThrow("fetch failed");
});

test("an onRequest that throws is its owner's mistake: the client gets its response", async () => {
  const warn = jest.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  const emulator = await start({
    onRequest: () => {
      throw new Error("oops");
    },
  });
  expect((await send(emulator, "GET", "/v1/account/profile")).status).toBe(200);
  expect(warn.mock.calls.map(([text]) => text)).toEqual([expect.stringContaining("oops")]);
  warn.mockRestore();
});

test("an id that exists is replaced, and what it replaces no longer authenticates or blocks", async () => {
  const emulator = await start();
  const first = emulator.account.addApiKey({ id: "x" });
  const second = emulator.account.addApiKey({ id: "x" });
  const status = async (apiKey: string): Promise<number> =>
    (await send({ url: emulator.url, apiKey }, "GET", "/v1/account/profile")).status;
  expect([await status(first.key), await status(second.key)]).toEqual([401, 200]);
  expect(emulator.account.apiKeys().filter(({ id }) => id === "x")).toHaveLength(1);

  const other = `${ED25519.split(" ")[0]} ${ED25519.split(" ")[1]!.replace("IOMq", "IOMr")}`;
  emulator.account.addSshKey({ id: "s", name: "a", publicKey: ED25519 });
  emulator.account.addSshKey({ id: "s", name: "b", publicKey: other });
  const again = { name: "a", public_key: ED25519 };
  expect((await send(emulator, "POST", "/v1/account/ssh-keys", again)).status).toBe(201);
});

test("of two SSH keys with one name the second still blocks it when the first is gone", async () => {
  const { account, ...emulator } = await start();
  const first = account.addSshKey({ name: "a", publicKey: ED25519 });
  account.addSshKey({ name: "a", publicKey: ED25519 });
  account.remove(first.id);
  const again = { name: "a", public_key: ED25519 };
  expect((await send(emulator, "POST", "/v1/account/ssh-keys", again)).status).toBe(409);
});

/** Sends bytes as they are; resolves to the status. */
function exchange(emulator: Emulator, head: string, body: Buffer = Buffer.alloc(0)): Promise<number> {
  const { port, host } = new URL(emulator.url);
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), "127.0.0.1", () => {
      const headers = `Host: ${host}\r\nX-API-Key: ${emulator.apiKey}\r\nContent-Type: application/json\r\n`;
      socket.write(`${head}\r\n${headers}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`);
      socket.write(body);
    });
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket.once("close", () => resolve(Number(text.split(" ")[1])));
    socket.once("error", reject);
  });
}

test.each(["http://127.0.0.1/v1/account/profile", "HTTP://example.com:80/v1/account/profile?a=1"])(
  "the absolute form %s of a target is accepted",
  async (target) => {
    const emulator = await start();
    expect(await exchange(emulator, `GET ${target} HTTP/1.1`)).toBe(200);
    expect(emulator.requests[0]!.path).toBe("/v1/account/profile");
  },
);

test("a body that is not UTF-8 is a 400 and has no effect", async () => {
  const emulator = await start();
  const body = Buffer.from('{"service": "dns", "description": "caf\u00e9"}', "latin1");
  expect(await exchange(emulator, "POST /v1/account/api-keys/service HTTP/1.1", body)).toBe(400);
  expect(emulator.account.liveApiKeys()).toEqual([]);
});
