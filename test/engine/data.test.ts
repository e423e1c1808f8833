// The data functions in a program, of both hosts.
import { API_KEYS, type Host, openEmulator, openStack, publicKey } from "../support/engine";
import { SSH_KEYS, takeRequests } from "../support/engine";

test("every function with its filters, as a promise and as an output, costs one request of a kind in a run", async () => {
  const { emulator, stack } = await openStack({ emulator: { lists: "items" } });
  const { account } = emulator;
  const createdAt = "2024-01-01T00:00:00Z";
  const dns = account.addApiKey({ service: "dns" });
  const off = account.addApiKey({ service: "vps", isActive: false });
  const pat = account.addApiKey({ scopes: ["a:read"], description: "mine", createdAt });
  const ssh = account.addSshKey({ name: "deploy", publicKey: publicKey(1) });
  account.addSshKey({ name: "other", publicKey: publicKey(2) });
  const metadata = { deep: { List: [1, null, "x"], snake_case: true } };
  const stopped = { name: "b", status: "stopped", region: "bergen", metadata };
  const bucket = account.addService({ service_type: "storage", ...stopped, unheard_of: 1 });
  stack.setProgram(`
    const ids = (entries) => entries.map(({ id }) => id);
    const later = (args) => Object.fromEntries(Object.entries(args).map(([name, value]) => [name, pulumi.output(value)]));
    /** With each of these arguments, as a promise and as an output. */
    const both = async (name, of, all) => ({
      [name]: await Promise.all(all.map(async (args) => of(await wayscloud[name](args)))),
      [name + "Output"]: all.map((args) => wayscloud[name + "Output"](later(args)).apply(of)),
    });
    const wrong = (args) => wayscloud.getSshKey(args).catch((error) => error.message);
    return {
      ...await both("getProfile", (profile) => profile, [{}]),
      ...await both("getApiKeys", ids, [{ keyType: "pat" }, { service: "dns" }, { isActive: false }, { keyType: "service", isActive: true }, {}]),
      ...await both("getServices", ids, [{ serviceType: "storage" }, { name: "b" }, { status: "stopped" }, { region: "bergen" }, { region: "oslo", name: "b" }]),
      ...await both("getSshKeys", ids, [{}]),
      ...await both("getSshKey", ({ name }) => name, [{ id: "${ssh.id}" }, { name: "deploy" }, { fingerprint: "${ssh.fingerprint}" }]),
      pat: (await wayscloud.getApiKeys({ keyType: "pat" })).find(({ id }) => id === "${pat.id}"),
      bucket: (await wayscloud.getServices({ name: "b" }))[0],
      wrong: await Promise.all([wrong({ name: "nobody" }), wrong({ name: "deploy", id: "x" })]),
    };
  `);
  const lists = ["api-keys", "profile", "services", "ssh-keys"].map((list) => `GET /v1/account/${list}`);
  expect((await stack.preview()).requests.sort()).toEqual(lists);
  expect((await stack.up()).requests.sort()).toEqual(lists);
  const boot = account.apiKeys()[0]!.id;
  const { keyPrefix } = pat;
  const found = {
    getProfile: [
      {
        ...{ customerId: "f47ac10b-58cc-4372-a567-0e02b2c3d479", email: "kristen.nygaard@simula.no" },
        ...{ firstName: "Kristen", lastName: "Nygaard", company: "Simula Research Laboratory" },
        ...{ customerType: "business", status: "active", createdAt: "2024-01-15T09:30:00Z" },
      },
    ],
    getApiKeys: [[boot, pat.id], [dns.id], [off.id], [dns.id], [boot, dns.id, off.id, pat.id]],
    getServices: [[bucket.id], [bucket.id], [bucket.id], [bucket.id], []],
    getSshKeys: [account.sshKeys().map(({ id }) => id)],
    getSshKey: ["deploy", "deploy", "deploy"],
  };
  const asOutputs = Object.entries(found).map(([name, value]) => [`${name}Output`, value]);
  expect(await stack.outputs()).toEqual({
    ...found,
    ...Object.fromEntries(asOutputs),
    pat: {
      ...{ id: pat.id, keyPrefix, keyType: "pat", description: "mine", scopes: ["a:read"], isActive: true },
      createdAt,
    },
    bucket: { id: bucket.id, serviceType: "storage", ...stopped, createdAt: bucket.created_at },
    wrong: [
      'getSshKey: the account has no SSH key with the name "nobody".',
      "getSshKey: specify exactly one of `id`, `name` and `fingerprint`.",
    ],
  });
});

