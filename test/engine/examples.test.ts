// The programs of examples/: they compile strictly against the package's built types, and run as their READMEs say.
import { existsSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { compileStrictly, copyExample, exampleFile, exampleNames } from "../support/examples";
import { linkTools, openBareExample, openExample } from "../support/examples";
import { projectFolder, temporaryFolder } from "../support/layouts";
import { rareTest } from "../support/rare";
import { API_KEYS, liveIds, openEmulator, publicKey, SSH_KEYS, takeRequests } from "../support/engine";

test("all examples compile, with the strictest options too", () => {
  const folder = projectFolder("examples");
  for (const name of exampleNames()) copyExample(name, join(folder, name));
  linkTools(folder, "@pulumi/policy", "@types/jest");
  compileStrictly(folder, {
    ...{ noUnusedLocals: true, noUnusedParameters: true, noImplicitOverride: true },
    types: ["node", "jest"],
  });
});

test.each(exampleNames())("%s is laid out like the others", (name) => {
  expect(exampleFile(name, "Pulumi.yaml")).toMatch(
    new RegExp(`^name: ${name}\nruntime: nodejs\ndescription: .+\n$`),
  );
  const { dependencies, ...manifest } = JSON.parse(exampleFile(name, "package.json"));
  expect(manifest).toMatchObject({ name, private: true, main: "index.ts" });
  expect(JSON.parse(exampleFile(name, "tsconfig.json")).compilerOptions.strict).toBe(true);
  // By its name nothing may be installed that somebody else may have published: the README installs the packed file.
  expect(dependencies).not.toHaveProperty("pulumi-wayscloud");
  expect(exampleFile(name, "README.md").split("\n").length).toBeGreaterThanOrEqual(
    name === "quickstart" ? 10 : 30,
  );
});

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

rareTest("multi-account: every account gets its own keys, made with its own credential", async () => {
  const [production, staging] = [await openEmulator(), await openEmulator()];
  const both = await openBareExample("multi-account");
  const endpoints = { productionEndpoint: production.url, stagingEndpoint: staging.url };
  await both.configure({
    plain: { publicKey: publicKey("deploy"), ...endpoints },
    secret: { productionToken: production.apiKey, stagingToken: staging.apiKey },
  });
  expect((await both.up()).changes).toEqual({ created: 7 });
  for (const { account, requests } of [production, staging]) {
    expect(account.sshKeys().map(({ name }) => name)).toEqual(["deploy"]);
    expect(account.liveApiKeys().map(({ service }) => service)).toEqual(["dns"]);
    expect(requests.map(({ status }) => status).sort()).toEqual([200, 201, 201]);
  }
  expect((await both.up(["--expect-no-changes"])).changes).toEqual({ unchanged: 7 });
  await both.destroy();
  expect([production, staging].flatMap(liveIds)).toEqual([]);
});

test("rotation-consumer: the store has the new key before the old one is revoked, or the old one stays", async () => {
  const folder = temporaryFolder();
  const secretFile = join(folder, "storage-key");
  // What the application would read at the very moment of a revocation.
  const seen: string[] = [];
  const { emulator, stack } = await openExample("rotation-consumer", {
    onRequest: ({ method }) => {
      if (method === "DELETE" && existsSync(secretFile)) seen.push(readFileSync(secretFile, "utf8"));
    },
  });
  await stack.configure({ plain: { quarter: "2026-Q4", secretFile } });
  expect((await stack.up()).changes).toEqual({ created: 3 });
  const [first] = emulator.account.liveApiKeys();
  expect(readFileSync(secretFile, "utf8")).toBe(first!.key);
  expect(statSync(secretFile).mode & 0o777).toBe(0o600);
  expect((await stack.up(["--expect-no-changes"])).changes).toEqual({ unchanged: 3 });

  await stack.configure({ plain: { quarter: "2027-Q1" } });
  const { changes, requests } = await stack.up();
  expect(changes).toMatchObject({ replaced: 1, updated: 1 });
  expect(requests).toEqual([`POST ${API_KEYS}/service`, `DELETE ${API_KEYS}/${first!.id}`]);
  const [made, revoked] = emulator.requests.slice(-2);
  const [second] = emulator.account.liveApiKeys();
  expect(seen).toEqual([second!.key]);
  const log = readFileSync(`${secretFile}.log`, "utf8").trim().split("\n");
  const stored = Date.parse(log[1]!.split(" ")[0]!);
  expect(log).toHaveLength(2);
  expect(stored).toBeGreaterThanOrEqual(made!.time);
  expect(stored).toBeLessThanOrEqual(revoked!.time);

  // While the store is down, the key that the application has stays good.
  await stack.configure({ plain: { quarter: "2027-Q2" } });
  renameSync(folder, `${folder}-away`);
  const failed = await stack.up([], { fails: true });
  renameSync(`${folder}-away`, folder);
  expect(failed.requests).toEqual([`POST ${API_KEYS}/service`]);
  await stack.expectDestroyed();
});
