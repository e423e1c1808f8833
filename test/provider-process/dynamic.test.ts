// The provider process by itself: it starts from the packed package, speaks the protocol, and ends when it is told to.
import { resolve } from "node:path";
import { startEmulator } from "../../src/emulator";
import { ProviderProcess, unknown, type ProviderProcessOptions } from "../support/provider-process";
import { publicKey } from "../support/public-key";
import { until } from "../support/until";

const open: ProviderProcess[] = [];

async function start(options?: ProviderProcessOptions): Promise<ProviderProcess> {
  const plugin = await ProviderProcess.start(options);
  open.push(plugin);
  return plugin;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((plugin) => plugin.close()));
});

test("an error that the engine shows at the resource is not printed once more", async () => {
  const config = { "wayscloud:apiKey": "wayscloud_pat_example", "wayscloud:endpoint": "http://127.0.0.1:1" };
  const plugin = await start({ config });
  const keys = plugin.resource("sshKey");
  const gone = { name: "a", publicKey: publicKey(1), fingerprint: "", createdAt: "", adopted: false };
  for (const failing of [keys.read("../x", gone), keys.delete("../x", gone)])
    await expect(failing).rejects.toThrow("cannot be read");
  expect(plugin.stderr()).toBe("");
});

test("unknown values of other resources pass check and diff without a request", async () => {
  // Nobody listens at the engine's nor at the API's address.
  const plugin = await start({
    config: { "wayscloud:apiKey": "wayscloud_pat_example", "wayscloud:endpoint": "http://127.0.0.1:1" },
  });
  const { failures } = await plugin.resource("sshKey").check({}, { publicKey: unknown, name: unknown });
  expect(failures).toEqual([]);
});

test("a reason of the API that is cut inside an emoji ends its call with an error, and nothing else", async () => {
  const emulator = await startEmulator({ port: 0 });
  try {
    const config = { "wayscloud:apiKey": emulator.apiKey, "wayscloud:endpoint": emulator.url };
    const keys = (await start({ config })).resource("sshKey");
    const { inputs } = await keys.check({}, { name: "deploy", publicKey: publicKey(1) });
    const detail = `refused, ask ${"🎉".repeat(40)}x@example.com`;
    emulator.faults.add({ method: "POST", status: 400, body: JSON.stringify({ detail }) });
    await expect(keys.create(inputs)).rejects.toThrow(/answered 400.*refused, ask/);
    await expect(keys.create(inputs)).resolves.toHaveProperty("id");
  } finally {
    await emulator.close();
  }
});

test("a process whose engine was killed writes its lines to nobody, and does not report that for ever", async () => {
  const emulator = await startEmulator({ port: 0 });
  try {
    const config = { "wayscloud:apiKey": emulator.apiKey, "wayscloud:endpoint": emulator.url };
    const plugin = await start({ config, preload: resolve(__dirname, "../support/count-writes.cjs") });
    const keys = plugin.resource("sshKey");
    const { inputs } = await keys.check({}, { name: "deploy", publicKey: publicKey(1) });
    plugin.killEngine();
    emulator.faults.add({ method: "POST", status: 503, commit: true });
    // It logs the lost response, and finds the key.
    await expect(keys.create(inputs)).resolves.toHaveProperty("id");
    const writes = async (): Promise<number> => {
      const before = plugin.stdout();
      process.kill(plugin.pid, "SIGUSR2");
      await until(() => plugin.stdout() !== before);
      return Number(plugin.stdout().split("writes: ").at(-1));
    };
    const first = await writes();
    expect(first).toBeGreaterThan(0);
    expect(await writes()).toBe(first);
  } finally {
    await emulator.close();
  }
});

test("the engine's SIGINT ends the process at once", async () => {
  const plugin = await start();
  await plugin.resource("sshKey").check({}, { publicKey: publicKey(1) });
  const before = Date.now();
  expect(await plugin.close()).toEqual({ code: null, signal: "SIGINT" });
  // The engine would kill it after 5 s.
  expect(Date.now() - before).toBeLessThan(4_900);
});
