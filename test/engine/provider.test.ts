// Explicit Providers: several accounts in one program.
import type { Emulator } from "../../src/emulator";
import {
  API_KEYS,
  type EngineStack,
  openBareStack,
  openEmulator,
  openStack,
  publicKey,
  SSH_KEYS,
  type StateResource,
  takeRequests,
} from "../support/engine";

/** Who called, by the description of the credential. */
function callers({ requests, account }: Emulator): string[] {
  const names = new Map(account.apiKeys().map(({ id, description }) => [id, description ?? ""]));
  const lines = requests.map(
    ({ method, path, credentialId = "" }) => `${method} ${path} by ${names.get(credentialId)}`,
  );
  requests.length = 0;
  return lines;
}

async function provider(stack: EngineStack, name: string): Promise<StateResource> {
  const { resources = [] } = (await stack.exportState({ showSecrets: true })).deployment;
  return resources.find(({ urn }) => urn.endsWith(`pulumi:providers:pulumi-nodejs::${name}`))!;
}

const postService = `POST ${API_KEYS}/service by first credential of the emulator`;

test("each resource goes to its provider's account, whose state has a secret credential and a settled endpoint", async () => {
  const { emulator: mine, stack } = await openStack();
  const [second, third] = [await openEmulator(), await openEmulator()];
  await stack.setConfig("secondKey", second.apiKey, { secret: true });
  // The endpoint is left out: the program's environment settles it. The third names it, but takes nothing from elsewhere.
  stack.setProgram(
    `
      const apiKey = new pulumi.Config().requireSecret("secondKey");
      const second = new wayscloud.Provider("second", { apiKey });
      const third = new wayscloud.Provider("third", { apiKey: "${third.apiKey}", endpoint: "${third.url}/" });
      new wayscloud.ServiceKey("b", { service: "dns" }, { provider: second });
      new wayscloud.ServiceKey("c", { service: "vps" }, { provider: third });
      return { customer: wayscloud.getProfileOutput({ provider: third }).customerId };
    `,
  );
  stack.env["WAYSCLOUD_ENDPOINT"] = second.url;
  await stack.up();
  expect(callers(mine)).toEqual([]);
  expect(callers(second)).toEqual([postService]);
  expect(callers(third).sort()).toEqual([
    "GET /v1/account/profile by first credential of the emulator",
    postService,
  ]);
  const secret = (text: string): object => ({ plaintext: JSON.stringify(text) });
  for (const [name, emulator] of [
    ["second", second],
    ["third", third],
  ] as const) {
    const { inputs = {}, outputs = {} } = await provider(stack, name);
    expect(Object.keys(inputs).sort()).toEqual(["wayscloud:apiKey", "wayscloud:endpoint"]);
    expect(inputs["wayscloud:apiKey"]).toMatchObject(secret(emulator.apiKey));
    expect(outputs["wayscloud:apiKey"]).toMatchObject(secret(emulator.apiKey));
    expect(inputs["wayscloud:endpoint"]).toBe(emulator.url);
  }

  // What the state records is what counts at destroy, whatever the environment says by then.
  stack.env["WAYSCLOUD_ENDPOINT"] = mine.url;
  await stack.destroy();
  expect(callers(mine)).toEqual([]);
  for (const emulator of [second, third]) expect(emulator.account.liveApiKeys()).toEqual([]);
});

