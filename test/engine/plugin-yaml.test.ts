// YAML programs under the real engine, served by the plugin of the installed package: the quickstart, imports, and what may go wrong.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { accountOf, copyExample } from "../support/examples";
import { expectQuickstart } from "../support/quickstart";
import { changesIn } from "../support/stack";
import {
  API_KEYS,
  openEmulator,
  openStack,
  publicKey,
  secretsOf,
  SSH_KEYS,
  takeRequests,
} from "../support/world";
import { PLUGINS, speakYaml } from "../support/yaml";

// The language host is built the first time.
jest.setTimeout(400_000);

test("examples/yaml: up, unchanged, refresh, destroy, with the requests of the dynamic classes and no secret in the open", async () => {
  const emulator = await openEmulator();
  const stack = await openStack({ name: "yaml", env: accountOf(emulator) });
  copyExample("yaml", stack.folder);
  speakYaml(stack, "yaml");
  await expectQuickstart(stack, emulator);
});

test("pulumi import takes over one of each kind, and the next up with the printed code is unchanged", async () => {
  const emulator = await openEmulator();
  const stack = await openStack({ name: "import", env: accountOf(emulator) });
  speakYaml(stack, "import", "");
  const post = async (path: string, body: object): Promise<Record<string, string>> => {
    const headers = { "x-api-key": emulator.apiKey, "content-type": "application/json" };
    const answer = await fetch(emulator.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    return (await answer.json()) as Record<string, string>;
  };
  await post(SSH_KEYS, { name: "by hand", public_key: publicKey(1) });
  const { id: token } = await post(`${API_KEYS}/pat`, { scopes: ["ssh_keys:read", "services:read"] });
  const { id: dns, key } = await post(`${API_KEYS}/service`, { service: "dns", description: "by hand" });

  let code = "resources:\n";
  for (const [type, name, id] of [
    ["SshKey", "deploy", publicKey(1)],
    ["PersonalAccessToken", "ci", token],
    ["ServiceKey", "dns", dns],
  ]) {
    const args = [
      "import",
      `wayscloud-account:index:${type}`,
      name!,
      id!,
      "--yes",
      "--skip-preview",
      "--protect=false",
    ];
    const { stdout } = await stack.run(args);
    code += /^resources:\n((?: .*\n)+)/m.exec(stdout)?.[1] ?? "";
  }
  const declare = (body: string): void =>
    stack.writeFile("Pulumi.yaml", `name: import\nruntime: yaml\n${PLUGINS}${body}`);
  declare(code);
  takeRequests(emulator);
  expect(changesIn(await stack.up(["--expect-no-changes"]))).toEqual({ unchanged: 4 });
  expect(takeRequests(emulator)).toEqual([]);

  declare(code.replace("service: dns", `service: dns\n      existing: { id: ${dns}, key: ${key} }`));
  const supplied = await stack.up(["--diff"]);
  expect(changesIn(supplied)).toEqual({ updated: 1, unchanged: 3 });
  const { deployment } = await stack.exportState({ showSecrets: true });
  const resource = deployment.resources?.find(({ urn }) => urn.endsWith("::dns"));
  expect(resource?.outputs?.["key"]?.plaintext === JSON.stringify(key)).toBe(true);
  expect(changesIn(await stack.up(["--expect-no-changes"]))).toEqual({ unchanged: 4 });

  const rotating = ["import", "wayscloud-account:index:RotatingServiceKey", "r", dns!, "--yes"];
  const refused = await stack.run(rotating, { allowFail: true });
  expect(refused.all).toContain("Let it make its first key");
  await stack.destroy();
  expect([...emulator.account.liveApiKeys(), ...emulator.account.sshKeys()]).toEqual([]);
  await stack.assertNoSecrets(secretsOf(emulator));
});

test("a warning stands at its resource, a partial failure is kept, and the next up heals it", async () => {
  const emulator = await openEmulator();
  const stack = await openStack({ name: "faults", env: accountOf(emulator) });
  speakYaml(
    stack,
    "faults",
    "resources:\n  db:\n    type: wayscloud-account:ServiceKey\n    properties: { service: database }\n",
  );
  emulator.faults.add(
    { method: "POST", reset: true, commit: true },
    { method: "GET", path: API_KEYS, times: "always", status: 401 },
  );
  const failed = await stack.up([], { allowFail: true });
  expect(failed.code).not.toBe(0);
  expect(failed.all).toMatch(/wayscloud-account:index:ServiceKey \(db\):\n(?: {4}.*\n)*? {4}warning: .*lost/);
  const { deployment } = await stack.exportState();
  expect(deployment.resources?.at(-1)?.initErrors).toHaveLength(1);
  expect(emulator.account.liveApiKeys()).toHaveLength(1);
  emulator.faults.clear();
  await stack.up();
  expect(emulator.account.liveApiKeys()).toHaveLength(1);
  await stack.destroy();
  expect(emulator.account.liveApiKeys()).toEqual([]);
  await stack.assertNoSecrets(secretsOf(emulator));
});

test("the archive of a release serves a program from an empty PULUMI_HOME, without the package", async () => {
  const emulator = await openEmulator();
  const stack = await openStack({ name: "archive", env: accountOf(emulator) });
  speakYaml(stack, "archive");
  const type = "wayscloud-account:ServiceKey";
  stack.writeFile(
    "Pulumi.yaml",
    `name: archive\nruntime: yaml\nresources:\n  db:\n    type: ${type}\n    properties: { service: dns }\n`,
  );
  const folder = mkdtempSync(join(tmpdir(), "archives-"));
  try {
    const script = resolve(__dirname, "../../scripts/plugin/bundle.mjs");
    const archives = execFileSync(process.execPath, [script, folder], { encoding: "utf8" })
      .trim()
      .split("\n");
    expect(archives).toHaveLength(6);
    const [archive = ""] = archives;
    const [, version = ""] = /-v(\d+\.\d+\.\d+\S*)-linux-amd64\.tar\.gz$/.exec(archive) ?? [];
    await stack.run(["plugin", "install", "resource", "wayscloud-account", version, "--file", archive]);
    expect(changesIn(await stack.up())).toMatchObject({ created: 2 });
    await stack.destroy();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
