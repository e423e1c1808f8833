// The provider wayscloud-account in this process, asked over gRPC as the engine asks it, with an engine that listens to its messages.
import { EngineLog } from "./engine-log";
import { type CallFailure, type Properties, ProviderClient } from "./provider-client";
import { startServer } from "../../src/hosts/plugin/server";
import { removeNotes } from "../../src/lifecycle/notes";

export { type CallFailure, type Properties, secret, unknown } from "./provider-client";

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

  override async read(urn: string, id: string, properties: Properties = {}, inputs: Properties = {}) {
    return { inputs: {}, ...(await super.read(urn, id, properties, inputs)) };
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
