// What the state holds, and that the states of released versions go on working.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXISTING, stateProgram } from "../fixtures/state-program";
import { did, openStack, publicKey, type StateResource } from "../support/engine";

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
  const held = (properties: "inputs" | "outputs"): Record<string, string[]> =>
    Object.fromEntries(
      resources.map(({ urn, [properties]: all = {} }) => [urn.split("::").at(-1)!, Object.keys(all).sort()]),
    );
  const expected = (names: Record<string, string[]>): Record<string, string[]> =>
    Object.fromEntries(Object.entries(names).map(([name, list]) => [name, ["__provider", ...list].sort()]));
  // What is absent is null, so that previews know it.
  expect(held("outputs")).toEqual(expected(OUTPUTS));
  expect(held("inputs")).toEqual(expected(INPUTS));
  for (const { type, inputs, outputs } of resources) {
    const text = TEXTS[type.replace("pulumi-nodejs:dynamic/wayscloud:", "")]!;
    expect([inputs!["__provider"], outputs!["__provider"]]).toEqual([text, text]);
    expect(Buffer.byteLength(text)).toBeLessThan(128);
  }
});

test("the state of version 0.1.0 needs no change, no request, and keeps its keys", async () => {
  const { emulator, stack } = await openStack({ program: stateProgram });
  const { account } = emulator;
  // Recorded with the passphrase of test/support/engine-stack.ts, with keys that an emulator made up.
  stack.writeFile("state.json", readFileSync(join(__dirname, "..", "fixtures", "state-0.1.0.json"), "utf8"));
  await stack.run(["stack", "import", "--file", "state.json"]);
  // An optional output that is absent is null since 1.0.0; nothing else is new.
  const present = ({ urn, id, outputs = {} }: StateResource): unknown[] => [
    urn,
    id,
    Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== null)),
  ];
  const before = await stack.resources({ showSecrets: true });
  expect(before).toHaveLength(8);
  for (const { id, type, outputs = {} } of before) {
    const { createdAt, name, service, scopes, description, publicKey, key } = outputs;
    if (type.endsWith(":SshKey")) account.addSshKey({ id: id!, name, publicKey, createdAt });
    else {
      const secret = JSON.parse(key.plaintext);
      account.addApiKey({ id: id!, key: secret, service, scopes, description, createdAt });
    }
  }
  const shown = await stack.preview(["--expect-no-changes"]);
  const up = await did(stack.up(["--expect-no-changes"]));
  expect([shown.requests, up]).toEqual([[], { changes: { unchanged: 9 }, requests: [] }]);
  await stack.refresh(["--expect-no-changes"]);
  const after = await stack.resources({ showSecrets: true });
  expect(after.map(present).sort()).toEqual(before.map(present).sort());
  await stack.destroy();
  expect(account.liveApiKeys()).toEqual([]);
  // The adopted key stays.
  expect(account.sshKeys().map(({ name }) => name)).toEqual(["laptop of old"]);
});
