// Invokes: the data functions of the package, never answered from before what the caller waited for.
import { emulator, host, urnOf } from "../support/plugin-host";
import { unknown } from "../support/provider-client";
import { publicKey } from "../support/public-key";
import { takeRequests } from "../support/requests";

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

test("a call sees what another process made before it, and calls at the same time share a request", async () => {
  expect(await host.invoke("getSshKeys")).toEqual({ sshKeys: [] });
  emulator.account.addSshKey({ name: "elsewhere", publicKey: publicKey(1) });
  expect((await host.invoke("getSshKeys"))["sshKeys"]).toHaveLength(1);
  takeRequests(emulator);
  await Promise.all(Array.from({ length: 20 }, () => host.invoke("getSshKey", { name: "elsewhere" })));
  expect(takeRequests(emulator).length).toBeLessThanOrEqual(3);
});

test.each([
  ["getApiKeys", { keytype: "pat" }, /getApiKeys: unknown filter `keytype`; did you mean "keyType"\?/],
  ["getApiKeys", { isActive: "yes" }, /`isActive` must be a boolean, not a/],
  ["getSshKey", {}, /specify exactly one of `id`, `name` and `fingerprint`/],
  ["getSshKey", { name: "none" }, /no SSH key with the name "none"/],
  ["getProfile", { name: "x" }, /getProfile: unknown filter `name`\. There are no filters\.$/],
  ["getNothing", {}, /no such function; there are `getProfile`/],
])("%s(%j) is refused", async (name, args, reason) => {
  await expect(host.invoke(name, args)).rejects.toThrow(reason);
});

test("arguments that are not known yet have no answer yet, and make no request", async () => {
  expect(await host.invoke("getSshKey", { name: unknown })).toEqual({});
  expect(takeRequests(emulator)).toEqual([]);
});
