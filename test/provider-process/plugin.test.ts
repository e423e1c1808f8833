// The plugin's executable by itself: what it prints, and how it ends.
import "../support/on-plugin-host";
import { startEmulator } from "../../src/emulator";
import { ProviderProcess } from "../support/provider-process";
import { until } from "../support/until";

test("stdout holds the port and nothing else, stderr nothing at all", async () => {
  const plugin = await ProviderProcess.start();
  const { failures } = await plugin.resource("serviceKey").check({}, {});
  expect(failures).not.toEqual([]);
  const printed = [plugin.stdout(), plugin.stderr()];
  await plugin.close();
  expect(printed).toEqual([expect.stringMatching(/^\d+\n$/), ""]);
});

test("the engine's SIGINT ends the idle process at once", async () => {
  const plugin = await ProviderProcess.start();
  await plugin.resource("serviceKey").check({}, {});
  const before = performance.now();
  expect(await plugin.close()).toEqual({ code: 0, signal: null });
  // The engine would kill it after 5 s.
  expect(performance.now() - before).toBeLessThan(4_900);
});

test("SIGINT while a key is being created: the answer still reaches the engine, then the process ends", async () => {
  const emulator = await startEmulator({ port: 0 });
  const config = { "wayscloud:apiKey": emulator.apiKey, "wayscloud:endpoint": emulator.url };
  const plugin = await ProviderProcess.start({ config });
  const keys = plugin.resource("serviceKey");
  const { inputs } = await keys.check({}, { service: "dns", description: "mine" });
  emulator.faults.add({ method: "POST", delay: 2_000 });
  const created = keys.create(inputs);
  await until(() => emulator.requests.length > 0);
  process.kill(plugin.pid, "SIGINT");
  const { outputs } = await created;
  const [live] = emulator.account.liveApiKeys().filter(({ description }) => description === "mine");
  expect(outputs["key"] === live?.key).toBe(true);
  expect(await plugin.close()).toEqual({ code: 0, signal: null });
  await emulator.close();
});

test.each(["argument", "handshake"] as const)(
  "an engine that is killed (its address came by %s) ends the process within seconds, after the request that it sent",
  async (addressBy) => {
    const emulator = await startEmulator({ port: 0 });
    try {
      const config = { "wayscloud:apiKey": emulator.apiKey, "wayscloud:endpoint": emulator.url };
      // The engine is on this machine, so that no proxy leads to it.
      const env = { https_proxy: "http://127.0.0.1:9", no_proxy: "" };
      const plugin = await ProviderProcess.start({ config, addressBy, env });
      const keys = plugin.resource("serviceKey");
      const { inputs } = await keys.check({}, { service: "dns", description: "mine" });
      // While its engine is there, the process stays.
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      emulator.faults.add({ method: "POST", delay: 4_000 });
      const created = keys.create(inputs);
      await until(() => emulator.requests.length > 0);
      plugin.killEngine();
      const { outputs } = await created;
      const [live] = emulator.account.liveApiKeys().filter(({ description }) => description === "mine");
      expect(outputs["key"] === live?.key).toBe(true);
      const answered = performance.now();
      expect(await plugin.ended()).toEqual({ code: 0, signal: null });
      expect(performance.now() - answered).toBeLessThan(50_000);
      await plugin.close();
    } finally {
      await emulator.close();
    }
  },
);
