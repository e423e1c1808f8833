// What tests of the plugin start with: an account and a provider process of its own for each test of the file that imports this.
import { startEmulator, type Emulator } from "../../src/emulator";
import { PluginHost, type Properties, secret } from "./plugin-host";

export let emulator: Emulator;
/** The process of the command at hand. */
export let host: PluginHost;

/** What the provider is configured with. */
export function account(): Properties {
  return { apiKey: secret(emulator.apiKey), endpoint: emulator.url };
}

async function start(): Promise<void> {
  host = await PluginHost.start(account());
}

beforeEach(async () => {
  emulator = await startEmulator();
  await start();
});
afterEach(() => {
  host.stop();
  return emulator.close();
});

/** The engine starts a process for each command. */
export async function nextCommand(): Promise<void> {
  host.stop();
  await start();
}

/** The ids of the live keys of both kinds. */
export function live(): string[] {
  return [...emulator.account.liveApiKeys(), ...emulator.account.sshKeys()].map(({ id }) => id);
}

/** What the engine keeps of a resource. */
export interface State {
  id: string;
  inputs: Properties;
  outputs: Properties;
}

/** The next `up` of a program that declares this: the checked inputs, and what `diff` says. */
export async function next(urn: string, state: State, declared: Properties, process = host) {
  const { inputs, failures } = await process.check(urn, state.inputs, declared);
  expect(failures).toEqual([]);
  return { inputs, diff: await process.diff(urn, state.id, state.outputs, state.inputs, inputs) };
}
