// The network between a provider process and the emulator, and the clock of both: answers get lost, requests arrive late, processes are killed.
import { sentence } from "../support/engine-log";
import type { Emulator } from "../../src/emulator";
import type { Transport } from "../../src/api/transport";
import { Holders } from "../../src/lifecycle/holders";
import type { Notes, OthersNote } from "../../src/lifecycle/notes";
import { createRun } from "../../src/lifecycle/run";
import { FakeTiming } from "../support/fake-timing";

/** What can become of a request. */
export const FATES = [
  "never arrives",
  "answer lost",
  "arrives late",
  "refused",
  "500, not done",
  "502, done",
  "401",
  "429",
  "broken answer",
] as const;
export type Fate = (typeof FATES)[number];

/** Some requests of a process, counted from 1 by method. */
export interface Trouble {
  method: "POST" | "GET" | "DELETE";
  nth: number;
  times: number;
  fate: Fate;
  /** For a request that arrives late: seconds. The last look is after six. */
  late: number;
}

/** Trouble with the first request of a method, unless `more` says otherwise. */
export function trouble(
  method: Trouble["method"],
  fate: Trouble["fate"],
  more: Partial<Trouble> = {},
): Trouble {
  return { method, fate, nth: 1, times: 1, late: 0, ...more };
}

/** When a process is killed: at its nth request, before or after the server got it. */
export interface Kill {
  nth: number;
  arrived: boolean;
}

/** The process is no more. */
export class Killed extends Error {}

/** Two clocks, each of which may be wrong; they jump over every sleep, and what is to happen meanwhile does. */
export class SimulatedTiming extends FakeTiming {
  /** How far the local clock is ahead, ms. */
  error = 0;
  /** How far the server's clock is ahead, ms. */
  serverError = 0;
  private readonly underWay = new Set<Promise<unknown>>();
  private due: { at: number; work: () => Promise<unknown> }[] = [];

  override now(): number {
    return super.now() + this.error;
  }

  server(): number {
    return super.now() + this.serverError;
  }

  later(ms: number, work: () => Promise<unknown>): void {
    this.due.push({ at: this.elapsed + ms, work });
  }

  /** A request on its way: it arrives even if its sender is killed. */
  async sent<T>(request: Promise<T>): Promise<T> {
    this.underWay.add(request);
    try {
      return await request;
    } finally {
      this.underWay.delete(request);
    }
  }

  override async sleep(ms: number): Promise<void> {
    this.waits.length = 0;
    await super.sleep(ms);
    await this.settle();
  }

  /** Everything that is due by now; with `all` everything that is still under way. */
  async settle(all = false): Promise<void> {
    const now = this.due.filter(({ at }) => all || at <= this.elapsed);
    this.due = this.due.filter((each) => !now.includes(each));
    // All at once, so that none is forgotten while another is under way.
    await Promise.all(now.map(({ work }) => work()));
    if (all) await Promise.all(this.underWay);
  }
}

/** What the processes of one command tell each other, in memory. */
export class Journal {
  private readonly notes: OthersNote[] = [];
  private readonly pids = new Set<number>();

  open(): Pick<Notes, "append" | "others"> {
    const own = this.pids.size + 1;
    this.pids.add(own);
    let read = 0;
    return {
      append: (note) => void this.notes.push({ note, pid: own }),
      others: () => {
        const added = this.notes.slice(read).filter(({ pid }) => pid !== own);
        read = this.notes.length;
        return { notes: added, pids: this.pids };
      },
    };
  }
}

interface Simulation {
  troubles: Trouble[];
  kill?: Kill | undefined;
  log: (line: string) => void;
  credential?: string | undefined;
  /** What becomes of a request without trouble. */
  storm?: (() => Trouble | undefined) | undefined;
  /** What the processes of its command tell each other. */
  journal?: Journal | undefined;
  /** Is told of every request, counted from 1. */
  watch?: ((nth: number) => void) | undefined;
}

/** `run` runs a call; it rejects with {@link Killed} when the process was killed meanwhile. */
export function startProcess(emulator: Emulator, timing: SimulatedTiming, options: Simulation) {
  const account: Record<string, string> = {
    "wayscloud:apiKey": options.credential ?? emulator.apiKey,
    "wayscloud:endpoint": emulator.url,
  };
  const context = createRun((key) => account[key], "the test", {
    timing,
    log: (line) => options.log(sentence(line)),
    holders: new Holders(options.journal?.open()),
  });
  const { sender } = context.client as unknown as { sender: { transport: Transport } };
  let die: () => void = () => undefined;
  let dead = false;
  const death = new Promise<never>((_resolve, reject) => {
    die = () => {
      dead = true;
      reject(new Killed());
    };
  });
  death.catch(() => undefined);
  const { transport } = sender;
  sender.transport = troubled((...args) => timing.sent(transport(...args)), timing, options, die);
  const run = <T>(work: Promise<T>): Promise<T> => Promise.race([work, death]);
  return { context, run, killed: (): boolean => dead };
}

function troubled(
  real: Transport,
  timing: SimulatedTiming,
  { troubles, kill, storm, watch }: Simulation,
  die: () => void,
): Transport {
  let count = 0;
  const seen: Record<string, number> = {};
  const never = new Promise<never>(() => undefined);
  return async (request, limit) => {
    count += 1;
    watch?.(count);
    if (kill && count >= kill.nth) {
      if (count === kill.nth && kill.arrived) await real(request, limit);
      die();
      return never;
    }
    const nth = (seen[request.method] = (seen[request.method] ?? 0) + 1);
    const meant = troubles.find(
      (each) => each.method === request.method && nth >= each.nth && nth < each.nth + each.times,
    );
    const trouble = meant ?? storm?.();
    return trouble ? fateOf(trouble, () => real(request, limit), timing) : real(request, limit);
  };
}

async function fateOf(
  { fate, late }: Trouble,
  send: () => ReturnType<Transport>,
  timing: SimulatedTiming,
): ReturnType<Transport> {
  const answer = (status: number, text = '{"detail":"trouble"}', headers = {}) => ({
    response: { status, headers: { date: new Date(timing.server()).toUTCString(), ...headers }, text },
  });
  switch (fate) {
    case "never arrives":
      return { failure: { code: "ECONNRESET", syscall: "read" } };
    case "answer lost":
      await send();
      return { failure: { code: "ECONNRESET", syscall: "read" } };
    case "arrives late":
      timing.later(late * 1_000, send);
      return { failure: { code: "ETIMEDOUT" } };
    case "refused":
      return { failure: { code: "ECONNREFUSED", syscall: "connect" } };
    case "500, not done":
      return answer(500);
    case "502, done":
      await send();
      return answer(502);
    case "401":
      return answer(401);
    case "429":
      return answer(429, "", { "retry-after": "1" });
    case "broken answer": {
      const given = await send();
      return "response" in given ? answer(given.response.status, given.response.text.slice(0, -1)) : given;
    }
  }
}
