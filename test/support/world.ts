// An emulated account and a stack that works with it; both end with the test, however it ends.
import { createHash } from "node:crypto";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator";
import { Stack, type StackOptions } from "./stack";

export interface WorldOptions extends StackOptions {
  emulator?: EmulatorOptions;
}

export interface World {
  emulator: Emulator;
  stack: Stack;
}

const open: (() => Promise<unknown>)[] = [];

// Whoever imports this file gets the cleaning up with it.
afterEach(async () => {
  while (open.length > 0) await open.pop()?.();
});

/** A stack whose environment names a new emulator and its first credential. Gone after the test. */
export async function openWorld(options: WorldOptions = {}): Promise<World> {
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
export async function openStack(options: StackOptions): Promise<Stack> {
  const stack = await Stack.create(options);
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

/** An Ed25519 public key in OpenSSH's form, without a comment; another one for every number. */
export function publicKey(which: number | string): string {
  const text = Buffer.from("ssh-ed25519");
  const bytes = createHash("sha256").update(`test key ${which}`).digest();
  const field = (content: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    return Buffer.concat([length, content]);
  };
  return `ssh-ed25519 ${Buffer.concat([field(text), field(bytes)]).toString("base64")}`;
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
