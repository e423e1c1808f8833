// An account for stories that run in a real provider process, over gRPC, whose local clock is the story's. The commands of a story share the process, each with
// a run of its own, which is all that a process remembers; in `npm run test:all` every command has a process of its own.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import type { Emulator, EmulatorOptions, RecordedRequest } from "../../src/emulator";
import type { ClassName } from "../../src/fields/classes";
import { Killed } from "../model/network";
import { Watched } from "./canaries";
import { type Resource, resources } from "./engine-resources";
import { requestLine, type Seen } from "./fault-table";
import type { ProviderProcess } from "./provider-process";
import { testAll } from "./rare";
import { liveIds } from "./requests";
import { type CommandOptions, type StoryHost, type StoryProcess, StoryStack } from "./story-stack";
import { until } from "./until";

const DAY = 86_400_000;

/** The clocks of both sides, which a story moves. */
class Clocks {
  elapsed = 0;
  private ahead = 0;
  private readonly folder = mkdtempSync(join(tmpdir(), "clock-"));
  /** How a provider process starts with the local one. */
  readonly options = {
    env: { CLOCK: join(this.folder, "clock") },
    preload: resolve(__dirname, "other-clock.cjs"),
  };

  /** Renamed into place, so that no process reads half of it. */
  set(ahead = this.ahead): void {
    this.ahead = ahead;
    const file = this.options.env.CLOCK;
    writeFileSync(`${file}.new`, String(this.elapsed + ahead));
    renameSync(`${file}.new`, file);
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** One account, and a stack that works with it. */
export class ProcessAccount implements StoryHost {
  readonly stack = new StoryStack(this);
  readonly emulator: Emulator;
  /** Called for each request whose response is about to be sent. */
  onRequest: (request: RecordedRequest) => void = () => undefined;
  /** What the story itself has counted, instead of the requests since the last row and of all that lives. */
  seen: Partial<Seen> | undefined;
  /** Its requests are made at the same time, so that their order says nothing. */
  isUnordered = false;
  private plugin: ProviderProcess | undefined;

  constructor(
    private readonly watched: Watched,
    /** That of the machine if it is left out. */
    private readonly clocks?: Clocks,
  ) {
    this.emulator = watched.emulator;
  }

  /** Runs a story; whatever became of it, all that was said is searched for secrets. */
  static async run(
    story: (account: ProcessAccount) => Promise<void>,
    options: EmulatorOptions = {},
  ): Promise<void> {
    const clocks = new Clocks();
    clocks.set();
    let account: ProcessAccount | undefined;
    try {
      await Watched.run((watched) => story((account = new ProcessAccount(watched, clocks))), {
        now: () => Date.now() + clocks.elapsed,
        onRequest: (request) => account?.onRequest(request),
        ...options,
      });
    } finally {
      clocks.close();
    }
  }

  get live(): string[] {
    return liveIds(this.emulator);
  }

  /** Both clocks go on. */
  pass(days: number): void {
    this.clocks!.elapsed += days * DAY;
    this.clocks!.set();
  }

  /** From now on the local clock is ahead of the server's by so many days. */
  setLocalClockAhead(days: number): void {
    this.clocks!.set(days * DAY);
  }

  /** From here on requests count. */
  forget(): void {
    this.emulator.requests.length = 0;
  }

  /** The requests since the last call, as a table shows them. */
  requests(): string {
    const { requests } = this.emulator;
    if (this.isUnordered) requests.sort((a, b) => b.method.localeCompare(a.method));
    return requestLine(requests.splice(0));
  }

  /** Of the requests since then only those that create or revoke a key with this resource in its description or name. */
  requestsFor(resource: string): string {
    const { requests, account } = this.emulator;
    const isIts = (text: unknown): boolean =>
      typeof text === "string" && new RegExp(`\\b${resource}( |-|$)`).test(text);
    const ids = account.apiKeys().filter(({ description }) => isIts(description));
    return requestLine(
      requests.filter(
        ({ path, body }) =>
          ids.some(({ id }) => path.endsWith(id)) || isIts((body as { description?: string })?.description),
      ),
    );
  }

  /** What lives is what the state holds, and the last command succeeded. */
  expectExactly(ids: number | string[] = this.stack.ids): void {
    const { stack } = this;
    expect({ errors: stack.errors, live: this.live }).toEqual({ errors: [], live: stack.ids });
    if (typeof ids === "number") expect(stack.ids).toHaveLength(ids);
    else expect(stack.ids).toEqual([...ids].sort());
  }

  /** So many resources are unresolved, which is all that the state has. */
  expectUnresolved(count: number): void {
    const ids = [...this.stack.state.values()].map(({ id }) => id.split("/")[0]);
    expect(ids).toEqual(Array(count).fill("unresolved"));
  }

  async start(
    { kill, troubles, storm }: CommandOptions,
    { name: stack, credential }: Pick<StoryStack, "name" | "credential">,
  ): Promise<StoryProcess> {
    if (troubles ?? storm) throw new Error("what goes wrong with a real process is a fault of its emulator");
    const plugin = await this.run(credential ?? this.emulator.apiKey);
    const before = plugin.stderr().length;
    let [isKilled, isOver] = [false, false];
    if (kill) {
      const { faults, requests } = this.emulator;
      faults.add({ nth: kill.nth, hang: true, commit: kill.arrived });
      const isUnderWay = (): boolean => requests.some(({ status }) => status === "hang");
      // SIGKILL while the nth request is under way.
      void until(() => isOver || isUnderWay()).then(() => {
        isKilled = !isOver && process.kill(plugin.pid, "SIGKILL");
      });
    }
    const end = async <T>(call: Promise<T>): Promise<T> => {
      const { value, error } = await this.watched.ended(call);
      if (error !== undefined) throw isKilled ? new Killed() : error;
      return value as T;
    };
    return {
      methods: (type, name) => plugin.resource(runtimeName(type), name, stack, end),
      killed: () => isKilled,
      printed: () => plugin.stderr().slice(before),
      end: async () => {
        isOver = true;
        if (!testAll && !isKilled) return;
        this.plugin = undefined;
        await plugin.close();
      },
    };
  }

  private async run(apiKey: string): Promise<ProviderProcess> {
    const config = { "wayscloud:endpoint": this.emulator.url, "wayscloud:apiKey": apiKey };
    if (this.plugin) await this.plugin.nextRun(config);
    this.plugin ??= await this.watched.process(config, this.clocks?.options);
    return this.plugin;
  }
}

function runtimeName(type: Resource): Uncapitalize<ClassName> {
  const [name] = Object.entries(resources).find(([, each]) => each === type)!;
  return (name.charAt(0).toLowerCase() + name.slice(1)) as Uncapitalize<ClassName>;
}
