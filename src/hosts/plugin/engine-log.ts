// The engine's log service: what is said there appears in the user's terminal, at the resource.
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";

import { urnOfCall, withoutSecrets } from "./call-scope";
import { grpc } from "./sdk";

let client: EngineClient | undefined;

/** The address comes as an argument of the process, with Handshake and with Attach; the last one counts. */
export function connectEngine(address: string | undefined): void {
  if (!address) return;
  client?.close();
  client = new EngineClient(address, grpc.credentials.createInsecure());
}

const LONGEST_WAIT_MS = 2_000;
const pending = new Set<Promise<void>>();

/** A warning at the resource of the running call. */
export function warn(message: string): void {
  const request = new LogRequest();
  request.setSeverity(LogSeverity.WARNING);
  request.setMessage(withoutSecrets(message));
  request.setUrn(urnOfCall());
  const sent = new Promise<void>((resolve) => {
    // A provider must do without an engine that listens.
    const options = { deadline: Date.now() + LONGEST_WAIT_MS };
    if (client) client.log(request, new grpc.Metadata(), options, () => resolve());
    else resolve();
  });
  pending.add(sent);
  void sent.then(() => pending.delete(sent));
}

/** Until everything said has arrived: the engine ends a plugin whose calls are answered. */
export async function logged(): Promise<void> {
  await Promise.all(pending);
}
