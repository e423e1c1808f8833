// How an emulator is set up, and the checks of it.
import type { Fault } from "./faults/fault";
import type { RecordedRequest } from "./http/request-log";

/** How to set up an emulator. */
export interface EmulatorOptions {
  /** The TCP port. @default 0, any free one */
  port?: number | undefined;
  /** The address to listen at. @default "127.0.0.1" */
  host?: string | undefined;
  /** The account's first credential, a token with all scopes. @default the one in `state`, else random: `wayscloud_pat_<5>_<36>` */
  apiKey?: string | undefined;
  /** A file the account (its secrets included) is loaded from and kept in, mode 0600. @default none: gone at the end */
  state?: string | undefined;
  /** Milliseconds between a request's effect and its answer. @default 0 */
  latency?: number | undefined;
  /** Requests a second let through, and as many at once; above it 429 with `Retry-After: 1`. @default no limit */
  rateLimit?: number | undefined;
  /**
   * How lists are answered: `"array"` bare, `"named"` in an object under their own name (`{"ssh_keys": […]}`,
   * `{"api_keys": […]}`, `{"services": […]}`, `{"vps": […]}`), any other word in an object under that word
   * (`"data"`, `"items"`, `"keys"`).
   * @default "array"
   */
  lists?: string | undefined;
  /** Faults in force from the start. @default none */
  faults?: Fault[] | undefined;
  /** The clock, in milliseconds since 1970: of `created_at`, expiry, the `Date` header and the rate limit. @default Date.now */
  now?: (() => number) | undefined;
  /** Called for each request when its answer is about to go out. @default nothing */
  onRequest?: ((request: RecordedRequest) => void) | undefined;
}

/** Throws on values no emulator can be set up with. */
export function checkOptions(options: EmulatorOptions): void {
  const { port = 0, latency = 0, rateLimit, lists = "array", apiKey } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new RangeError("port must be from 0 to 65535");
  if (!(latency >= 0 && latency < 2 ** 31)) throw new RangeError("latency must be 0 ms or more");
  if (rateLimit !== undefined && !(rateLimit > 0))
    throw new RangeError("rateLimit must be above 0 requests a second");
  if (!/^[A-Za-z_]+$/.test(lists))
    throw new RangeError('lists must be "array", "named" or the name of a wrapper');
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new RangeError("apiKey must be printable ASCII without blanks, since it travels in a header");
  }
}
