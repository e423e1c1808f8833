// The nine documented endpoints: the request as the page has it, and nothing more.
import { WaysCloudError } from "../../src/errors";
import { AccountClient } from "../../src/api/client";
import { startEmulator, type Emulator, type Fault } from "../../src/emulator";
import { version } from "../../src/version";
import { FakeTiming } from "../support/fake-timing";
import { clientOf, closeServers, failureOf, serve, serving } from "../support/api";

const ED25519 =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl user@workstation";
const NOW = Date.UTC(2024, 2, 5, 10);
const CREATED = { id: "i", key: "wayscloud_a_b", key_prefix: "wayscloud_a", key_type: "service" };

let emulator: Emulator;
beforeEach(async () => (emulator = await startEmulator({ now: () => NOW })));
afterEach(() => Promise.all([emulator.close(), closeServers()]));

test("the profile is read with all its fields", async () => {
  expect((await clientOf(emulator).getProfile()).customerType).toBe("business");
});

test("creations tell the server's own clock", async () => {
  const client = clientOf(emulator);
  const { serverTime } = await client.createServiceKey({ service: "dns" }, client.operation("Creating"));
  expect(serverTime).toBe(NOW);
});

const DATE = { Date: "Tue, 05 Mar 2024 10:00:00 GMT" };
test.each([
  ["its Date", DATE, NOW],
  ["no Date", {}, undefined],
  ["the Date when a cache got it", { ...DATE, Age: "600", Warning: '110 - "Response is Stale"' }, NOW],
])("the clock of a list is %s", async (_, headers, expected) => {
  const server = await serve((response) => {
    response.sendDate = false;
    response.writeHead(200, headers).end("[]");
  });
  expect((await clientOf(server).listSshKeys()).serverTime).toBe(expected);
});

describe("the request", () => {
  const seen = async (work: (client: AccountClient) => Promise<unknown>) => {
    const server = await serving(JSON.stringify(CREATED));
    await work(clientOf({ url: server.url })).catch((error: unknown) => {
      if (!(error instanceof WaysCloudError)) throw error;
    });
    expect(server.requests).toHaveLength(1);
    return server.requests[0]!;
  };

  const o = (c: AccountClient) => c.operation("o");
  const [KEYS, SSH] = ["/v1/account/api-keys", "/v1/account/ssh-keys"];
  const FULL = { service: "database", description: 'æ "q"\n' };
  const BARE = { service: "database", description: undefined };
  const PAT = { scopes: ["a:b"], expires_in_days: 90 };
  const TOKEN = { scopes: ["a:b"], expiresInDays: 90 };
  const SSH_KEY = { name: "n", publicKey: ED25519 };
  test.each<[string, (c: AccountClient) => Promise<unknown>, string, string, object | undefined]>([
    ["getProfile", (c) => c.getProfile(), "GET", "/v1/account/profile", undefined],
    ["listServices", (c) => c.listServices(), "GET", "/v1/account/services", undefined],
    ["listApiKeys", (c) => c.listApiKeys(), "GET", KEYS, undefined],
    ["listSshKeys", (c) => c.listSshKeys(), "GET", SSH, undefined],
    ["createServiceKey", (c) => c.createServiceKey(FULL, o(c)), "POST", `${KEYS}/service`, FULL],
    ["createServiceKey, bare", (c) => c.createServiceKey(BARE, o(c)), "POST", `${KEYS}/service`, BARE],
    [
      "createPersonalAccessToken",
      (c) => c.createPersonalAccessToken(TOKEN, o(c)),
      "POST",
      `${KEYS}/pat`,
      PAT,
    ],
    ["createSshKey", (c) => c.createSshKey(SSH_KEY, o(c)), "POST", SSH, { name: "n", public_key: ED25519 }],
    ["revokeApiKey", (c) => c.revokeApiKey("a-B_9", o(c)), "DELETE", `${KEYS}/a-B_9`, undefined],
    ["deleteSshKey", (c) => c.deleteSshKey("a-B_9", o(c)), "DELETE", `${SSH}/a-B_9`, undefined],
  ])("of %s is as documented", async (_, work, method, path, body) => {
    const request = await seen(work);
    expect(request).toMatchObject({ method, path, body: body === undefined ? "" : JSON.stringify(body) });
    const { headers } = request;
    expect(headers["x-api-key"]).toMatch(/^wayscloud_pat_/);
    expect(headers.accept).toBe("application/json");
    expect(headers["user-agent"]).toContain(`pulumi-wayscloud/${version} (node `);
    expect(headers["content-type"]).toBe(method === "POST" ? "application/json" : undefined);
    expect(headers.authorization).toBeUndefined();
  });

  test("keeps the base path of the endpoint", async () => {
    const server = await serving("[]");
    await clientOf({ url: `${server.url}/base/path` }).listSshKeys();
    expect(server.requests[0]!.path).toBe("/base/path/v1/account/ssh-keys");
  });
});

