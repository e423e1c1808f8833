// The environment of a test: what it sets ends with it, and so does the account that it names.
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator";
import { CommandLine } from "./cli";

/** Every test of the file finds the environment as it was. */
export function useEnvironment(): void {
  const before = { ...process.env };
  afterEach(() => (process.env = { ...before }));
}

/** A new account for each test of the file, named by the environment. */
export function useAccount(use: (emulator: Emulator) => void, options: EmulatorOptions = {}): void {
  let emulator: Emulator;
  useEnvironment();
  beforeEach(async () => {
    use((emulator = await startEmulator(options)));
    Object.assign(process.env, environmentOf(emulator));
  });
  afterEach(() => emulator.close());
}

/** The same, with a command line. */
export function useCommandLine(
  use: (emulator: Emulator, line: CommandLine) => void,
  { now = Date.now }: { now?: () => number } = {},
): void {
  const apiKey = "wayscloud_pat_abc12_TheCallersOwnSecret0123456789";
  useAccount((emulator) => use(emulator, new CommandLine(now)), { apiKey, now });
}

export function environmentOf({ url, apiKey }: Emulator): {
  WAYSCLOUD_ENDPOINT: string;
  WAYSCLOUD_API_KEY: string;
} {
  return { WAYSCLOUD_ENDPOINT: url, WAYSCLOUD_API_KEY: apiKey };
}
