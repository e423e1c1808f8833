// examples/multi-account and examples/rotation-consumer, run as their READMEs say.
import { existsSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { openBareExample, openExample } from "../support/examples";
import { temporaryFolder } from "../support/layouts";
import { rareTest } from "../support/rare";
import { API_KEYS, liveIds, openEmulator, publicKey } from "../support/engine";

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
