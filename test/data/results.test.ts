// What data functions return: copies, one entry or a clear error, whatever the spelling of a fingerprint.
import { createHash } from "node:crypto";
import * as wayscloud from "../../src";
import { auditApiKeys } from "../../src/data/audit";
import type { Emulator } from "../../src/emulator";
import { useAccount } from "../support/environment";
import { publicKey } from "../support/public-key";

let emulator: Emulator;
useAccount((fresh) => (emulator = fresh));

test("callers at the same time share a response, but none sees what another does to it", async () => {
  emulator.account.addService({ name: "mine", metadata: { deep: { list: [1] } } });
  const services = () => wayscloud.getServices({ name: "mine" });
  const [[first], [second]] = await Promise.all([services(), services()]);
  first!.name = "changed";
  first!.metadata.deep = "changed";
  expect(second).toMatchObject({ name: "mine", metadata: { deep: { list: [1] } } });
  expect(emulator.requests).toHaveLength(1);
});

test("D10: outside of a Pulumi program nothing is older than the call, however often a script asks", async () => {
  const [a, b] = [publicKey(1), publicKey(2)].map((key, at) =>
    emulator.account.addSshKey({ name: `key ${at}`, publicKey: key }),
  );
  expect(await wayscloud.getSshKey({ name: "key 0" })).toMatchObject({ id: a!.id });
  emulator.account.remove(a!.id);
  await expect(wayscloud.getSshKey({ name: "key 0" })).rejects.toThrow(wayscloud.NotFoundError);
  const inactive = async () => (await auditApiKeys()).filter(({ finding }) => finding === "inactive");
  expect(await inactive()).toEqual([]);
  const { id } = emulator.account.addApiKey({ service: "dns", isActive: false });
  expect(await inactive()).toEqual([expect.objectContaining({ id })]);
  expect(await wayscloud.getSshKeys()).toEqual([expect.objectContaining({ id: b!.id })]);
});

test("a call reads what it was given, whatever the program changes afterwards", async () => {
  for (const name of ["one", "two"]) emulator.account.addSshKey({ name, publicKey: publicKey(name) });
  const args = { name: "one" };
  const found = wayscloud.getSshKey(args);
  args.name = "two";
  process.env.WAYSCLOUD_ENDPOINT = "http://127.0.0.1:9";
  expect(await found).toMatchObject({ name: "one" });
});

test("an SSH key that is not there is a NotFoundError that says which", async () => {
  const found = wayscloud.getSshKey({ name: "nobody" });
  await expect(found).rejects.toThrow(wayscloud.NotFoundError);
  await expect(found).rejects.toThrow('getSshKey: the account has no SSH key with the name "nobody".');
});

test("of several SSH keys that match none is chosen", async () => {
  const keys = [1, 2].map((which) =>
    emulator.account.addSshKey({ name: `k${which}`, publicKey: publicKey(which) }),
  );
  const body = keys.map(({ id }, index) => ({
    id,
    name: "same",
    fingerprint: `SHA256:${index}`,
    key_type: "ssh-ed25519",
    created_at: "2026-01-01T00:00:00Z",
  }));
  emulator.faults.add({ path: "/v1/account/ssh-keys", body });
  const error: unknown = await wayscloud.getSshKey({ name: "same" }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(wayscloud.AmbiguousMatchError);
  expect((error as Error).message).toBe(
    `getSshKey: the account has 2 SSH keys with the name "same" (ids ${keys[0]!.id}, ${keys[1]!.id}). Look the key up by \`id\`.`,
  );
});

const blob = Buffer.from(publicKey("print").split(" ")[1]!, "base64");
const digestOf = (algorithm: string): string => createHash(algorithm).update(blob).digest("hex");

test("a fingerprint in any spelling finds the key", async () => {
  const { id, fingerprint } = emulator.account.addSshKey({ name: "deploy", publicKey: publicKey("print") });
  emulator.account.addSshKey({ name: "other", publicKey: publicKey("other") });
  for (const spelling of [fingerprint, digestOf("sha256")])
    expect((await wayscloud.getSshKey({ fingerprint: spelling })).id).toBe(id);
});

test("an MD5 fingerprint finds a key that the account lists by MD5; otherwise the error says what to give", async () => {
  const { id } = emulator.account.addSshKey({ name: "deploy", publicKey: publicKey("print") });
  const fingerprint = digestOf("md5");
  const found = wayscloud.getSshKey({ fingerprint });
  await expect(found).rejects.toThrow(wayscloud.NotFoundError);
  await expect(found).rejects.toThrow(
    "The account lists SHA256 fingerprints. Give it as `ssh-keygen -lf` prints it: SHA256:…",
  );
  const entry = { id, name: "deploy", fingerprint: `MD5:${fingerprint.match(/../g)!.join(":")}` };
  emulator.faults.add({
    path: "/v1/account/ssh-keys",
    body: [{ ...entry, key_type: "ssh-ed25519", created_at: "" }],
  });
  expect((await wayscloud.getSshKey({ fingerprint })).id).toBe(id);
});

test.each([publicKey("print"), ""])("%j is not a fingerprint", async (fingerprint) => {
  await expect(wayscloud.getSshKey({ fingerprint })).rejects.toThrow(
    `getSshKey: \`fingerprint\` is not a fingerprint (${fingerprint.length} characters). Give it as \`ssh-keygen -lf\` prints it`,
  );
  expect(emulator.requests).toEqual([]);
});
