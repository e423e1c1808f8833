// A provider process, started from the user's install as the engine starts it and asked over gRPC: that of `@pulumi/pulumi`, or with TEST_HOST=plugin the
// executable of the package.
import { join } from "node:path";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { type ClassName, classes, type Owner } from "../../src/fields/classes";
import { without } from "../../src/values";
import { Command } from "./command";
import { EngineLog } from "./engine-log";
import { PartialFailure } from "./engine-resources";
import { CallFailure, type CheckResult, type Properties, ProviderClient, SIGNATURE } from "./provider-client";
import {
  cleanEnvironment,
  fastStart,
  makeProjectFolder,
  nodeProgram,
  sdkFolder,
  userInstall,
} from "./install";

/** The provider objects of "pulumi-wayscloud/runtime". */
type RuntimeName = Uncapitalize<ClassName>;

export { type Properties, unknown } from "./provider-client";

export const isPluginHost = process.env["TEST_HOST"] === "plugin";

export type ResourceName = Extract<RuntimeName, "sshKey" | "serviceKey" | "personalAccessToken">;

export interface ProviderProcessOptions {
  /** Passed to `configure` at once. @default {} */
  config?: Record<string, string>;
  /** Variables on top of the clean environment. */
  env?: Record<string, string>;
  /** A file that Node loads first. */
  preload?: string | undefined;
  /** How the plugin learns the engine's address. @default "argument" */
  addressBy?: "argument" | "handshake";
}

let engines = 0;

/** An engine's address that nobody listens at, since the dynamic host must do without it; another one for every process. */
function anotherEngine(): string {
  engines += 1;
  return `127.${(process.pid >> 8) & 255}.${process.pid & 255}.${engines}:1`;
}

export class ProviderProcess {
  /** @internal */
  readonly client: ProviderClient;
  #run = 1;

  private constructor(
    private readonly command: Command,
    private readonly folders: string[],
    private readonly engine: EngineLog | undefined,
  ) {
    this.client = new ProviderClient(command.stdout.trim());
  }

  static async start(options: ProviderProcessOptions = {}): Promise<ProviderProcess> {
    const { config = {}, env = {}, preload, addressBy = "argument" } = options;
    const folder = makeProjectFolder("plugin");
    const home = mkdtempSync(join(tmpdir(), "plugin-home-"));
    const engine = isPluginHost ? await EngineLog.start() : undefined;
    const script = isPluginHost
      ? join(userInstall(), "node_modules/pulumi-wayscloud/plugin/pulumi-resource-wayscloud-account")
      : join(sdkFolder(), "cmd/dynamic-provider/index.js");
    const address = engine?.address ?? anotherEngine();
    const command = new Command(nodeProgram(), [script, ...(addressBy === "argument" ? [address] : [])], {
      cwd: folder,
      env: { ...cleanEnvironment(home, []), ...fastStart(preload), ...env },
    });
    await command.waitFor(/^\d+\n/m);
    const plugin = new ProviderProcess(command, [folder, home], engine);
    if (addressBy === "handshake") await plugin.client.handshake(address);
    await plugin.configure(config);
    return plugin;
  }

  /** Keys with their namespace, such as `wayscloud:apiKey`. The engine calls it once, before anything else. */
  async configure(config: Record<string, string>): Promise<void> {
    const named = Object.entries(config).map(([key, value]) => [
      isPluginHost ? key.replace(/^wayscloud:/, "") : key,
      value,
    ]);
    await this.client.configure(Object.fromEntries(named));
  }

  /** Begins another run in this process: it remembers nothing of those before, as one in a process of its own. */
  async nextRun(config: Record<string, string>): Promise<void> {
    this.#run += 1;
    await this.configure(config);
  }

  /** The text that stands in users' states. For a later run in this process it also loads the runtime anew, once. */
  providerCode(kind: RuntimeName): string {
    const constant = `exports.handler = () => require("pulumi-wayscloud/runtime").${kind}`;
    if (this.#run === 1) return constant;
    const forget = 'delete require.cache[require.resolve("pulumi-wayscloud/runtime")]';
    // As the process of another command it has another engine.
    const engine = `process.argv[2] = process.argv[2].replace(/\\d+$/, "${this.#run}")`;
    return `if (globalThis.run !== ${this.#run}) { ${forget}; ${engine}; globalThis.run = ${this.#run}; }\n${constant}`;
  }

  /** The methods of one kind of resource; `name` is the logical name in the URN. */
  resource(kind: RuntimeName, name = "db", stack = "dev", around: Around = (call) => call): ResourceMethods {
    return new ResourceMethods(this, kind, name, stack, around);
  }

  /** What the process has printed to stderr or told the engine, which the engine would show to the user. */
  stderr(): string {
    return [this.command.stderr, ...(this.engine?.messages ?? [])].join("\n").trimEnd();
  }

  /** What it has printed to stdout, the port among it. */
  stdout(): string {
    return this.command.stdout;
  }

  get pid(): number {
    return this.command.pid;
  }

  /** Ends the engine without a signal to its plugins, as SIGKILL does: nobody answers at its address, or reads stderr. */
  killEngine(): void {
    this.engine?.stop();
    this.command.closeStderr();
  }

  /** How the process ended by itself. */
  async ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    const { code, signal } = await this.command.done;
    return { code, signal };
  }

