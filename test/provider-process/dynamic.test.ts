// The dynamic provider process by itself: it starts from the packed package, prints nothing twice, and ends when it is told to.
import { resolve } from "node:path";
import { Watched } from "../support/canaries";
import { publicKey } from "../support/public-key";
import { until } from "../support/until";

test("an error that the engine shows at the resource is not printed once more", () =>
  Watched.run(async (watched) => {
    const plugin = await watched.process({}, {});
    const keys = plugin.resource("sshKey");
    const gone = { name: "a", publicKey: publicKey(1), fingerprint: "", createdAt: "", adopted: false };
    for (const failing of [keys.read("../x", gone), keys.delete("../x", gone)])
      await expect(failing).rejects.toThrow("cannot be read");
    expect(plugin.stderr()).toBe("");
  }));

test("a process whose engine was killed writes its lines to nobody, and does not report that for ever", () =>
  Watched.run(async (watched) => {
    const plugin = await watched.process({}, { preload: resolve(__dirname, "../support/count-writes.cjs") });
    plugin.killEngine();
    watched.emulator.faults.add({ method: "POST", status: 503, commit: true });
    // It logs the lost response, and finds the key.
    watched.expectOnly("sshKey", await watched.create(plugin, "sshKey"));
    const writes = async (): Promise<number> => {
      const before = plugin.stdout();
      process.kill(plugin.pid, "SIGUSR2");
      await until(() => plugin.stdout() !== before);
      return Number(plugin.stdout().split("writes: ").at(-1));
    };
    const first = await writes();
    expect(first).toBeGreaterThan(0);
    expect(await writes()).toBe(first);
  }));

test("the engine's SIGINT ends the process at once", () =>
  Watched.run(async (watched) => {
    const plugin = await watched.process({}, {});
    await plugin.resource("sshKey").check({}, { publicKey: publicKey(1) });
    const before = performance.now();
    expect(await plugin.close()).toEqual({ code: null, signal: "SIGINT" });
    // The engine would kill it after 5 s.
    expect(performance.now() - before).toBeLessThan(4_900);
  }));
