// The engine's log service: what is said there appears in the user's terminal, at the resource.
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";

import { urnOfCall } from "./call-scope";
import { grpc } from "./sdk";

let client: EngineClient | undefined;

/** The address comes as an argument of the process, with Handshake and with Attach; the last one counts. */
export function connectEngine(address: string | undefined): void {
  if (!address) return;
  client?.close();
  client = new EngineClient(address, grpc.credentials.createInsecure());
}

/** A warning at the resource of the running call. A provider must do without an engine that listens. */
export function warn(message: string): void {
  const request = new LogRequest();
  request.setSeverity(LogSeverity.WARNING);
  request.setMessage(message);
  request.setUrn(urnOfCall());
  client?.log(request, () => undefined);
}
