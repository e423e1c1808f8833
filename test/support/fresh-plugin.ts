// An account and a provider process of its own for each test of a file, so that no test finds what another one left.
import { startEmulator, type Emulator } from "../../src/emulator";
import { PluginHost, secret } from "./plugin-host";

/** Returns how a test starts its next command: the engine starts a process for each. */
export function useFreshPlugin(use: (emulator: Emulator, host: PluginHost) => void): () => Promise<void> {
  let emulator: Emulator;
  let host: PluginHost;
  const start = async (): Promise<void> => {
    host = await PluginHost.start({ apiKey: secret(emulator.apiKey), endpoint: emulator.url });
    use(emulator, host);
  };
  beforeEach(async () => {
    emulator = await startEmulator({ port: 0 });
    await start();
  });
  afterEach(async () => {
    host.stop();
    await emulator.close();
  });
  return async () => {
    host.stop();
    await start();
  };
}
