// An emulated account and a stack that works with it; both end with the test, however it ends.
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator";
import { EngineStack, type EngineStackOptions } from "./engine-stack";

export interface AccountAndStackOptions extends EngineStackOptions {
  emulator?: EmulatorOptions;
}

export interface AccountAndStack {
  emulator: Emulator;
  stack: EngineStack;
}

const open: (() => Promise<unknown>)[] = [];

// Whoever imports this file gets the cleaning up with it.
afterEach(async () => {
  while (open.length > 0) await open.pop()?.();
});

/** A stack whose environment names a new emulator and its first credential. Gone after the test. */
export async function openAccountAndStack(options: AccountAndStackOptions = {}): Promise<AccountAndStack> {
  const emulator = await openEmulator(options.emulator);
  const account = { WAYSCLOUD_ENDPOINT: emulator.url, WAYSCLOUD_API_KEY: emulator.apiKey };
  const stack = await openStack({ ...options, env: { ...account, ...options.env } });
  return { emulator, stack };
}

/** An emulator that ends with the test. */
export async function openEmulator(options?: EmulatorOptions): Promise<Emulator> {
  const emulator = await startEmulator(options);
  open.push(() => emulator.close());
  return emulator;
}

/** A stack that is removed after the test; the environment names no account. */
export async function openStack(options: EngineStackOptions): Promise<EngineStack> {
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

/** Takes the recorded requests away and returns them as `POST /v1/account/ssh-keys`. */
export function takeRequests(emulator: Emulator): string[] {
  const lines = emulator.requests.map(({ method, path }) => `${method} ${path}`);
  emulator.requests.length = 0;
  return lines;
}

/** All the secrets of the account, the caller's credential among them, for `stack.assertNoSecrets`. */
export function secretsOf(...emulators: Emulator[]): string[] {
  return emulators.flatMap((emulator) => emulator.account.apiKeys().map(({ key }) => key));
}

/** The paths of the lists and of what is in them. */
export const SSH_KEYS = "/v1/account/ssh-keys";
export const API_KEYS = "/v1/account/api-keys";
