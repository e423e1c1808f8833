// The provider's own configuration: checked without a request, compared without ever asking for a replacement.
import { startEmulator } from "../../src/emulator";
import { environmentOf, useEnvironment } from "../support/environment";
import { account, emulator, host, live, urnOf } from "../support/plugin-host";
import { type Properties, secret, unknown } from "../support/provider-client";
import { takeRequests } from "../support/requests";

useEnvironment();

test("the credential is secret however it is given, and unknown values pass", async () => {
  expect(await host.checkConfig({ apiKey: "wayscloud_pat_a_b", endpoint: unknown })).toEqual({
    inputs: { apiKey: secret("wayscloud_pat_a_b"), endpoint: unknown },
    failures: [],
  });
});

test.each([
  [{ apiKey: "  " }, /The value of wayscloud-account:apiKey is blank/],
  [{ patToken: "" }, /The value of wayscloud-account:patToken is blank/],
  [{ endpoint: " " }, /The value of wayscloud-account:endpoint is blank/],
  [{ customerId: "" }, /The value of wayscloud-account:customerId is blank/],
  [{ apikey: "x" }, /unknown configuration `apikey`; did you mean "apiKey"\?/],
  [{ "wayscloud:apiKey": "x" }, /unknown configuration `wayscloud:apiKey`/],
  [
    { patToken: "x", apiKey: "x" },
    /Both wayscloud-account:patToken and wayscloud-account:apiKey set the credential/,
  ],
  [{ endpoint: "http://example.com" }, /endpoint.*https/],
  [{ endpoint: "https://user:pass@example.com" }, /endpoint.*user name/],
  [{ customerId: 5 }, /wayscloud-account:customerId must be a string, not a number/],
])("%j is refused, and its value not printed by the engine", async (config, reason) => {
  const { failures } = await host.checkConfig(config);
  expect(failures).toEqual([{ property: "", reason: expect.stringMatching(reason) }]);
});

test("the engine's own settings are none of the user's", async () => {
  const own = { version: "1.0.0", pluginDownloadURL: "https://example.com" };
  expect(await host.checkConfig(own)).toEqual({ inputs: {}, failures: [] });
});

const old = { apiKey: secret("wayscloud_pat_a_b"), endpoint: "https://one.example", customerId: "1" };

test.each([
  [
    { endpoint: "https://two.example" },
    ["endpoint"],
    /endpoint changed\. The resources .* This change alone replaces nothing/,
  ],
  [{ endpoint: undefined }, ["endpoint"], /endpoint changed/],
  [{ customerId: "2" }, ["customerId"], /customerId changed\. .* This change alone replaces nothing/],
  [{ customerId: undefined }, ["customerId"], undefined],
  [{ apiKey: secret("wayscloud_pat_c_d") }, ["apiKey"], undefined],
])("a change to %j is a change and no replacement", async (change, changed, warning) => {
  const news = Object.entries({ ...old, ...change }).filter(([, value]) => value !== undefined);
  const diff = await host.diffConfig(old, Object.fromEntries(news));
  expect(diff).toMatchObject({ changes: true, replaces: [] });
  expect(Object.keys(diff.details)).toEqual(changed);
  const expected = warning
    ? [[expect.stringContaining("pulumi:providers"), expect.stringMatching(warning)]]
    : [];
  expect(host.warnings).toEqual(expected);
});

test("what does not change is no change, even from an explicit Provider of the dynamic host", async () => {
  const named = Object.entries(old).map(([name, value]) => [`wayscloud:${name}`, value] as const);
  const dynamic = Object.fromEntries(named);
  const { apiKey: patToken, ...others } = old;
  for (const [olds, news] of [
    [old, old],
    [dynamic, old],
    [dynamic, { ...others, patToken }],
  ] as const)
    expect(await host.diffConfig(olds, news)).toMatchObject({ changes: false });
});

test("an endpoint that moves from the environment into the configuration is the same one", async () => {
  const { endpoint, ...others } = old;
  process.env["WAYSCLOUD_ENDPOINT"] = `${endpoint}/`;
  await host.diffConfig(others, old);
  expect(host.warnings).toEqual([]);
  await host.diffConfig(others, { ...old, endpoint: "https://two.example" });
  expect(host.warnings).toHaveLength(1);
});

const explicit = "urn:pulumi:dev::test::pulumi:providers:wayscloud-account::staging";
const THEIRS = "00000000-aaaa-4bbb-8ccc-000000000000";

