// `existing`: taking over a key made by hand.
import { API_KEYS, openStack, takeRequests } from "../support/engine";

const serviceKey = (name: string, args: object): string =>
  `new wayscloud.ServiceKey("${name}", ${JSON.stringify({ service: "database", ...args })});\n`;
const token = (name: string, args: object): string =>
  `new wayscloud.PersonalAccessToken("${name}", ${JSON.stringify({ scopes: ["a:read", "b:write"], ...args })});\n`;
const list = `GET ${API_KEYS}`;

test("a key made by hand is taken over by a list alone, and is then a key like any other", async () => {
  const { emulator, stack } = await openStack();
  const made = emulator.account.addApiKey({
    service: "database",
    description: "by hand",
    createdAt: "2024-01-01T00:00:00Z",
  });
  const pat = emulator.account.addApiKey({ scopes: ["b:write", "a:read"] });
  const [first, second] = [made, pat].map(({ id, key }) => ({ id, key }));
  stack.setProgram(serviceKey("app", { existing: first }) + token("ci", { existing: second }));
  expect((await stack.preview()).changes).toEqual({ "to create": 3 });
  expect(takeRequests(emulator)).toEqual([]);
  await stack.up();
  expect(takeRequests(emulator)).toEqual([list]);
  const app = await stack.resource("app", { showSecrets: true });
  expect(app.id).toBe(made.id);
  expect(JSON.parse(app.outputs?.key.plaintext as string)).toBe(made.key);
  expect(app.outputs).toMatchObject({
    description: "by hand",
    createdAt: "2024-01-01T00:00:00Z",
    keyPrefix: made.keyPrefix,
    isActive: true,
    service: "database",
    scopes: ["database:read", "database:write"],
  });
  expect((await stack.resource("ci")).id).toBe(pat.id);
  takeRequests(emulator);

  // Still declared, then no longer: neither is a change.
  await stack.up(["--expect-no-changes"]);
  await stack.refresh(["--expect-no-changes"]);
  expect(takeRequests(emulator)).toEqual([list]);
  stack.setProgram(serviceKey("app", {}) + token("ci", {}));
  await stack.up(["--expect-no-changes"]);
  stack.setProgram(serviceKey("app", { existing: first }) + token("ci", {}));
  await stack.up(["--expect-no-changes"]);
  expect(takeRequests(emulator)).toEqual([]);

  // Rotated while it is still declared: a new key, and the one taken over is revoked.
  const rotated = serviceKey("app", { existing: first, rotationTriggers: { round: "2" } });
  stack.setProgram(rotated + token("ci", {}));
  expect((await stack.preview()).changes).toEqual({ "to replace": 1, unchanged: 2 });
  await stack.up();
  expect(takeRequests(emulator)).toEqual([`POST ${API_KEYS}/service`, `DELETE ${API_KEYS}/${made.id}`]);
  await stack.up(["--expect-no-changes"]);
  expect(takeRequests(emulator)).toEqual([]);
  expect(emulator.account.liveApiKeys().map(({ id }) => id)).toEqual([
    pat.id,
    (await stack.resource("app")).id,
  ]);

  await stack.destroy();
  expect(emulator.account.liveApiKeys()).toEqual([]);
});

test("what the list does not confirm is refused, nothing is changed, and no error prints the key", async () => {
  const { emulator, stack } = await openStack();
  const add = (key: Parameters<typeof emulator.account.addApiKey>[0]): { id: string; key: string } => {
    const { id, key: secret } = emulator.account.addApiKey(key);
    return { id, key: secret };
  };
  const [storage, pat] = [add({ service: "storage" }), add({ scopes: ["a:read"] })];
  const other = add({ service: "database", description: "by hand" });
  const [inactive, shared] = [add({ service: "database", isActive: false }), add({ service: "database" })];
  stack.setProgram(
    serviceKey("unknown", { existing: { ...other, id: "0000" } }) +
      serviceKey("kind", { existing: pat }) +
      serviceKey("service", { existing: storage }) +
      serviceKey("prefix", { existing: { ...other, key: storage.key } }) +
      serviceKey("part", { existing: { ...other, key: other.key.slice(0, 17) } }) +
      serviceKey("inactive", { existing: inactive }) +
      serviceKey("described", { existing: other, description: "another one" }) +
      token("scopes", { existing: pat }) +
      token("kind2", { existing: storage }) +
      serviceKey("left", { existing: shared }),
  );
  const facts = (): unknown[] =>
    emulator.account
      .apiKeys()
      .map(({ id, key, isActive, revoked, description }) => [id, key, isActive, revoked, description]);
  const before = facts();
  const { all } = await stack.up(["--continue-on-error"], { fails: true });
  for (const [name, why] of [
    ["unknown", "the account does not have it; check the id"],
    ["kind", "it is not a service key, but a personal access token"],
    ["service", 'it is for the service "storage"'],
    ["prefix", "`existing.key` is not the full key of this id, which begins with"],
    ["part", "`existing.key` is not the full key of this id, which begins with"],
    ["inactive", "it is not active; remove `existing`"],
    ["described", 'its description is "by hand"'],
    ["scopes", "its scopes are a:read"],
    ["kind2", 'it is not a personal access token, but a service key for "storage"'],
  ] as const) {
    const said = new RegExp(`\\(${name}\\):\n +error: (.*)\n`).exec(all)?.[1];
    expect(said).toContain(`(\`existing\`): ${why}`);
    expect(said).toContain("Nothing was created or changed.");
  }
  // A second list proves that the unknown one is absent, though another resource came into the state meanwhile.
  expect(new Set(takeRequests(emulator))).toEqual(new Set([list]));
  expect(facts()).toEqual(before);
  expect((await stack.resources()).map(({ id }) => id)).toEqual([shared.id]);

  // Bad at preview already, and with an empty property, since the engine would print its value.
  stack.setProgram(serviceKey("blank", { existing: { id: "../x", key: `${other.key} ` } }));
  const bad = await stack.preview([], { fails: true });
  expect(bad.all).toContain("resource 'blank' has a problem: `existing.id` must be the id of a key");
  expect(bad.all).toContain(
    "resource 'blank' has a problem: `existing.key` must be the full key, without whitespace",
  );
});
