// Values of Outputs, for tests under the SDK's mocks.
import type * as pulumi from "@pulumi/pulumi";

export function valuesOf(...outputs: pulumi.Output<unknown>[]): Promise<unknown[]> {
  return Promise.all(outputs.map((output) => new Promise((resolve) => void output.apply(resolve))));
}
