// In ten seconds, with the real engine and the package's emulator: does it deploy, and is all gone in the end?
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { type Emulator, startEmulator } from "pulumi-wayscloud/emulator";

import { infrastructure } from "./infrastructure";

const publicKey =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl deploy@example";

let folder: string;
let emulator: Emulator;
let stack: Stack;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "integration-test-"));
  emulator = await startEmulator();
  stack = await LocalWorkspace.createOrSelectStack(
    {
      stackName: "test",
      projectName: "testing",
      program: async () => infrastructure({ publicKey, services: ["dns"] }),
    },
    {
      // Everything that the engine writes goes there: state, settings, logs.
      workDir: folder,
      pulumiHome: join(folder, "home"),
      envVars: {
        PULUMI_BACKEND_URL: `file://${folder}`,
        PULUMI_CONFIG_PASSPHRASE: "test",
      },
    },
  );
  // As configuration: data functions run in this process, which does not see `envVars`.
  await stack.setAllConfig({
    "wayscloud-account:endpoint": { value: emulator.url },
    "wayscloud-account:patToken": { value: emulator.apiKey, secret: true },
  });
}, 60_000);

afterAll(async () => {
  await emulator?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("what is deployed is what the account has, and nothing stays behind", async () => {
  const { outputs } = await stack.up();
  const live = emulator.account.liveApiKeys();
  const [dns, token] = ["service", "pat"].map((kind) => live.find(({ keyType }) => keyType === kind));
  expect(outputs.keys).toEqual({ value: { dns: dns!.key }, secret: true });
  expect(outputs.token).toEqual({ value: token!.key, secret: true });
  expect(token).toMatchObject({ scopes: ["services:read"], expiresInDays: 90 });

  await stack.destroy();
  expect(emulator.account.liveApiKeys()).toEqual([]);
  expect(emulator.account.sshKeys()).toEqual([]);
}, 120_000);

test("an answer that gets lost leaves exactly one live key", async () => {
  emulator.faults.add({ method: "POST", path: "/v1/account/api-keys/service", reset: true, commit: true });
  await stack.up();
  expect(emulator.account.liveApiKeys().filter(({ service }) => service === "dns")).toHaveLength(1);
  await stack.destroy();
}, 120_000);
