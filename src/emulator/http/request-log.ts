// The record of every request received, without the caller's secret, in bounded memory.
import { fingerprintOfSecret } from "../account/secrets";
import type { Head } from "./call";

/** One request as the emulator received it, and its outcome. */
export interface RecordedRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  /** Lower-case names; `x-api-key` and `authorization` hold `sha256:<12 digits>` instead of the credential. */
  headers: Record<string, string>;
  /**
   * The parsed JSON; the string if it was not JSON; undefined if there was no body or it was unusable, and in old records
   * once there are more than 16 MB of bodies.
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
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(head.headers)) {
    const text = Array.isArray(value) ? value.join(", ") : (value ?? "");
    headers[name] = SECRET_HEADERS.has(name) ? fingerprintOfSecret(text) : text;
  }
  return headers;
}

function bodyForLog(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

export class RequestLog {
  /** Oldest first. */
  readonly requests: RecordedRequest[] = [];
  #bodies: { record: RecordedRequest; bytes: number }[] = [];
  #bytes = 0;

  /** Begins the record of a request at the end of the list. */
  begin(head: Head, time: number): RecordedRequest {
    const { method, path, query } = head;
    const headers = headersForLog(head);
    const record: RecordedRequest = {
      method,
      path,
      query,
      headers,
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

  /** Adds the body to a record, and takes the oldest bodies away while all together are too large. */
  keepBody(record: RecordedRequest, text: string): void {
    if (text === "") return;
    record.body = bodyForLog(text);
    this.#bodies.push({ record, bytes: text.length });
    this.#bytes += text.length;
    if (this.#bytes > MAX_BODY_BYTES_KEPT || this.#bodies.length > MAX_RECORDED) this.#dropOldest();
  }

  /** Down to half, so that this is not due again with the next request. */
  #dropOldest(): void {
    let dropped = 0;
    for (const { record, bytes } of this.#bodies) {
      if (this.#bytes <= MAX_BODY_BYTES_KEPT / 2 && this.#bodies.length - dropped <= MAX_RECORDED / 2) break;
      record.body = undefined;
      this.#bytes -= bytes;
      dropped += 1;
    }
    this.#bodies = this.#bodies.slice(dropped);
  }
}
