// What tests of the plugin start with: for each test of the file an account, and the provider wayscloud-account in this process, asked over gRPC as the engine
// asks it, with an engine that listens to its messages.
import { startEmulator, type Emulator } from "../../src/emulator";
import { startServer } from "../../src/hosts/plugin/server";
import { removeNotes } from "../../src/lifecycle/notes";
import { EngineLog } from "./engine-log";
import { type CallFailure, type Properties, ProviderClient, secret } from "./provider-client";
import { liveIds } from "./requests";

/** What a call fails with. */
export function failureOf(call: Promise<unknown>): Promise<CallFailure> {
  return call.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: unknown) => error as CallFailure,
  );
}

/** `parent` is the type of the parent, if it has one. */
export function urnOf(className: string, name = "db", parent = ""): string {
  const parents = parent === "" ? "" : `${parent}$`;
  return `urn:pulumi:dev::test::${parents}wayscloud-account:index:${className}::${name}`;
}

const PROVIDER = "urn:pulumi:dev::test::pulumi:providers:wayscloud-account::default";

export class PluginHost extends ProviderClient {
  /** `[URN, message]` of what the user's terminal would show. */
  readonly warnings: [urn: string, message: string][] = [];
  readonly news: [urn: string, message: string][] = [];
  private readonly stops: (() => void)[] = [];
  private engine!: EngineLog;

  /** Another provider process of the same command has the same engine. */
  static async start(config: Properties = {}, other?: PluginHost): Promise<PluginHost> {
    const { port, server } = await startServer();
    const host = new PluginHost(port);
    const engine = (host.engine = other?.engine ?? (await EngineLog.start(host.warnings, host.news)));
    if (!other) host.stops.push(() => engine.stop());
    host.stops.push(() => server.forceShutdown());
    await host.handshake(engine.address);
    await host.configure(config);
    return host;
  }

  stop(): void {
    removeNotes();
    this.close();
    for (const stop of this.stops) stop();
  }

  checkConfig(news: Properties) {
    return this.check(PROVIDER, {}, news, "", "checkConfig");
  }

  diffConfig(olds: Properties, news: Properties) {
    return this.diff(PROVIDER, "", olds, olds, news, "diffConfig");
  }

  override invoke(name: string, args: Properties = {}): Promise<Properties> {
    return super.invoke(`wayscloud-account:index:${name}`, args);
  }

  /** Checks and creates, as `up` does, and answers inputs and state. */
  async up(urn: string, declared: Properties) {
    const { inputs, failures } = await this.check(urn, {}, declared);
    expect(failures).toEqual([]);
    return { inputs, ...(await this.create(urn, inputs)) };
  }
}

export let emulator: Emulator;
/** The process of the command at hand. */
export let host: PluginHost;

/** What the provider is configured with. */
export function account(): Properties {
  return { apiKey: secret(emulator.apiKey), endpoint: emulator.url };
}

async function start(): Promise<void> {
  host = await PluginHost.start(account());
}

beforeEach(async () => {
  emulator = await startEmulator();
  await start();
});
afterEach(() => {
  host.stop();
  return emulator.close();
});

/** The engine starts a process for each command. */
export async function nextCommand(): Promise<void> {
  host.stop();
  await start();
}

/** The ids of the live keys of both kinds. */
export const live = (): string[] => liveIds(emulator);

/** What the engine keeps of a resource. */
export interface State {
  id: string;
  inputs: Properties;
  outputs: Properties;
}

/** The next `up` of a program that declares this: the checked inputs, and what `diff` says. */
export async function next(urn: string, state: State, declared: Properties, process = host) {
  const { inputs, failures } = await process.check(urn, state.inputs, declared);
  expect(failures).toEqual([]);
  return { inputs, diff: await process.diff(urn, state.id, state.outputs, state.inputs, inputs) };
}
