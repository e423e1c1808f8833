// Serves a request: read, rate-limit, apply a fault, respond, wait, send.
import { setMaxListeners } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Account } from "./account/account";
import { errorMessage } from "./check";
import { CLOCK_PATH, serveClock } from "./clock";
import type { Clock } from "./clock";
import { replacesResponse } from "./faults/fault";
import type { Fault } from "./faults/fault";
import { FaultRegistry } from "./faults/registry";
import { deliver, jsonResponse, wireResponseOf } from "./faults/response";
import type { WireResponse } from "./faults/response";
import { ApiError, headOf, readBody } from "./http/call";
import type { ApiResult, Call } from "./http/call";
import { pause, RateLimit } from "./http/pace";
import { RequestLog } from "./http/request-log";
import type { RecordedRequest } from "./http/request-log";
import type { EmulatorOptions } from "./options";
import { respondTo } from "./routes/endpoints";
import { transformed } from "./transform";

const NO_FAULT: Fault = {};

interface Decision {
  wire: WireResponse;
  fault: Fault;
}

/** The response if the emulator cannot write the state file, although the account has changed. */
function failure(error: unknown): Decision {
  const detail = `The emulator failed, and the request may have taken effect: ${errorMessage(error)}`;
  return { wire: jsonResponse({ status: 500, body: { detail } }), fault: NO_FAULT };
}

/** The requests of one emulator. */
export class Service {
  readonly log = new RequestLog();
  readonly faults: FaultRegistry;
  /** A test may change it at any time. */
  transform: EmulatorOptions["transform"];
  readonly #lists: string;
  readonly #limit: RateLimit | undefined;
  readonly #closing = new AbortController();

  constructor(
    private readonly account: Account,
    private readonly clock: Clock,
    private readonly options: EmulatorOptions,
  ) {
    const { lists = "array", faults = [], rateLimit, transform } = options;
    this.#lists = lists;
    this.faults = new FaultRegistry(lists !== "array");
    this.faults.add(...faults);
    this.#limit = rateLimit === undefined ? undefined : new RateLimit(rateLimit, clock.now);
    this.transform = transform;
    // Each request that waits is one, and there may be thousands.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Ends all waits: delayed responses, and late commits. */
  close(): void {
    this.#closing.abort();
  }

  /** Serves one request; never rejects. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const head = headOf(request);
    const closing = this.#closing.signal;
    if (head.path === CLOCK_PATH) {
      return deliver(response, jsonResponse(serveClock(this.clock, head)), NO_FAULT, closing);
    }
    const record = this.log.begin(head, this.clock.now());
    try {
      const call = { ...head, ...(await readBody(request)) };
      this.log.keepBody(record, call.text);
      const { wire: decided, fault } = await this.#decide(call, record).catch(failure);
      await pause((this.options.latency ?? 0) + (fault.delay ?? 0), closing);
      const wire = await this.#dated(decided, call).catch((error: unknown) => failure(error).wire);
      // The date is that of the emulator's clock, not of Node.js.
      response.sendDate = false;
      record.status = "status" in wire ? wire.status : wire.kind;
      record.duration = performance.now() - started;
      this.#notify(record);
      await deliver(response, wire, fault, closing);
    } catch {
      // The client hung up while sending, or the emulator closes: nobody is left to respond to.
      response.destroy();
    }
  }

  /** The response with its `Date` header, as the hook of a test wants it. */
  async #dated(wire: WireResponse, call: Call): Promise<WireResponse> {
    if (!("headers" in wire)) return wire;
    const dated = { ...wire, headers: { date: new Date(this.clock.now()).toUTCString(), ...wire.headers } };
    return dated.kind === "body" && this.transform ? transformed(dated, call, this.transform) : dated;
  }

  /** A mistake in the listener must not affect the client. */
  #notify(record: RecordedRequest): void {
    try {
      this.options.onRequest?.(record);
    } catch (error) {
      process.emitWarning(`onRequest of the WAYSCloud emulator threw: ${errorMessage(error)}`);
    }
  }

  async #decide(call: Call, record: RecordedRequest): Promise<Decision> {
    if (this.#limit?.take() === false) {
      const { result } = new ApiError(429, "Too Many Requests", { "retry-after": "1" });
      return { wire: jsonResponse(result), fault: NO_FAULT };
    }
    const fault = this.faults.take(call) ?? NO_FAULT;
    const result = await this.#commit(call, record, fault);
    return { wire: wireResponseOf(fault, call, result, this.#lists, this.account), fault };
  }

  /** Lets the request take effect now, later or never; returns the API's own result if there is one. */
  async #commit(call: Call, record: RecordedRequest, fault: Fault): Promise<ApiResult | undefined> {
    const replaced = replacesResponse(fault);
    const late = pause(fault.commitAfter ?? 0, this.#closing.signal);
    if (fault.commitAfter !== undefined && replaced) {
      // The response is long gone: a state file that cannot be written is reported by the next change.
      late.then(() => this.#respond(call, record)).catch(() => undefined);
      return undefined;
    }
    await late;
    const commit = fault.commit ?? (!replaced || fault.echo?.what === "key");
    return commit ? this.#respond(call, record) : undefined;
  }

  #respond(call: Call, record: RecordedRequest): ApiResult {
    const result = respondTo(this.account, call, (id) => (record.credentialId = id));
    record.committed = call.method !== "GET" && result.status < 300;
    return result;
  }
}
