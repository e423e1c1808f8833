// Errors for gRPC: a message for the user, and the state to keep of an operation that is unfinished.
import type { ServerErrorResponse } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";

import { errorMessage } from "../../errors";
import type { EncodedOutcome } from "../resource-type";
import { withoutSecrets } from "./current-call";
import { grpc } from "./sdk";
import type { Struct } from "./sdk";

class Unfinished extends Error {
  readonly kept = new ErrorResourceInitFailed();
}

/** @throws if something is unfinished: the outputs and inputs still go into the state. */
export function orUnfinished(
  { id, unfinished }: EncodedOutcome,
  outputs: Struct,
  inputs: Struct | undefined,
): Struct {
  if (unfinished === undefined) return outputs;
  const error = new Unfinished(unfinished);
  error.kept.setId(id).setProperties(outputs).setInputs(inputs);
  throw error;
}

/** Call within the call that failed. */
export function statusOf(error: unknown): Partial<ServerErrorResponse> {
  const message = withoutSecrets(errorMessage(error)).toWellFormed();
  const answer = { code: grpc.status.UNKNOWN, details: message, message };
  if (!(error instanceof Unfinished)) return answer;
  const status = new Status().setCode(answer.code).setMessage(message);
  const kept = error.kept.setReasonsList([message]);
  status.addDetails().pack(kept.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { ...answer, metadata };
}