test.each([
  ...["", ".", "..", "../../account", "//evil", "a/b", "a\\b", "a?b", "a#b", "%2e%2e", "a b", "a;b"],
  ...["a\r\nHost: x", "a\n", "ø", "http://evil"],
])("the id %j is refused before any request", async (id) => {
  const client = clientOf(emulator);
  const operation = client.operation("Deleting");
  for (const work of [client.deleteSshKey(id, operation), client.revokeApiKey(id, operation)]) {
    const error = await failureOf(work);
    expect(error).toMatchObject({ name: "ConfigurationError", outcome: "rejected" });
    if (id.length > 2) expect(error.message).not.toContain(id);
  }
  expect(emulator.requests).toHaveLength(0);
});

describe("an expected account", () => {
  const expecting = (value: string, timing = new FakeTiming()) =>
    new AccountClient(
      {
        endpoint: emulator.url,
        apiKey: emulator.apiKey,
        apiKeySource: "the credential's source",
        expectedAccount: { value, source: "the id's source" },
      },
      { timing },
    );
  const paths = () => emulator.requests.map(({ method, path }) => `${method} ${path}`);
  const all = (client: AccountClient): Promise<unknown>[] => [
    client.listSshKeys(),
    client.listApiKeys(),
    client.listServices(),
    client.getProfile(),
    client.createServiceKey({ service: "dns" }, client.operation("Creating the service key")),
    client.createSshKey({ name: "n", publicKey: ED25519 }, client.operation("Creating the SSH key")),
    client.revokeApiKey("a", client.operation("Revoking")),
    client.deleteSshKey("a", client.operation("Deleting")),
  ];

  test("that the credential belongs to costs one profile request a process, before everything else", async () => {
    const { customerId } = await clientOf(emulator).getProfile();
    emulator.requests.length = 0;
    const client = expecting(customerId);
    const work = all(client);
    await Promise.all(work);
    await client.listSshKeys();
    expect(paths()[0]).toBe("GET /v1/account/profile");
    expect(paths().filter((each) => each.includes("profile"))).toHaveLength(1);
    // Each of them, the list once more, and of the profile nothing but what was read already.
    expect(paths()).toHaveLength(work.length + 1);
  });

  test("that it does not belong to is an error of every request, naming both and the source; nothing else is sent", async () => {
    const { customerId } = await clientOf(emulator).getProfile();
    emulator.requests.length = 0;
    const client = expecting("another-customer");
    for (const work of [...all(client), ...all(client)]) {
      const error = await failureOf(work);
      expect(error).toMatchObject({ name: "AccountMismatchError", outcome: "rejected" });
      for (const part of [customerId, "another-customer", "the credential's source", "the id's source"])
        expect(error.message).toContain(part);
    }
    expect(paths()).toEqual(["GET /v1/account/profile"]);
    expect(emulator.account.liveApiKeys()).toEqual([]);
  });

  test.each<[string, Fault, string, string]>([
    ["500 throughout", { status: 500 }, "ServerError", "not-sent"],
    ["a lost response", { reset: true }, "ConnectionError", "not-sent"],
    ["a page of HTML", { body: "<html>" }, "MalformedResponseError", "not-sent"],
    ["no id in it", { omit: ["customer_id"] }, "MalformedResponseError", "not-sent"],
    ["401", { status: 401 }, "AuthenticationError", "rejected"],
  ])("whose profile cannot be read (%s) lets nothing be sent", async (_, fault, name, outcome) => {
    const { customerId } = await clientOf(emulator).getProfile();
    const client = expecting(customerId);
    emulator.faults.add({ ...fault, times: "always", path: "/v1/account/profile" });
    const create = () => client.createServiceKey({ service: "dns" }, client.operation("Creating"));
    const error = await failureOf(create());
    expect(error).toMatchObject({ name, outcome });
    expect(error.message).toMatch(/^Checking the account failed: GET \/v1\/account\/profile /);
    expect(error.message).not.toContain(emulator.apiKey);
    expect(paths().filter((each) => each.startsWith("POST"))).toEqual([]);
    emulator.faults.clear();
    await create();
    expect(emulator.account.liveApiKeys()).toHaveLength(1);
  });
});
