// How an emulator is set up, and the checks of it.
import { problemOfQuirks } from "./account/quirks";
import type { Quirks } from "./account/quirks";
import type { Provisioning } from "./account/servers";
import type { Fault } from "./faults/fault";
import type { RecordedRequest } from "./http/request-log";
import type { Transform } from "./http/transform";

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
   * use it. @default none: the account is gone at the end
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

const MAX_MS = 2 ** 31 - 1;

type Rule = (value: unknown) => string | undefined;
const must =
  (rule: string, holds: (value: unknown) => boolean): Rule =>
  (value) =>
    holds(value) ? undefined : `must be ${rule}`;
const matches =
  (pattern: RegExp) =>
  (value: unknown): boolean =>
    typeof value === "string" && pattern.test(value);
const isFunction = (value: unknown): boolean => typeof value === "function";
const between =
  (least: number, most: number) =>
  (value: unknown): boolean =>
    typeof value === "number" && value >= least && value <= most;

function isProvisioning(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { ms = 0, reads = 0, ...others } = value as Record<string, unknown>;
  const counts = between(0, Infinity)(ms) && Number.isSafeInteger(reads) && between(0, Infinity)(reads);
  return counts && Object.keys(others).length === 0;
}

const RULES: Record<keyof EmulatorOptions, Rule> = {
  port: must("from 0 to 65535", (value) => Number.isInteger(value) && between(0, 65_535)(value)),
  host: must("an address or host name; leave it out for 127.0.0.1", matches(/^[^\s/]+$/)),
  apiKey: must("printable ASCII without spaces, since it is sent in a header", matches(/^[\x21-\x7e]+$/)),
  state: must("the name of a file", matches(/\S/)),
  latency: must(`from 0 to ${MAX_MS} ms`, between(0, MAX_MS)),
  rateLimit: must("above 0 requests a second", (value) => between(0, Infinity)(value) && value !== 0),
  lists: must('"array", "named" or the name of a wrapper', matches(/^[A-Za-z_]+$/)),
  provisioning: must("{ ms?: 0 or more, reads?: 0 or more }", isProvisioning),
  quirks: problemOfQuirks,
  faults: must("a list of faults", Array.isArray),
  now: must("a function", isFunction),
  transform: must("a function", isFunction),
  onRequest: must("a function", isFunction),
};

/** Throws an {@link OptionError} for what no emulator can be set up with. */
export function checkOptions(options: EmulatorOptions): void {
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (!Object.hasOwn(RULES, name)) {
      throw new OptionError(
        name,
        `is not an option of the emulator (known: ${Object.keys(RULES).join(", ")})`,
      );
    }
    const rule = value === undefined ? undefined : RULES[name as keyof EmulatorOptions](value);
    if (rule !== undefined) throw new OptionError(name, rule);
  }
}