test.each<[string, Properties, string, string | undefined]>([
  ["the stack config wayscloud-account:customerId", { customerId: THEIRS }, "", undefined],
  [
    'the configuration of the provider "staging", wayscloud-account:customerId',
    { customerId: THEIRS },
    explicit,
    undefined,
  ],
  ["the environment variable WAYSCLOUD_CUSTOMER_ID", {}, explicit, THEIRS],
])(
  "another account than %s expects is refused by every call, after one profile request",
  async (source, config, urn, variable) => {
    const [key, ssh] = [urnOf("RotatingServiceKey"), urnOf("SshKey")];
    const { id, inputs, outputs } = await host.up(key, { service: "dns", rotateEveryDays: 30 });
    const { customerId } = await host.invoke("getProfile");
    expect(takeRequests(emulator)).toHaveLength(2);
    const before = live();

    if (variable !== undefined) process.env["WAYSCLOUD_CUSTOMER_ID"] = variable;
    await host.configure({ ...account(), ...config }, urn);
    const calls = [
      host.create(urnOf("ServiceKey"), { service: "dns" }),
      host.update(key, id, outputs, { ...inputs, rotationTriggers: { a: "b" } }),
      host.read(key, id, outputs, inputs),
      host.read(ssh, "8f14e45f-ceea-467a-9575-0c3b1c1d8a01"),
      host.delete(key, id, outputs),
      host.invoke("getProfile"),
      host.invoke("getSshKeys"),
    ];
    for (const call of await Promise.allSettled(calls)) {
      const { message } = (call as PromiseRejectedResult).reason as Error;
      expect(message).toContain(`belongs to the account ${customerId}, but ${source} expects ${THEIRS}`);
    }
    expect(takeRequests(emulator)).toEqual(["GET /v1/account/profile"]);
    expect(live()).toEqual(before);
  },
);

test("what a Provider of the dynamic host recorded is its account, and any other name is an error, never the account of the environment", async () => {
  const elsewhere = await startEmulator();
  Object.assign(process.env, environmentOf(elsewhere));
  const { apiKey, endpoint } = account();
  const recorded = { "wayscloud:apiKey": apiKey, "wayscloud:endpoint": endpoint };
  await host.configure(recorded, explicit);
  await host.up(urnOf("ServiceKey"), { service: "dns" });
  await expect(host.invoke("getProfile")).resolves.toBeDefined();
  expect(takeRequests(emulator)).toEqual(["POST /v1/account/api-keys/service", "GET /v1/account/profile"]);
  await host.configure({ apikey: apiKey, endpoint }, explicit);
  const said =
    'the configuration of the provider "staging", has an unknown name `apikey`; did you mean "apiKey"?';
  await expect(host.invoke("getProfile")).rejects.toThrow(said);
  const { failures } = await host.check(urnOf("ServiceKey", "other"), {}, { service: "dns" });
  expect(failures).toEqual([{ property: "", reason: expect.stringContaining(said) }]);
  expect([...takeRequests(emulator), ...takeRequests(elsewhere)]).toEqual([]);
  await elsewhere.close();
});

test("a refused credential is said to come from the provider that was configured", async () => {
  const config = { ...account(), apiKey: secret("wayscloud_pat_wrong_credential") };
  for (const [urn, source] of [
    [explicit, 'the configuration of the provider "staging"'],
    [explicit.replace("staging", "default"), "the stack config wayscloud-account:apiKey"],
    [explicit.replace("staging", "default_1_0_0"), "the stack config wayscloud-account:apiKey"],
  ] as const) {
    await host.configure(config, urn);
    await expect(host.up(urnOf("ServiceKey"), { service: "dns" })).rejects.toThrow(source);
  }
});

test("a missing credential is asked for by the plugin's own configuration", async () => {
  process.env["HOME"] = "/nonexistent";
  await host.configure({});
  const { failures } = await host.check(urnOf("ServiceKey"), {}, { service: "dns" });
  expect(failures).toEqual([
    { property: "", reason: expect.stringContaining("--secret wayscloud-account:patToken") },
  ]);
});

test.each(["patToken", "endpoint", "customerId"])(
  "while the %s is not known, nothing is sent, neither there nor to what the environment names",
  async (name) => {
    Object.assign(process.env, environmentOf(emulator));
    const { apiKey: patToken, endpoint } = account();
    await host.configure({ patToken, endpoint, [name]: unknown }, explicit);
    const { inputs, failures } = await host.check(urnOf("ServiceKey"), {}, { service: "dns" });
    expect(failures).toEqual([]);
    const said = `The value of the configuration of the provider "staging", wayscloud-account:${name} is not known yet`;
    await expect(host.create(urnOf("ServiceKey"), inputs)).rejects.toThrow(said);
    await expect(host.invoke("getProfile")).rejects.toThrow(said);
    expect(takeRequests(emulator)).toEqual([]);
  },
);
