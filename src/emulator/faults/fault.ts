// What can be made to go wrong: the fault as users write it, in TypeScript or as JSON.

/**
 * One thing that goes wrong. The first four fields choose the requests, the rest say what happens to them.
 *
 * Of `refuse`, `reset`, `hang`, `redirect`, `huge`, `gzipBomb`, `echo` and `body` one fault has at most one. With any of
 * these or `status` the API's own answer is replaced and, unless `commit` says otherwise, the request takes no effect.
 * `truncate`, `malformed` and `dribble` damage whichever answer goes out; `omit`, `merge`, `drop`, `wrap` and `extra`
 * change the API's own.
 */
export interface Fault {
  /** The method it applies to. @default any */
  method?: string;
  /** The path it applies to (without the query): exact, or with a trailing `*`. @default any */
  path?: string;
  /** A text that the request body must contain, to single out one of several requests to a path. @default any */
  contains?: string;
  /** Which matching request it strikes first, counted from 1 since the fault was added. @default 1 */
  nth?: number;
  /** How many matching requests in a row it strikes. @default 1 */
  times?: number | "always";

  /**
   * Resets the connection as soon as it is made, before any request is read (a kept-alive one at its next request). Takes
   * no matcher but `nth` and `times`, which then count attempts. For ECONNREFUSED see `Emulator.stopListening`.
   */
  refuse?: true;
  /** Resets the connection instead of answering. */
  reset?: true;
  /** Never answers. */
  hang?: true;
  /** The status answered; with `redirect` one of 301, 302, 307, 308. @default 200 with `body`, 302 with `redirect` */
  status?: number;
  /** Headers added to the answer, in place of equally named ones. */
  headers?: Record<string, string>;
  /** The body answered: a string goes out as it is (text/plain), anything else as JSON. */
  body?: unknown;
  /** The URL redirected to. */
  redirect?: string;
  /** Streams a body of so many bytes (JSON white space and `{}`), chunked. */
  huge?: number;
  /** Answers a gzip body that unpacks to so many bytes (JSON white space and `{}`). */
  gzipBomb?: number;
  /** Puts the caller's credential, or the key just made (else the account's newest), into an error's body or header. */
  echo?: { what: "credential" | "key"; in?: "body" | "header" };

  /** Whether the request takes effect. @default true for the API's own answer and `echo` of a key, else false */
  commit?: boolean;
  /** The request takes effect only so many milliseconds later; the API's own answer waits for it, any other does not. */
  commitAfter?: number;
  /** Milliseconds between the request's effect and the answer, on top of the emulator's `latency`. @default 0 */
  delay?: number;

  /** Announces the whole body, sends half of it (or so many bytes) and cuts the connection. */
  truncate?: true | number;
  /** Makes the body invalid JSON, of the right length, with everything it held still in it. */
  malformed?: true;
  /** Sends the body in pieces of `bytes` bytes, one every `every` milliseconds. */
  dribble?: { bytes: number; every: number };

  /** Fields left out of the answer; of each entry if it is a list. */
  omit?: string[];
  /** Fields set in the answer; in each entry if it is a list. */
  merge?: Record<string, unknown>;
  /** Entries left out of a list: so many from its end (the newest), or those with these ids. */
  drop?: number | string[];
  /** Puts a list into an object under this name. */
  wrap?: string;
  /** Further fields beside the wrapped list, such as `has_more`, `next` or `total`. Needs `wrap` or a wrapping dialect. */
  extra?: Record<string, unknown>;
}

/** Adds and removes faults while the emulator runs. */
export interface FaultControl {
  /** Adds faults; the first added that is due strikes first, and one that had to wait strikes the next matching request. Throws {@link FaultError} on a fault that makes no sense. */
  add(...faults: Fault[]): void;
  /** Takes all faults away. Effects already under way (hanging requests, late commits) go on. */
  clear(): void;
  /** The faults that have not yet struck as often as they were meant to (`"always"`: not even once). */
  pending(): Fault[];
}

/** A fault that makes no sense, such as one with a misspelt field. */
export class FaultError extends Error {
  override readonly name = "FaultError";
}
