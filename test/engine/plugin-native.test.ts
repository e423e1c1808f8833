// "pulumi-wayscloud/native": the states of the dynamic classes move over by changing the import path, also renamed or replaced in the same up, and
// options that only a plugin can serve work.

import { resources } from "../support/engine-resources";
import { did, type EngineStack, liveIds, openEmulator, openStack } from "../support/engine";
import { publicKey, takeRequests } from "../support/engine";

/** Ids and secrets of everything in the state, by logical name. */
async function held(stack: EngineStack): Promise<Record<string, unknown>> {
  const ours = await stack.resources({ showSecrets: true });
  return Object.fromEntries(
    ours.map(({ urn, id, outputs }) => [
      urn.split("::").at(-1),
      [id, outputs?.["key"]?.plaintext, outputs?.["keys"]],
    ]),
  );
}

const ALL_TYPES = `
  const deploy = new wayscloud.SshKey("deploy", { publicKey: "${publicKey(1)}" });
  const team = new wayscloud.SshKeySet("team", { publicKeys: { anna: "${publicKey(2)}", bjarne: "${publicKey(3)}" } });
  new wayscloud.ServiceKey("db", { service: "database", rotationTriggers: { quarter: "4" } });
  new wayscloud.PersonalAccessToken("ci", { scopes: ["ssh_keys:read", "services:read"], expiresInDays: 90, rotateBeforeDays: 14 });
  new wayscloud.RotatingServiceKey("dns", { service: "dns", rotateEveryDays: 30, overlapDays: 7 });
  new wayscloud.RotatingPersonalAccessToken("robot", { scopes: ["services:read"], rotateEveryDays: 30 });
  const staging = new wayscloud.Provider("staging", { apiKey: process.env.STAGING_KEY, endpoint: process.env.STAGING, customerId: process.env.STAGING_ID });
  new wayscloud.ServiceKey("staged", { service: "dns" }, { provider: staging });
  // Its endpoint is that of the environment.
  const own = new wayscloud.Provider("own", { apiKey: process.env.WAYSCLOUD_API_KEY });
  new wayscloud.ServiceKey("owned", { service: "vps", description: team.keys.anna.fingerprint }, { provider: own });
  const profile = await wayscloud.getProfile();
  const keys = wayscloud.getSshKeysOutput({}, { dependsOn: [deploy, team] }).apply((all) => all.length);
  return { customer: profile.customerId, keys, staging: wayscloud.getProfileOutput({ provider: staging }).customerId };
`;

test("all types, of two explicit providers and of the stack, move from the dynamic classes without a request", async () => {
  const other = await openEmulator();
  const theirs = "00000000-aaaa-4bbb-8ccc-000000000000";
  other.account.setProfile({ customer_id: theirs });
  const env = { STAGING: other.url, STAGING_KEY: other.apiKey, STAGING_ID: theirs };
  const { stack } = await openStack({ program: ALL_TYPES, env });
  expect((await stack.up()).changes).toEqual({ created: 11 });
  const before = await held(stack);
  expect(Object.keys(before)).toHaveLength(8);
  const types = (await stack.resources()).map(({ type }) => type.split(":").at(-1));
  expect([...new Set(types)].sort()).toEqual(Object.keys(resources).sort());

  // Without its data functions, which read from the account.
  stack.moveToPlugin();
  stack.setProgram(ALL_TYPES.replace(/const profile[^]*$/, ""));
  takeRequests(other);
  expect(await did(stack.up())).toEqual({ changes: { unchanged: 11 }, requests: [] });
  expect(takeRequests(other)).toEqual([]);
  expect(await held(stack)).toEqual(before);
  // Each at its line of the program, not in the package.
  for (const { sourcePosition } of await stack.resources())
    expect(sourcePosition).toMatch(/^project:\/\/\/index\.js#/);
  await stack.expectUnchanged();
  expect((await stack.refresh()).changes).toEqual({ unchanged: 11 });

  // One key of the set is another one: the preview of that update knows the key that stays, so what depends on it is not replaced.
  stack.setProgram(ALL_TYPES.replace(publicKey(3), publicKey(4)));
  const preview = await stack.run(["up", "--yes"]);
  expect(preview.changes).toEqual({ "to update": 1, unchanged: 10 });
  expect(await stack.outputs()).toMatchObject({ keys: 3, staging: theirs });
  await stack.expectDestroyed();
  expect(liveIds(other)).toEqual([]);
});

test("moved from the dynamic classes to the plugin and replaced in one up: the old keys go", async () => {
  const keys = (quarter: string, key: number): string =>
    `
      new wayscloud.ServiceKey("db", { service: "database", rotationTriggers: { quarter: "${quarter}" } });
      new wayscloud.SshKey("ssh", { publicKey: "${publicKey(key)}" });
    `;
  const { emulator, stack } = await openStack({ program: keys("1", 1) });
  await stack.up();
  stack.moveToPlugin();
  await stack.setProgram(keys("2", 2)).up();
  expect(liveIds(emulator)).toEqual(await stack.heldIds());
});

test("plugin: an SSH key renamed by alias that gets another name in the account: no conflict with itself", async () => {
  const ssh = (name: string, said: string, options = ""): string =>
    `new wayscloud.SshKey("${name}", { publicKey: "${publicKey(1)}", name: "${said}" }${options});`;
  const { emulator, stack } = await openStack({ host: "plugin", program: ssh("a", "deploy") });
  await stack.up();
  await stack.setProgram(ssh("b", "deploy-new", ', { aliases: [{ name: "a" }] }')).up();
  expect(liveIds(emulator)).toEqual(await stack.heldIds());
});

test("the option `import`; a stack config that the plugin would ignore is refused, and a plain credential named, not shown", async () => {
  const { emulator, stack } = await openStack({ host: "plugin" });
  const { id } = emulator.account.addApiKey({ service: "dns", description: "by hand" });
  stack.setProgram(`new wayscloud.ServiceKey("dns", { service: "dns" }, { import: "${id}" });`);
  const { changes, requests } = await stack.up();
  expect(changes).toMatchObject({ created: 1, imported: 1 });
  expect(requests).toEqual(["GET /v1/account/api-keys"]);
  await stack.expectUnchanged();

  await stack.configure({ plain: { "wayscloud:endpoint": "https://elsewhere.example" } });
  const ignored = await stack.preview([], { fails: true });
  expect(ignored.all).toContain("Run `pulumi config set wayscloud-account:endpoint`");
  await stack.configure({ plain: { "wayscloud-account:endpoint": emulator.url } });
  const [warning, config] = [
    "wayscloud-account:apiKey is in the stack config in plain text.",
    { "wayscloud-account:apiKey": emulator.apiKey },
  ];
  await stack.configure({ plain: config });
  const { all } = await stack.preview();
  expect(all).toContain(warning);
  expect(all).not.toContain(emulator.apiKey);
  await stack.configure({ secret: config });
  const up = await stack.up();
  expect(up.all).not.toContain(warning);
  expect(up.changes).toEqual({ unchanged: 2 });
  await stack.expectDestroyed();
});
