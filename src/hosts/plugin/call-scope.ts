// What a call of the engine is about: the resource that a message belongs to, the secrets that no message shows, and the time that the user allows for it.
import { AsyncLocalStorage } from "node:async_hooks";

import { realTiming } from "../../api/timing";
import type { Timing } from "../../api/timing";
import { redact } from "../../text/redact";

interface CallScope {
  urn: string;
  /** `customTimeouts`; 0 if the user says nothing. */
  timeoutMs: number;
  secrets: string[];
}

/** Requests are made deep below the call, by a client that all calls share. */
const scopes = new AsyncLocalStorage<CallScope>();

/** Runs a call; `seconds` is the timeout as the engine passes it, 0 for none. */
export function withinCall<T>(urn: string, seconds: number, work: () => T): T {
  return scopes.run({ urn, timeoutMs: seconds * 1000, secrets: [] }, work);
}

/** The URN of the resource that the running call is about; empty if it is about none. */
export function urnOfCall(): string {
  return scopes.getStore()?.urn ?? "";
}

/** Redacting shorter secrets would hide ordinary words. */
const MIN_SECRET = 4;

/** What the engine marked as secret in the running call. */
export function noteSecret(value: unknown): void {
  if (typeof value === "object" && value !== null) for (const part of Object.values(value)) noteSecret(part);
  if (typeof value === "string" && value.trim().length >= MIN_SECRET) scopes.getStore()?.secrets.push(value);
}

/** What the user reads of the running call. */
export function withoutSecrets(message: string): string {
  const { secrets = [] } = scopes.getStore() ?? {};
  return secrets.length === 0 ? message : redact(message, [...new Set(secrets)]);
}

/** Real time, with the limit of an operation that the running call sets. */
export const callTiming: Timing = {
  ...realTiming,
  get operationLimit() {
    return scopes.getStore()?.timeoutMs || realTiming.operationLimit;
  },
};
