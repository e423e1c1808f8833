// The engine's log service, as a provider finds it: keeps what it is told.
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";

type Warning = [urn: string, message: string];

export class EngineLog {
  address = "";
  private readonly server = new Server();

  private constructor(private readonly warnings: Warning[]) {}

  static start(warnings: Warning[] = []): Promise<EngineLog> {
    const engine = new EngineLog(warnings);
    engine.server.addService(EngineService, {
      log: ({ request }: { request: LogRequest }, respond: (error: null, empty: Empty) => void) => {
        warnings.push([request.getUrn(), request.getMessage()]);
        respond(null, new Empty());
      },
    });
    return new Promise((resolve, reject) => {
      engine.server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
        engine.address = `127.0.0.1:${port}`;
        if (error) reject(error);
        else resolve(engine);
      });
    });
  }

  get messages(): string[] {
    return this.warnings.map(([, message]) => message);
  }

  stop(): void {
    this.server.forceShutdown();
  }
}
