// In milliseconds and without an engine: what does the program ask for? Mocks stand for the engine and the API.
import * as pulumi from "@pulumi/pulumi";

import { infrastructure } from "./infrastructure";

const asked: pulumi.runtime.MockResourceArgs[] = [];

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: (resource) => {
      asked.push(resource);
      // What the API would add. Inputs are not checked here: only the integration test would find a bad one.
      return { id: `id of ${resource.name}`, state: { ...resource.inputs, key: `key of ${resource.name}` } };
    },
    // Data functions ask here, and never the API. A list is returned bare.
    call: ({ token, inputs }) =>
      token === "wayscloud:index:getProfile" ? { customerId: "a customer" } : inputs,
  }),
);

/** The value of an output. */
function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => void output.apply(resolve));
}

test("there is a key for every service, and it is a secret", async () => {
  const { keys } = infrastructure({ publicKey: "ssh-ed25519 AAAA", services: ["dns", "vps"] });
  expect(await valueOf(keys)).toEqual({ dns: "key of dns", vps: "key of vps" });
  expect(await pulumi.isSecret(keys)).toBe(true);
});

test("no token lives longer than 90 days", async () => {
  asked.length = 0;
  await valueOf(infrastructure({ publicKey: "ssh-ed25519 AAAA", services: [] }).token);
  const tokens = asked.filter(({ type }) => type.endsWith("PersonalAccessToken"));
  expect(tokens.map(({ inputs }) => inputs.expiresInDays)).toEqual([90]);
});

test("the customer is that of the profile, which a mock answers", async () => {
  const { customer } = infrastructure({ publicKey: "ssh-ed25519 AAAA", services: [] });
  expect(await valueOf(customer)).toBe("a customer");
});
