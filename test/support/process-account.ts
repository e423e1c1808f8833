// An account for stories that run in a real provider process, over gRPC, whose local clock is the story's. The commands of a story share the process, each with
// a run of its own, which is all that a process remembers; in `npm run test:all` every command has a process of its own.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import type { Emulator, EmulatorOptions, RecordedRequest } from "../../src/emulator";
import { withDefaults } from "../../src/hosts/plugin/generated-names";
import { resourceOf } from "../../src/hosts/plugin/urn";
import { type Resource, resources } from "./engine-resources";
import type { ClassName } from "../../src/fields/classes";
import { without } from "../../src/values";
import type { Properties } from "../../src/values";
import { Killed } from "../model/network";
import { Watched } from "./canaries";
import { requestLine } from "./fault-table";
import { isPluginHost, type ProviderProcess } from "./provider-process";
import { testAll } from "./rare";
import {
  type CommandOptions,
  type StoryHost,
  type Methods,
  type StoryProcess,
  StoryStack,
} from "./story-stack";
import { liveIds } from "./requests";

const CLOCK = resolve(__dirname, "other-clock.cjs");
const DAY = 86_400_000;

export class ProcessAccount implements StoryHost {
  /** Called for each request whose response is about to be sent. */
  onRequest: (request: RecordedRequest) => void = () => undefined;
  private watched!: Watched;
  private plugin: ProviderProcess | undefined;
  private elapsed = 0;
  private wrongBy = 0;
  private readonly folder = mkdtempSync(join(tmpdir(), "clock-"));

  /** Runs a story with a stack; whatever became of it, all that was said is searched for secrets. */
  static async run(
    story: (account: ProcessAccount, stack: StoryStack) => Promise<void>,
    options: EmulatorOptions = {},
  ): Promise<void> {
    const account = new ProcessAccount();
    account.setClock();
    try {
      await Watched.run(
        (watched) => {
          account.watched = watched;
          return story(account, new StoryStack(account));
        },
        {
          now: () => Date.now() + account.elapsed,
          onRequest: (request) => account.onRequest(request),
          ...options,
        },
      );
    } finally {
      rmSync(account.folder, { recursive: true });
    }
  }

  get emulator(): Emulator {
    return this.watched.emulator;
  }

  get live(): string[] {
    return liveIds(this.emulator);
  }

  /** Both clocks go on. */
  pass(days: number): void {
    this.elapsed += days * DAY;
    this.setClock();
  }

  /** From now on the local clock is ahead of the server's by so many days. */
  setLocalClockAhead(days: number): void {
    this.wrongBy = days * DAY;
    this.setClock();
  }

  /** The requests since the last call, as a table shows them; with a resource only those that create or revoke a key with its description or name. */
  requests(resource?: string): string {
    const { requests, account } = this.emulator;
    if (resource === undefined) return requestLine(requests.splice(0));
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

  async start(
    { kill, troubles, storm }: CommandOptions,
    { name: stack, credential }: Pick<StoryStack, "name" | "credential">,
  ): Promise<StoryProcess> {
    if (troubles ?? storm) throw new Error("what goes wrong with a real process is a fault of its emulator");
    const plugin = await this.run(credential ?? this.emulator.apiKey);
    const before = plugin.stderr().length;
    const death = kill && this.killAt(plugin, kill);
    const killed = (): boolean => death?.isDead === true;
    return {
      methods: (type, name) => this.methods(plugin, runtimeName(type), name, stack, killed),
      killed,
      printed: () => plugin.stderr().slice(before),
      end: async () => {
        death?.stop();
        if (!testAll && !killed()) return;
        this.plugin = undefined;
        await plugin.close();
      },
    };
  }

  private async run(apiKey: string): Promise<ProviderProcess> {
    const config = { "wayscloud:endpoint": this.emulator.url, "wayscloud:apiKey": apiKey };
    if (this.plugin) await this.plugin.nextRun(config);
    this.plugin ??= await this.watched.process(config, {
      env: { CLOCK: join(this.folder, "clock") },
      preload: CLOCK,
    });
    return this.plugin;
  }

  private methods(
    plugin: ProviderProcess,
    kind: Uncapitalize<ClassName>,
    name: string,
    stack: string,
    killed: () => boolean,
  ): Methods {
    const methods = plugin.resource(kind, name, stack);
    const call = async <T>(work: Promise<T>): Promise<T> => {
      const { value, error } = await this.watched.ended(work);
      if (error === undefined) return value as T;
      if (killed()) throw new Killed();
      throw error;
    };
    return {
      check: (olds, news) => call(methods.check(olds, asDeclared(methods.urn, news))),
      diff: async (id, olds, news) => {
        const diff = await call(methods.diff(id, olds, news));
        return { ...diff, changes: diff.changes === true };
      },
      create: (inputs) => call(methods.create(inputs)),
      read: async (id, olds) => {
        const read = await call(methods.read(id, olds));
        return read.id === "" ? undefined : { id: read.id, outputs: read.outputs };
      },
      update: (id, olds, news) => call(methods.update(id, olds, news)),
      delete: (id, olds) => call(methods.delete(id, olds)),
    };
  }

  /** SIGKILL while the nth request is under way. */
  private killAt(plugin: ProviderProcess, { nth, arrived }: NonNullable<CommandOptions["kill"]>) {
    const { faults, requests } = this.emulator;
    faults.add({ nth, hang: true, commit: arrived });
    const death = { isDead: false, stop: (): void => clearInterval(timer) };
    const timer = setInterval(() => {
      if (!requests.some(({ status }) => status === "hang")) return;
      death.isDead = true;
      process.kill(plugin.pid, "SIGKILL");
      clearInterval(timer);
    }, 1);
    return death;
  }

  /** Renamed into place, so that no process reads half of it. */
  private setClock(): void {
    const file = join(this.folder, "clock");
    writeFileSync(`${file}.new`, String(this.elapsed + this.wrongBy));
    renameSync(`${file}.new`, file);
  }
}

function runtimeName(type: Resource): Uncapitalize<ClassName> {
  const [name] = Object.entries(resources).find(([, each]) => each === type)!;
  return (name.charAt(0).toLowerCase() + name.slice(1)) as Uncapitalize<ClassName>;
}

/** What reaches the provider of a declaration: the constructor of a dynamic class adds what the plugin adds by itself. */
function asDeclared(urn: string, news: Properties): Properties {
  const given = without(news, "__owner");
  if (isPluginHost) return given;
  const inPlugin = urn.replace("pulumi-nodejs:dynamic/wayscloud:", "wayscloud-account:index:");
  return withDefaults(resourceOf(inPlugin), {}, given);
}
