// A provider process, started from the user's install as the engine starts it and asked over gRPC: that of `@pulumi/pulumi`, or with TEST_HOST=plugin the
// executable of the package.
import { createInterface } from "node:readline";
import { join } from "node:path";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import type { ClassName } from "../../src/fields/classes";
import { EngineLog } from "./engine-log";
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

/** The object was made, but something after that failed: the engine saves it as init-failed. */
export class PartialFailure extends Error {
  constructor(
    message: string,
    readonly id: string,
    /** Without `__provider`. */
    readonly properties: Properties,
    readonly reasons: string[],
    /** Whether `__provider` was among the properties: without it the engine could never delete the object. */
    readonly hasProvider: boolean,
  ) {
    super(message);
  }
}

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
  readonly folder: string;
  /** HOME of the process: a test may put `.wayscloud/credentials` there. */
  readonly home: string;
  /** @internal */
  readonly client: ProviderClient;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #printed: { stdout: string; stderr: string };
  #run = 1;

  private constructor(
    folder: string,
    home: string,
    child: ChildProcess,
    port: string,
    printed: { stdout: string; stderr: string },
    private readonly engine: EngineLog | undefined,
  ) {
    this.folder = folder;
    this.home = home;
    this.#child = child;
    this.#printed = printed;
    this.#ended = new Promise((resolve) => child.once("close", resolve));
    this.client = new ProviderClient(port);
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
    const child = spawn(nodeProgram(), [script, ...(addressBy === "argument" ? [address] : [])], {
      cwd: folder,
      env: { ...cleanEnvironment(home, []), ...fastStart(preload), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const printed = { stdout: "", stderr: "" };
    child.stdout.on("data", (text: Buffer) => (printed.stdout += text.toString("utf8")));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (printed.stderr += text));
    const port = await new Promise<string>((resolve, reject) => {
      createInterface(child.stdout).once("line", resolve);
      child.once("error", reject);
      child.once("close", (code) =>
        reject(new Error(`the provider process ended with ${code}\n${printed.stderr}`)),
      );
    });
    const plugin = new ProviderProcess(folder, home, child, port, printed, engine);
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
  resource(kind: RuntimeName, name = "example", stack = "dev"): ResourceMethods {
    return new ResourceMethods(this, kind, name, stack);
  }

  /** What the process has printed to stderr or told the engine, which the engine would show to the user. */
  stderr(): string {
    return [this.#printed.stderr, ...(this.engine?.messages ?? [])].join("\n").trimEnd();
  }

  /** What it has printed to stdout, the port among it. */
  stdout(): string {
    return this.#printed.stdout;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Ends the engine without a signal to its plugins, as SIGKILL does: nobody answers at its address, or reads stderr. */
  killEngine(): void {
    this.engine?.stop();
    this.#child.stderr?.destroy();
  }

  /** How the process ended by itself. */
  async ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    await this.#ended;
    return { code: this.#child.exitCode, signal: this.#child.signalCode };
  }

  /** Ends the process by SIGINT as the engine does, unless it has ended already, and says how it ended. */
  async close(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    this.client.close();
    this.#child.kill("SIGINT");
    await this.#ended;
    this.engine?.stop();
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(this.home, { recursive: true, force: true });
    return { code: this.#child.exitCode, signal: this.#child.signalCode };
  }
}

export class ResourceMethods {
  /** The text that stands in users' state; a test may set another one to try an old or a broken state. */
  provider: string;
  readonly urn: string;
  readonly #client: ProviderClient;

  constructor(process: ProviderProcess, kind: RuntimeName, name: string, stack: string) {
    this.#client = process.client;
    this.provider = process.providerCode(kind);
    const type = isPluginHost ? "wayscloud-account:index:" : "pulumi-nodejs:dynamic/wayscloud:";
    const className = kind.charAt(0).toUpperCase() + kind.slice(1);
    this.urn = `urn:pulumi:${stack}::test::${type}${className}::${name}`;
  }

  /** `olds` are the old inputs, `{}` at creation. The answer is without `__provider`. */
  async check(olds: Properties, news: Properties): Promise<CheckResult> {
    // At creation the engine passes nothing at all, not even the provider's text.
    const before = Object.keys(olds).length === 0 ? {} : this.#with(olds);
    const { inputs, failures } = await this.#client.check(this.urn, before, this.#with(news));
    return { inputs: bare(inputs), failures };
  }

  /** `olds` are the old outputs, `news` the new checked inputs. */
  async diff(id: string, olds: Properties, news: Properties) {
    return this.#client.diff(this.urn, id, this.#with(olds), undefined, this.#with(news));
  }

  async create(inputs: Properties): Promise<{ id: string; outputs: Properties }> {
    const { id, outputs } = await kept(this.#client.create(this.urn, this.#with(inputs)));
    return { id, outputs: bare(outputs) };
  }

  /** At refresh `properties` are the old outputs, in a `.get` the constructor's. An empty `id` in the answer means gone. */
  async read(
    id: string,
    properties: Properties,
  ): Promise<{ id: string; outputs: Properties; inputs?: Properties }> {
    // At a refresh the engine knows the inputs as well, by which the plugin tells it from a `get`.
    const known = isPluginHost && Object.keys(properties).length > 0 ? properties : undefined;
    const { inputs, ...read } = await kept(this.#client.read(this.urn, id, this.#with(properties), known));
    return { id: read.id, outputs: bare(read.outputs), ...(inputs && { inputs: bare(inputs) }) };
  }

  /** `olds` are the old outputs, `news` the new checked inputs; answers all outputs. */
  async update(id: string, olds: Properties, news: Properties): Promise<Properties> {
    return bare(await kept(this.#client.update(this.urn, id, this.#with(olds), this.#with(news))));
  }

  async delete(id: string, outputs: Properties): Promise<void> {
    await kept(this.#client.delete(this.urn, id, this.#with(outputs)));
  }

  #with(properties: Properties): Properties {
    return isPluginHost ? properties : { ...properties, __provider: this.provider };
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
    const hasProvider = isPluginHost || "__provider" in properties;
    const failure = new PartialFailure(error.message, id, bare(properties), reasons, hasProvider);
    throw Object.assign(failure, { stack: error.stack });
  }
}
