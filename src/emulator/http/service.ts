// The way of one request: read, limit, fault, answer, wait, deliver.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Account } from "../account/account";
import type { Answer } from "./answer";
import { ApiError } from "./answer";
import { headOf, readBody } from "./call";
import type { Call } from "./call";
import { deliver } from "./delivery";
import type { Fault } from "../faults/fault";
import type { FaultBook } from "../faults/fault-book";
import { replacesAnswer } from "../faults/validation";
import { outcomeOf } from "../faults/outcome";
import type { Outcome, Setting } from "../faults/outcome";
import type { RateLimit } from "../faults/rate-limit";
import { begin, bodyForLog } from "./request-log";
import type { RecordedRequest } from "./request-log";
import { answerCall } from "../routes/routes";
import type { Timers } from "../faults/timers";
import { reasonOf } from "./reason";

/** What the service works with. */
export interface ServiceParts {
  account: Account;
  faults: FaultBook;
  timers: Timers;
  requests: RecordedRequest[];
  limit: RateLimit | undefined;
  latency: number;
  lists: string;
  onRequest: (request: RecordedRequest) => void;
}

const NO_FAULT: Fault = {};

/** The emulator's own failure, such as a state file that cannot be written, is told to whoever is at the other end. */
function failure(error: unknown): { outcome: Outcome; fault: Fault } {
  const detail = `The emulator failed: ${reasonOf(error)}`;
  const headers = { "content-type": "application/json" };
  const body = Buffer.from(JSON.stringify({ detail }));
  return { outcome: { kind: "body", status: 500, headers, body }, fault: NO_FAULT };
}

export class Service {
  readonly #setting: Setting;

  constructor(private readonly parts: ServiceParts) {
    this.#setting = {
      lists: parts.lists,
      newestKey: () => Array.from(parts.account.apiKeys.values()).at(-1)?.key ?? "",
    };
  }

  /** Serves one request; never rejects. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { parts } = this;
    const started = performance.now();
    const head = headOf(request);
    const record = begin(parts.requests, head, parts.account.now());
    try {
      const call = { ...head, ...(await readBody(request)) };
      record.body = bodyForLog(call.text);
      const { outcome, fault } = await this.#decide(call, record).catch(failure);
      await parts.timers.pause(parts.latency + (fault.delay ?? 0));
      response.setHeader("date", new Date(parts.account.now()).toUTCString());
      record.status = "status" in outcome ? outcome.status : outcome.kind;
      record.duration = performance.now() - started;
      parts.onRequest(record);
      await deliver(response, outcome, fault, parts.timers);
    } catch {
      // The client hung up while sending, or a fault's header cannot be sent: there is nobody to tell, or no way.
      response.destroy();
    }
  }

  async #decide(call: Call, record: RecordedRequest): Promise<{ outcome: Outcome; fault: Fault }> {
    const { parts } = this;
    if (parts.limit?.take() === false) {
      const tooMany = new ApiError(429, "Too Many Requests", { "retry-after": "1" }).toAnswer();
      return { outcome: outcomeOf(NO_FAULT, call, tooMany, this.#setting), fault: NO_FAULT };
    }
    const fault = parts.faults.strike(call) ?? NO_FAULT;
    const answer = await this.#commit(call, record, fault);
    return { outcome: outcomeOf(fault, call, answer, this.#setting), fault };
  }

  /** Lets the request take effect now, later or not at all; returns the API's own answer if there is one by now. */
  async #commit(call: Call, record: RecordedRequest, fault: Fault): Promise<Answer | undefined> {
    const replaced = replacesAnswer(fault);
    if (fault.commitAfter !== undefined && replaced) {
      this.parts.timers.later(fault.commitAfter, () => this.#answer(call, record));
      return undefined;
    }
    if (fault.commitAfter !== undefined) await this.parts.timers.pause(fault.commitAfter);
    const commit = fault.commit ?? (!replaced || fault.echo?.what === "key");
    return commit ? this.#answer(call, record) : undefined;
  }

  #answer(call: Call, record: RecordedRequest): Answer {
    const answer = answerCall(this.parts.account, call, (id) => {
      record.credentialId = id;
    });
    record.committed = answer.committed === true;
    return answer;
  }
}
