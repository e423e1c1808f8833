// How one request is served: read, rate-limit, apply a fault, respond, wait, send.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AccountStore } from "./account/account-store";
import { CLOCK_PATH, serveClock } from "./clock";
import type { Clock } from "./clock";
import { errorMessage } from "./errors";
import { deliver } from "./faults/delivery";
import type { Fault } from "./faults/fault";
import type { FaultRegistry } from "./faults/fault-registry";
import { replacesResponse } from "./faults/fault-schema";
import { wireResponseOf } from "./faults/wire-response";
import type { ResponseContext, WireResponse } from "./faults/wire-response";
import { ApiError } from "./http/api-result";
import type { ApiResult } from "./http/api-result";
import { headOf, readBody } from "./http/call";
import type { Call } from "./http/call";
import type { RateLimit, Timers } from "./http/pace";
import type { RecordedRequest, RequestLog } from "./http/request-log";
import { respondTo } from "./routes/endpoints";
import { transformed } from "./transform";
import type { Transform } from "./transform";

/** What the service works with. */
export interface ServiceParts {
  account: AccountStore;
  clock: Clock;
  faults: FaultRegistry;
  timers: Timers;
  log: RequestLog;
  limit: RateLimit | undefined;
  latency: number;
  lists: string;
  onRequest: (request: RecordedRequest) => void;
  /** A test may change it at any time. */
  transform: Transform | undefined;
}

const NO_FAULT: Fault = {};

interface Decision {
  wire: WireResponse;
  fault: Fault;
}

function jsonResponse(status: number, content: unknown, others: Record<string, string> = {}): WireResponse {
  const headers = { "content-type": "application/json", ...others };
  return { kind: "body", status, headers, body: Buffer.from(JSON.stringify(content)) };
}

/** What is sent when the emulator itself fails: the state file cannot be written, although the account has changed. */
function failure(error: unknown): Decision {
  const detail = `The emulator failed, and the request may have taken effect: ${errorMessage(error)}`;
  return { wire: jsonResponse(500, { detail }), fault: NO_FAULT };
}

export class Service {
  readonly #context: ResponseContext;

  constructor(private readonly parts: ServiceParts) {
    this.#context = {
      lists: parts.lists,
      newestKey: () => Array.from(parts.account.apiKeys.values()).at(-1)?.key ?? "",
    };
  }

  /** Serves one request; never rejects. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { parts } = this;
    const started = performance.now();
    const head = headOf(request);
    if (head.path === CLOCK_PATH) {
      const { status, body, headers } = serveClock(parts.clock, head);
      return deliver(response, jsonResponse(status, body, headers), NO_FAULT, parts.timers);
    }
    const record = parts.log.begin(head, parts.clock.now());
    try {
      const call = { ...head, ...(await readBody(request)) };
      parts.log.keepBody(record, call.text);
      const { wire: decided, fault } = await this.#decide(call, record).catch(failure);
      await parts.timers.pause(parts.latency + (fault.delay ?? 0));
      const wire = await this.#dated(decided, call).catch((error: unknown) => failure(error).wire);
      // The emulator's clock says the date, or nobody.
      response.sendDate = false;
      record.status = "status" in wire ? wire.status : wire.kind;
      record.duration = performance.now() - started;
      this.#notify(record);
      await deliver(response, wire, fault, parts.timers);
    } catch {
      // The client hung up while sending: nobody is left to respond to.
      response.destroy();
    }
  }

  /** The response with its `Date` header, as the hook of a test wants it. */
  async #dated(wire: WireResponse, call: Call): Promise<WireResponse> {
    if (!("headers" in wire)) return wire;
    const date = new Date(this.parts.clock.now()).toUTCString();
    const { transform } = this.parts;
    if (wire.kind === "body" && transform) return transformed(wire, call, date, transform);
    return { ...wire, headers: { date, ...wire.headers } };
  }

  /** A mistake in the listener is its owner's, and not the client's. */
  #notify(record: RecordedRequest): void {
    try {
      this.parts.onRequest(record);
    } catch (error) {
      process.emitWarning(`onRequest of the WAYSCloud emulator threw: ${errorMessage(error)}`);
    }
  }

  async #decide(call: Call, record: RecordedRequest): Promise<Decision> {
    const { parts } = this;
    if (parts.limit?.take() === false) {
      const tooMany = new ApiError(429, "Too Many Requests", { "retry-after": "1" }).toResult();
      return { wire: wireResponseOf(NO_FAULT, call, tooMany, this.#context), fault: NO_FAULT };
    }
    const fault = parts.faults.take(call) ?? NO_FAULT;
    const result = await this.#commit(call, record, fault);
    return { wire: wireResponseOf(fault, call, result, this.#context), fault };
  }

  /** Lets the request take effect now, later or not at all; returns the API's own result if there is one by now. */
  async #commit(call: Call, record: RecordedRequest, fault: Fault): Promise<ApiResult | undefined> {
    const replaced = replacesResponse(fault);
    if (fault.commitAfter !== undefined && replaced) {
      this.parts.timers.later(fault.commitAfter, () => this.#commitLate(call, record));
      return undefined;
    }
    if (fault.commitAfter !== undefined) await this.parts.timers.pause(fault.commitAfter);
    const commit = fault.commit ?? (!replaced || fault.echo?.what === "key");
    return commit ? this.#respond(call, record) : undefined;
  }

  /** The response is long gone; a state file that cannot be written is reported by the next change. */
  #commitLate(call: Call, record: RecordedRequest): void {
    try {
      this.#respond(call, record);
    } catch (error) {
      process.emitWarning(`late commit in the WAYSCloud emulator: ${errorMessage(error)}`);
    }
  }

  #respond(call: Call, record: RecordedRequest): ApiResult {
    const result = respondTo(this.parts.account, call, (id) => {
      record.credentialId = id;
    });
    record.committed = result.committed === true;
    return result;
  }
}