const mail = "kristen.nygaard@simula.no";
const refused = { path: "/v1/account/profile", status: 422, body: { detail: `no such user ${mail}` } };
const nobody = 'getSshKey: the account has no SSH key with the name "nobody".';

test.each<[host: Host, code: string, said: string, requests: number]>([
  [
    "dynamic",
    "await wayscloud.getApiKeys({ kind: 'pat' })",
    "getApiKeys: unknown filter `kind`. Valid filters: keyType, service, isActive.",
    0,
  ],
  [
    "dynamic",
    "return wayscloud.getServicesOutput({ nmae: pulumi.output('x') })",
    "getServices: unknown filter `nmae`",
    0,
  ],
  // Nothing waits for what goes wrong here.
  ["dynamic", "wayscloud.getServicesOutput({ nmae: 'x' })", "getServices: unknown filter `nmae`", 0],
  ["dynamic", "void wayscloud.getServices({ nmae: 'x' })", "getServices: unknown filter `nmae`", 0],
  ["dynamic", "void wayscloud.getProfile({ nmae: 'x' })", "getProfile: unknown option `nmae`", 0],
  ["dynamic", "return wayscloud.getProfileOutput(null)", "getProfile: `opts` must be an object such as", 0],
  [
    "dynamic",
    "await wayscloud.getProfile()",
    "Reading the profile failed: GET /v1/account/profile answered 422 (Unprocessable Entity): no such user [e-mail].",
    1,
  ],
  ["plugin", 'return wayscloud.getSshKeyOutput({ name: pulumi.output("nobody") }).name', nobody, 1],
  ["plugin", 'await wayscloud.getSshKey({ name: "nobody" })', nobody, 1],
  [
    "plugin",
    'await wayscloud.getApiKeys({ servce: "dns" })',
    'unknown filter `servce`; did you mean "service"?',
    0,
  ],
  [
    "plugin",
    "await wayscloud.getProfile({ providr: 1 })",
    'getProfile: unknown option `providr`; did you mean "provider"?',
    0,
  ],
])("%s, %s: one sentence without a stack or a personal datum", async (host, code, said, requests) => {
  const { emulator, stack } = await openStack({ host });
  emulator.faults.add(refused);
  const all = await stack.refusal(code);
  expect(all).toContain(said);
  expect(all).not.toMatch(/^\s+at | at .*\.js:|Promise|Circular|invocation of|unhandled/m);
  expect(all).not.toContain(mail);
  expect(emulator.requests).toHaveLength(requests);
});

test("an Output form reads after its arguments' resources, and after dependsOn, never from an older list", async () => {
  const { stack } = await openStack();
  const text = (round: number): string =>
    `
      const key = new wayscloud.ServiceKey("dns", { service: "dns", rotationTriggers: { round: "${round}" } });
      const ssh = new wayscloud.SshKey("deploy", { publicKey: "${publicKey(1)}", name: "deploy-${round}" });
      class Keys extends pulumi.ComponentResource {
        constructor() {
          super("test:index:Keys", "keys");
          new wayscloud.ServiceKey("vps", { service: "vps" }, { parent: this });
        }
      }
      const component = new Keys();
      const before = (await wayscloud.getApiKeys()).length;
      return {
        before,
        byName: wayscloud.getSshKeyOutput({ name: ssh.name }).id.apply((id) => ssh.id.apply((own) => own === id)),
        byId: wayscloud.getSshKeyOutput({ id: ssh.id }).name,
        list: wayscloud.getApiKeysOutput({ service: key.service }).apply((keys) => keys.map(({ id }) => id)),
        own: key.id,
        later: wayscloud.getApiKeysOutput({ service: "dns" }, { dependsOn: [key] }).length,
        vps: wayscloud.getApiKeysOutput({ service: "vps" }, { dependsOn: component }).length,
      };
    `;
  // Only what depends on nothing is read before anything exists.
  expect((await stack.setProgram(text(1)).preview()).requests).toEqual([`GET ${API_KEYS}`]);
  const { requests } = await stack.up();
  const first = await stack.outputs();
  expect(first).toMatchObject({ before: 1, byName: true, byId: "deploy-1", later: 1, vps: 1 });
  expect(first.list).toEqual([first.own]);
  expect(requests.filter((line) => line === `GET ${API_KEYS}`).length).toBeLessThanOrEqual(4);
  expect(requests.filter((line) => line === `GET ${SSH_KEYS}`).length).toBeLessThanOrEqual(2);

  // At a replacement the new key is there, and the old one not gone yet.
  await stack.setProgram(text(2)).up();
  const second = await stack.outputs();
  expect(second).toMatchObject({ byName: true, byId: "deploy-2" });
  expect(second.list).toContain(second.own);

  // With nothing to change, one list of a kind is enough.
  expect((await stack.preview()).requests.sort()).toEqual([`GET ${API_KEYS}`, `GET ${SSH_KEYS}`]);
});

