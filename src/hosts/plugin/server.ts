// The provider as a gRPC service: each method of the protocol, the server that listens, and its end.
import { promisify } from "node:util";

import type { handleUnaryCall, Server } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";

import { packageFile } from "../../package-file";
import { version, pluginDownloadURL, repository } from "../../version";
import { PluginAccount, checkConfig, configured, diffConfig } from "./configuration";
import { withinCall } from "./current-call";
import { connectEngine, logged, watchEngine } from "./engine-log";
import { statusOf } from "./failure";
import { invoke } from "./invoke";
import { ResourceCalls } from "./resource-calls";
import { Empty, grpc } from "./sdk";

/** The result of an invoke in a large stack can exceed gRPC's default limit of 4 MB. */
const LARGEST_MESSAGE = 400 * 1024 * 1024;

let running = 0;

function unary<Request extends object, Response>(
  work: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return ({ request }, respond) => {
    const { getUrn, getTimeout } = request as { getUrn?: () => string; getTimeout?: () => number };
    running += 1;
    const answer = async (): Promise<Response> => work(request);
    const done = async (finish: () => void): Promise<void> => {
      await logged();
      running -= 1;
      try {
        finish();
      } catch {
        // An error that gRPC cannot encode must not end the process: other calls may be creating a key.
        respond({ code: grpc.status.INTERNAL, details: "The response could not be sent." });
      }
    };
    withinCall(getUrn?.call(request) ?? "", getTimeout?.call(request) ?? 0, () => {
      answer().then(
        (response) => done(() => respond(null, response)),
        (error: unknown) => done(() => respond(statusOf(error))),
      );
    });
  };
}

/** The methods that the provider has; gRPC answers the others as not implemented. */
function implementation(): Partial<IResourceProviderServer> {
  let account = new PluginAccount();
  const resources = new ResourceCalls(() => account);
  return {
    handshake: unary(handshake),
    attach: unary((request: { getAddress(): string }) => {
      connectEngine(request.getAddress());
      return new Empty();
    }),
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    getSchema: unary(schema),
    checkConfig: unary(checkConfig),
    diffConfig: unary(diffConfig),
    configure: unary((request: messages.ConfigureRequest) => {
      account = configured(request);
      return capabilities();
    }),
    check: unary((request: messages.CheckRequest) => resources.check(request)),
    diff: unary((request: messages.DiffRequest) => resources.diff(request)),
    create: unary((request: messages.CreateRequest) => resources.create(request)),
    read: unary((request: messages.ReadRequest) => resources.read(request)),
    update: unary((request: messages.UpdateRequest) => resources.update(request)),
    delete: unary((request: messages.DeleteRequest) => resources.delete(request)),
    invoke: unary((request: messages.InvokeRequest) => invoke(request, account.responses)),
    // Running calls continue: a creation that is stopped halfway would be lost.
    cancel: unary(() => new Empty()),
  };
}

function handshake(request: messages.ProviderHandshakeRequest): messages.ProviderHandshakeResponse {
  connectEngine(request.getEngineAddress());
  return new messages.ProviderHandshakeResponse().setAcceptSecrets(true).setAcceptResources(true);
}

/** The same facts for an engine that does not call Handshake. */
function capabilities(): messages.ConfigureResponse {
  return new messages.ConfigureResponse()
    .setAcceptsecrets(true)
    .setAcceptresources(true)
    .setSupportspreview(true);
}

function schema(request: messages.GetSchemaRequest): messages.GetSchemaResponse {
  if (request.getVersion() !== 0) throw new Error(`unsupported schema version ${request.getVersion()}`);
  return new messages.GetSchemaResponse().setSchema(JSON.stringify(packageSpec()));
}

export async function startServer(engineAddress?: string): Promise<{ port: number; server: Server }> {
  connectEngine(engineAddress);
  const server = new grpc.Server({ "grpc.max_receive_message_length": LARGEST_MESSAGE });
  server.addService(ResourceProviderService, implementation() as IResourceProviderServer);
  const bind = promisify(server.bindAsync.bind(server));
  return { port: await bind("127.0.0.1:0", grpc.ServerCredentials.createInsecure()), server };
}

/**
 * Ends the process after the engine's SIGINT (the engine then waits 5 s), a terminal's SIGINT, or the
 * engine's end. Running requests finish first: the key of a POST must reach the state, if there is still an
 * engine to write it.
 */
export function endWithEngine(server: Server): void {
  const end = (): void => {
    if (running === 0) process.exit(0);
    server.tryShutdown(() => whenIdle(() => process.exit(0)));
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
  watchEngine(end);
}

/** The connections of an engine that is gone end at once, but not the calls from them. */
function whenIdle(done: () => void): void {
  if (running === 0) done();
  else setTimeout(() => whenIdle(done), 50);
}

/** The schema with its version and, in a release, its addresses. */
export function packageSpec(): object {
  const committed = JSON.parse(packageFile("plugin/schema.json")) as object;
  if (repository === undefined) return { ...committed, version };
  const logoUrl = `${repository}/raw/v${version}/assets/logo.svg`;
  return { ...committed, version, homepage: repository, repository, logoUrl, pluginDownloadURL };
}
