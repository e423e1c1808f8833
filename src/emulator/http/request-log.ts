// The record of every request received, without the caller's secret.
import type { Call } from "./call";
import { fingerprintOfSecret } from "../account/secrets";

/** One request as the emulator received it, and what became of it. */
export interface RecordedRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  /** Lower-case names; `x-api-key` holds `sha256:<12 digits>` instead of the credential. */
  headers: Record<string, string>;
  /** The parsed JSON; the text if it was none; undefined if there was no body or it was over 1 MB. */
  body: unknown;
  /** The id of the key that authenticated; undefined if none did or the request was not looked at. */
  credentialId?: string;
  /** The status answered; `pending` until then, and for good if the client hung up first. */
  status: number | "pending" | "reset" | "hang";
  /** Whether it changed the account. A late commit turns this true when it takes place. */
  committed: boolean;
  /** When it arrived, in milliseconds since 1970 by the emulator's clock. */
  time: number;
  /** How long the answer took, in milliseconds of real time; undefined until then. */
  duration?: number;
}

/** The most requests that are remembered. */
export const MAX_RECORDED = 100_000;

const SECRET_HEADERS = new Set(["x-api-key", "authorization", "proxy-authorization", "cookie"]);

/** Begins the record of a request at the end of the list. */
export function begin(
  log: RecordedRequest[],
  head: Omit<Call, "text" | "tooLarge">,
  time: number,
): RecordedRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(head.headers)) {
    const text = Array.isArray(value) ? value.join(", ") : (value ?? "");
    headers[name] = SECRET_HEADERS.has(name) ? fingerprintOfSecret(text) : text;
  }
  const { method, path, query } = head;
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
  // Dropped in blocks: taking one off the front for each request would move the whole list each time.
  if (log.length >= MAX_RECORDED) log.splice(0, MAX_RECORDED / 10);
  log.push(record);
  return record;
}

/** What the record shows of a body. */
export function bodyForLog(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
