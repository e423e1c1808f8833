// `existing`: taking over a key made by hand.
import { API_KEYS, did, liveIds, openStack } from "../support/engine";

const serviceKey = (name: string, args: object): string =>
  `new wayscloud.ServiceKey("${name}", ${JSON.stringify({ service: "database", ...args })});\n`;
const token = (name: string, args: object): string =>
  `new wayscloud.PersonalAccessToken("${name}", ${JSON.stringify({ scopes: ["a:read", "b:write"], ...args })});\n`;
const list = `GET ${API_KEYS}`;

test("a key made by hand is taken over by a list alone, and is then a key like any other", async () => {
  const { emulator, stack } = await openStack();
  const facts = { description: "by hand", createdAt: "2024-01-01T00:00:00Z" };
  const made = emulator.account.addApiKey({ service: "database", ...facts });
  const pat = emulator.account.addApiKey({ scopes: ["b:write", "a:read"] });
  const [first, second] = [made, pat].map(({ id, key }) => ({ id, key }));
  stack.setProgram(serviceKey("app", { existing: first }) + token("ci", { existing: second }));
  expect(await did(stack.preview())).toEqual({ changes: { "to create": 3 }, requests: [] });
  expect((await stack.up()).requests).toEqual([list]);
  expect(await stack.heldIds()).toEqual(liveIds(emulator));
  const app = await stack.resource("app", { showSecrets: true });
  expect(app.id).toBe(made.id);
  expect(JSON.parse(app.outputs?.key.plaintext as string)).toBe(made.key);
  const scopes = ["database:read", "database:write"];
  const { keyPrefix } = made;
  expect(app.outputs).toMatchObject({ ...facts, keyPrefix, isActive: true, service: "database", scopes });

  // Still declared, then no longer: neither is a change.
  await stack.expectUnchanged();
  expect((await stack.refresh(["--expect-no-changes"])).requests).toEqual([list]);
  await stack.setProgram(serviceKey("app", {}) + token("ci", {})).expectUnchanged();
  await stack.setProgram(serviceKey("app", { existing: first }) + token("ci", {})).expectUnchanged();

  // Rotated while it is still declared: a new key, and the one taken over is revoked.
  const rotated = serviceKey("app", { existing: first, rotationTriggers: { round: "2" } });
  stack.setProgram(rotated + token("ci", {}));
  expect((await stack.preview()).changes).toEqual({ "to replace": 1, unchanged: 2 });
  expect((await stack.up()).requests).toEqual([`POST ${API_KEYS}/service`, `DELETE ${API_KEYS}/${made.id}`]);
  await stack.expectUnchanged();
  expect(await stack.heldIds()).toEqual(liveIds(emulator));
  await stack.expectDestroyed();
});

test("what the list does not confirm is refused, nothing is changed, and no error prints the key", async () => {
  const { emulator, stack } = await openStack();
  const add = (key: Parameters<typeof emulator.account.addApiKey>[0]): { id: string; key: string } => {
    const { id, key: secret } = emulator.account.addApiKey(key);
    return { id, key: secret };
  };
  const [storage, pat] = [add({ service: "storage" }), add({ scopes: ["a:read"] })];
  const other = add({ service: "database", description: "by hand" });
  const notFull = "`existing.key` is not the full key of this id, which begins with";
  const [inactive, shared] = [add({ service: "database", isActive: false }), add({ service: "database" })];
  const refused: [part: typeof serviceKey, name: string, args: object, why: string][] = [
    [
      serviceKey,
      "unknown",
      { existing: { ...other, id: "0000" } },
      "the account does not have it; check the id",
    ],
    [serviceKey, "kind", { existing: pat }, "it is not a service key, but a personal access token"],
    [serviceKey, "service", { existing: storage }, 'it is for the service "storage"'],
    [serviceKey, "prefix", { existing: { ...other, key: storage.key } }, notFull],
    [serviceKey, "part", { existing: { ...other, key: other.key.slice(0, 17) } }, notFull],
    [serviceKey, "inactive", { existing: inactive }, "it is not active; remove `existing`"],
    [serviceKey, "described", { existing: other, description: "x" }, 'its description is "by hand"'],
    [token, "scopes", { existing: pat }, "its scopes are a:read"],
    [
      token,
      "kind2",
      { existing: storage },
      'it is not a personal access token, but a service key for "storage"',
    ],
  ];
  const programs = refused.map(([part, name, args]) => part(name, args));
  stack.setProgram(programs.join("") + serviceKey("left", { existing: shared }));
  const keys = (): unknown[] => emulator.account.apiKeys().filter(({ bootstrap }) => !bootstrap);
  const before = keys();
  const { all, requests } = await stack.up(["--continue-on-error"], { fails: true });
  for (const [, name, , why] of refused) {
    const said = new RegExp(`\\(${name}\\):\n +error: (.*)\n`).exec(all)?.[1];
    expect(said).toContain(`(\`existing\`): ${why}`);
    expect(said).toContain("Nothing was created or changed.");
  }
  // A second list proves that the unknown one is absent, though another resource came into the state meanwhile.
  expect(new Set(requests)).toEqual(new Set([list]));
  expect(keys()).toEqual(before);
  expect(await stack.heldIds()).toEqual([shared.id]);
});
