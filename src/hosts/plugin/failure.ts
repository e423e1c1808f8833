// Errors for gRPC: a message for the user, and the state to keep after a partial failure.
import type { ServerErrorResponse } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";

import { errorMessage } from "../../errors";
import { withoutSecrets } from "./current-call";
import { grpc } from "./sdk";
import type { Struct } from "./sdk";

/** The state to keep although the call failed. */
export class ResourceInitFailed extends Error {
  constructor(
    readonly id: string,
    readonly outputs: Struct,
    readonly inputs: Struct | undefined,
    message: string,
  ) {
    super(message);
  }
}

/** Call within the call that failed. */
function shown(message: string): string {
  return withoutSecrets(message).toWellFormed();
}

export function statusOf(error: unknown): Partial<ServerErrorResponse> {
  const message = shown(errorMessage(error));
  const status = { code: grpc.status.UNKNOWN, details: message, message };
  if (!(error instanceof ResourceInitFailed)) return status;
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(detailsOf(error).serializeBinary()));
  return { ...status, metadata };
}

function detailsOf({ id, outputs, inputs, message }: ResourceInitFailed): Status {
  const kept = new ErrorResourceInitFailed();
  kept.setId(id);
  kept.setProperties(outputs);
  kept.setReasonsList([shown(message)]);
  if (inputs) kept.setInputs(inputs);
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(shown(message));
  status.addDetails().pack(kept.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  return status;
}
