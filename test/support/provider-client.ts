// A provider process asked over gRPC, as the engine asks it: the dynamic one, the plugin's, or a plugin in this process.
import { promisify } from "node:util";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";

export type Properties = Record<string, any>;

/** What the program passes for a value that is not known yet, whatever its type (`pulumi.runtime.unknownValue`). */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** How the plugin's values are marked as secret. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";

export const secret = (value: unknown): Properties => ({
  [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270",
  value,
});

/** A failed call: what the user reads, and what the state keeps. */
export class CallFailure extends Error {
  constructor(
    message: string,
    readonly kept?: { id: string; properties: Properties; inputs: Properties; reasons: string[] },
  ) {
    super(message);
  }
}

export interface CheckResult {
  inputs: Properties;
  failures: { property: string; reason: string }[];
}

const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
const KINDS = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];

export class ProviderClient {
  private readonly client: ResourceProviderClient;

  constructor(port: number | string) {
    this.client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  }

  close(): void {
    this.client.close();
  }

  handshake(engine: string): Promise<unknown> {
    return this.call("handshake", new messages.ProviderHandshakeRequest().setEngineAddress(engine));
  }

  configure(config: Properties, urn = ""): Promise<unknown> {
    return this.call("configure", new messages.ConfigureRequest().setArgs(struct(config)).setUrn(urn));
  }

  /** `olds` are the old inputs, `{}` at creation. */
  async check(
    urn: string,
    olds: Properties,
    news: Properties,
    seed = "",
    method = "check",
  ): Promise<CheckResult> {
    const request = new messages.CheckRequest().setUrn(urn).setOlds(struct(olds)).setNews(struct(news));
    request.setRandomseed(Buffer.from(seed));
    const response = await this.call<messages.CheckResponse>(method, request);
    const failures = response.getFailuresList();
    return {
      inputs: plain(response.getInputs()),
      failures: failures.map((each) => ({ property: each.getProperty(), reason: each.getReason() })),
    };
  }

  /** `olds` are the old outputs, `news` the new checked inputs. `changes` is undefined where the provider did not say. */
  async diff(
    urn: string,
    id: string,
    olds: Properties,
    oldInputs: Properties | undefined,
    news: Properties,
    method = "diff",
  ) {
    const request = new messages.DiffRequest().setUrn(urn).setId(id).setOlds(struct(olds));
    if (oldInputs) request.setOldInputs(struct(oldInputs));
    request.setNews(struct(news));
    const response = await this.call<messages.DiffResponse>(method, request);
    const changes = response.getChanges();
    const details = response.getDetaileddiffMap().toArray() as unknown as [string, number[]][];
    return {
      changes: changes === DIFF_SOME ? true : changes === DIFF_NONE ? false : undefined,
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
      details: Object.fromEntries(details.map(([name, [kind = 0]]) => [name, KINDS[kind]])),
    };
  }

  async create(urn: string, inputs: Properties, { preview = false, timeout = 0 } = {}) {
    const request = new messages.CreateRequest().setUrn(urn).setProperties(struct(inputs));
    request.setPreview(preview).setTimeout(timeout);
    const response = await this.call<messages.CreateResponse>("create", request);
    return { id: response.getId(), outputs: plain(response.getProperties()) };
  }

  /** An empty `id` in the answer means gone. With inputs it is a refresh, without a `get` or an import. */
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

  async invoke(token: string, args: Properties = {}): Promise<Properties> {
    const request = new messages.InvokeRequest().setTok(token).setArgs(struct(args));
    return plain((await this.call<messages.InvokeResponse>("invoke", request)).getReturn());
  }

  async schema(): Promise<Properties> {
    const request = new messages.GetSchemaRequest();
    return JSON.parse((await this.call<messages.GetSchemaResponse>("getSchema", request)).getSchema());
  }

  /** Any method of the provider protocol. */
  async call<Response>(method: string, request: object): Promise<Response> {
    // The stack of the test that called: gRPC's own says nothing about it.
    const { stack = "" } = new Error();
    const send: (
      request: object,
      callback: (error: ServiceError | null, response: Response) => void,
    ) => void = Reflect.get(this.client, method).bind(this.client);
    try {
      return await promisify(send)(request);
    } catch (error) {
      const failure = failureOf(error as ServiceError);
      failure.stack = `${failure.message}\n${stack}`;
      throw failure;
    }
  }
}

function struct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties);
}

function plain(value: Struct | undefined): Properties {
  return value?.toJavaScript() ?? {};
}

/** gRPC for Node does not decode status details; the SDK packs the object that a partial failure leaves into them. */
function failureOf(error: ServiceError): CallFailure {
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  if (!(bytes instanceof Uint8Array)) return new CallFailure(error.details);
  const status = Status.deserializeBinary(new Uint8Array(bytes));
  const detail = status
    .getDetailsList()
    .find((each) => each.getTypeName() === "pulumirpc.ErrorResourceInitFailed");
  if (!detail) return new CallFailure(error.details);
  const kept = messages.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
  return new CallFailure(status.getMessage(), {
    id: kept.getId(),
    properties: plain(kept.getProperties()),
    inputs: plain(kept.getInputs()),
    reasons: kept.getReasonsList(),
  });
}
