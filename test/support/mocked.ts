// Tests under the SDK's mocks: the resources that the program registers, and values of Outputs.
import * as pulumi from "@pulumi/pulumi";
import type { ClassName } from "../../src/fields/classes";

/** Mocks the engine for a file of tests. Returns what is registered, as it comes; data functions get this answer. */
export function recordRegistrations(answer: object = {}): pulumi.runtime.MockResourceArgs[] {
  const registered: pulumi.runtime.MockResourceArgs[] = [];
  beforeAll(() =>
    pulumi.runtime.setMocks({
      newResource: (args) => {
        registered.push(args);
        return { id: args.id || `${args.name}-id`, state: args.inputs };
      },
      call: () => ({ ...answer }),
    }),
  );
  return registered;
}

export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => void output.apply(resolve));
}

/** What a template literal makes of an Output. */
export function inText(output: { toString(): string }): string {
  return output.toString();
}

/** The required arguments of each class. */
export const REQUIRED_ARGS = {
  SshKey: { publicKey: "ssh-ed25519 AAAA" },
  SshKeySet: { publicKeys: { anna: "ssh-ed25519 AAAA" } },
  ServiceKey: { service: "dns" },
  PersonalAccessToken: { scopes: ["dns:read"] },
  RotatingServiceKey: { service: "dns", rotateEveryDays: 30 },
  RotatingPersonalAccessToken: { scopes: ["dns:read"], rotateEveryDays: 30 },
} as const satisfies Record<ClassName, object>;

export function valuesOf(...outputs: pulumi.Output<unknown>[]): Promise<unknown[]> {
  return Promise.all(outputs.map(valueOf));
}