test("a data function in a component reads the account of the component's provider", async () => {
  const { stack } = await openStack();
  const other = await openEmulator();
  other.account.setProfile({ customer_id: "another" });
  stack.setProgram(
    `
      const provider = new wayscloud.Provider("other", { apiKey: "${other.apiKey}", endpoint: "${other.url}" });
      class Keys extends pulumi.ComponentResource {
        constructor(opts) {
          super("test:index:Keys", "keys", {}, opts);
          this.customer = wayscloud.getProfile({ parent: this }).then(({ customerId }) => customerId);
          this.later = wayscloud.getProfileOutput({ parent: this }).customerId;
        }
      }
      const keys = new Keys({ providers: [provider] });
      return { plain: await keys.customer, output: keys.later };
    `,
  );
  expect((await stack.up()).requests).toEqual([]);
  expect(await stack.outputs()).toEqual({ plain: "another", output: "another" });
  expect(takeRequests(other)).toEqual(["GET /v1/account/profile"]);
});

test("a data function sees what it waited for, whichever process made it: another provider, or the dynamic classes", async () => {
  const { stack } = await openStack({
    host: "both",
    program: `
      const count = (list) => list.apply((entries) => entries.length);
      const explicit = new native.Provider("explicit", { apiKey: process.env.WAYSCLOUD_API_KEY });
      const early = count(native.getApiKeysOutput({ service: "dns" }));
      const earlyKeys = count(native.getSshKeysOutput());
      const key = new native.ServiceKey("k", { service: "dns", rotationTriggers: { early: early.apply(String) } }, { provider: explicit });
      const deploy = new wayscloud.SshKey("deploy", { name: earlyKeys.apply((number) => "deploy-" + number), publicKey: "${publicKey(1)}" });
      return {
        early, earlyKeys,
        sameProvider: count(native.getApiKeysOutput({ service: "dns" }, { provider: explicit, dependsOn: [key] })),
        otherProvider: count(native.getApiKeysOutput({ service: "dns" }, { dependsOn: [key] })),
        byArgument: count(native.getApiKeysOutput({ service: key.service })),
        dynamic: count(native.getSshKeysOutput({}, { dependsOn: [deploy] })),
        found: native.getSshKeyOutput({ id: deploy.id }).name,
      };
    `,
  });
  await stack.up();
  expect(await stack.outputs()).toEqual({
    ...{ early: 0, earlyKeys: 0, sameProvider: 1, otherProvider: 1, byArgument: 1 },
    ...{ dynamic: 1, found: "deploy-0" },
  });
});

test("in a preview a data function of a provider whose credential is not known yet is unknown, and the up knows it", async () => {
  const { stack } = await openStack({
    host: "plugin",
    program: `
      const token = new wayscloud.PersonalAccessToken("token", { scopes: ["account:read", "api_keys:read"] });
      const provider = new wayscloud.Provider("later", { apiKey: token.key });
      const keys = wayscloud.getApiKeysOutput({ keyType: "pat" }, { provider });
      return {
        customer: wayscloud.getProfileOutput({ provider }).customerId.apply((id) => id.toUpperCase()),
        keys: keys.apply((entries) => entries.length),
      };
    `,
  });
  expect((await stack.preview()).requests).toEqual([]);
  await stack.up();
  expect(await stack.outputs()).toEqual({ customer: "F47AC10B-58CC-4372-A567-0E02B2C3D479", keys: 2 });
});

test("a function that fails while the program loads is one error, without a warning of Node.js", async () => {
  const { stack } = await openStack();
  delete stack.env["WAYSCLOUD_API_KEY"];
  stack.writeFile(
    "index.js",
    `const { getProfile, getProfileOutput } = require("pulumi-wayscloud");
     Object.assign(exports, { one: getProfile(), two: getProfileOutput().customerId });`,
  );
  const { all } = await stack.preview([], { fails: true });
  expect(all).toContain("No WAYSCloud credential found.");
  expect(all).not.toContain("Warning");
});
