// The options of an emulator. Their types and checks follow from one declaration each.
import { z } from "zod";
import { provisioningSchema, quirksSchema } from "./account/quirks";
import { aFunction, atLeast, MAX_MS, must, strict } from "./check";
import type { Optional } from "./check";
import { SPAN } from "./clock";
import type { Fault } from "./faults/fault";
import type { Transform } from "./faults/response";
import type { RecordedRequest } from "./http/request";

const OPTIONS = {
  /** The TCP port. @default 0, any free one */
  port: must("from 0 to 65535", z.int().min(0).max(65_535)),
  /** The address to listen at. @default "127.0.0.1" */
  host: must("an address or host name (leave it out for 127.0.0.1)", z.string().regex(/^[^\s/]+$/)),
  /**
   * The account's first credential, a token with all scopes.
   * @default the one in `state`, else random: `wayscloud_pat_<5>_<36>`
   */
  apiKey: must(
    "printable ASCII without spaces, since it is sent in a header",
    z.string().regex(/^[\x21-\x7e]+$/),
  ),
  /**
   * A file that the account (including its secrets) is loaded from and kept in, mode 0600. Only one emulator
   * at a time can use it: one that finds it changed by another refuses the change.
   * @default none: the account is gone at the end
   */
  state: must("the name of a file", z.string().regex(/\S/)),
  /** Milliseconds between a request's effect and its response. @default 0 */
  latency: must(`from 0 to ${MAX_MS} ms`, z.number().min(0).max(MAX_MS)),
  /**
   * Requests per second allowed, and as many at once; above it 429 with `Retry-After: 1`.
   * @default no limit
   */
  rateLimit: must("above 0 requests a second", atLeast(Number.MIN_VALUE)),
  /**
   * How lists are answered: `"array"` bare, `"named"` in an object under their own name (`{"ssh_keys": […]}`,
   * `{"api_keys": […]}`, `{"services": […]}`, `{"vps_instances": […]}`), any other word in an object under
   * that word (`"data"`, `"items"`, `"keys"`).
   * @default "array"
   */
  lists: must('"array", "named" or the name of a wrapper', z.string().regex(/^[A-Za-z_]+$/)),
  /** When a new server becomes `active`. @default at the first response after its creation */
  provisioning: provisioningSchema,
  /** Ways in which the API differs from its documentation. @default none */
  quirks: quirksSchema,
  /** Faults in force from the start. @default none */
  faults: must("a list of faults", z.array(z.custom<Fault>())),
  /**
   * The clock, in milliseconds since 1970: of `created_at`, expiry, the `Date` header and the rate limit.
   * @default Date.now
   */
  now: must("a function", aFunction<() => number>()),
  /**
   * How far the clock is ahead of `now` at the start: milliseconds, or a time span such as `"30d"` or
   * `"-12h"`.
   * @default 0
   */
  timeOffset: SPAN,
  /** Changes each response before it is sent. If it throws, the response is a 500. @default no change */
  transform: must("a function", aFunction<Transform>()),
  /** Called before each response. If it throws, a process warning says so. @default nothing */
  onRequest: must("a function", aFunction<(request: RecordedRequest) => void>()),
};

/** How to set up an emulator. */
export interface EmulatorOptions extends Optional<typeof OPTIONS> {}

export const optionsSchema = strict(OPTIONS);
