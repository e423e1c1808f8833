// The plugin's executable by itself: what it prints, and how it ends.
import "../support/on-plugin-host";
import { setTimeout as sleep } from "node:timers/promises";
import { Watched } from "../support/canaries";
import type { ProviderProcess } from "../support/provider-process";
import { until } from "../support/until";

/** Begins to create a key, whose response is that late. Returns what checks that it reaches the engine. */
async function createSlowly(
  watched: Watched,
  plugin: ProviderProcess,
  delay: number,
): Promise<() => Promise<void>> {
  const { faults, requests } = watched.emulator;
  faults.add({ method: "POST", delay });
  const creating = watched.create(plugin, "serviceKey");
  await until(() => requests.length > 0);
  return async () => watched.expectOnly("serviceKey", await creating);
}

test("stdout holds the port and nothing else, stderr nothing at all; SIGINT ends the idle process at once", () =>
  Watched.run(async (watched) => {
    const plugin = await watched.process({}, {});
    const { failures } = await plugin.resource("serviceKey").check({}, {});
    expect(failures).not.toEqual([]);
    const before = performance.now();
    expect(await plugin.close()).toEqual({ code: 0, signal: null });
    // The engine would kill it after 5 s.
    expect(performance.now() - before).toBeLessThan(4_900);
    expect([plugin.stdout(), plugin.stderr()]).toEqual([expect.stringMatching(/^\d+\n$/), ""]);
  }));

test("SIGINT while a key is being created: the answer still reaches the engine, then the process ends", () =>
  Watched.run(async (watched) => {
    const plugin = await watched.process({}, {});
    const expectCreated = await createSlowly(watched, plugin, 2_000);
    process.kill(plugin.pid, "SIGINT");
    await expectCreated();
    expect(await plugin.close()).toEqual({ code: 0, signal: null });
  }));

test.each(["argument", "handshake"] as const)(
  "an engine that is killed (its address came by %s) ends the process within seconds, after the request that it sent",
  (addressBy) =>
    Watched.run(async (watched) => {
      // The engine is on this machine, so that no proxy leads to it.
      const env = { https_proxy: "http://127.0.0.1:9", no_proxy: "" };
      const plugin = await watched.process({}, { addressBy, env });
      // While its engine is there, the process stays.
      await sleep(3_000);
      const expectCreated = await createSlowly(watched, plugin, 4_000);
      plugin.killEngine();
      await expectCreated();
      const answered = performance.now();
      expect(await plugin.ended()).toEqual({ code: 0, signal: null });
      expect(performance.now() - answered).toBeLessThan(50_000);
    }),
);
