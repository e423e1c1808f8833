// Invokes: the data functions of the package, from one request of a kind until the process itself changes something.
import type { Emulator } from "../../src/emulator";
import { useFreshPlugin } from "../support/fresh-plugin";
import { type PluginHost, unknown, urnOf } from "../support/plugin-host";
import { publicKey, takeRequests } from "../support/world";

let emulator: Emulator;
let host: PluginHost;
useFreshPlugin((...fresh) => ([emulator, host] = fresh));

test("every function answers what the account holds, in the words of the schema", async () => {
  await host.up(urnOf("SshKey", "deploy"), { publicKey: publicKey(1), name: "deploy" });
  const { properties } = (await host.schema())["functions"]["wayscloud-account:index:getProfile"].outputs;
  const profile = await host.invoke("getProfile");
  expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(profile)));
  expect(profile["customerId"]).toMatch(/^[0-9a-f-]{36}$/);
  const { services } = await host.invoke("getServices");
  const [first] = services;
  const some = await host.invoke("getServices", { name: first.name });
  expect(some["services"]).toContainEqual(first);
  expect(await host.invoke("getServices", { name: "none" })).toEqual({ services: [] });
  const { apiKeys } = await host.invoke("getApiKeys", { keyType: "pat", isActive: true });
  expect(apiKeys).toHaveLength(1);
  const { sshKeys } = await host.invoke("getSshKeys");
  expect(sshKeys).toEqual([expect.objectContaining({ name: "deploy" })]);
  expect(await host.invoke("getSshKey", { name: "deploy" })).toEqual(sshKeys[0]);
});

test("many calls of a kind cost one request, and one more after the process changed something", async () => {
  for (let count = 0; count < 3; count += 1) await host.invoke("getSshKeys");
  expect(takeRequests(emulator)).toEqual(["GET /v1/account/ssh-keys"]);
  await host.up(urnOf("SshKey"), { publicKey: publicKey(1) });
  takeRequests(emulator);
  expect((await host.invoke("getSshKeys"))["sshKeys"]).toHaveLength(1);
  expect(takeRequests(emulator)).toEqual(["GET /v1/account/ssh-keys"]);
});

test("a failed read is not remembered", async () => {
  emulator.faults.add({ method: "GET", status: 403 });
  await expect(host.invoke("getProfile")).rejects.toThrow(/403/);
  expect(await host.invoke("getProfile")).toHaveProperty("customerId");
});

test.each([
  ["getApiKeys", { keytype: "pat" }, /getApiKeys: unknown argument `keytype`; did you mean "keyType"\?/],
  ["getApiKeys", { isActive: "yes" }, /`isActive` must be a boolean, not a/],
  ["getSshKey", {}, /specify exactly one of `id`, `name` and `fingerprint`/],
  ["getSshKey", { name: "none" }, /no SSH key with the name "none"/],
  ["getNothing", {}, /no such function; there are `getProfile`/],
])("%s(%j) is refused", async (name, args, reason) => {
  await expect(host.invoke(name, args)).rejects.toThrow(reason);
});

test("arguments that are not known yet have no answer yet, and make no request", async () => {
  expect(await host.invoke("getSshKey", { name: unknown })).toEqual({});
  expect(takeRequests(emulator)).toEqual([]);
});
