// "pulumi-wayscloud/emulator": the WAYSCloud Account API in memory.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Account } from "./account/account";
import type { AccountControl } from "./account/account";
import type { Quirks } from "./account/quirks";
import { StateFile } from "./account/state-file";
import { problemIn } from "./check";
import { Clock } from "./clock";
import type { FaultControl } from "./faults/fault";
import type { Transform } from "./faults/response";
import type { RecordedRequest } from "./http/request";
import { optionsSchema } from "./options";
import type { EmulatorOptions } from "./options";
import { Service } from "./service";

export type { AccountControl, NewApiKey, NewSshKey } from "./account/account";
export type { Provisioning, Quirks } from "./account/quirks";
export type {
  ApiKeyRecord,
  Profile,
  ServiceEntry,
  SshKeyRecord,
  VpsRecord,
  VpsStatus,
} from "./account/records";
export { FaultError } from "./faults/fault";
export type { Fault, FaultControl } from "./faults/fault";
export type { Exchange, ExchangeOverride, Transform } from "./faults/response";
export type { RecordedRequest } from "./http/request";
export type { EmulatorOptions } from "./options";

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
   * Closes all connections, cancels pending commits and releases the port. The account can then be read but
   * no longer changed. Rejects if a change could not be saved. Further calls do nothing.
   */
  close(): Promise<void>;
}

/** The server: opens, closes with all connections at once, and opens again at the same port. */
function serverOf(service: Service, { host = "127.0.0.1", port = 0 }: EmulatorOptions) {
  // An idle connection is kept for long, so that a client's pool does not race with its closing.
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (request, response) => {
    void service.serve(request, response);
  });
  const listen = async (): Promise<string> => {
    server.listen(port, host);
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
    const anywhere: Record<string, string> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
    const name = anywhere[host] ?? host;
    return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
  };
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      // The only error of `close` is that it was not open.
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { listen, stop };
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
  const problem = problemIn(optionsSchema, options, "options");
  if (problem !== undefined) throw new RangeError(problem);
  const { state, now = Date.now, timeOffset = 0, provisioning, transform } = options;
  const clock = new Clock(now);
  clock.advance(timeOffset);
  const file = state === undefined ? undefined : new StateFile(state);
  const account = new Account(clock.now, { ...options.quirks }, provisioning, file?.content);
  const hooks = { transform };
  const service = new Service(account, clock, options, hooks);
  const { listen, stop } = serverOf(service, options);
  const url = await listen();
  account.onChange = () => file?.save(account.content);
  let apiKey: string;
  try {
    apiKey = account.openWith(options.apiKey);
  } catch (error) {
    await stop();
    throw error;
  }
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    account.closed = true;
    await stop();
    file?.close(account.content);
  };
  return Object.assign(hooks, {
    url,
    apiKey,
    requests: service.requests,
    faults: service.faults,
    quirks: account.quirks,
    advance: (span: number | string) => clock.advance(span),
    account,
    stopListening: stop,
    listenAgain: async () => {
      if (closed) throw new Error("the emulator is closed: start another one");
      await listen();
    },
    close: () => (closed ??= close()),
  });
}
