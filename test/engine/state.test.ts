// What the state holds, and that the states of released versions go on working.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXISTING, stateProgram } from "../fixtures/state-program";
import { openStack, publicKey, type State, takeRequests } from "../support/engine";

// What a refresh or a diff needs of the inputs stands in the outputs too, and only where it was given.
const sshKey = ["adopted", "createdAt", "fingerprint", "keyType", "name", "publicKey", "vmCount"];
const apiKey = ["createdAt", "description", "isActive", "key", "keyPrefix", "keyType", "lastUsedAt"];
const OUTPUTS: Record<string, string[]> = {
  deploy: sshKey,
  named: sshKey,
  adopted: [...sshKey, "holder"],
  database: [...apiKey, "service", "scopes"],
  dns: [...apiKey, "service", "scopes", "recreateIfInvalid", "rotationTriggers"],
  storage: [...apiKey, "service", "scopes", "holder"],
  ci: [...apiKey, "scopes", "expiresInDays", "expiresAt", "rotateAt"],
  robot: [...apiKey, "scopes", "expiresInDays", "expiresAt", "rotateAt"],
};
const INPUTS: Record<string, string[]> = {
  deploy: ["name", "publicKey"],
  named: ["name", "publicKey"],
  adopted: ["__owner", "adoptExisting", "name", "publicKey"],
  database: ["description", "service"],
  dns: ["__owner", "description", "recreateIfInvalid", "rotationTriggers", "service"],
  storage: ["__owner", "description", "existing", "service"],
  ci: ["description", "scopes"],
  robot: ["description", "expiresInDays", "recreateIfInvalid", "rotateBeforeDays", "scopes"],
};
/** Byte for byte, for ever: these texts stand in users' states. */
const TEXTS: Record<string, string> = {
  SshKey: 'exports.handler = () => require("pulumi-wayscloud/runtime").sshKey',
  ServiceKey: 'exports.handler = () => require("pulumi-wayscloud/runtime").serviceKey',
  PersonalAccessToken: 'exports.handler = () => require("pulumi-wayscloud/runtime").personalAccessToken',
};

test("the state holds the contract's outputs and nothing besides, and a constant short text of code", async () => {
  const { emulator, stack } = await openStack({ program: stateProgram });
  emulator.account.addApiKey({ ...EXISTING, service: "storage" });
  emulator.account.addSshKey({ name: "laptop of old", publicKey: publicKey("adopted") });
  await stack.up();
  const resources = await stack.resources();
  const named = (properties: "inputs" | "outputs"): Record<string, string[]> =>
    Object.fromEntries(
      resources.map((resource) => [
        resource.urn.split("::").at(-1)!,
        Object.keys(resource[properties]!)
          .filter((name) => name !== "__provider")
          .sort(),
      ]),
    );
  const sorted = (names: Record<string, string[]>): Record<string, string[]> =>
    Object.fromEntries(Object.entries(names).map(([name, list]) => [name, [...list].sort()]));
  // What is absent is null, so that previews know it.
  expect(named("outputs")).toEqual(sorted(OUTPUTS));
  expect(named("inputs")).toEqual(INPUTS);
  for (const { type, inputs, outputs } of resources) {
    const text = TEXTS[type.replace("pulumi-nodejs:dynamic/wayscloud:", "")]!;
    expect([inputs!["__provider"], outputs!["__provider"]]).toEqual([text, text]);
    expect(Buffer.byteLength(text)).toBeLessThan(128);
  }

  await stack.refresh(["--expect-no-changes"]);
  for (const name of ["database", "dns"]) {
    expect((await stack.resource(name)).outputs?.scopes).toEqual([`${name}:read`, `${name}:write`]);
  }
});

test("the state of version 0.1.0 needs no change, no request, and keeps its keys", async () => {
  const text = readFileSync(join(__dirname, "..", "fixtures", "state-0.1.0.json"), "utf8");
  // Recorded with the passphrase of test/support/engine-stack.ts, with keys that an emulator made up.
  const recorded = JSON.parse(text) as State;
  const { emulator, stack } = await openStack({ program: stateProgram });
  await stack.importState(recorded);
  const before = await stack.resources({ showSecrets: true });
  expect(before).toHaveLength(8);
  const keys: string[] = [];
  for (const { id, type, outputs = {} } of before) {
    const { createdAt, name, service, scopes, description } = outputs;
    if (type.endsWith(":SshKey")) {
      emulator.account.addSshKey({ id: id!, name, publicKey: outputs["publicKey"], createdAt });
    } else {
      const key = JSON.parse(outputs["key"].plaintext) as string;
      keys.push(key);
      emulator.account.addApiKey({ id: id!, key, service, scopes, description, createdAt });
    }
  }
  await stack.preview(["--expect-no-changes"]);
  expect((await stack.up(["--expect-no-changes"])).changes).toEqual({ unchanged: 9 });
  expect(takeRequests(emulator)).toEqual([]);
  await stack.refresh(["--expect-no-changes"]);
  const outputsOf = (resources: typeof before): unknown[] =>
    resources.map(({ urn, id, outputs }) => [urn, id, outputs]);
  // An optional output that is absent is null since 1.0.0; nothing else is new.
  const present = (resources: typeof before): typeof before =>
    resources.map((resource) => ({
      ...resource,
      outputs: Object.fromEntries(
        Object.entries(resource.outputs ?? {}).filter(([, value]) => value !== null),
      ),
    }));
  const after = present(await stack.resources({ showSecrets: true }));
  expect(outputsOf(after).sort()).toEqual(outputsOf(present(before)).sort());
  await stack.destroy();
  expect(emulator.account.liveApiKeys()).toEqual([]);
  // The adopted key stays.
  expect(emulator.account.sshKeys().map(({ name }) => name)).toEqual(["laptop of old"]);
  stack.assertNoSecrets([...keys, emulator.apiKey]);
});
