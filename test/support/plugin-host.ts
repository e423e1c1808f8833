// The provider wayscloud-account in this process, asked over gRPC as the engine asks it, with an engine that listens to its messages.
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";

import { EngineLog } from "./engine-log";
import { startServer } from "../../src/hosts/plugin/server";
import { removeNotes } from "../../src/lifecycle/notes";

export type Properties = Record<string, any>;

const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const secret = (value: unknown): Properties => ({
  [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270",
  value,
});

/** `parent` is the type of the parent, if it has one. */
export function urnOf(className: string, name = "db", parent = ""): string {
  const parents = parent === "" ? "" : `${parent}$`;
  return `urn:pulumi:dev::test::${parents}wayscloud-account:index:${className}::${name}`;
}

/** A failed call: what the user reads, and what the state keeps. */
export class CallFailure extends Error {
  constructor(
    message: string,
    readonly kept?: { id: string; properties: Properties; inputs: Properties; reasons: string[] },
  ) {
    super(message);
  }
}

export class PluginHost {
  /** `[URN, message]` of what the user's terminal would show. */
  readonly warnings: [urn: string, message: string][] = [];
  readonly news: [urn: string, message: string][] = [];
  private readonly stops: (() => void)[] = [];
  private client!: ResourceProviderClient;
  private engine!: EngineLog;

  /** Another provider process of the same command has the same engine. */
  static async start(config: Properties = {}, other?: PluginHost): Promise<PluginHost> {
    const host = new PluginHost();
    const engine = (host.engine = other?.engine ?? (await EngineLog.start(host.warnings, host.news)));
    if (!other) host.stops.push(() => engine.stop());
    const { port, server } = await startServer();
    host.stops.push(() => server.forceShutdown());
    host.client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    await host.call("handshake", new messages.ProviderHandshakeRequest().setEngineAddress(engine.address));
    await host.configure(config);
    return host;
  }

  configure(config: Properties, urn = ""): Promise<unknown> {
    return this.call("configure", new messages.ConfigureRequest().setArgs(struct(config)).setUrn(urn));
  }

  stop(): void {
    removeNotes();
    this.client.close();
    for (const stop of this.stops) stop();
  }

  async check(urn: string, olds: Properties, news: Properties, seed = "") {
    const request = new messages.CheckRequest().setUrn(urn).setOlds(struct(olds)).setNews(struct(news));
    request.setRandomseed(Buffer.from(seed));
    return checked(await this.call<messages.CheckResponse>("check", request));
  }

  async checkConfig(news: Properties) {
    const request = new messages.CheckRequest().setUrn(providerUrn).setOlds(struct({})).setNews(struct(news));
    return checked(await this.call<messages.CheckResponse>("checkConfig", request));
  }

  diff(urn: string, id: string, olds: Properties, oldInputs: Properties, news: Properties) {
    return this.diffOf("diff", urn, id, olds, oldInputs, news);
  }

  diffConfig(olds: Properties, news: Properties) {
    return this.diffOf("diffConfig", providerUrn, "", olds, olds, news);
  }

  async create(urn: string, inputs: Properties, { preview = false, timeout = 0 } = {}) {
    const request = new messages.CreateRequest().setUrn(urn).setProperties(struct(inputs));
    request.setPreview(preview).setTimeout(timeout);
    const response = await this.call<messages.CreateResponse>("create", request);
    return { id: response.getId(), outputs: plain(response.getProperties()) };
  }

  async read(urn: string, id: string, properties: Properties = {}, inputs: Properties = {}) {
    const request = new messages.ReadRequest().setUrn(urn).setId(id);
    request.setProperties(struct(properties)).setInputs(struct(inputs));
    const response = await this.call<messages.ReadResponse>("read", request);
    const [outputs, found] = [plain(response.getProperties()), plain(response.getInputs())];
    return { id: response.getId(), outputs, inputs: found };
  }

  async update(urn: string, id: string, olds: Properties, news: Properties, preview = false) {
    const request = new messages.UpdateRequest().setUrn(urn).setId(id).setPreview(preview);
    request.setOlds(struct(olds)).setNews(struct(news));
    return plain((await this.call<messages.UpdateResponse>("update", request)).getProperties());
  }

  async delete(urn: string, id: string, properties: Properties): Promise<void> {
    const request = new messages.DeleteRequest().setUrn(urn).setId(id).setProperties(struct(properties));
    await this.call("delete", request);
  }

  async invoke(name: string, args: Properties = {}) {
    const request = new messages.InvokeRequest().setTok(`wayscloud-account:index:${name}`);
    request.setArgs(struct(args));
    return plain((await this.call<messages.InvokeResponse>("invoke", request)).getReturn());
  }

  async schema(): Promise<Properties> {
    const response = await this.call<messages.GetSchemaResponse>(
      "getSchema",
      new messages.GetSchemaRequest(),
    );
    return JSON.parse(response.getSchema());
  }

  /** Checks and creates, as `up` does, and answers inputs and state. */
  async up(urn: string, declared: Properties) {
    const { inputs, failures } = await this.check(urn, {}, declared);
    expect(failures).toEqual([]);
    return { inputs, ...(await this.create(urn, inputs)) };
  }

  call<Response>(method: string, request: object): Promise<Response> {
    return new Promise<Response>((resolve, reject) => {
      const client = this.client as unknown as Record<string, (...args: unknown[]) => void>;
      client[method]!(request, (error: ServiceError | null, response: Response) => {
        if (error === null) resolve(response);
        else reject(failureOf(error));
      });
    });
  }

  private async diffOf(
    method: "diff" | "diffConfig",
    urn: string,
    id: string,
    olds: Properties,
    oldInputs: Properties,
    news: Properties,
  ) {
    const request = new messages.DiffRequest().setUrn(urn).setId(id).setOlds(struct(olds));
    request.setOldInputs(struct(oldInputs)).setNews(struct(news));
    const response = await this.call<messages.DiffResponse>(method, request);
    const details = response.getDetaileddiffMap().toArray() as unknown as [string, number[]][];
    return {
      changes: response.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME,
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
      details: Object.fromEntries(details.map(([name, [kind = 0]]) => [name, kindNames[kind]])),
    };
  }
}

const providerUrn = "urn:pulumi:dev::test::pulumi:providers:wayscloud-account::default";
const kindNames = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];

function struct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties);
}

function plain(value: Struct | undefined): Properties {
  return value?.toJavaScript() ?? {};
}

function checked(response: messages.CheckResponse) {
  const failures = response.getFailuresList();
  return {
    inputs: plain(response.getInputs()),
    failures: failures.map((each) => ({ property: each.getProperty(), reason: each.getReason() })),
  };
}

function failureOf(error: ServiceError): CallFailure {
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  if (!(bytes instanceof Buffer)) return new CallFailure(error.details);
  const [detail] = Status.deserializeBinary(new Uint8Array(bytes)).getDetailsList();
  const kept = messages.ErrorResourceInitFailed.deserializeBinary(detail!.getValue_asU8());
  return new CallFailure(error.details, {
    id: kept.getId(),
    properties: plain(kept.getProperties()),
    inputs: plain(kept.getInputs()),
    reasons: kept.getReasonsList(),
  });
}
