// The data functions in a program.
import { API_KEYS, openEmulator, openStack, publicKey, SSH_KEYS, takeRequests } from "../support/engine";

const lists = [
  "GET /v1/account/api-keys",
  "GET /v1/account/profile",
  "GET /v1/account/services",
  "GET /v1/account/ssh-keys",
];

test("every function with its filters, as a promise and as an output, costs one request of a kind in a run", async () => {
  const { emulator, stack } = await openStack({ emulator: { lists: "items" } });
  const { account } = emulator;
  const dns = account.addApiKey({ service: "dns" });
  const off = account.addApiKey({ service: "vps", isActive: false });
  const pat = account.addApiKey({
    scopes: ["a:read"],
    description: "mine",
    createdAt: "2024-01-01T00:00:00Z",
  });
  const ssh = account.addSshKey({ name: "deploy", publicKey: publicKey(1) });
  account.addSshKey({ name: "other", publicKey: publicKey(2) });
  const metadata = { deep: { List: [1, null, "x"], snake_case: true } };
  const bucket = account.addService({
    service_type: "storage",
    name: "b",
    status: "stopped",
    region: "bergen",
    metadata,
    unheard_of: 1,
  });
  const ids = "(entries) => entries.map(({ id }) => id)";
  stack.setProgram(
    `
      const ids = ${ids};
      const filters = [{ keyType: "pat" }, { service: "dns" }, { isActive: false }, { keyType: "service", isActive: true }, {}];
      const of = [{ serviceType: "storage" }, { name: "b" }, { status: "stopped" }, { region: "bergen" }, { region: "oslo", name: "b" }];
      const asked = [{ id: "${ssh.id}" }, { name: "deploy" }, { fingerprint: "${ssh.fingerprint}" }];
      const later = (args) => Object.fromEntries(Object.entries(args).map(([name, value]) => [name, pulumi.output(value)]));
      const none = await wayscloud.getSshKey({ name: "nobody" }).catch((error) => error.message);
      const two = await wayscloud.getSshKey({ name: "deploy", id: "x" }).catch((error) => error.message);
      return {
        profile: await wayscloud.getProfile(),
        profileOutput: wayscloud.getProfileOutput(),
        keys: await Promise.all(filters.map(async (filter) => ids(await wayscloud.getApiKeys(filter)))),
        keysOutput: filters.map((filter) => wayscloud.getApiKeysOutput(later(filter)).apply(ids)),
        services: await Promise.all(of.map(async (filter) => ids(await wayscloud.getServices(filter)))),
        servicesOutput: of.map((filter) => wayscloud.getServicesOutput(later(filter)).apply(ids)),
        sshKeys: ids(await wayscloud.getSshKeys()), sshKeysOutput: wayscloud.getSshKeysOutput().apply(ids),
        sshKey: await Promise.all(asked.map(async (by) => (await wayscloud.getSshKey(by)).name)),
        sshKeyOutput: asked.map((by) => wayscloud.getSshKeyOutput(later(by)).name),
        pat: (await wayscloud.getApiKeys({ keyType: "pat" })).find(({ id }) => id === "${pat.id}"),
        bucket: (await wayscloud.getServices({ name: "b" }))[0],
        none, two,
      };
    `,
  );
  await stack.preview();
  expect(takeRequests(emulator).sort()).toEqual(lists);
  await stack.up();
  expect(takeRequests(emulator).sort()).toEqual(lists);
  const outputs = await stack.outputs();
  const boot = account.apiKeys()[0]!.id;
  const keys = [[boot, pat.id], [dns.id], [off.id], [dns.id], [boot, dns.id, off.id, pat.id]];
  const services = [[bucket.id], [bucket.id], [bucket.id], [bucket.id], []];
  const profile = {
    customerId: "f47ac10b-58cc-4372-a567-0e02b2c3d479",
    email: "kristen.nygaard@simula.no",
    firstName: "Kristen",
    lastName: "Nygaard",
    company: "Simula Research Laboratory",
    customerType: "business",
    status: "active",
    createdAt: "2024-01-15T09:30:00Z",
  };
  const all = account.sshKeys().map(({ id }) => id);
  expect(outputs).toEqual({
    profile,
    profileOutput: profile,
    keys,
    keysOutput: keys,
    services,
    servicesOutput: services,
    sshKeys: all,
    sshKeysOutput: all,
    sshKey: ["deploy", "deploy", "deploy"],
    sshKeyOutput: ["deploy", "deploy", "deploy"],
    pat: {
      id: pat.id,
      keyPrefix: pat.keyPrefix,
      keyType: "pat",
      description: "mine",
      scopes: ["a:read"],
      isActive: true,
      createdAt: "2024-01-01T00:00:00Z",
    },
    bucket: {
      id: bucket.id,
      serviceType: "storage",
      name: "b",
      status: "stopped",
      region: "bergen",
      createdAt: bucket.created_at,
      metadata,
    },
    none: 'getSshKey: the account has no SSH key with the name "nobody".',
    two: "getSshKey: specify exactly one of `id`, `name` and `fingerprint`.",
  });
});

