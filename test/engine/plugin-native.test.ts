// "pulumi-wayscloud/native": the states of the dynamic classes move over by changing the import path, and options that only a plugin can serve work.
import { resources } from "../../src/hosts/resources";
import type { Stack } from "../support/stack";
import { changesIn } from "../support/stack";
import { openEmulator, openWorld, program, publicKey, secretsOf, takeRequests } from "../support/world";
import { linkPackage, PLUGINS } from "../support/yaml";

jest.setTimeout(150_000);

/** The same program, with the classes of the plugin. */
function moveOver(stack: Stack, name: string, text: string): void {
  linkPackage(stack.folder);
  const runtime = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
  stack.writeFile("Pulumi.yaml", `name: ${name}\n${runtime}${PLUGINS}`);
  stack.setProgram(native(text));
}

function native(text: string): string {
  return text.replace('require("pulumi-wayscloud")', 'require("pulumi-wayscloud/native")');
}

/** Ids and secrets of everything in the state, by logical name. */
async function held(stack: Stack): Promise<Record<string, unknown>> {
  const all = (await stack.exportState({ showSecrets: true })).deployment.resources ?? [];
  const ours = all.filter(({ type }) =>
    /^(pulumi-nodejs:dynamic\/wayscloud|wayscloud-account:index):/.test(type),
  );
  return Object.fromEntries(
    ours.map(({ urn, id, outputs }) => [
      urn.split("::").at(-1),
      [id, outputs?.["key"]?.plaintext, outputs?.["keys"]],
    ]),
  );
}

const ALL_TYPES = program(`
  new wayscloud.SshKey("deploy", { publicKey: "${publicKey(1)}" });
  new wayscloud.SshKeySet("team", { publicKeys: { anna: "${publicKey(2)}", bjarne: "${publicKey(3)}" } });
  new wayscloud.ServiceKey("db", { service: "database", rotationTriggers: { quarter: "4" } });
  new wayscloud.PersonalAccessToken("ci", { scopes: ["ssh_keys:read", "services:read"], expiresInDays: 90, rotateBeforeDays: 14 });
  new wayscloud.RotatingServiceKey("dns", { service: "dns", rotateEveryDays: 30, overlapDays: 7 });
  new wayscloud.RotatingPersonalAccessToken("robot", { scopes: ["services:read"], rotateEveryDays: 30 });
  const staging = new wayscloud.Provider("staging", { apiKey: process.env.STAGING_KEY, endpoint: process.env.STAGING });
  new wayscloud.ServiceKey("staged", { service: "dns" }, { provider: staging });
  const profile = await wayscloud.getProfile();
  return { customer: profile.customerId, keys: wayscloud.getSshKeysOutput().apply((keys) => keys.length) };
`);

test("all six types, in two accounts, move from the dynamic classes without a request and with the same secrets", async () => {
  const other = await openEmulator();
  const env = { STAGING: other.url, STAGING_KEY: other.apiKey };
  const { emulator, stack } = await openWorld({ name: "move", program: ALL_TYPES, env });
  expect(changesIn(await stack.up())).toEqual({ created: 9 });
  const before = await held(stack);
  expect(Object.keys(before)).toHaveLength(7);
  const types = (await stack.resources()).map(({ type }) => type.split(":").at(-1));
  expect([...new Set(types)].sort()).toEqual(Object.keys(resources).sort());

  // Without its data functions, which read from the account.
  moveOver(stack, "move", ALL_TYPES.replace(/const profile[^]*(?=\};)/, ""));
  takeRequests(emulator);
  takeRequests(other);
  const moved = await stack.up();
  expect([...takeRequests(emulator), ...takeRequests(other)]).toEqual([]);
  expect(await held(stack)).toEqual(before);
  expect(changesIn(moved)).toEqual({ unchanged: 9 });
  expect(changesIn(await stack.up(["--expect-no-changes"]))).toEqual({ unchanged: 9 });
  expect(changesIn(await stack.refresh())).toEqual({ unchanged: 9 });

  stack.setProgram(native(ALL_TYPES));
  await stack.up();
  expect(await stack.outputs()).toMatchObject({ keys: 3 });
  await stack.destroy();
  for (const { account } of [emulator, other])
    expect([...account.liveApiKeys(), ...account.sshKeys()]).toEqual([]);
  await stack.assertNoSecrets(secretsOf(emulator, other));
});

test("a credential in the stack config that is no secret is named in a warning, and never shown", async () => {
  const text = program(`new wayscloud.ServiceKey("db", { service: "dns" });`);
  const { emulator, stack } = await openWorld({ name: "plain", program: text });
  moveOver(stack, "plain", text);
  const warning = "wayscloud-account:apiKey is in the stack config in plain text.";
  await stack.setConfig("wayscloud-account:apiKey", emulator.apiKey);
  const { all } = await stack.preview();
  expect(all).toContain(warning);
  expect(all).not.toContain(emulator.apiKey);
  await stack.setConfig("wayscloud-account:apiKey", emulator.apiKey, { secret: true });
  expect((await stack.preview()).all).not.toContain(warning);
});

test("the option `import`, a stack config that the plugin would ignore, and a refused provider", async () => {
  const { emulator, stack } = await openWorld({ name: "options" });
  const { id } = (await (
    await fetch(`${emulator.url}/v1/account/api-keys/service`, {
      method: "POST",
      headers: { "x-api-key": emulator.apiKey, "content-type": "application/json" },
      body: JSON.stringify({ service: "dns", description: "by hand" }),
    })
  ).json()) as { id: string };
  takeRequests(emulator);
  moveOver(
    stack,
    "options",
    program(`new wayscloud.ServiceKey("dns", { service: "dns" }, { import: "${id}" });`),
  );
  expect(changesIn(await stack.up())).toMatchObject({ created: 1, imported: 1 });
  expect(takeRequests(emulator)).toEqual(["GET /v1/account/api-keys"]);
  expect(changesIn(await stack.up(["--expect-no-changes"]))).toEqual({ unchanged: 2 });

  await stack.setConfig("wayscloud:endpoint", "https://elsewhere.example");
  const ignored = await stack.preview([], { allowFail: true });
  expect(ignored.all).toContain("Run `pulumi config set wayscloud-account:endpoint`");
  await stack.setConfig("wayscloud-account:endpoint", emulator.url);
  const renamed = await stack.up();
  expect(changesIn(renamed)).toEqual({ unchanged: 2 });
  await stack.destroy();
  expect(emulator.account.liveApiKeys()).toEqual([]);
});
