// A provider process, started from the user's install as the engine starts it and asked over gRPC: that of `@pulumi/pulumi`, or with TEST_HOST=plugin the
// executable of the package.
import { createInterface } from "node:readline";
import { join } from "node:path";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { RuntimeName } from "../../src/resources/dynamic-resource";
import { EngineLog } from "./engine-log";
import {
  cleanEnvironment,
  fastStart,
  makeProjectFolder,
  nodeProgram,
  sdkFolder,
  userInstall,
} from "./install";

/** What the program passes for a value that is not known yet, whatever its type (`pulumi.runtime.unknownValue`). */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** How the plugin's values are marked as secret. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

export const isPluginHost = process.env["TEST_HOST"] === "plugin";

export type Properties = Record<string, any>;

export type ResourceName = Extract<RuntimeName, "sshKey" | "serviceKey" | "personalAccessToken">;

export interface CheckResult {
  /** Without `__provider`. */
  inputs: Properties;
  failures: { property: string; reason: string }[];
}

export interface DiffResult {
  /** Undefined: the provider did not say, and the engine compares by itself. */
  changes: boolean | undefined;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

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
  readonly #client: ResourceProviderClient;
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
    this.#client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
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
    if (addressBy === "handshake")
      await plugin.call("handshake", new messages.ProviderHandshakeRequest().setEngineAddress(address));
    await plugin.configure(config);
    return plugin;
  }

  /** Keys with their namespace, such as `wayscloud:apiKey`. The engine calls it once, before anything else. */
  async configure(config: Record<string, string>): Promise<void> {
    const request = new messages.ConfigureRequest();
    const named = Object.entries(config).map(([key, value]) => [
      isPluginHost ? key.replace(/^wayscloud:/, "") : key,
      value,
    ]);
    request.setArgs(struct(Object.fromEntries(named)));
    await this.call("configure", request);
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

  /** Ends the engine without a signal to its plugins, as SIGKILL does: nothing answers at its address any more. */
  killEngine(): void {
    this.engine?.stop();
  }

  /** How the process ended by itself. */
  async ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    await this.#ended;
    return { code: this.#child.exitCode, signal: this.#child.signalCode };
  }

  /** Ends the process by SIGINT as the engine does, unless it has ended already, and says how it ended. */
  async close(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    this.#client.close();
    this.#child.kill("SIGINT");
    await this.#ended;
    this.engine?.stop();
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(this.home, { recursive: true, force: true });
    return { code: this.#child.exitCode, signal: this.#child.signalCode };
  }

  /** @internal Any method of the provider protocol. */
  async call<Response>(method: string, request: object): Promise<Response> {
    // The stack of the test that called: gRPC's own says nothing about it.
    const caller = new Error();
    return new Promise<Response>((resolve, reject) => {
      const client = this.#client as unknown as Record<string, (...args: unknown[]) => void>;
      client[method]!(request, (error: ServiceError | null, response: Response) => {
        if (error === null) {
          resolve(response);
        } else {
          const failure = partialFailure(error) ?? new Error(error.details);
          failure.stack = `${failure.message}\n${caller.stack ?? ""}`;
          reject(failure);
        }
      });
    });
  }
}

export class ResourceMethods {
  /** The text that stands in users' state; a test may set another one to try an old or a broken state. */
  provider: string;
  readonly urn: string;
  readonly #plugin: ProviderProcess;

  constructor(plugin: ProviderProcess, kind: RuntimeName, name: string, stack: string) {
    this.#plugin = plugin;
    this.provider = plugin.providerCode(kind);
    const type = isPluginHost ? "wayscloud-account:index:" : "pulumi-nodejs:dynamic/wayscloud:";
    const className = kind.charAt(0).toUpperCase() + kind.slice(1);
    this.urn = `urn:pulumi:${stack}::test::${type}${className}::${name}`;
  }

  /** `olds` are the old inputs, `{}` at creation. */
  async check(olds: Properties, news: Properties): Promise<CheckResult> {
    const request = new messages.CheckRequest();
    request.setUrn(this.urn);
    // At creation the engine passes nothing at all, not even the provider's text.
    request.setOlds(Object.keys(olds).length === 0 ? struct({}) : this.#properties(olds));
    request.setNews(this.#properties(news));
    const response = await this.#plugin.call<messages.CheckResponse>("check", request);
    const failures = response.getFailuresList();
    return {
      inputs: plain(response.getInputs()),
      failures: failures.map((each) => ({ property: each.getProperty(), reason: each.getReason() })),
    };
  }

  /** `olds` are the old outputs, `news` the new checked inputs. */
  async diff(id: string, olds: Properties, news: Properties): Promise<DiffResult> {
    const request = new messages.DiffRequest();
    request.setId(id);
    request.setUrn(this.urn);
    request.setOlds(this.#properties(olds));
    request.setNews(this.#properties(news));
    const response = await this.#plugin.call<messages.DiffResponse>("diff", request);
    const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
    const changes = response.getChanges();
    return {
      changes: changes === DIFF_SOME ? true : changes === DIFF_NONE ? false : undefined,
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async create(inputs: Properties): Promise<{ id: string; outputs: Properties }> {
    const request = new messages.CreateRequest();
    request.setUrn(this.urn);
    request.setProperties(this.#properties(inputs));
    const response = await this.#plugin.call<messages.CreateResponse>("create", request);
    return { id: response.getId(), outputs: plain(response.getProperties()) };
  }

  /** At refresh `properties` are the old outputs, in a `.get` the constructor's. An empty `id` in the answer means gone. */
  async read(
    id: string,
    properties: Properties,
  ): Promise<{ id: string; outputs: Properties; inputs?: Properties }> {
    const request = new messages.ReadRequest();
    request.setId(id);
    request.setUrn(this.urn);
    request.setProperties(this.#properties(properties));
    // At a refresh the engine knows the inputs as well, by which the plugin tells it from a `get`.
    if (isPluginHost && Object.keys(properties).length > 0) request.setInputs(struct(properties));
    const response = await this.#plugin.call<messages.ReadResponse>("read", request);
    const inputs = response.getInputs();
    return {
      id: response.getId(),
      outputs: plain(response.getProperties()),
      ...(inputs === undefined ? {} : { inputs: plain(inputs) }),
    };
  }

  /** `olds` are the old outputs, `news` the new checked inputs; answers all outputs. */
  async update(id: string, olds: Properties, news: Properties): Promise<Properties> {
    const request = new messages.UpdateRequest();
    request.setId(id);
    request.setUrn(this.urn);
    request.setOlds(this.#properties(olds));
    request.setNews(this.#properties(news));
    const response = await this.#plugin.call<messages.UpdateResponse>("update", request);
    return plain(response.getProperties());
  }

  async delete(id: string, outputs: Properties): Promise<void> {
    const request = new messages.DeleteRequest();
    request.setId(id);
    request.setUrn(this.urn);
    request.setProperties(this.#properties(outputs));
    await this.#plugin.call("delete", request);
  }

  #properties(properties: Properties): Struct {
    return struct(isPluginHost ? properties : { ...properties, __provider: this.provider });
  }
}

function struct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties);
}

/** Nobody's test is about `__provider`, which the SDK puts back into every answer, or about the secrets' wrapping. */
function plain(value: Struct | undefined): Properties {
  const properties: Properties = value?.toJavaScript() ?? {};
  const entries = Object.entries(properties).filter(([key]) => key !== "__provider");
  return Object.fromEntries(
    entries.map(([key, each]) => [key, each?.[SIGNATURE] === undefined ? each : each.value]),
  );
}

/** gRPC for Node does not decode status details; the SDK packs the failed object into them. */
function partialFailure(error: ServiceError): PartialFailure | undefined {
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  if (!(bytes instanceof Uint8Array)) {
    return undefined;
  }
  const status = Status.deserializeBinary(new Uint8Array(bytes));
  for (const detail of status.getDetailsList()) {
    if (detail.getTypeName() === "pulumirpc.ErrorResourceInitFailed") {
      const failed = messages.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
      const properties = failed.getProperties()?.toJavaScript() ?? {};
      return new PartialFailure(
        status.getMessage(),
        failed.getId(),
        plain(failed.getProperties()),
        failed.getReasonsList(),
        isPluginHost || "__provider" in properties,
      );
    }
  }
  return undefined;
}