test("what goes wrong is one sentence without a stack or a personal datum", async () => {
  const { emulator, stack } = await openStack();
  const mail = "kristen.nygaard@simula.no";
  const cases: [code: string, said: string, fault?: Parameters<typeof emulator.faults.add>[0]][] = [
    [
      "await wayscloud.getApiKeys({ kind: 'pat' })",
      "getApiKeys: unknown filter `kind`. Valid filters: keyType, service, isActive.",
    ],
    [
      "return wayscloud.getServicesOutput({ nmae: pulumi.output('x') })",
      "getServices: unknown filter `nmae`",
    ],
    // Nothing waits for what goes wrong here.
    ["wayscloud.getServicesOutput({ nmae: 'x' })", "getServices: unknown filter `nmae`"],
    ["void wayscloud.getServices({ nmae: 'x' })", "getServices: unknown filter `nmae`"],
    ["void wayscloud.getProfile({ nmae: 'x' })", "getProfile: unknown option `nmae`"],
    [
      "await wayscloud.getProfile()",
      "Reading the profile failed: GET /v1/account/profile answered 422 (Unprocessable Entity): no such user [e-mail].",
      { path: "/v1/account/profile", status: 422, body: { detail: `no such user ${mail}` } },
    ],
  ];
  for (const [code, said, fault] of cases) {
    if (fault) emulator.faults.add(fault);
    stack.setProgram(code);
    const { all } = await stack.preview([], { fails: true });
    expect(all).toContain(said);
    expect(all).not.toMatch(/^\s+at /m);
    expect(all).not.toContain(mail);
    expect(all).not.toContain("unhandled");
    expect(emulator.faults.pending()).toEqual([]);
  }
  stack.assertNoSecrets([emulator.apiKey]);
});

test("an Output form reads after its arguments' resources, and after dependsOn, never from an older list", async () => {
  const { emulator, stack } = await openStack();
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
  stack.setProgram(text(1));
  await stack.preview();
  // Only what depends on nothing is read before anything exists.
  expect(takeRequests(emulator)).toEqual([`GET ${API_KEYS}`]);
  await stack.up();
  const first = await stack.outputs();
  expect(first).toMatchObject({ before: 1, byName: true, byId: "deploy-1", later: 1, vps: 1 });
  expect(first.list).toEqual([first.own]);
  const requests = takeRequests(emulator);
  expect(requests.filter((line) => line === `GET ${API_KEYS}`).length).toBeLessThanOrEqual(4);
  expect(requests.filter((line) => line === `GET ${SSH_KEYS}`).length).toBeLessThanOrEqual(2);

  // At a replacement the new key is there, and the old one not gone yet.
  stack.setProgram(text(2));
  await stack.up();
  const second = await stack.outputs();
  expect(second).toMatchObject({ byName: true, byId: "deploy-2" });
  expect(second.list).toContain(second.own);

  // With nothing to change, one list of a kind is enough.
  takeRequests(emulator);
  await stack.preview();
  expect(takeRequests(emulator).sort()).toEqual([`GET ${API_KEYS}`, `GET ${SSH_KEYS}`]);
});

test("a data function in a component reads the account of the component's provider", async () => {
  const { emulator, stack } = await openStack();
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
  await stack.up();
  expect(await stack.outputs()).toEqual({ plain: "another", output: "another" });
  expect(takeRequests(emulator)).toEqual([]);
  expect(takeRequests(other)).toEqual(["GET /v1/account/profile"]);
});
