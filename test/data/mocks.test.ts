// A user's unit test of a program with data functions: `mocks.call` answers, as for the functions of any provider, and the API is not asked.
import * as pulumi from "@pulumi/pulumi";
import * as wayscloud from "../../src";
import type { Emulator } from "../../src/emulator";
import { useAccount } from "../support/environment";
import { valueOf } from "../support/mocked";

let emulator: Emulator;
useAccount((fresh) => (emulator = fresh));

interface Asked {
  token: string;
  inputs: unknown;
}

async function mocked(call: (args: pulumi.runtime.MockCallArgs) => unknown): Promise<Asked[]> {
  const asked: Asked[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs }),
    call: (args) => {
      asked.push({ token: args.token, inputs: args.inputs });
      return call(args) as pulumi.runtime.MockCallResult;
    },
  });
  return asked;
}

const service = { id: "1", serviceType: "vps", name: "a", status: "running", createdAt: "", metadata: {} };

test("every function asks mocks.call with its token and arguments, and makes no request", async () => {
  const asked = await mocked(({ token }) => {
    if (token === "wayscloud:index:getProfile") return { customerId: "mocked" };
    return token === "wayscloud:index:getSshKey" ? { name: "deploy" } : [service];
  });
  expect((await wayscloud.getProfile()).customerId).toBe("mocked");
  expect(await wayscloud.getServices({ serviceType: "vps" })).toEqual([service]);
  expect(await wayscloud.getApiKeys({ isActive: true })).toEqual([service]);
  expect(await wayscloud.getSshKeys()).toEqual([service]);
  expect((await wayscloud.getSshKey({ name: "deploy" })).name).toBe("deploy");
  const plain = [
    { token: "wayscloud:index:getProfile", inputs: {} },
    { token: "wayscloud:index:getServices", inputs: { serviceType: "vps" } },
    { token: "wayscloud:index:getApiKeys", inputs: { isActive: true } },
    { token: "wayscloud:index:getSshKeys", inputs: {} },
    { token: "wayscloud:index:getSshKey", inputs: { name: "deploy" } },
  ];
  expect(asked.splice(0)).toEqual(plain);

  const later = pulumi.output("vps");
  expect(await valueOf(wayscloud.getProfileOutput().customerId)).toBe("mocked");
  expect(await valueOf(wayscloud.getServicesOutput({ serviceType: later }))).toEqual([service]);
  expect(await valueOf(wayscloud.getApiKeysOutput({ isActive: pulumi.output(true) }))).toEqual([service]);
  expect(await valueOf(wayscloud.getSshKeysOutput())).toEqual([service]);
  expect(await valueOf(wayscloud.getSshKeyOutput({ name: pulumi.output("deploy") }).name)).toBe("deploy");
  expect(asked).toEqual(plain);
  expect(emulator.requests).toEqual([]);
});

test("no credential is needed, and nothing is remembered from an earlier mock", async () => {
  process.env = { PATH: process.env.PATH, HOME: "/nonexistent" };
  await mocked(() => ({ customerId: "first" }));
  expect((await wayscloud.getProfile()).customerId).toBe("first");
  await mocked(() => ({ customerId: "second" }));
  expect((await wayscloud.getProfile()).customerId).toBe("second");
});

test.each([
  ["bare", [service, service], 2],
  ["named", { services: [service] }, 1],
  ["empty", [], 0],
  ["of a mock that returns nothing", {}, 0],
])("a mock may return a list %s", async (_, answer, length) => {
  await mocked(() => answer);
  expect(await wayscloud.getServices()).toHaveLength(length);
});

test("a mock that returns anything else for a list is told what to return", async () => {
  await mocked(({ inputs }) => inputs);
  await expect(wayscloud.getServices({ name: "a" })).rejects.toThrow(
    "The mock of wayscloud:index:getServices must return the list, or an object with the list as its only property.",
  );
});

test("what a mock says of a resource's outputs reaches the Output form, a secret stays one", async () => {
  const asked = await mocked(() => [service]);
  const key = new wayscloud.ServiceKey("dns", { service: "dns" });
  const found = wayscloud.getApiKeysOutput({ service: pulumi.secret(key.service) }, { dependsOn: [key] });
  expect(await valueOf(found.length)).toBe(1);
  expect(asked).toEqual([{ token: "wayscloud:index:getApiKeys", inputs: { service: "dns" } }]);
  expect(await pulumi.isSecret(found)).toBe(true);
});
