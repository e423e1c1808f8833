// The hook with which a test changes any response: its argument, its result, and how that becomes bytes.
import { parsedOrText } from "./check";
import type { BodyResponse } from "./faults/response";
import type { Call } from "./http/call";

/** A response that is about to be sent, and the request that it answers. */
export interface Exchange {
  method: string;
  /** Without the query. */
  path: string;
  query: Record<string, string>;
  /** The body of the request: the parsed JSON, or the text if it is not JSON. */
  request: unknown;
  status: number;
  /** Lower-case names, `date` among them. */
  headers: Record<string, string>;
  /** The body of the response: a copy of the JSON, or the text if it is not JSON. */
  body: unknown;
}

/** The changes of a response; omitted parts stay unchanged. */
export interface ExchangeOverride {
  status?: number;
  /** Headers to set, or to remove with the value `null` (also `date`). */
  headers?: Record<string, string | null>;
  /** A string is sent unchanged, anything else as JSON. */
  body?: unknown;
}

/** Changes responses; if it throws, the response is a 500. */
export type Transform = (
  exchange: Exchange,
) => ExchangeOverride | undefined | Promise<ExchangeOverride | undefined>;

/** The response as the hook wants it. */
export async function transformed(
  wire: BodyResponse,
  call: Call,
  transform: Transform,
): Promise<BodyResponse> {
  const { method, path, query } = call;
  const override = await transform({
    method,
    path,
    query,
    request: parsedOrText(call.text),
    status: wire.status,
    headers: { ...wire.headers },
    body: parsedOrText(wire.body.toString("utf8")),
  });
  const { status = wire.status, headers = {}, body } = override ?? {};
  const changed = new Map<string, string | null>(Object.entries(wire.headers));
  for (const [name, value] of Object.entries(headers)) changed.set(name.toLowerCase(), value);
  const kept = [...changed].filter((header): header is [string, string] => header[1] !== null);
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return {
    kind: "body",
    status,
    headers: Object.fromEntries(kept),
    body: body === undefined ? wire.body : Buffer.from(text, "utf8"),
  };
}
