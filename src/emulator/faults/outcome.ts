// Turns an answer, and the fault that struck, into what is to be put on the wire.
import { STATUS_CODES } from "node:http";
import type { Answer } from "../http/answer";
import type { Call } from "../http/call";
import type { Fault } from "./fault";
import { replacesAnswer } from "./validation";

/** What goes out: nothing, nothing ever, a filler of so many bytes, or a body. */
export type Outcome =
  | { kind: "reset" }
  | { kind: "hang" }
  | { kind: "filler"; status: number; headers: Record<string, string>; bytes: number; gzip: boolean }
  | { kind: "body"; status: number; headers: Record<string, string>; body: Buffer };

/** What an outcome depends on besides the answer and the fault. */
export interface Setting {
  /** `array`, `named` or the name of the wrapper. */
  lists: string;
  /** The newest key of the account, for an echo when the request made none. */
  newestKey: () => string;
}

const JSON_TYPE = { "content-type": "application/json" };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Copies an object without `omit` and with `merge`; `__proto__` stays the plain field it is in JSON. */
function changeFields(value: unknown, fault: Fault): unknown {
  if (!isRecord(value)) return value;
  const merged = Object.entries({ ...value, ...fault.merge }).filter(([key]) => !fault.omit?.includes(key));
  return Object.fromEntries(merged);
}

function dropEntries(entries: unknown[], drop: Fault["drop"]): unknown[] {
  if (drop === undefined) return entries;
  if (typeof drop === "number") return entries.slice(0, Math.max(0, entries.length - drop));
  return entries.filter((entry) => !(isRecord(entry) && drop.includes(String(entry["id"]))));
}

/** The body of the API's own answer, in the dialect for lists and with the changes the fault wants. */
function ownBody(answer: Answer, fault: Fault, lists: string): unknown {
  if (answer.list === undefined || !Array.isArray(answer.body)) {
    return fault.omit || fault.merge ? changeFields(answer.body, fault) : answer.body;
  }
  let entries = dropEntries(answer.body, fault.drop);
  if (fault.omit || fault.merge) entries = entries.map((entry) => changeFields(entry, fault));
  const wrapper = fault.wrap ?? (lists === "named" ? answer.list : lists);
  return wrapper === "array" ? entries : { [wrapper]: entries, ...fault.extra };
}

function spoil(json: string): string {
  // The closing bracket becomes a comma: the length and everything told stay, only the syntax breaks.
  return `${json.slice(0, -1)},`;
}

/** The headers of a fault over those of the answer; names are compared without regard to case. */
function withHeaders(headers: Record<string, string>, fault: Fault): Record<string, string> {
  const added = Object.entries(fault.headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  return { ...headers, ...Object.fromEntries(added) };
}

function bodyOutcome(status: number, headers: Record<string, string>, text: string, fault: Fault): Outcome {
  const body = Buffer.from(fault.malformed ? spoil(text) : text, "utf8");
  return { kind: "body", status, headers: withHeaders(headers, fault), body };
}

function echoOutcome(fault: Fault, secret: string): Outcome {
  const inHeader = fault.echo?.in === "header";
  const headers = inHeader ? { ...JSON_TYPE, "x-debug-credential": secret } : JSON_TYPE;
  const detail = inHeader ? "Rejected" : `Rejected: ${secret}`;
  return bodyOutcome(fault.status ?? 400, headers, JSON.stringify({ detail }), fault);
}

function replacement(fault: Fault, call: Call, answer: Answer | undefined, setting: Setting): Outcome {
  if (fault.reset) return { kind: "reset" };
  if (fault.hang) return { kind: "hang" };
  const bytes = fault.huge ?? fault.gzipBomb;
  if (bytes !== undefined) {
    const headers = withHeaders(JSON_TYPE, fault);
    return { kind: "filler", status: fault.status ?? 200, headers, bytes, gzip: fault.huge === undefined };
  }
  if (fault.echo) {
    const key = answer?.newKey ?? setting.newestKey();
    return echoOutcome(fault, fault.echo.what === "key" ? key : (call.credential ?? ""));
  }
  if (fault.redirect !== undefined) {
    return bodyOutcome(fault.status ?? 302, { location: fault.redirect }, "", fault);
  }
  const { status = 200, body } = fault;
  if (typeof body === "string") return bodyOutcome(status, { "content-type": "text/plain" }, body, fault);
  const content = body !== undefined ? body : { detail: STATUS_CODES[status] ?? "Error" };
  return bodyOutcome(status, JSON_TYPE, JSON.stringify(content), fault);
}

/** What to put on the wire; `answer` is the API's own, undefined when the request took no effect. */
export function outcomeOf(fault: Fault, call: Call, answer: Answer | undefined, setting: Setting): Outcome {
  if (answer === undefined || replacesAnswer(fault)) return replacement(fault, call, answer, setting);
  const text = JSON.stringify(ownBody(answer, fault, setting.lists));
  return bodyOutcome(answer.status, { ...JSON_TYPE, ...answer.headers }, text, fault);
}
