// The examples, each run as its README says: up, up again without a change, what it is there to show, destroy.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changesIn } from "../support/stack";
import { configure, exampleFile, openExample } from "../support/examples";
import { API_KEYS, openEmulator, publicKey, secretsOf, SSH_KEYS, takeRequests } from "../support/world";
import type { Emulator } from "../../src/emulator";

jest.setTimeout(120_000);

const accountOf = (emulator: Emulator): Record<string, string> => ({
  WAYSCLOUD_ENDPOINT: emulator.url,
  WAYSCLOUD_API_KEY: emulator.apiKey,
});

test("account and vps: keys pass from stack to stack, the service key as a secret; a new SSH key leaves servers alone", async () => {
  const emulator = await openEmulator();
  const account = await openExample("account", { env: accountOf(emulator) });
  await account.up();
  const vps = await openExample("vps", {
    // The same backend, as for every pair of stacks of which one reads the other; and no credential of the account.
    env: { WAYSCLOUD_ENDPOINT: emulator.url, PULUMI_BACKEND_URL: account.env["PULUMI_BACKEND_URL"]! },
  });
  takeRequests(emulator);
  expect(changesIn(await vps.up())).toEqual({ created: 3 });
  const [key] = emulator.account.liveApiKeys();
  expect(emulator.requests.map(({ method, path, credentialId }) => [method, path, credentialId])).toEqual([
    ["POST", "/v1/vps", key!.id],
    ["POST", "/v1/vps", key!.id],
  ]);
  const before = emulator.account.vps();
  expect(before.map(({ name, plan, region }) => [name, plan, region]).sort()).toEqual([
    ["web-1", "NO-Start-Linux-2cpu-4096mb-30gb", "NO"],
    ["web-2", "NO-Start-Linux-2cpu-4096mb-30gb", "NO"],
  ]);
  const fingerprints = emulator.account.sshKeys().map(({ fingerprint }) => fingerprint);
  expect(before[0]!.fingerprints.sort()).toEqual(fingerprints.sort());

  // Anna gets a new key.
  const changed = exampleFile("account", "team.ts").replace(/ssh-ed25519 \S+ anna/, `${publicKey("anna")} anna`);
  account.writeFile("team.ts", changed);
  expect(changesIn(await account.up())).toMatchObject({ replaced: 1 });
  expect(changesIn(await vps.up(["--expect-no-changes"]))).toEqual({ unchanged: 3 });
  expect(emulator.account.vps()).toEqual(before);

  await vps.destroy();
  expect(emulator.account.vps()).toEqual([]);
  await account.destroy();
  expect(emulator.account.liveApiKeys()).toEqual([]);
  expect(emulator.account.sshKeys()).toEqual([]);
  await vps.assertNoSecrets(secretsOf(emulator));
  await account.assertNoSecrets(secretsOf(emulator));
});

test("team-ssh-keys: a file that comes or goes is a member who joins or leaves", async () => {
  const emulator = await openEmulator();
  const team = await openExample("team-ssh-keys", { env: accountOf(emulator) });
  expect(changesIn(await team.up())).toEqual({ created: 3 });
  expect(changesIn(await team.up(["--expect-no-changes"]))).toEqual({ unchanged: 3 });
  const [, bjarne] = emulator.account.sshKeys().sort((a, b) => a.name.localeCompare(b.name));

  team.writeFile("keys/carl.pub", `${publicKey("carl")} carl@example.com\n`);
  rmSync(join(team.folder, "keys/bjarne.pub"));
  takeRequests(emulator);
  expect(changesIn(await team.up())).toMatchObject({ created: 1, deleted: 1, unchanged: 2 });
  expect(takeRequests(emulator)).toEqual([`POST ${SSH_KEYS}`, `DELETE ${SSH_KEYS}/${bjarne!.id}`]);

  await team.destroy();
  expect(emulator.account.sshKeys()).toEqual([]);
});

test("multi-account: every account gets its own keys, made with its own credential", async () => {
  const [production, staging] = [await openEmulator(), await openEmulator()];
  const both = await openExample("multi-account");
  await configure(both, {
    plain: {
      publicKey: publicKey("deploy"),
      productionEndpoint: production.url,
      stagingEndpoint: staging.url,
    },
    secret: { productionApiKey: production.apiKey, stagingApiKey: staging.apiKey },
  });
  expect(changesIn(await both.up())).toEqual({ created: 7 });
  for (const { account, requests } of [production, staging]) {
    expect(account.sshKeys().map(({ name }) => name)).toEqual(["deploy"]);
    expect(account.liveApiKeys().map(({ service }) => service)).toEqual(["dns"]);
    expect(requests.map(({ status }) => status).sort()).toEqual([200, 201, 201]);
  }
  expect(changesIn(await both.up(["--expect-no-changes"]))).toEqual({ unchanged: 7 });
  await both.destroy();
  expect([production, staging].flatMap(({ account }) => [...account.liveApiKeys(), ...account.sshKeys()])).toEqual([]);
  await both.assertNoSecrets(secretsOf(production, staging));
});

test("rotation-consumer: the store has the new key before the old one is revoked", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rotation-consumer-"));
  const secretFile = join(folder, "storage-key");
  try {
    // What the application would read at the very moment of a revocation.
    const seen: string[] = [];
    const emulator = await openEmulator({
      onRequest: ({ method }) => {
        if (method === "DELETE" && existsSync(secretFile)) seen.push(readFileSync(secretFile, "utf8"));
      },
    });
    const stack = await openExample("rotation-consumer", { env: accountOf(emulator) });
    await configure(stack, { plain: { quarter: "2026-Q4", secretFile } });
    expect(changesIn(await stack.up())).toEqual({ created: 3 });
    const [first] = emulator.account.liveApiKeys();
    expect(readFileSync(secretFile, "utf8")).toBe(first!.key);
    expect(statSync(secretFile).mode & 0o777).toBe(0o600);
    expect(changesIn(await stack.up(["--expect-no-changes"]))).toEqual({ unchanged: 3 });
    takeRequests(emulator);

    await configure(stack, { plain: { quarter: "2027-Q1" } });
    expect(changesIn(await stack.up())).toMatchObject({ replaced: 1, updated: 1 });
    const [made, revoked] = emulator.requests;
    expect([made!.method, made!.path]).toEqual(["POST", `${API_KEYS}/service`]);
    expect([revoked!.method, revoked!.path]).toEqual(["DELETE", `${API_KEYS}/${first!.id}`]);
    const [second] = emulator.account.liveApiKeys();
    expect(seen).toEqual([second!.key]);
    const log = readFileSync(`${secretFile}.log`, "utf8").trim().split("\n");
    const stored = Date.parse(log[1]!.split(" ")[0]!);
    expect(log).toHaveLength(2);
    expect(stored).toBeGreaterThanOrEqual(made!.time);
    expect(stored).toBeLessThanOrEqual(revoked!.time);

    await stack.destroy();
    expect(emulator.account.liveApiKeys()).toEqual([]);
    await stack.assertNoSecrets(secretsOf(emulator));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
