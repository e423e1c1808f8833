// examples/account, examples/vps and examples/team-ssh-keys, run as their READMEs say.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { exampleFile, openBareExample, openExample } from "../support/examples";
import { rareTest } from "../support/rare";
import { publicKey, SSH_KEYS, takeRequests } from "../support/engine";

test("account and vps: keys pass from stack to stack, as secrets; a new SSH key leaves servers alone", async () => {
  const { emulator, stack: account } = await openExample("account");
  expect((await account.up()).changes).toEqual({ created: 4 });
  expect((await account.up(["--expect-no-changes"])).changes).toEqual({ unchanged: 4 });
  const vps = await openBareExample("vps", {
    WAYSCLOUD_ENDPOINT: emulator.url,
    PULUMI_BACKEND_URL: account.env["PULUMI_BACKEND_URL"]!,
  });
  // An error that shows the key, from a server that means well.
  const [path, echo] = ["/v1/vps", { what: "credential", in: "body" } as const];
  emulator.faults.add({ method: "POST", path, times: 2, status: 500, echo });
  const failed = await vps.up([], { fails: true });
  expect(failed.all).toMatch(/POST \/v1\/vps was answered 500: .*\[secret\]/);
  takeRequests(emulator);
  // Created, but its state cannot be read: the engine keeps it, and the next update completes it.
  emulator.faults.add({ method: "GET", path: "/v1/vps/*", status: 500 });
  await vps.up([], { fails: true });
  expect((await vps.up()).code).toBe(0);
  const [key] = emulator.account.liveApiKeys();
  const posts = emulator.requests.filter(({ method }) => method === "POST");
  expect(posts.map(({ path }) => path)).toEqual(["/v1/vps", "/v1/vps"]);
  const served = emulator.requests.filter(({ status }) => status !== 500);
  expect(new Set(served.map(({ credentialId }) => credentialId))).toEqual(new Set([key!.id]));
  const outputs = await vps.outputs();
  expect(outputs["addresses"].sort()).toEqual(["203.0.113.1", "203.0.113.2"]);
  const before = emulator.account.vps();
  expect(before.map(({ name, plan, region }) => [name, plan, region]).sort()).toEqual([
    ["web-1.example.com", "NO-Start-Linux-2cpu-4096mb-30gb", "NO"],
    ["web-2.example.com", "NO-Start-Linux-2cpu-4096mb-30gb", "NO"],
  ]);
  const fingerprints = emulator.account.sshKeys().map(({ fingerprint }) => fingerprint);
  expect(before[0]!.fingerprints.sort()).toEqual(fingerprints.sort());

  // Anna gets a new key.
  const changed = exampleFile("account", "team.ts").replace(
    /ssh-ed25519 \S+ anna/,
    `${publicKey("anna")} anna`,
  );
  account.writeFile("team.ts", changed);
  expect((await account.up()).changes).toMatchObject({ replaced: 1 });
  expect((await vps.up(["--expect-no-changes"])).changes).toEqual({ unchanged: 3 });
  expect(emulator.account.vps()).toEqual(before);

  await vps.destroy();
  expect(emulator.account.vps()).toEqual([]);
  await account.expectDestroyed();
});

rareTest("team-ssh-keys: a file that comes or goes is a member who joins or leaves", async () => {
  const { emulator, stack: team } = await openExample("team-ssh-keys");
  expect((await team.up()).changes).toEqual({ created: 2 });
  expect((await team.up(["--expect-no-changes"])).changes).toEqual({ unchanged: 2 });
  const [, bjarne] = emulator.account.sshKeys().sort((a, b) => a.name.localeCompare(b.name));

  team.writeFile("keys/carl.pub", `${publicKey("carl")} carl@example.com\n`);
  rmSync(join(team.folder, "keys/bjarne.pub"));
  const { changes, requests } = await team.up();
  expect(changes).toEqual({ updated: 1, unchanged: 1 });
  expect(requests).toEqual([`POST ${SSH_KEYS}`, `DELETE ${SSH_KEYS}/${bjarne!.id}`]);
  await team.expectDestroyed();
});
