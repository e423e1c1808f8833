// Tests under the SDK's mocks: the resources that the program registers, and values of Outputs.
import * as pulumi from "@pulumi/pulumi";

/** Mocks the engine for a file of tests. Returns what is registered, as it comes; data functions get this answer. */
export function recordRegistrations(answer: object = {}): pulumi.runtime.MockResourceArgs[] {
  const registered: pulumi.runtime.MockResourceArgs[] = [];
  beforeAll(() =>
    pulumi.runtime.setMocks({
      newResource: (args) => {
        registered.push(args);
        return { id: `${args.name}-id`, state: args.inputs };
      },
      call: () => ({ ...answer }),
    }),
  );
  return registered;
}

export function valuesOf(...outputs: pulumi.Output<unknown>[]): Promise<unknown[]> {
  return Promise.all(outputs.map((output) => new Promise((resolve) => void output.apply(resolve))));
}
