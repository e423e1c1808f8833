// An account for stories: an emulator, and the clocks on both sides, which a story moves.
import { startEmulator } from "../../src/emulator";
import type { Emulator, EmulatorOptions } from "../../src/emulator";
import { Journal, startProcess, trouble, SimulatedTiming } from "../model/network";
import { liveIds } from "./requests";
import type { CommandOptions, StoryHost, StoryProcess, StoryStack } from "./story-stack";

export class StoryAccount implements StoryHost {
  private constructor(
    readonly emulator: Emulator,
    readonly timing: SimulatedTiming,
  ) {}

  static async open(options: EmulatorOptions = {}, now = "2026-01-01T00:00:00Z"): Promise<StoryAccount> {
    const timing = new SimulatedTiming(Date.parse(now));
    timing.attemptLimit = 20_000;
    const emulator = await startEmulator({ ...options, now: () => timing.server() });
    return new StoryAccount(emulator, timing);
  }

  /**
   * Simulated processes of one command: the lifecycles in this one, each with a memory and a network of its
   * own.
   */
  start(
    { troubles = [], kill, storm, jump }: CommandOptions,
    { credential, isElsewhere }: Pick<StoryStack, "credential" | "isElsewhere">,
  ): StoryProcess {
    const { emulator, timing } = this;
    let printed = "";
    const journal = new Journal();
    const start = () =>
      startProcess(emulator, timing, {
        troubles: troubles.map((each) => trouble("POST", "500, not done", each)),
        kill,
        log: (line) => (printed += `${line}\n`),
        credential,
        storm,
        journal,
        watch: (nth) => {
          if (nth === jump?.nth) timing[jump.clock] += jump.ms;
        },
      });
    const here = start();
    let elsewhere: typeof here | undefined;
    return {
      methods: (type, name) => {
        const process = isElsewhere(name) ? (elsewhere ??= start()) : here;
        const { context } = process;
        return {
          check: (olds, news) => type.check(olds, news, context.holders),
          diff: (id, olds, news) => type.diff(id, olds, news, timing.now(), context.holders),
          create: (inputs) => process.run(type.create(inputs, context)),
          read: (id, olds) => process.run(type.read(id, olds, context)),
          update: (id, olds, news) => process.run(type.update(id, olds, news, context)),
          delete: (id, olds) => process.run(type.delete(id, olds, context)),
        };
      },
      killed: () => here.killed() || elsewhere?.killed() === true,
      printed: () => printed,
      end: () => Promise.resolve(),
    };
  }

  /** What the account has, to look at and to change by hand. */
  get control(): Emulator["account"] {
    return this.emulator.account;
  }

  get live(): string[] {
    return liveIds(this.emulator);
  }

  /** Live keys that this stack neither holds nor has named in its last command. */
  unnamed({ ids, spoken }: Pick<StoryStack, "ids" | "spoken">): string[] {
    return this.live.filter((id) => !ids.includes(id) && !isNamed(id, spoken));
  }

  /** Both clocks go on. */
  later(ms: number): void {
    this.timing.elapsed += ms;
  }

  pass(days: number): void {
    this.later(days * 86_400_000);
  }

  /** The requests since the last call, as `POST /v1/account/ssh-keys`. */
  requests(): string[] {
    const { requests } = this.emulator;
    return requests.splice(0).map(({ method, path }) => `${method} ${path}`);
  }

  /** Those of them that change anything, or those of one method. */
  changes(method = ""): string[] {
    return this.requests().filter((request) => !request.startsWith("GET") && request.startsWith(method));
  }
}

/** Does this text name the id? Lists may show it in upper case. */
export function isNamed(id: string, text: string): boolean {
  return text.toLowerCase().includes(id);
}
