// What an engine test needs: an emulated account and a stack that works with it, which end with the test, however it ends. No secret of
// the account may then be in the open.
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator";
import { EngineStack, type EngineStackOptions, type Ended } from "./engine-stack";
import { secretsOf } from "./requests";

export * from "./engine-stack";
export { publicKey } from "./public-key";
export * from "./requests";

export interface OpenStackOptions extends EngineStackOptions {
  emulator?: EmulatorOptions;
}

export interface OpenStack {
  emulator: Emulator;
  stack: EngineStack;
}

const emulators: Emulator[] = [];
const stacks: EngineStack[] = [];

// Whoever imports this file gets the cleaning up with it.
afterEach(async () => {
  const secrets = secretsOf(...emulators);
  const opened = stacks.splice(0);
  try {
    for (const stack of opened) stack.assertNoSecrets(secrets);
  } finally {
    await Promise.all(opened.map((stack) => stack.remove()));
    await Promise.all(emulators.splice(0).map((emulator) => emulator.close()));
  }
});

/** A stack whose environment names a new emulator and its first credential. Gone after the test. */
export async function openStack(options: OpenStackOptions = {}): Promise<OpenStack> {
  const emulator = await openEmulator(options.emulator);
  const account = { WAYSCLOUD_ENDPOINT: emulator.url, WAYSCLOUD_API_KEY: emulator.apiKey };
  const stack = await openBareStack({ ...options, env: { ...account, ...options.env } });
  stack.account = emulator;
  return { emulator, stack };
}

/** What a command changed, and what the account was asked for it. */
export async function did(command: Promise<Ended>): Promise<Pick<Ended, "changes" | "requests">> {
  const { changes, requests } = await command;
  return { changes, requests };
}

/** An emulator that ends with the test. */
export async function openEmulator(options?: EmulatorOptions): Promise<Emulator> {
  const emulator = await startEmulator(options);
  emulators.push(emulator);
  return emulator;
}

/** A stack that is removed after the test; the environment names no account. */
export async function openBareStack(options: EngineStackOptions): Promise<EngineStack> {
  const stack = await EngineStack.create(options);
  stacks.push(stack);
  return stack;
}
