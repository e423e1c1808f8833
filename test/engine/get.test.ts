// The static `get` of each class: reads, manages nothing.
import { API_KEYS, openStack, publicKey, SSH_KEYS, takeRequests } from "../support/engine";

test("get looks up what the account holds, and destroying it leaves it there", async () => {
  const { emulator, stack } = await openStack();
  const ssh = emulator.account.addSshKey({ name: "held", publicKey: publicKey(1) });
  const key = emulator.account.addApiKey({
    service: "dns",
    description: "mine",
    createdAt: "2024-01-02T03:04:05Z",
  });
  const pat = emulator.account.addApiKey({ scopes: ["a:read"], isActive: false });
  stack.setProgram(
    `
      const ssh = wayscloud.SshKey.get("ssh", "${ssh.id}");
      const key = wayscloud.ServiceKey.get("key", pulumi.output("${key.id}"));
      const pat = wayscloud.PersonalAccessToken.get("pat", "${pat.id}");
      const { name, fingerprint, keyType, createdAt, vmCount, adopted } = ssh;
      const { service, description, scopes, keyPrefix, isActive } = key;
      return {
        ssh: { id: ssh.id, name, fingerprint, keyType, createdAt, vmCount, adopted },
        key: { id: key.id, service, description, scopes, keyPrefix, isActive, createdAt: key.createdAt },
        pat: { id: pat.id, scopes: pat.scopes, isActive: pat.isActive },
      };
    `,
  );
  await stack.up();
  expect(await stack.outputs()).toEqual({
    ssh: {
      id: ssh.id,
      name: "held",
      fingerprint: ssh.fingerprint,
      keyType: "ssh-ed25519",
      createdAt: ssh.createdAt,
      vmCount: 0,
      adopted: false,
    },
    key: {
      id: key.id,
      service: "dns",
      description: "mine",
      scopes: ["dns:read", "dns:write"],
      keyPrefix: key.keyPrefix,
      isActive: true,
      createdAt: "2024-01-02T03:04:05Z",
    },
    pat: { id: pat.id, scopes: ["a:read"], isActive: false },
  });
  expect(takeRequests(emulator).sort()).toEqual([`GET ${API_KEYS}`, `GET ${SSH_KEYS}`]);
  await stack.refresh(["--expect-no-changes"]);
  takeRequests(emulator);
  await stack.destroy();
  expect(takeRequests(emulator)).toEqual([]);
  expect(emulator.account.sshKeys()).toEqual([ssh]);
});

test("get of what the account does not hold fails at preview, naming kind and id", async () => {
  const { emulator, stack } = await openStack();
  const key = emulator.account.addApiKey({ service: "dns" });
  const pat = emulator.account.addApiKey({ scopes: ["a:read"] });
  for (const [code, said] of [
    [
      `SshKey.get("x", "${key.id}")`,
      `There is no SSH key with the id ${key.id}: the account does not have it.`,
    ],
    [
      `ServiceKey.get("x", "nothing")`,
      "There is no service key with the id nothing: the account does not have it.",
    ],
    [
      `ServiceKey.get("x", "${pat.id}")`,
      `There is no service key with the id ${pat.id}: it is not a service key, but`,
    ],
    [
      `PersonalAccessToken.get("x", "${key.id}")`,
      `There is no personal access token with the id ${key.id}: it is not a personal access token, but`,
    ],
  ] as const) {
    stack.setProgram(`wayscloud.${code};`);
    const { all } = await stack.preview([], { fails: true });
    expect(all).toContain(said);
    // What the SDK's process would print beside it.
    expect(all).not.toMatch(/NotFoundError|shown at the resource|^ +at .*hosts\/dynamic/m);
  }
});

test("an id that could lead elsewhere is refused before any request", async () => {
  const { emulator, stack } = await openStack();
  stack.setProgram(`wayscloud.ServiceKey.get("x", "../../account");`);
  const { all } = await stack.preview([], { fails: true });
  expect(all).toContain("The package rejected an id of 13 characters");
  // To the engine an empty id is none: what is left is a resource without its inputs.
  stack.setProgram(`wayscloud.SshKey.get("x", "");`);
  expect((await stack.up([], { fails: true })).all).toContain("`publicKey` is required");
  expect(takeRequests(emulator)).toEqual([]);
});
