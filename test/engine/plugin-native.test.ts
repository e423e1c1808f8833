// "pulumi-wayscloud/native": the states of the dynamic classes move over by changing the import path, and options that only a plugin can serve work.
import { readFileSync } from "node:fs";

import { resources } from "../support/engine-resources";
import { addPlugin, openHosted, served } from "../support/hosts";
import {
  changesIn,
  type EngineStack,
  liveIds,
  openEmulator,
  openStack,
  program,
  publicKey,
  secretsOf,
  takeRequests,
} from "../support/engine";
import { until } from "../support/until";

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

const ALL_TYPES = program(`
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
`);

test("all types, of two explicit providers and of the stack, move from the dynamic classes without a request", async () => {
  const other = await openEmulator();
  const theirs = "00000000-aaaa-4bbb-8ccc-000000000000";
  other.account.setProfile({ customer_id: theirs });
  const env = { STAGING: other.url, STAGING_KEY: other.apiKey, STAGING_ID: theirs };
  const { emulator, stack } = await openStack({ name: "move", program: ALL_TYPES, env });
  expect(changesIn(await stack.up())).toEqual({ created: 11 });
  const before = await held(stack);
  expect(Object.keys(before)).toHaveLength(8);
  const types = (await stack.resources()).map(({ type }) => type.split(":").at(-1));
  expect([...new Set(types)].sort()).toEqual(Object.keys(resources).sort());

  // Without its data functions, which read from the account.
  addPlugin(stack, "move");
  stack.setProgram(served("plugin", ALL_TYPES.replace(/const profile[^]*(?=\};)/, "")));
  takeRequests(emulator);
  takeRequests(other);
  const moved = await stack.up();
  expect([...takeRequests(emulator), ...takeRequests(other)]).toEqual([]);
  expect(await held(stack)).toEqual(before);
  expect(changesIn(moved)).toEqual({ unchanged: 11 });
  expect(changesIn(await stack.up(["--expect-no-changes"]))).toEqual({ unchanged: 11 });
  expect(changesIn(await stack.refresh())).toEqual({ unchanged: 11 });

  // One key of the set is another one: the preview of that update knows the key that stays, so what depends on it is not replaced.
  stack.setProgram(served("plugin", ALL_TYPES.replace(publicKey(3), publicKey(4))));
  const preview = await stack.run(["up", "--yes"]);
  expect(changesIn(preview)).toEqual({ "to update": 1, unchanged: 10 });
  expect(await stack.outputs()).toMatchObject({ keys: 3, staging: theirs });
  await stack.destroy();
  expect([emulator, other].flatMap(liveIds)).toEqual([]);
  stack.assertNoSecrets(secretsOf(emulator, other));
});

test("the update that moves an explicit Provider over creates what is new in its account, not the environment's", async () => {
  const theirs = await openEmulator();
  theirs.account.setProfile({ customer_id: "00000000-aaaa-4bbb-8ccc-000000000000" });
  const text = (more: string): string =>
    program(`
      const p = new wayscloud.Provider("p", { apiKey: "${theirs.apiKey}", endpoint: "${theirs.url}" });
      new wayscloud.ServiceKey("k", { service: "dns" }, { provider: p });
      ${more}`);
  const { emulator, stack } = await openStack({ name: "explicit", program: text("") });
  await stack.up();
  addPlugin(stack, "explicit");
  const more = `new wayscloud.ServiceKey("k2", { service: "vps" }, { provider: p });
    return { customer: wayscloud.getProfileOutput({ provider: p }).customerId };`;
  stack.setProgram(served("plugin", text(more)));
  expect(changesIn(await stack.up())).toEqual({ created: 1, unchanged: 3 });
  expect(await stack.outputs()).toEqual({ customer: "00000000-aaaa-4bbb-8ccc-000000000000" });
  expect(takeRequests(emulator)).toEqual([]);
  expect(theirs.account.liveApiKeys()).toHaveLength(2);
  expect(changesIn(await stack.refresh())).toEqual({ unchanged: 4 });
  await stack.destroy();
  expect(theirs.account.liveApiKeys()).toEqual([]);
  expect(takeRequests(emulator)).toEqual([]);
});

test("a credential in the stack config that is no secret is named in a warning, and never shown", async () => {
  const text = program(`new wayscloud.ServiceKey("db", { service: "dns" });`);
  const { emulator, stack } = await openHosted("plugin", { name: "plain", program: text });
  const warning = "wayscloud-account:apiKey is in the stack config in plain text.";
  await stack.setConfig("wayscloud-account:apiKey", emulator.apiKey);
  const { all } = await stack.preview();
  expect(all).toContain(warning);
  expect(all).not.toContain(emulator.apiKey);
  await stack.setConfig("wayscloud-account:apiKey", emulator.apiKey, { secret: true });
  expect((await stack.preview()).all).not.toContain(warning);
});

test("the option `import`, a stack config that the plugin would ignore, and a refused provider", async () => {
  const { emulator, stack } = await openHosted("plugin", { name: "options", program: "" });
  const { id } = (await (
    await fetch(`${emulator.url}/v1/account/api-keys/service`, {
      method: "POST",
      headers: { "x-api-key": emulator.apiKey, "content-type": "application/json" },
      body: JSON.stringify({ service: "dns", description: "by hand" }),
    })
  ).json()) as { id: string };
  takeRequests(emulator);
  stack.setProgram(
    served("plugin", program(`new wayscloud.ServiceKey("dns", { service: "dns" }, { import: "${id}" });`)),
  );
  expect(changesIn(await stack.up())).toMatchObject({ created: 1, imported: 1 });
  expect(takeRequests(emulator)).toEqual(["GET /v1/account/api-keys"]);
  expect(changesIn(await stack.up(["--expect-no-changes"]))).toEqual({ unchanged: 2 });

  await stack.setConfig("wayscloud:endpoint", "https://elsewhere.example");
  const ignored = await stack.preview([], { fails: true });
  expect(ignored.all).toContain("Run `pulumi config set wayscloud-account:endpoint`");
  await stack.setConfig("wayscloud-account:endpoint", emulator.url);
  const renamed = await stack.up();
  expect(changesIn(renamed)).toEqual({ unchanged: 2 });
  await stack.destroy();
  expect(emulator.account.liveApiKeys()).toEqual([]);
});

test("row 70, the engine killed while a key is created: the plugin finishes what it sent, and ends", async () => {
  const text = program(`new wayscloud.ServiceKey("db", { service: "dns" });`);
  const { emulator, stack } = await openHosted("plugin", { name: "killed", program: text });
  const plugins = (): number[] =>
    stack.leftovers().filter((pid) => commandOf(pid).includes("wayscloud-account"));
  emulator.faults.add({ method: "POST", delay: 4_000 });
  const command = stack.spawn(["up", "--yes", "--skip-preview"]);
  await until(() => emulator.requests.some(({ method }) => method === "POST"));
  command.signal("SIGKILL");
  await command.done;
  expect(plugins()).toHaveLength(1);
  const post = emulator.requests.find(({ method }) => method === "POST");
  await until(() => plugins().length === 0);
  // The response was received: a client that hangs up leaves it pending.
  expect(post?.status).toBe(201);
});

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
