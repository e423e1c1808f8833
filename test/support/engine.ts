// What an engine test needs: an emulated account and a stack that works with it, which end with the test, however it ends.
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator";
import { EngineStack, type EngineStackOptions } from "./engine-stack";

export {
  changesIn,
  type Command,
  EngineStack,
  type Result,
  type State,
  type StateResource,
} from "./engine-stack";
export { publicKey } from "./public-key";
export * from "./requests";

export interface OpenStackOptions extends EngineStackOptions {
  emulator?: EmulatorOptions;
}

export interface OpenStack {
  emulator: Emulator;
  stack: EngineStack;
}

const open: (() => Promise<unknown>)[] = [];

// Whoever imports this file gets the cleaning up with it.
afterEach(async () => {
  while (open.length > 0) await open.pop()?.();
});

/** A stack whose environment names a new emulator and its first credential. Gone after the test. */
export async function openStack(options: OpenStackOptions = {}): Promise<OpenStack> {
  const emulator = await openEmulator(options.emulator);
  const account = { WAYSCLOUD_ENDPOINT: emulator.url, WAYSCLOUD_API_KEY: emulator.apiKey };
  const stack = await openBareStack({ ...options, env: { ...account, ...options.env } });
  return { emulator, stack };
}

/** An emulator that ends with the test. */
export async function openEmulator(options?: EmulatorOptions): Promise<Emulator> {
  const emulator = await startEmulator(options);
  open.push(() => emulator.close());
  return emulator;
}

/** A stack that is removed after the test; the environment names no account. */
export async function openBareStack(options: EngineStackOptions): Promise<EngineStack> {
  const stack = await EngineStack.create(options);
  open.push(() => stack.remove());
  return stack;
}

/** A JavaScript program with the package as `wayscloud` and the SDK as `pulumi`; `body` may await. */
export function program(body: string): string {
  return `"use strict";
const pulumi = require("@pulumi/pulumi");
const wayscloud = require("pulumi-wayscloud");
module.exports = async () => {
${body}
};
`;
}
