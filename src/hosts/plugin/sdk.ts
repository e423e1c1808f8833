// The gRPC and protobuf modules of Pulumi's SDK: messages from another copy would not match its definitions.
import { createRequire } from "node:module";
import type * as GrpcModule from "@grpc/grpc-js";
import type * as EmptyModule from "google-protobuf/google/protobuf/empty_pb";
import type * as StructModule from "google-protobuf/google/protobuf/struct_pb";

// They are dependencies of the SDK, not ours, so a strict package manager lets only the SDK find them.
const requireFromSdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));

export const grpc = requireFromSdk("@grpc/grpc-js") as typeof GrpcModule;
export const { Empty } = requireFromSdk("google-protobuf/google/protobuf/empty_pb") as typeof EmptyModule;
export const { Struct } = requireFromSdk("google-protobuf/google/protobuf/struct_pb") as typeof StructModule;
export type Struct = StructModule.Struct;
export type StructValue = StructModule.Value;
