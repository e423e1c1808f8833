// What a user sees of creating, repeating, refreshing and destroying, and what the API sees of it.
import { readFileSync } from "node:fs";
import { API_KEYS, did, liveIds, type OpenStack, openStack } from "../support/engine";
import { publicKey, SSH_KEYS } from "../support/engine";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const deploy = publicKey("deploy");

const everything = `
  const deploy = new wayscloud.SshKey("deploy", { name: "deploy-server", publicKey: "${deploy} me@here\\n" });
  const laptop = new wayscloud.SshKey("laptop", { publicKey: "${publicKey("laptop")}" });
  const database = new wayscloud.ServiceKey("database", { service: "database" });
  const dns = new wayscloud.ServiceKey("dns", { service: "dns", description: "DNS: £ø \${hex(7)}" });
  const ci = new wayscloud.PersonalAccessToken("ci", { scopes: ["ssh_keys:read"] });
  const robot = new wayscloud.PersonalAccessToken("robot", {
    scopes: ["services:read", "api_keys:write", "services:read"], description: "", expiresInDays: 90, rotateBeforeDays: 14,
  });
  return { databaseKey: database.key, fingerprint: deploy.fingerprint };
`;
/** How the engine marks a secret in a state. */
const secretSignature = "4dabf18193072939515e22adb298388d";

const marked = (text: string): unknown => expect.stringMatching(new RegExp(`^${text}[0-9a-f]{7}$`));
/** Method and path, and body; the order of creations is the engine's affair. */
const posts: [path: string, body: object][] = [
  [SSH_KEYS, { name: "deploy-server", public_key: `${deploy} me@here` }],
  [SSH_KEYS, { name: marked("laptop-"), public_key: publicKey("laptop") }],
  [`${API_KEYS}/service`, { service: "database", description: marked("pulumi test/dev/database #") }],
  [`${API_KEYS}/service`, { service: "dns", description: "DNS: £ø ${hex(7)}" }],
  [`${API_KEYS}/pat`, { scopes: ["ssh_keys:read"], description: marked("pulumi test/dev/ci #") }],
  [`${API_KEYS}/pat`, { scopes: ["api_keys:write", "services:read"], description: "", expires_in_days: 90 }],
];

function expectDocumentedHeaders({ emulator }: OpenStack): void {
  for (const { method, headers, credentialId, query } of emulator.requests) {
    const { "x-api-key": key, "user-agent": agent, accept, "content-type": type, ...others } = headers;
    expect(key).toMatch(/^sha256:/);
    expect(credentialId).toBe(emulator.account.apiKeys()[0]?.id);
    expect(agent).toMatch(new RegExp(`^pulumi-wayscloud/${version.replaceAll(".", "\\.")} `));
    expect(accept).toBe("application/json");
    expect(type).toBe(method === "POST" ? "application/json" : undefined);
    expect(query).toEqual({});
    // The rest is what HTTP itself needs: no cookie, no authorization, nothing that tells of the machine.
    const technical = ["host", "connection", "content-length", "accept-encoding"];
    expect(Object.keys(others).filter((name) => !technical.includes(name))).toEqual([]);
  }
}

test("a resource costs one documented POST, a refresh one list of each kind; destroy leaves nothing and waits for no plugin", async () => {
  const both = await openStack({ program: everything });
  const { emulator, stack } = both;

  expect(await did(stack.preview())).toEqual({ changes: { "to create": 7 }, requests: [] });

  expect((await stack.up()).changes).toEqual({ created: 7 });
  const sent = emulator.requests.map(({ method, path, body }) => [method, path, body]);
  expect(sent).toHaveLength(6);
  expect(sent).toEqual(expect.arrayContaining(posts.map((post) => ["POST", ...post])));
  for (const name of ["database", "dns", "ci", "robot"]) {
    const { outputs, additionalSecretOutputs } = await stack.resource(name);
    expect(outputs?.key).toEqual({ [secretSignature]: expect.any(String), ciphertext: expect.any(String) });
    expect(additionalSecretOutputs).toEqual(["key"]);
  }

  const unchanged = { changes: { unchanged: 7 }, requests: [] };
  expect(await did(stack.up())).toEqual(unchanged);
  expect(await did(stack.preview(["--expect-no-changes"]))).toEqual(unchanged);

  const lists = [`GET ${API_KEYS}`, `GET ${SSH_KEYS}`];
  expect((await stack.refresh(["--expect-no-changes"])).requests.sort()).toEqual(lists);
  const shown = (await stack.outputs({ showSecrets: true })).databaseKey as string;
  expect(emulator.account.liveApiKeys().map(({ key }) => key)).toContain(shown);
  expect((await stack.outputs()).databaseKey).toBe("[secret]");
  // What it prints is searched at the end, with everything else that was printed.
  expect((await stack.exportState()).deployment.resources).not.toEqual([]);

  // A refresh with its preview runs twice: twice one list of each kind.
  const { requests } = await stack.run(["refresh", "--yes"]);
  expect(requests.sort()).toEqual(lists.flatMap((list) => [list, list]));

  const before = emulator.requests.length;
  const destroying = stack.spawn(["destroy", "--yes", "--skip-preview"]);
  await destroying.waitFor("Duration:");
  const said = performance.now();
  const destroyed = await destroying.done;
  // A plugin that ignores SIGINT costs 5 s here; one that obeys, some hundredths of a second.
  expect(performance.now() - said).toBeLessThan(4_900);
  expect(stack.leftovers()).toEqual([]);
  expect([destroyed.code, destroyed.changes]).toEqual([0, { deleted: 7 }]);
  const gone = emulator.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
  const deletion = expect.stringMatching(/^DELETE \/v1\/account\/(ssh|api)-keys\/[0-9a-f-]{36}$/);
  expect(gone).toEqual(Array(6).fill(deletion));
  expect(liveIds(emulator)).toEqual([]);
  expectDocumentedHeaders(both);
});