test("a Provider may take its credential from a token of the same program: preview waits for it, rotation follows it", async () => {
  const body = (round: string): string =>
    `
      const token = new wayscloud.PersonalAccessToken("robot", {
        scopes: ["api_keys:write"], description: "robot ${round}", rotationTriggers: { round: "${round}" },
      });
      const provider = new wayscloud.Provider("robot", { apiKey: token.key });
      new wayscloud.ServiceKey("dns", { service: "dns" }, { provider });
      return { keys: wayscloud.getApiKeysOutput({ service: "dns" }, { provider }).length };
    `;
  const { emulator, stack } = await openStack({ program: body("1") });
  expect((await stack.preview()).changes).toEqual({ "to create": 4 });
  expect(takeRequests(emulator)).toEqual([]);
  await stack.up();
  expect(callers(emulator).slice().sort()).toEqual([
    `GET ${API_KEYS} by robot 1`,
    `POST ${API_KEYS}/pat by first credential of the emulator`,
    `POST ${API_KEYS}/service by robot 1`,
  ]);
  const dns = await stack.resource("dns");
  await stack.refresh(["--expect-no-changes"]);
  callers(emulator);

  stack.setProgram(body("2"));
  await stack.up();
  expect(callers(emulator)).toEqual([
    `POST ${API_KEYS}/pat by first credential of the emulator`,
    `GET ${API_KEYS} by robot 2`,
    expect.stringMatching(`^DELETE ${API_KEYS}/.* by first credential of the emulator`),
  ]);
  expect((await stack.resource("dns")).id).toBe(dns.id);
  await stack.refresh(["--expect-no-changes"]);
  await stack.destroy();
  expect(emulator.account.liveApiKeys()).toEqual([]);
});

test("a Provider without a credential, however late that turns out, is an error, never the default account", async () => {
  const { emulator, stack } = await openStack();
  await stack.setConfig("blank", "  ", { secret: true });
  const late = `{ patToken: new pulumi.Config().requireSecret("blank"), endpoint: "${emulator.url}" }`;
  const lateUrl = `{ apiKey: "${emulator.apiKey}", endpoint: new pulumi.Config().requireSecret("blank") }`;
  const later = `{ apiKey: new wayscloud.SshKey("first", { publicKey: "${publicKey(1)}" }).createdAt.apply(() => ""), endpoint: "${emulator.url}" }`;
  for (const args of ["{}", late, lateUrl]) {
    stack.setProgram(
      `
        const provider = new wayscloud.Provider("empty", ${args});
        new wayscloud.ServiceKey("dns", { service: "dns" }, { provider });
        return { customer: wayscloud.getProfileOutput({ provider }).customerId };
      `,
    );
    const { all } = await stack.preview([], { fails: true });
    expect(all).toMatch(
      /Provider "empty": `patToken` is required|`(patToken|apiKey|endpoint)` of the Provider "empty" is blank/,
    );
    if (args === late || args === lateUrl) expect(all).not.toMatch(/^\s+at /m);
  }
  expect(takeRequests(emulator)).toEqual([]);
  stack.setProgram(
    `
      const provider = new wayscloud.Provider("empty", ${later});
      new wayscloud.ServiceKey("dns", { service: "dns" }, { provider });
      return { keys: wayscloud.getApiKeysOutput({}, { provider }).length };
    `,
  );
  const { all } = await stack.up([], { fails: true });
  expect(all).toContain('`apiKey` of the Provider "empty" is blank');
  expect(takeRequests(emulator)).toEqual([`POST ${SSH_KEYS}`]);
});

test("a Provider that went with its resources after its token was replaced: the error says how to delete them", async () => {
  const emulator = await openEmulator();
  const token = (): { id: string; key: string } =>
    emulator.account.addApiKey({ scopes: ["api_keys:write"], description: "of the Provider" });
  const [before, after] = [token(), token()];
  const declare = (patToken: string): string =>
    `const provider = new wayscloud.Provider("p", { patToken: "${patToken}", endpoint: "${emulator.url}" });`;
  const resource = `new wayscloud.ServiceKey("dns", { service: "dns" }, { provider });`;
  const stack = await openBareStack({ program: declare(before.key) + resource });
  await stack.up();
  emulator.account.remove(before.id);
  stack.setProgram("");
  const { all } = await stack.up([], { fails: true });
  expect(all).toContain("declare it again with a valid credential");
  stack.setProgram(declare(after.key));
  await stack.up();
  expect(emulator.account.liveApiKeys().filter(({ service }) => service === "dns")).toEqual([]);
  stack.setProgram("");
  await stack.up();
  expect(await stack.resources()).toEqual([]);
});
