// How an emulator is set up, and the checks of it.
import { z } from "zod";
import { QUIRKS } from "./account/quirks";
import type { Quirks } from "./account/quirks";
import type { Provisioning } from "./account/servers";
import { aFunction, atLeast, MAX_MS, must, problemIn, strict } from "./check";
import { SPAN } from "./clock";
import type { Fault } from "./faults/fault";
import type { RecordedRequest } from "./http/request-log";
import type { Transform } from "./transform";

/** How to set up an emulator. */
export interface EmulatorOptions {
  /** The TCP port. @default 0, any free one */
  port?: number | undefined;
  /** The address to listen at. @default "127.0.0.1" */
  host?: string | undefined;
  /** The account's first credential, a token with all scopes. @default the one in `state`, else random: `wayscloud_pat_<5>_<36>` */
  apiKey?: string | undefined;
  /**
   * A file that the account (including its secrets) is loaded from and kept in, mode 0600. Only one emulator at a time can
   * use it: one that finds it changed by another refuses the change. @default none: the account is gone at the end
   */
  state?: string | undefined;
  /** Milliseconds between a request's effect and its response. @default 0 */
  latency?: number | undefined;
  /** Requests per second allowed, and as many at once; above it 429 with `Retry-After: 1`. @default no limit */
  rateLimit?: number | undefined;
  /**
   * How lists are answered: `"array"` bare, `"named"` in an object under their own name (`{"ssh_keys": […]}`,
   * `{"api_keys": […]}`, `{"services": […]}`, `{"vps_instances": […]}`), any other word in an object under that word
   * (`"data"`, `"items"`, `"keys"`).
   * @default "array"
   */
  lists?: string | undefined;
  /** When a new server becomes `active`. @default at the first response after its creation */
  provisioning?: Provisioning | undefined;
  /** Ways in which the API differs from its documentation. @default none */
  quirks?: Quirks | undefined;
  /** Faults in force from the start. @default none */
  faults?: Fault[] | undefined;
  /** The clock, in milliseconds since 1970: of `created_at`, expiry, the `Date` header and the rate limit. @default Date.now */
  now?: (() => number) | undefined;
  /** How far the clock is ahead of `now` at the start: milliseconds, or a time span such as `"30d"` or `"-12h"`. @default 0 */
  timeOffset?: number | string | undefined;
  /** Changes each response before it is sent. What it throws is answered as a 500. @default no change */
  transform?: Transform | undefined;
  /** Called for each request when its response is about to be sent. What it throws becomes a process warning. @default nothing */
  onRequest?: ((request: RecordedRequest) => void) | undefined;
}

/** An option that no emulator can be set up with. */
export class OptionError extends RangeError {
  override readonly name = "RangeError";

  constructor(
    readonly option: string,
    readonly rule: string,
  ) {
    super(`${option} ${rule}`);
  }
}

const OPTIONS = strict<EmulatorOptions>({
  port: must("from 0 to 65535", z.int().min(0).max(65_535)),
  host: must("an address or host name", z.string().regex(/^[^\s/]+$/), ": leave it out for 127.0.0.1"),
  apiKey: must(
    "printable ASCII without spaces, since it is sent in a header",
    z.string().regex(/^[\x21-\x7e]+$/),
  ),
  state: must("the name of a file", z.string().regex(/\S/)),
  latency: must(`from 0 to ${MAX_MS} ms`, z.number().min(0).max(MAX_MS)),
  rateLimit: must("above 0 requests a second", atLeast(Number.MIN_VALUE)),
  lists: must('"array", "named" or the name of a wrapper', z.string().regex(/^[A-Za-z_]+$/)),
  provisioning: must(
    "{ ms?: 0 or more, reads?: 0 or more }",
    z.strictObject({ ms: atLeast(0), reads: z.int().nonnegative() }).partial(),
  ),
  quirks: QUIRKS,
  faults: must("a list of faults", z.array(z.unknown())),
  now: must("a function", aFunction),
  timeOffset: SPAN,
  transform: must("a function", aFunction),
  onRequest: must("a function", aFunction),
});

/** Throws an {@link OptionError} for what no emulator can be set up with. */
export function checkOptions(options: EmulatorOptions): void {
  const problem = problemIn(OPTIONS, options);
  if (problem) throw new OptionError(problem.field || "options:", problem.rule);
}
