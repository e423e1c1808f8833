// What a user sees of creating, repeating, refreshing and destroying, and what the API sees of it.
import { readFileSync } from "node:fs";
import {
  API_KEYS,
  liveIds,
  type OpenStack,
  openStack,
  publicKey,
  SSH_KEYS,
  takeRequests,
} from "../support/engine";

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

/** Names, method and path, and body by what it is about; the order of creations is the engine's affair. */
const posts = [
  [`POST ${SSH_KEYS}`, { name: "deploy-server", public_key: `${deploy} me@here` }],
  [
    `POST ${SSH_KEYS}`,
    { name: expect.stringMatching(/^laptop-[0-9a-f]{7}$/), public_key: publicKey("laptop") },
  ],
  [
    `POST ${API_KEYS}/service`,
    {
      service: "database",
      description: expect.stringMatching(/^pulumi test\/dev\/database #[0-9a-f]{7}$/),
    },
  ],
  [`POST ${API_KEYS}/service`, { service: "dns", description: "DNS: £ø ${hex(7)}" }],
  [
    `POST ${API_KEYS}/pat`,
    {
      scopes: ["ssh_keys:read"],
      description: expect.stringMatching(/^pulumi test\/dev\/ci #[0-9a-f]{7}$/),
    },
  ],
  [
    `POST ${API_KEYS}/pat`,
    { scopes: ["api_keys:write", "services:read"], description: "", expires_in_days: 90 },
  ],
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

  expect((await stack.preview()).changes).toEqual({ "to create": 7 });
  expect(takeRequests(emulator)).toEqual([]);

  expect((await stack.up()).changes).toEqual({ created: 7 });
  expectDocumentedHeaders(both);
  const sent = emulator.requests.map(({ method, path, body }) => [`${method} ${path}`, body]);
  expect(sent).toHaveLength(6);
  expect(sent).toEqual(expect.arrayContaining(posts));
  takeRequests(emulator);
  for (const name of ["database", "dns", "ci", "robot"]) {
    const { outputs, additionalSecretOutputs } = await stack.resource(name);
    expect(outputs?.key).toEqual({ [secretSignature]: expect.any(String), ciphertext: expect.any(String) });
    expect(additionalSecretOutputs).toEqual(["key"]);
  }

  expect((await stack.up()).changes).toEqual({ unchanged: 7 });
  expect((await stack.preview(["--expect-no-changes"])).changes).toEqual({ unchanged: 7 });
  expect(takeRequests(emulator)).toEqual([]);

  await stack.refresh(["--expect-no-changes"]);
  expectDocumentedHeaders(both);
  expect(takeRequests(emulator).sort()).toEqual([`GET ${API_KEYS}`, `GET ${SSH_KEYS}`]);
  const shown = (await stack.outputs({ showSecrets: true })).databaseKey as string;
  expect(emulator.account.liveApiKeys().map(({ key }) => key)).toContain(shown);
  expect((await stack.outputs()).databaseKey).toBe("[secret]");
  // What it prints is searched at the end, with everything else that was printed.
  expect((await stack.exportState()).deployment.resources).not.toEqual([]);

  // A refresh with its preview runs twice: twice one list of each kind.
  await stack.run(["refresh", "--yes"]);
  expect(takeRequests(emulator).sort()).toEqual([
    `GET ${API_KEYS}`,
    `GET ${API_KEYS}`,
    `GET ${SSH_KEYS}`,
    `GET ${SSH_KEYS}`,
  ]);

  const destroying = stack.spawn(["destroy", "--yes", "--skip-preview"]);
  await destroying.waitFor("Duration:");
  const said = performance.now();
  const destroyed = await destroying.done;
  // A plugin that ignores SIGINT costs 5 s here; one that obeys, some hundredths of a second.
  expect(performance.now() - said).toBeLessThan(4_900);
  expect(stack.leftovers()).toEqual([]);
  expect([destroyed.code, destroyed.changes]).toEqual([0, { deleted: 7 }]);
  expectDocumentedHeaders(both);
  const gone = takeRequests(emulator);
  expect(gone).toHaveLength(6);
  for (const line of gone) expect(line).toMatch(/^DELETE \/v1\/account\/(ssh|api)-keys\/[0-9a-f-]{36}$/);
  expect(liveIds(emulator)).toEqual([]);
});
