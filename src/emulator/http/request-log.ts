// The record of every request received, without the caller's secret, in bounded memory.
import { fingerprintOfSecret } from "../account/secrets";
import { parsedOrText } from "../check";
import type { Head } from "./call";

/** One request as the emulator received it, and its outcome. */
export interface RecordedRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  /** Lower-case names; `sha256:<12 digits>` in place of the credential. */
  headers: Record<string, string>;
  /**
   * The parsed JSON; the string if it was not JSON; undefined if there was no body or it was unusable, and in
   * old records once there are more than 16 MB of bodies.
   */
  body: unknown;
  /** The id of the key that authenticated; undefined if none did or the request was not processed. */
  credentialId?: string;
  /** The status answered; `pending` until then, and permanently if the client hung up first. */
  status: number | "pending" | "reset" | "hang";
  /** Whether it changed the account. A late commit sets this to true when it happens. */
  committed: boolean;
  /** When it arrived, in milliseconds since 1970 by the emulator's clock. */
  time: number;
  /** How long the response took, in milliseconds of real time; undefined until then. */
  duration?: number;
}

/** The maximum number of requests that are remembered. */
export const MAX_RECORDED = 100_000;

/** The maximum size of all remembered bodies together. */
export const MAX_BODY_BYTES_KEPT = 16_000_000;

const SECRET_HEADERS = new Set(["x-api-key", "authorization", "proxy-authorization", "cookie"]);

function headersForLog(head: Head): Record<string, string> {
  const headers = Object.entries(head.headers).map(([name, value = ""]) => {
    const text = Array.isArray(value) ? value.join(", ") : value;
    return [name, SECRET_HEADERS.has(name) ? fingerprintOfSecret(text) : text];
  });
  return Object.fromEntries(headers) as Record<string, string>;
}

export class RequestLog {
  /** Oldest first. */
  readonly requests: RecordedRequest[] = [];
  readonly #sizes = new WeakMap<RecordedRequest, number>();
  #bytes = 0;

  /** Begins the record of a request at the end of the list. */
  begin(head: Head, time: number): RecordedRequest {
    const { method, path, query } = head;
    const record: RecordedRequest = {
      method,
      path,
      query,
      headers: headersForLog(head),
      body: undefined,
      status: "pending",
      committed: false,
      time,
    };
    // Dropped in blocks: removing one at the front for each request would move the complete list each time.
    if (this.requests.length >= MAX_RECORDED) this.requests.splice(0, MAX_RECORDED / 10);
    this.requests.push(record);
    return record;
  }

  /** Adds the body to a record. */
  keepBody(record: RecordedRequest, text: string): void {
    if (text === "") return;
    record.body = parsedOrText(text);
    this.#sizes.set(record, text.length);
    this.#bytes += text.length;
    if (this.#bytes > MAX_BODY_BYTES_KEPT) this.#dropOldest();
  }

  /** Drops the oldest bodies, down to half, so that this is not due again with the next request. */
  #dropOldest(): void {
    // Counted again, since a test may have emptied the list.
    const sizes = this.requests.map((record) => this.#sizes.get(record) ?? 0);
    this.#bytes = sizes.reduce((sum, size) => sum + size, 0);
    this.requests.forEach((record, at) => {
      if (this.#bytes <= MAX_BODY_BYTES_KEPT / 2) return;
      record.body = undefined;
      this.#sizes.delete(record);
      this.#bytes -= sizes[at] ?? 0;
    });
  }
}
