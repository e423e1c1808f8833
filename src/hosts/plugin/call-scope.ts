// What a call of the engine is about: the resource that a message belongs to, and the time that the user allows for it.
import { AsyncLocalStorage } from "node:async_hooks";

import { realTiming } from "../../api/timing";
import type { Timing } from "../../api/timing";

interface CallScope {
  urn: string;
  /** `customTimeouts`; 0 if the user says nothing. */
  timeoutMs: number;
}

/** Requests are made deep below the call, by a client that all calls share. */
const scopes = new AsyncLocalStorage<CallScope>();

/** Runs a call; `seconds` is the timeout as the engine passes it, 0 for none. */
export function withinCall<T>(urn: string, seconds: number, work: () => T): T {
  return scopes.run({ urn, timeoutMs: seconds * 1000 }, work);
}

/** The URN of the resource that the running call is about; empty if it is about none. */
export function urnOfCall(): string {
  return scopes.getStore()?.urn ?? "";
}

/** Real time, with the limit of an operation that the running call sets. */
export const callTiming: Timing = {
  ...realTiming,
  get operationLimit() {
    return scopes.getStore()?.timeoutMs || realTiming.operationLimit;
  },
};
