// The context of the engine's call: the resource for messages, the secrets to hide, and the time limit.
import { AsyncLocalStorage } from "node:async_hooks";

import { realTiming } from "../../api/timing";
import type { Timing } from "../../api/timing";
import { redact } from "../../text/redact";

interface CallScope {
  urn: string;
  /** `customTimeouts`; 0 if the user sets none. */
  timeoutMs: number;
  secrets: string[];
}

/** Requests happen far below the call, in a client that all calls share. */
const scopes = new AsyncLocalStorage<CallScope>();

/** Runs a call; `seconds` is the timeout as the engine passes it, 0 for none. */
export function withinCall<T>(urn: string, seconds: number, work: () => T): T {
  return scopes.run({ urn, timeoutMs: seconds * 1000, secrets: [] }, work);
}

/** The URN of the running call's resource; empty if it has none. */
export function urnOfCall(): string {
  return scopes.getStore()?.urn ?? "";
}

/** Redacting shorter secrets would hide ordinary words. */
const MIN_SECRET = 4;

/** The values that the engine marked as secret in the running call. */
export function noteSecret(value: unknown): void {
  if (typeof value === "object" && value !== null) for (const part of Object.values(value)) noteSecret(part);
  if (typeof value !== "string" && typeof value !== "number") return;
  const shown = String(value);
  if (shown.trim().length >= MIN_SECRET) scopes.getStore()?.secrets.push(shown);
}

export function withoutSecrets(message: string): string {
  const { secrets = [] } = scopes.getStore() ?? {};
  return secrets.length === 0 ? message : redact(message, [...new Set(secrets)]);
}

/** Real time, with the running call's limit for an operation. */
export const callTiming: Timing = {
  ...realTiming,
  get operationLimit() {
    return scopes.getStore()?.timeoutMs || realTiming.operationLimit;
  },
};
