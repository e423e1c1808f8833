// How one request is served: read, rate-limit, apply a fault, respond, wait, send.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Account } from "./account/account";
import { errorMessage } from "./check";
import { CLOCK_PATH, serveClock } from "./clock";
import type { Clock } from "./clock";
import { replacesResponse } from "./faults/fault";
import type { Fault } from "./faults/fault";
import type { FaultRegistry } from "./faults/registry";
import { deliver, jsonResponse, wireResponseOf } from "./faults/response";
import type { ResponseContext, WireResponse } from "./faults/response";
import { ApiError, headOf, readBody } from "./http/call";
import type { ApiResult, Call } from "./http/call";
import { pause } from "./http/pace";
import type { RateLimit } from "./http/pace";
import type { RecordedRequest, RequestLog } from "./http/request-log";
import { respondTo } from "./routes/endpoints";
import { transformed } from "./transform";
import type { Transform } from "./transform";

/** What the service works with. */
export interface ServiceParts {
  account: Account;
  clock: Clock;
  faults: FaultRegistry;
  log: RequestLog;
  limit: RateLimit | undefined;
  latency: number;
  lists: string;
  onRequest: (request: RecordedRequest) => void;
  /** A test may change it at any time. */
  transform: Transform | undefined;
  /** Ends whatever waits when the emulator closes. */
  closing: AbortSignal;
}

const NO_FAULT: Fault = {};

interface Decision {
  wire: WireResponse;
  fault: Fault;
}

/** What is sent when the emulator itself fails: the state file cannot be written, although the account has changed. */
function failure(error: unknown): Decision {
  const detail = `The emulator failed, and the request may have taken effect: ${errorMessage(error)}`;
  return { wire: jsonResponse({ status: 500, body: { detail } }), fault: NO_FAULT };
}

export class Service {
  readonly #context: ResponseContext;

  constructor(private readonly parts: ServiceParts) {
    const newestKey = (): string => parts.account.unrevokedApiKeys().at(-1)?.key ?? "";
    this.#context = { lists: parts.lists, newestKey };
  }

  /** Serves one request; never rejects. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { clock, log, latency, closing } = this.parts;
    const started = performance.now();
    const head = headOf(request);
    if (head.path === CLOCK_PATH) {
      return deliver(response, jsonResponse(serveClock(clock, head)), NO_FAULT, closing);
    }
    const record = log.begin(head, clock.now());
    try {
      const call = { ...head, ...(await readBody(request)) };
      log.keepBody(record, call.text);
      const { wire: decided, fault } = await this.#decide(call, record).catch(failure);
      await pause(latency + (fault.delay ?? 0), closing);
      const wire = await this.#dated(decided, call).catch((error: unknown) => failure(error).wire);
      // The emulator's clock says the date, or nobody.
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
    const { clock, transform } = this.parts;
    const headers = { date: new Date(clock.now()).toUTCString(), ...wire.headers };
    return wire.kind === "body" && transform
      ? transformed({ ...wire, headers }, call, transform)
      : { ...wire, headers };
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
    const { limit, faults } = this.parts;
    if (limit?.take() === false) {
      const { result } = new ApiError(429, "Too Many Requests", { "retry-after": "1" });
      return { wire: jsonResponse(result), fault: NO_FAULT };
    }
    const fault = faults.take(call) ?? NO_FAULT;
    const result = await this.#commit(call, record, fault);
    return { wire: wireResponseOf(fault, call, result, this.#context), fault };
  }

  /** Lets the request take effect now, later or not at all; returns the API's own result if there is one by now. */
  async #commit(call: Call, record: RecordedRequest, fault: Fault): Promise<ApiResult | undefined> {
    const { commitAfter = 0 } = fault;
    const replaced = replacesResponse(fault);
    if (fault.commitAfter !== undefined && replaced) {
      void this.#commitLate(commitAfter, call, record);
      return undefined;
    }
    await pause(commitAfter, this.parts.closing);
    const commit = fault.commit ?? (!replaced || fault.echo?.what === "key");
    return commit ? this.#respond(call, record) : undefined;
  }

  /** The response is long gone; a state file that cannot be written is reported by the next change. */
  async #commitLate(milliseconds: number, call: Call, record: RecordedRequest): Promise<void> {
    const { closing } = this.parts;
    try {
      await pause(milliseconds, closing);
      this.#respond(call, record);
    } catch (error) {
      if (!closing.aborted) {
        process.emitWarning(`late commit in the WAYSCloud emulator: ${errorMessage(error)}`);
      }
    }
  }

  #respond(call: Call, record: RecordedRequest): ApiResult {
    const result = respondTo(this.parts.account, call, (id) => {
      record.credentialId = id;
    });
    record.committed = call.method !== "GET" && result.status < 300;
    return result;
  }
}
