// A user's unit test of a program with the SDK's mocks: no engine, no account, no request.
import * as pulumi from "@pulumi/pulumi";
import * as wayscloud from "../src";
import type { Emulator } from "../src/emulator";
import { useAccount } from "./support/environment";
import { cpuTime } from "./support/fake-timing";
import { valueOf, valuesOf } from "./support/mocked";
import { secret } from "./support/provider-client";

const started = cpuTime();
let emulator: Emulator;
useAccount((fresh) => (emulator = fresh));

/** Mocks the engine; returns what it was asked for. */
async function mocked(call: (args: pulumi.runtime.MockCallArgs) => unknown = () => ({})) {
  const [created, asked] = [new Map<string, unknown>(), [] as { token: string; inputs: unknown }[]];
  await pulumi.runtime.setMocks({
    newResource({ name, type, inputs }) {
      created.set(name, inputs);
      const { namePrefix } = inputs as { namePrefix: string };
      if (type.endsWith(":SshKeySet")) return { id: name, state: { keys: { anna: `${namePrefix}anna` } } };
      const key = type.endsWith("Key") && { key: `key of ${name}` };
      return { id: `${name}-id`, state: { ...inputs, ...key } };
    },
    call({ token, inputs, ...args }) {
      asked.push({ token, inputs });
      return call({ token, inputs, ...args }) as pulumi.runtime.MockCallResult;
    },
  });
  return { created, asked };
}

test("outputs have the mocked values; a one-time key is a secret, and a public key is none", async () => {
  await mocked();
  const service = new wayscloud.ServiceKey("app", { service: "database" });
  const token = new wayscloud.PersonalAccessToken("ci", { scopes: ["ssh_keys:read"] });
  const ssh = new wayscloud.SshKey("deploy", { publicKey: "ssh-ed25519 AAAA" });
  const team = new wayscloud.SshKeySet("team", { publicKeys: { anna: "ssh-ed25519 AAAA" } });
  expect(await valuesOf(service.key, service.id, token.scopes, team.keys)).toEqual([
    ...["key of app", "app-id", ["ssh_keys:read"], { anna: "team-anna" }],
  ]);
  const outputs: pulumi.Output<unknown>[] = [
    service.key,
    token.key,
    service.service,
    ssh.publicKey,
    team.keys,
  ];
  const areSecret = await Promise.all(outputs.map((output) => pulumi.isSecret(output)));
  expect(areSecret).toEqual([true, true, false, false, false]);
  expect(wayscloud.ServiceKey.isInstance(service)).toBe(true);
  expect(wayscloud.SshKey.isInstance(service)).toBe(false);
  expect(wayscloud.PersonalAccessToken.isInstance({})).toBe(false);
});

test("an imported key is secret already as an input", async () => {
  const { created } = await mocked();
  const existing = { id: "1", key: "wayscloud_by_hand" };
  await valueOf(new wayscloud.ServiceKey("taken", { service: "dns", existing }).urn);
  expect(created.get("taken")).toMatchObject({ existing: secret(existing) });
});

const service = { id: "1", serviceType: "vps", name: "a", status: "running", createdAt: "", metadata: {} };

const FUNCTIONS = {
  ...{ getProfile: {}, getServices: { serviceType: "vps" }, getApiKeys: { isActive: true } },
  ...{ getSshKeys: {}, getSshKey: { name: "deploy" } },
};

test.each(Object.entries(FUNCTIONS))(
  "%s asks mocks.call with its token and arguments, and makes no request",
  async (name, inputs) => {
    const answer = name.endsWith("s") ? [service] : service;
    const { asked } = await mocked(() => answer);
    const { [name]: inPromise, [`${name}Output`]: inOutput } = wayscloud as unknown as Record<
      string,
      (args: object) => any
    >;
    expect(await inPromise!(inputs)).toEqual(answer);
    const later = Object.entries(inputs).map(([key, value]) => [key, pulumi.output(value)]);
    expect(await valueOf(inOutput!(Object.fromEntries(later)))).toEqual(answer);
    const one = { token: `wayscloud:index:${name}`, inputs };
    expect(asked).toEqual([one, one]);
    expect(emulator.requests).toEqual([]);
  },
);

test("no credential is needed, and nothing is remembered from an earlier mock", async () => {
  process.env = { PATH: process.env.PATH, HOME: "/nonexistent" };
  for (const customerId of ["first", "second"]) {
    await mocked(() => ({ customerId }));
    expect((await wayscloud.getProfile()).customerId).toBe(customerId);
  }
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

test("a mock that returns anything else for a list is an error that says what to return", async () => {
  await mocked(({ inputs }) => inputs);
  await expect(wayscloud.getServices({ name: "a" })).rejects.toThrow(
    "The mock of wayscloud:index:getServices must return the list, or an object with the list as its only property.",
  );
});

test("a mocked output reaches the Output form, and a secret stays one", async () => {
  const { asked } = await mocked(() => [service]);
  const key = new wayscloud.ServiceKey("dns", { service: "dns" });
  const found = wayscloud.getApiKeysOutput({ service: pulumi.secret(key.service) }, { dependsOn: [key] });
  expect(await valueOf(found.length)).toBe(1);
  expect(asked).toEqual([{ token: "wayscloud:index:getApiKeys", inputs: { service: "dns" } }]);
  expect(await pulumi.isSecret(found)).toBe(true);
});

test("all of this takes less than two seconds of the processor", () => {
  expect(cpuTime() - started).toBeLessThan(2_000);
});
