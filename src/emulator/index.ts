// The WAYSCloud Account API in memory: what "pulumi-wayscloud/emulator" exports.
import { Account } from "./account/account";
import { Control } from "./account/account-control";
import type { AccountControl } from "./account/account-control";
import type { FaultControl } from "./faults/fault";
import { FaultBook } from "./faults/fault-book";
import { ALL_SCOPES } from "./account/fixtures";
import { Listener } from "./http/listener";
import { checkOptions } from "./options";
import type { EmulatorOptions } from "./options";
import { RateLimit } from "./faults/rate-limit";
import type { RecordedRequest } from "./http/request-log";
import { newToken } from "./account/secrets";
import { Service } from "./http/service";
import { loadState, StateWriter } from "./account/state-file";
import { Timers } from "./faults/timers";

export type { NewApiKey } from "./account/account";
export type { AccountControl } from "./account/account-control";
export { FaultError } from "./faults/fault";
export type { Fault, FaultControl } from "./faults/fault";
export type { EmulatorOptions } from "./options";
export type { ApiKeyRecord, Profile, ServiceEntry, SshKeyRecord, VpsRecord } from "./account/records";
export type { RecordedRequest } from "./http/request-log";

/** A running emulator. */
export interface Emulator {
  /** The base URL, without a trailing slash: the value for `WAYSCLOUD_ENDPOINT` or `wayscloud:endpoint`. */
  readonly url: string;
  /** The first credential, a token with all scopes: the value for `WAYSCLOUD_API_KEY` or `wayscloud:apiKey`. */
  readonly apiKey: string;
  /** Every request received, oldest first (the last 100 000 at most); may be emptied with `length = 0`. */
  readonly requests: RecordedRequest[];
  /** What goes wrong. */
  readonly faults: FaultControl;
  /** What the account holds. */
  readonly account: AccountControl;
  /** Stops listening and cuts all connections, so that clients get ECONNREFUSED; the account stays. */
  stopListening(): Promise<void>;
  /** Listens again at the same port after {@link stopListening}. */
  listenAgain(): Promise<void>;
  /** Cuts all connections, hanging ones included, drops late commits, writes the state and frees the port. */
  close(): Promise<void>;
}

/** Finds or makes the first credential and returns its secret. */
function openAccount(account: Account, state: string | undefined, apiKey: string | undefined): string {
  if (state !== undefined) loadState(state, account);
  const live = [...account.apiKeys.values()];
  const usable = (key: (typeof live)[number]): boolean =>
    account.isActive(key) && (apiKey === undefined ? key.bootstrap : key.key === apiKey);
  const found = live.find(usable);
  if (found) return found.key;
  // A first credential that was replaced, revoked or is not the one asked for any more must not linger.
  for (const key of live) if (key.bootstrap || key.key === apiKey) account.revokeApiKey(key.id);
  const description = "first credential of the emulator";
  const key = apiKey ?? newToken();
  return account.createApiKey({ key, keyType: "pat", description, scopes: [...ALL_SCOPES], bootstrap: true })
    .key;
}

/**
 * Starts an emulator and resolves once it listens. Rejects with Node's own error (`EADDRINUSE`) when it cannot.
 *
 * @example
 * const emulator = await startEmulator();
 * process.env.WAYSCLOUD_ENDPOINT = emulator.url;
 * process.env.WAYSCLOUD_API_KEY = emulator.apiKey;
 * // … run the stack …
 * await emulator.close();
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  checkOptions(options);
  const { now = Date.now, host = "127.0.0.1", port = 0, latency = 0, rateLimit, lists = "array" } = options;
  const timers = new Timers();
  const requests: RecordedRequest[] = [];
  const account = new Account(now);
  const faults = new FaultBook();
  const limit = rateLimit === undefined ? undefined : new RateLimit(rateLimit, now);
  const onRequest = options.onRequest ?? (() => undefined);
  const service = new Service({ account, faults, timers, requests, limit, latency, lists, onRequest });
  const serve = (...args: Parameters<Service["serve"]>): void => void service.serve(...args);
  const listener = new Listener(serve, () => faults.refuses(), host, port);
  faults.add(...(options.faults ?? []));
  const apiKey = openAccount(account, options.state, options.apiKey);
  await listener.open();
  // Only now: a second emulator that fails to get the port must not have touched the first one's file.
  const writer = options.state === undefined ? undefined : new StateWriter(options.state, account);
  account.onChange = () => writer?.changed();
  try {
    account.onChange();
  } catch (error) {
    await listener.close();
    throw error;
  }
  return {
    url: listener.url,
    apiKey,
    requests,
    faults,
    account: new Control(account),
    stopListening: () => listener.close(),
    listenAgain: () => listener.open(),
    close: async () => {
      timers.stop();
      await listener.close();
      writer?.close();
    },
  };
}
