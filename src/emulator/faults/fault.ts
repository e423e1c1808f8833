// What can be made to go wrong: the fault as users write it, in TypeScript or as JSON.

/**
 * A simulated failure. `method`, `path`, `contains`, `nth` and `times` select requests; the other fields define the failure.
 *
 * Of `refuse`, `reset`, `hang`, `redirect`, `huge`, `gzipBomb`, `echo` and `body` a fault has at most one. With any of
 * these or `status` the API's own response is replaced and, unless `commit` says otherwise, the request takes no effect.
 * `truncate`, `malformed` and `dribble` damage any response; `omit`, `merge`, `drop`, `wrap` and `extra` change the API's
 * own.
 */
export interface Fault {
  /** The method to match. @default any */
  method?: string;
  /** The path of an endpoint to match (without the query): exact, or with a trailing `*`. @default any */
  path?: string;
  /** A string that the request body must contain, to single out one of several requests to a path. @default any */
  contains?: string;
  /** First matching request to affect, counted from 1 since the fault was added. @default 1 */
  nth?: number;
  /** Number of consecutive matching requests to affect. @default 1 */
  times?: number | "always";

  /**
   * Resets the connection as soon as it is opened, before any request is read (a kept-alive one at its next request). Can
   * only be combined with `nth` and `times`, which then count attempts. For ECONNREFUSED see `Emulator.stopListening`.
   */
  refuse?: true;
  /** Resets the connection instead of responding. */
  reset?: true;
  /** Never responds. */
  hang?: true;
  /** The status of the response; with `redirect` one of 301, 302, 303, 307, 308. @default 200 with `body`, 302 with `redirect` */
  status?: number;
  /** Headers added to the response, in place of equally named ones. */
  headers?: Record<string, string>;
  /** The body of the response: a string is sent as it is (text/plain), anything else as JSON. */
  body?: unknown;
  /** The URL to redirect to. */
  redirect?: string;
  /** Streams a body of this many bytes (JSON white space and `{}`), chunked. */
  huge?: number;
  /** Responds with a gzip body that unpacks to this many bytes (JSON white space and `{}`). */
  gzipBomb?: number;
  /** Puts the caller's credential, or the key just created (else the account's newest), into an error's body or header. */
  echo?: { what: "credential" | "key"; in?: "body" | "header" };

  /** Whether the request takes effect. @default true for the API's own response and `echo` of a key, else false */
  commit?: boolean;
  /** Delay in ms before the request takes effect; the API's own response waits for it, any other does not. */
  commitAfter?: number;
  /** Delay in ms between the request's effect and the response, in addition to the emulator's `latency`. @default 0 */
  delay?: number;

  /** Announces the complete body, sends half of it (or this many bytes; 0: only the headers) and cuts the connection. */
  truncate?: true | number;
  /** Makes the body invalid JSON of the right length, with all its content still in it. */
  malformed?: true;
  /** Sends the body in chunks of `bytes` bytes every `every` ms. */
  dribble?: { bytes: number; every: number };

  /** Fields left out of the response; of each entry if it is a list. */
  omit?: string[];
  /** Fields set in the response; in each entry if it is a list. */
  merge?: Record<string, unknown>;
  /** Entries left out of a list: this many from its end (the newest), or those with these ids. */
  drop?: number | string[];
  /** Puts a list into an object under this name. */
  wrap?: string;
  /** Further fields beside the wrapped list, such as `has_more`, `next` or `total`. Needs `wrap` or a wrapping dialect. */
  extra?: Record<string, unknown>;
}

/** Adds and removes faults while the emulator runs. */
export interface FaultControl {
  /** Adds faults. If several match, the one added first applies and the others apply to later requests. Throws {@link FaultError} if a fault is invalid. */
  add(...faults: Fault[]): void;
  /** Removes all faults. Effects already under way (hanging requests, late commits) continue. */
  clear(): void;
  /** The faults that have not applied as often as they were meant to (`"always"`: not even once). */
  pending(): Fault[];
}

/** An invalid fault, such as one with a misspelled field. */
export class FaultError extends Error {
  override readonly name = "FaultError";
}
