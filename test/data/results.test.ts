// What data functions return: copies, one entry or a clear error, whatever the spelling of a fingerprint.
import { createHash } from "node:crypto";
import * as wayscloud from "../../src";
import { auditApiKeys } from "../../src/data/audit";
import { startEmulator } from "../../src/emulator";
import type { Emulator } from "../../src/emulator";
import { environmentOf, useAccount } from "../support/environment";
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

test("an SSH key that is not there is a NotFoundError; several are an error of their own that names them", async () => {
  await expect(wayscloud.getSshKey({ name: "nobody" })).rejects.toThrow(wayscloud.NotFoundError);
  await expect(wayscloud.getSshKey({ name: "nobody" })).rejects.toThrow(
    'getSshKey: the account has no SSH key with the name "nobody".',
  );
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
const sha256 = createHash("sha256").update(blob).digest();
const md5 = createHash("md5").update(blob).digest("hex");
const base64 = sha256.toString("base64").replace(/=+$/, "");
const colons = (hex: string): string => hex.replace(/..(?!$)/g, "$&:");

test.each([
  `SHA256:${base64}`,
  `SHA256:${base64}=`,
  base64,
  `${base64}=`,
  ` SHA256:${base64}\n`,
  `256 SHA256:${base64} deploy@example (ED25519)`,
  `sha256:${base64}`,
  sha256.toString("hex"),
  `SHA256:${colons(sha256.toString("hex"))}`,
])("the fingerprint %j finds the key", async (fingerprint) => {
  const { id } = emulator.account.addSshKey({ name: "deploy", publicKey: publicKey("print") });
  emulator.account.addSshKey({ name: "other", publicKey: publicKey("other") });
  expect((await wayscloud.getSshKey({ fingerprint })).id).toBe(id);
});

test.each([`MD5:${colons(md5)}`, colons(md5), md5])(
  "the MD5 fingerprint %j finds a key that the account lists by MD5; otherwise the error says what to give",
  async (fingerprint) => {
    const { id } = emulator.account.addSshKey({ name: "deploy", publicKey: publicKey("print") });
    const error: unknown = await wayscloud.getSshKey({ fingerprint }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(wayscloud.NotFoundError);
    expect((error as Error).message).toContain(
      "The account lists SHA256 fingerprints. Give it as `ssh-keygen -lf` prints it: SHA256:…",
    );
    const listedByMd5 = await startEmulator();
    try {
      Object.assign(process.env, environmentOf(listedByMd5));
      const entry = { id, name: "deploy", fingerprint: colons(md5), key_type: "ssh-ed25519", created_at: "" };
      listedByMd5.faults.add({ path: "/v1/account/ssh-keys", body: [entry] });
      expect((await wayscloud.getSshKey({ fingerprint })).id).toBe(id);
    } finally {
      await listedByMd5.close();
    }
  },
);

test.each(["deploy", "SHA256:short", publicKey("print"), ""])(
  "%j is not a fingerprint",
  async (fingerprint) => {
    await expect(wayscloud.getSshKey({ fingerprint })).rejects.toThrow(
      `getSshKey: \`fingerprint\` is not a fingerprint (${fingerprint.length} characters). Give it as \`ssh-keygen -lf\` prints it`,
    );
    expect(emulator.requests).toEqual([]);
  },
);
