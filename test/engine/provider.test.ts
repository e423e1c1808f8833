// Explicit Providers: several accounts in one program.
import type { Emulator } from "../../src/emulator";
import { API_KEYS, liveIds, openBareStack, openEmulator, openStack } from "../support/engine";

/** Who called, by the description of the credential. */
function callers({ requests, account }: Emulator): string[] {
  const names = new Map(account.apiKeys().map(({ id, description }) => [id, description ?? ""]));
  return requests
    .splice(0)
    .map(({ method, path, credentialId = "" }) => `${method} ${path} by ${names.get(credentialId)}`);
}

const FIRST = "first credential of the emulator";
const postService = `POST ${API_KEYS}/service by ${FIRST}`;

test("each resource goes to its provider's account, whose state has a secret credential and a settled endpoint", async () => {
  const { emulator: mine, stack } = await openStack();
  const [second, third] = [await openEmulator(), await openEmulator()];
  await stack.configure({ secret: { secondKey: second.apiKey } });
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
  expect(callers(third).sort()).toEqual([`GET /v1/account/profile by ${FIRST}`, postService]);
  const { resources = [] } = (await stack.exportState({ showSecrets: true })).deployment;
  for (const [name, { apiKey, url }] of Object.entries({ second, third })) {
    const { inputs, outputs } = resources.find(({ urn }) => urn.endsWith(`:pulumi-nodejs::${name}`))!;
    const secret = expect.objectContaining({ plaintext: JSON.stringify(apiKey) });
    expect(inputs).toEqual({ "wayscloud:apiKey": secret, "wayscloud:endpoint": url });
    expect(outputs).toMatchObject({ "wayscloud:apiKey": secret });
  }

  // What the state records is what counts at destroy, whatever the environment says by then.
  stack.env["WAYSCLOUD_ENDPOINT"] = mine.url;
  await stack.destroy();
  expect(callers(mine)).toEqual([]);
  expect([second, third].flatMap(liveIds)).toEqual([]);
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
  expect(callers(emulator)).toEqual([]);
  await stack.up();
  expect(callers(emulator).sort()).toEqual([
    `GET ${API_KEYS} by robot 1`,
    `POST ${API_KEYS}/pat by ${FIRST}`,
    `POST ${API_KEYS}/service by robot 1`,
  ]);
  const dns = await stack.resource("dns");
  await stack.refresh(["--expect-no-changes"]);
  callers(emulator);

  await stack.setProgram(body("2")).up();
  expect(callers(emulator)).toEqual([
    `POST ${API_KEYS}/pat by ${FIRST}`,
    `GET ${API_KEYS} by robot 2`,
    expect.stringMatching(`^DELETE ${API_KEYS}/.* by ${FIRST}`),
  ]);
  expect((await stack.resource("dns")).id).toBe(dns.id);
  await stack.refresh(["--expect-no-changes"]);
  await stack.expectDestroyed();
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
  const { all } = await stack.setProgram("").up([], { fails: true });
  expect(all).toContain("declare it again with a valid credential");
  await stack.setProgram(declare(after.key)).up();
  expect(liveIds(emulator)).toEqual([after.id]);
  await stack.setProgram("").up();
  expect(await stack.resources()).toEqual([]);
});
