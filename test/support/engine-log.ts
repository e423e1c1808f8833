// The engine's log service, as a provider finds it: keeps what it is told.
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";

type Line = [urn: string, message: string];

/** Every line of the package is a sentence. */
export function sentence(line: string): string {
  if (!/^[A-Z].*[.)]$/s.test(line)) throw new Error(`not a sentence: ${line}`);
  return line;
}

export class EngineLog {
  address = "";
  private readonly server = new Server();

  private constructor(
    private readonly warnings: Line[],
    private readonly news: Line[],
  ) {}

  static start(warnings: Line[] = [], news: Line[] = []): Promise<EngineLog> {
    const engine = new EngineLog(warnings, news);
    engine.server.addService(EngineService, {
      log: ({ request }: { request: LogRequest }, respond: (error: null, empty: Empty) => void) => {
        const lines = request.getSeverity() === LogSeverity.INFO ? news : warnings;
        lines.push([request.getUrn(), sentence(request.getMessage())]);
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
    return [...this.warnings, ...this.news].map(([, message]) => message);
  }

  stop(): void {
    this.server.forceShutdown();
  }
}
