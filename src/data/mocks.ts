// Unit tests with `pulumi.runtime.setMocks`: data functions call `mocks.call` instead of the API.
import * as pulumi from "@pulumi/pulumi";

import { ConfigurationError } from "../errors";
import type { Provider } from "../provider";

/** Whether this program runs under `pulumi.runtime.setMocks`. */
export function hasMocks(): boolean {
  const monitor: unknown = pulumi.runtime.getMonitor();
  return typeof monitor === "object" && monitor !== null && "mocks" in monitor;
}

/** The result of `mocks.call` for this function's token. */
export async function askMocks(name: string, args: unknown, provider?: Provider): Promise<object> {
  const inputs = typeof args === "object" && args !== null ? { ...args } : {};
  const answer: unknown = await pulumi.runtime.invoke(tokenOf(name), inputs, provider ? { provider } : {});
  return typeof answer === "object" && answer !== null ? answer : {};
}

/**
 * The list that a mock returned, bare or as the only property of an object. The SDK turns a bare list into an
 * object with the positions as keys, so an empty list becomes `{}`.
 */
export function listFromMock<Entry>(name: string, answer: object): Entry[] {
  const entries = Object.entries(answer) as [string, unknown][];
  const [first] = entries;
  if (first && entries.length === 1 && Array.isArray(first[1])) return first[1] as Entry[];
  if (entries.every(([key], position) => key === String(position))) {
    return entries.map(([, entry]) => entry as Entry);
  }
  throw new ConfigurationError(
    `The mock of ${tokenOf(name)} must return the list, or an object with the list as its only property.`,
  );
}

function tokenOf(name: string): string {
  return `wayscloud:index:${name}`;
}
