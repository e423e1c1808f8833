// "pulumi-wayscloud/emulator": the WAYSCloud Account API in memory.
import { Account } from "./account/account";
import { AccountControl } from "./account/control";
import { ALL_SCOPES } from "./account/fixtures";
import type { Quirks } from "./account/quirks";
import { newToken } from "./account/secrets";
import { StateFile } from "./account/state-file";
import { Clock } from "./clock";
import type { FaultControl } from "./faults/registry";
import { Listener } from "./http/listener";
import type { RecordedRequest } from "./http/request-log";
import { problemInOptions } from "./options";
import type { EmulatorOptions } from "./options";
import { Service } from "./service";
import type { Transform } from "./transform";

export type { NewApiKey, NewSshKey, Provisioning } from "./account/account";
export type { AccountControl } from "./account/control";
export type { Quirks } from "./account/quirks";
export type {
  ApiKeyRecord,
  Profile,
  ServiceEntry,
  SshKeyRecord,
  VpsRecord,
  VpsStatus,
} from "./account/records";
export { FaultError } from "./faults/fault";
export type { Fault } from "./faults/fault";
export type { FaultControl } from "./faults/registry";
export type { RecordedRequest } from "./http/request-log";
export type { EmulatorOptions } from "./options";
export type { Exchange, ExchangeOverride, Transform } from "./transform";

/** A running emulator. */
export interface Emulator {
  /** The base URL, for `WAYSCLOUD_ENDPOINT` or `wayscloud-account:endpoint`; without a trailing slash. */
  readonly url: string;
  /** The first credential, with all scopes, for `WAYSCLOUD_PAT_TOKEN` or `wayscloud-account:patToken`. */
  readonly apiKey: string;
  /** Every request received, oldest first (at most the last 100,000); may be emptied with `length = 0`. */
  readonly requests: RecordedRequest[];
  /** The faults. */
  readonly faults: FaultControl;
  /** How the API differs from its documentation; may be changed while the emulator runs. */
  readonly quirks: Quirks;
  /** Changes each response before it is sent; may be set and unset while the emulator runs. */
  transform: Transform | undefined;
  /** Moves the emulator's clock, by milliseconds or a time span such as `"30d"`, `"-12h"` or `"1d6h"`. */
  advance(span: number | string): void;
  /** The content of the account. */
  readonly account: AccountControl;
  /** Stops listening and closes all connections, so that clients get ECONNREFUSED; the account stays. */
  stopListening(): Promise<void>;
  /** Listens again at the same port after {@link stopListening}. */
  listenAgain(): Promise<void>;
  /**
   * Closes all connections, cancels pending commits, saves the state and releases the port. The account
   * can then be read but no longer changed. Rejects if a change could not be saved. Further calls do nothing.
   */
  close(): Promise<void>;
}

/** Finds or creates the first credential and returns its secret. */
function openAccount(account: Account, apiKey: string | undefined): string {
  const keys = account.unrevokedApiKeys();
  const found = keys.find(
    (key) => account.isActive(key) && (apiKey === undefined ? key.bootstrap : key.key === apiKey),
  );
  if (found) return found.key;
  // Remove a first credential that was replaced or revoked, or is no longer the requested one.
  for (const key of keys) if (key.bootstrap || key.key === apiKey) account.revokeApiKey(key.id);
  const description = "first credential of the emulator";
  const key = apiKey ?? newToken();
  account.createApiKey({ key, keyType: "pat", description, scopes: [...ALL_SCOPES], bootstrap: true });
  return key;
}

/** Loads the account, listens, and keeps the account in the file from then on. */
async function open(account: Account, listener: Listener, { state, apiKey }: EmulatorOptions) {
  const file = state === undefined ? undefined : new StateFile(state, account);
  const credential = openAccount(account, apiKey);
  await listener.open();
  try {
    account.onChange = () => file?.changed();
    account.onChange();
    return { file, credential };
  } catch (error) {
    await listener.close();
    throw error;
  }
}

/**
 * Starts an emulator and resolves once it listens. Rejects with Node's own error (`EADDRINUSE`) if the port
 * is taken, and with a `RangeError` or {@link FaultError} if an option or a fault is invalid.
 *
 * @example
 * ```ts
 * const emulator = await startEmulator();
 * process.env.WAYSCLOUD_ENDPOINT = emulator.url;
 * process.env.WAYSCLOUD_PAT_TOKEN = emulator.apiKey;
 * // … run the stack …
 * await emulator.close();
 * ```
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const problem = problemInOptions(options);
  if (problem) throw new RangeError(`${problem.field || "options:"} ${problem.rule}`);
  const clock = new Clock(options.now ?? Date.now);
  clock.advance(options.timeOffset ?? 0);
  const account = new Account(clock.now, { ...options.quirks }, options.provisioning);
  const service = new Service(account, clock, options);
  const { faults, log } = service;
  const listener = new Listener(
    options,
    (request, response) => void service.serve(request, response),
    () => faults.refuses(),
  );
  const { file, credential } = await open(account, listener, options);
  const control = new AccountControl(account);
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    control.closed = true;
    service.close();
    await listener.close();
    account.onChange = () => undefined;
    file?.close();
  };
  return {
    url: listener.url,
    apiKey: credential,
    requests: log.requests,
    faults,
    quirks: account.quirks,
    get transform() {
      return service.transform;
    },
    set transform(transform) {
      service.transform = transform;
    },
    advance: (span) => clock.advance(span),
    account: control,
    stopListening: () => listener.close(),
    listenAgain: async () => {
      if (closed) throw new Error("the emulator is closed: start another one");
      await listener.open();
    },
    close: () => (closed ??= close()),
  };
}
