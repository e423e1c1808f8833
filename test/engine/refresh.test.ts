// What a refresh takes for gone, what it moves, and what `get` looks up.
import { API_KEYS, liveIds, openStack, publicKey, SSH_KEYS } from "../support/engine";

const six = ["kept", "gone"]
  .map(
    (name) => `
        new wayscloud.SshKey("ssh-${name}", { publicKey: "${publicKey(name)}" });
        new wayscloud.ServiceKey("key-${name}", { service: "dns" });
        new wayscloud.PersonalAccessToken("pat-${name}", { scopes: ["b:read", "a:read"], expiresInDays: 9 });`,
  )
  .join("\n");

test("what was deleted elsewhere is named and created once more; of the rest only what moves is new, and a service key's scopes", async () => {
  const { emulator, stack } = await openStack({ program: six });
  await stack.up();
  const state = async (): Promise<Record<string, any>> =>
    Object.fromEntries(
      (await stack.resources({ showSecrets: true })).map(({ urn, id, inputs, outputs }) => [
        urn.split("::").at(-1)!,
        { id, inputs, outputs },
      ]),
    );
  const before = await state();
  const { scopes, lastUsedAt, createdAt } = before["key-kept"].outputs;
  expect([scopes, lastUsedAt]).toEqual([null, null]);
  expect(Date.parse(createdAt)).toBeGreaterThan(Date.now() - 60_000);

  // Another clock, another spelling, and a key in use: only the last is news.
  const spelled = { created_at: "2001-01-01T00:00:00+02:00", key_prefix: "changed", description: "changed" };
  const used = { last_used_at: "2026-01-02T03:04:05Z" };
  emulator.faults.add({ method: "GET", path: API_KEYS, merge: { ...spelled, ...used }, times: "always" });
  const lists = [`GET ${API_KEYS}`, `GET ${SSH_KEYS}`];
  expect((await stack.refresh(["--expect-no-changes"])).requests.sort()).toEqual(lists);
  const moved = { lastUsedAt: used.last_used_at };
  const ofKey = { ...moved, scopes: ["dns:read", "dns:write"] };
  for (const [name, news] of [
    ["key-kept", ofKey],
    ["pat-kept", moved],
    ["ssh-kept", {}],
  ] as const)
    Object.assign(before[name].outputs, news);
  const kept = ["key-kept", "pat-kept", "ssh-kept"];
  const refreshed = await state();
  for (const name of kept) expect(refreshed[name]).toEqual(before[name]);
  await stack.preview(["--expect-no-changes"]);

  for (const name of ["ssh-gone", "key-gone", "pat-gone"]) emulator.account.remove(before[name].id);
  // A list may lag: what is that young is looked for twice more, in lists that all share.
  const thrice = lists.flatMap((list) => [list, list, list]);
  const { requests: lookedFor, stdout } = await stack.refresh();
  expect(lookedFor.sort()).toEqual(thrice);
  for (const name of [
    'SSH key "ssh-gone-',
    'API key "pulumi test/dev/key-gone #',
    'API key "pulumi test/dev/pat-gone #',
  ])
    expect(stdout).toMatch(
      new RegExp(
        `The ${name}[0-9a-f]{7}" \\(id [\\w-]+\\) is gone: the account's list is complete and does not show it\\.`,
      ),
    );
  expect(Object.keys(await state()).sort()).toEqual(kept);
  const { changes, requests } = await stack.up();
  expect(changes).toEqual({ created: 3, unchanged: 4 });
  expect(requests.sort()).toEqual([`POST ${API_KEYS}/pat`, `POST ${API_KEYS}/service`, `POST ${SSH_KEYS}`]);
  const after = await state();
  for (const name of kept) expect(after[name]).toEqual(before[name]);
  expect(liveIds(emulator)).toHaveLength(6);
});

test("get looks up what the account holds, and destroying it leaves it there", async () => {
  const { emulator, stack } = await openStack();
  const { account } = emulator;
  const createdAt = "2024-01-02T03:04:05Z";
  const ssh = account.addSshKey({ name: "held", publicKey: publicKey(1) });
  const key = account.addApiKey({ service: "dns", description: "mine", createdAt });
  const pat = account.addApiKey({ scopes: ["a:read"], isActive: false });
  stack.setProgram(`
    const ssh = wayscloud.SshKey.get("ssh", "${ssh.id}");
    const key = wayscloud.ServiceKey.get("key", pulumi.output("${key.id}"));
    const pat = wayscloud.PersonalAccessToken.get("pat", "${pat.id}");
    const { name, fingerprint, keyType, vmCount, adopted } = ssh;
    const { service, description, scopes, keyPrefix, isActive } = key;
    return {
      ssh: { id: ssh.id, name, fingerprint, keyType, createdAt: ssh.createdAt, vmCount, adopted },
      key: { id: key.id, service, description, scopes, keyPrefix, isActive, createdAt: key.createdAt },
      pat: { id: pat.id, scopes: pat.scopes, isActive: pat.isActive },
    };
  `);
  expect((await stack.up()).requests.sort()).toEqual([`GET ${API_KEYS}`, `GET ${SSH_KEYS}`]);
  const { id, name, fingerprint } = ssh;
  const { keyPrefix } = key;
  expect(await stack.outputs()).toEqual({
    ssh: {
      id,
      name,
      fingerprint,
      keyType: "ssh-ed25519",
      createdAt: ssh.createdAt,
      vmCount: 0,
      adopted: false,
    },
    key: {
      ...{ id: key.id, service: "dns", description: "mine", scopes: ["dns:read", "dns:write"], keyPrefix },
      ...{ isActive: true, createdAt },
    },
    pat: { id: pat.id, scopes: ["a:read"], isActive: false },
  });
  await stack.refresh(["--expect-no-changes"]);
  expect((await stack.destroy()).requests).toEqual([]);
  expect(account.sshKeys()).toEqual([ssh]);
});