  /** Ends the process by SIGINT as the engine does, unless it has ended already, and says how it ended. */
  async close(): ReturnType<ProviderProcess["ended"]> {
    this.client.close();
    this.command.signal("SIGINT");
    const end = await this.ended();
    this.engine?.stop();
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
    return end;
  }
}

/** Wraps each call. */
type Around = <T>(call: Promise<T>) => Promise<T>;

/** The methods of one resource. What they return is without `__provider`. */
export class ResourceMethods {
  readonly urn: string;
  private readonly className: ClassName;
  private readonly owner: Owner;
  private readonly client: ProviderClient;
  /** The text that stands in users' state. */
  private readonly provider: string;

  constructor(
    process: ProviderProcess,
    kind: RuntimeName,
    name: string,
    stack: string,
    private readonly around: Around,
  ) {
    this.client = process.client;
    this.provider = process.providerCode(kind);
    const type = isPluginHost ? "wayscloud-account:index:" : "pulumi-nodejs:dynamic/wayscloud:";
    this.className = (kind.charAt(0).toUpperCase() + kind.slice(1)) as ClassName;
    this.urn = `urn:pulumi:${stack}::test::${type}${this.className}::${name}`;
    this.owner = { project: "test", stack, parents: "", name };
  }

  /** `olds` are the old inputs, `{}` at creation; `news` what the program declares. */
  async check(olds: Properties, news: Properties): Promise<CheckResult> {
    // At creation the engine passes nothing at all, not even the provider's text.
    const before = Object.keys(olds).length === 0 ? {} : this.sent(olds);
    const call = this.client.check(this.urn, before, this.sent(this.constructed(news)));
    const { inputs, failures } = await this.around(call);
    return { inputs: bare(inputs), failures };
  }

  /** `olds` are the old outputs, `news` the new checked inputs. */
  async diff(id: string, olds: Properties, news: Properties) {
    const call = this.client.diff(this.urn, id, this.sent(olds), undefined, this.sent(news));
    const { changes, ...diff } = await this.around(call);
    return { ...diff, changes: changes === true };
  }

  async create(inputs: Properties): Promise<{ id: string; outputs: Properties }> {
    const { id, outputs } = await this.around(kept(this.client.create(this.urn, this.sent(inputs))));
    return { id, outputs: bare(outputs) };
  }

  /** At refresh `properties` are the old outputs, in a `.get` the constructor's. `undefined`: gone. */
  async read(id: string, properties: Properties): Promise<{ id: string; outputs: Properties } | undefined> {
    // At a refresh the engine knows the inputs as well, by which the plugin tells it from a `get`.
    const inputs = isPluginHost ? properties : {};
    const read = await this.around(this.client.read(this.urn, id, this.sent(properties), inputs));
    return read.id === "" ? undefined : { id: read.id, outputs: bare(read.outputs) };
  }

  /** `olds` are the old outputs, `news` the new checked inputs; returns all outputs. */
  async update(id: string, olds: Properties, news: Properties): Promise<Properties> {
    const call = this.client.update(this.urn, id, this.sent(olds), this.sent(news));
    return bare(await this.around(kept(call)));
  }

  delete(id: string, outputs: Properties): Promise<void> {
    return this.around(this.client.delete(this.urn, id, this.sent(outputs)));
  }

  private sent(properties: Properties): Properties {
    return isPluginHost ? properties : { ...properties, __provider: this.provider };
  }

  /** The constructor of a dynamic class adds what the plugin adds by itself. */
  private constructed(declared: Properties): Properties {
    const given = without(declared, "__owner");
    if (isPluginHost) return given;
    return classes[this.className].withDefaults(given, this.owner, { isPreview: false, found: undefined });
  }
}

/** Nobody's test is about `__provider`, which the SDK puts back into every answer, or about the secrets' wrapping. */
function bare(properties: Properties): Properties {
  const entries = Object.entries(properties).filter(([key]) => key !== "__provider");
  return Object.fromEntries(
    entries.map(([key, each]) => [key, each?.[SIGNATURE] === undefined ? each : each.value]),
  );
}

async function kept<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof CallFailure) || !error.kept) throw error;
    const { id, properties, reasons } = error.kept;
    // Without `__provider` the engine could never delete the object.
    expect([reasons.length, isPluginHost || "__provider" in properties]).toEqual([1, true]);
    const failure = new PartialFailure(id, bare(properties), `${error.message}\n${reasons.join()}`);
    throw Object.assign(failure, { stack: error.stack });
  }
}
