// Serves a request: read, rate-limit, apply a fault, respond, wait, send.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Account } from "./account/account";
import { errorMessage, parsedOrText } from "./check";
import { CLOCK_PATH, serveClock } from "./clock";
import type { Clock } from "./clock";
import { FaultRegistry, replacesResponse } from "./faults/fault";
import type { Fault } from "./faults/fault";
import { deliver, jsonResponse, pause, responseTo, transformed } from "./faults/response";
import type { WireResponse } from "./faults/response";
import { callOf, readBody, recordOf } from "./http/request";
import type { ApiResult, Call, RecordedRequest } from "./http/request";
import type { EmulatorOptions } from "./options";
import { respondTo } from "./routes/endpoints";

/** Whether a request may pass now: `perSecond` a second, in bursts of up to `perSecond`. */
export function rateLimit(perSecond: number, now: () => number): () => boolean {
  const most = Math.max(1, perSecond);
  let [tokens, filledAt] = [most, now()];
  return () => {
    const gained = Math.max(0, ((now() - filledAt) / 1000) * perSecond);
    tokens = Math.min(most, tokens + gained);
    filledAt = now();
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

/** So many requests and bodies of this size are remembered. */
const MAX_RECORDED = 100_000;
const MAX_BODY_RECORDED = 10_000;

const TOO_MANY: Fault = { status: 429, headers: { "retry-after": "1" } };

/** The response if the account has changed, but the state file cannot be written. */
function failure(error: unknown): WireResponse {
  const detail = `The emulator failed, and the request may have taken effect: ${errorMessage(error)}`;
  return jsonResponse({ status: 500, body: { detail } });
}

export class Service {
  readonly requests: RecordedRequest[] = [];
  readonly faults: FaultRegistry;
  readonly #mayPass: () => boolean;

  constructor(
    private readonly account: Account,
    private readonly clock: Clock,
    private readonly options: EmulatorOptions,
    /** A test may change it at any time. */
    private readonly hooks: Pick<EmulatorOptions, "transform">,
  ) {
    const { lists = "array", faults = [], rateLimit: perSecond } = options;
    this.faults = new FaultRegistry(lists !== "array");
    this.faults.add(...faults);
    this.#mayPass = perSecond === undefined ? () => true : rateLimit(perSecond, clock.now);
  }

  /** Serves one request; never rejects. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.faults.take()) {
      request.socket.resetAndDestroy();
      return;
    }
    const started = performance.now();
    const call = callOf(request);
    if (call.path === CLOCK_PATH) {
      return deliver(response, jsonResponse(serveClock(this.clock, call)), {});
    }
    const record = recordOf(call, this.clock.now());
    this.requests.push(record);
    if (this.requests.length > MAX_RECORDED) this.requests.shift();
    try {
      await readBody(request, call);
      if (call.text !== "" && call.text.length <= MAX_BODY_RECORDED) record.body = parsedOrText(call.text);
      let fault = (this.#mayPass() ? this.faults.take(call) : TOO_MANY) ?? {};
      const decided = await this.#decide(call, record, fault).catch((error: unknown) => {
        // Otherwise the fault could hide why the emulator failed.
        fault = {};
        return failure(error);
      });
      await pause((this.options.latency ?? 0) + (fault.delay ?? 0));
      if (this.account.closed) return;
      // The date is that of the emulator's clock, not of Node.js.
      response.sendDate = false;
      decided.headers = { date: new Date(this.clock.now()).toUTCString(), ...decided.headers };
      const wire = await transformed(decided, call, this.hooks.transform).catch(failure);
      record.status = wire.status;
      record.duration = performance.now() - started;
      this.#notify(record);
      await deliver(response, wire, fault);
    } catch {
      // The client hung up while sending: nobody is left to respond to.
      response.destroy();
    }
  }

  /** A mistake in the listener must not affect the client. */
  #notify(record: RecordedRequest): void {
    try {
      this.options.onRequest?.(record);
    } catch (error) {
      process.emitWarning(`onRequest of the WAYSCloud emulator threw: ${errorMessage(error)}`);
    }
  }

  /** The response to send. The request takes effect now, later or never. */
  async #decide(call: Call, record: RecordedRequest, fault: Fault): Promise<WireResponse> {
    const replaced = replacesResponse(fault);
    const respond = (): ApiResult => {
      const result = respondTo(this.account, call, record);
      record.committed = call.method !== "GET" && result.status < 300;
      return result;
    };
    const late = pause(fault.commitAfter ?? 0);
    let result: ApiResult | undefined;
    if (fault.commitAfter !== undefined && replaced) {
      // The response is long gone: a state file that cannot be written is reported by the next change. Once
      // the emulator is closed, its account refuses the change.
      late.then(respond).catch(() => undefined);
    } else {
      await late;
      if (fault.commit ?? (!replaced || fault.echo?.what === "key")) result = respond();
    }
    return responseTo(call, fault, result, this.options.lists ?? "array", this.account);
  }
}
