// The data functions in a program.
import {
  API_KEYS,
  openEmulator,
  openWorld,
  program,
  publicKey,
  SSH_KEYS,
  takeRequests,
} from "../support/world";

jest.setTimeout(120_000);

const lists = [
  "GET /v1/account/api-keys",
  "GET /v1/account/profile",
  "GET /v1/account/services",
  "GET /v1/account/ssh-keys",
];

test("every function with its filters, as a promise and as an output, costs one request of a kind in a run", async () => {
  const { emulator, stack } = await openWorld({ emulator: { lists: "items" } });
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
    program(`
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
    `),
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
    two: "getSshKey needs exactly one of `id`, `name` and `fingerprint`; it was given 2.",
  });
});

test("a Provider's account is read with its own credential and endpoint, once for itself", async () => {
  const { emulator, stack } = await openWorld();
  const other = await openEmulator({ lists: "named" });
  other.account.setProfile({ customer_id: "another" });
  stack.setProgram(
    program(`
      const provider = new wayscloud.Provider("other", { apiKey: "${other.apiKey}", endpoint: "${other.url}" });
      const [mine, theirs] = [await wayscloud.getProfile(), await wayscloud.getProfile({ provider })];
      const again = wayscloud.getProfileOutput({ provider });
      return { mine: mine.customerId, theirs: theirs.customerId, again: again.customerId, services: (await wayscloud.getServices({}, { provider })).length };
    `),
  );
  await stack.up();
  expect(await stack.outputs()).toEqual({
    mine: "f47ac10b-58cc-4372-a567-0e02b2c3d479",
    theirs: "another",
    again: "another",
    services: 1,
  });
  expect(takeRequests(emulator)).toEqual(["GET /v1/account/profile"]);
  expect(takeRequests(other).sort()).toEqual(["GET /v1/account/profile", "GET /v1/account/services"]);
});

test("what goes wrong is one sentence without a stack, a personal datum or a list that is not whole", async () => {
  const { emulator, stack } = await openWorld();
  const mail = "kristen.nygaard@simula.no";
  const cases: [code: string, said: string, fault?: Parameters<typeof emulator.faults.add>[0]][] = [
    [
      "await wayscloud.getApiKeys({ kind: 'pat' })",
      "Unknown filter `kind` for API keys; there are keyType, service, isActive.",
    ],
    [
      "return wayscloud.getServicesOutput({ nmae: pulumi.output('x') })",
      "Unknown filter `nmae` for services",
    ],
    [
      "await wayscloud.getSshKeys()",
      `Reading the SSH keys failed: GET ${SSH_KEYS} answered 200 with an incomplete list (\`has_more\` says that there is more).`,
      { path: SSH_KEYS, wrap: "data", extra: { has_more: true } },
    ],
    [
      "return wayscloud.getApiKeysOutput()",
      `Reading the API keys failed: GET ${API_KEYS} answered 200 with no list in it.`,
      { path: API_KEYS, body: { message: `ask ${mail}` } },
    ],
    [
      "await wayscloud.getProfile()",
      "Reading the profile failed: GET /v1/account/profile answered 200 with an unexpected shape (customer_id:",
      { path: "/v1/account/profile", omit: ["customer_id"] },
    ],
    [
      "await wayscloud.getProfile()",
      "Reading the profile failed: GET /v1/account/profile answered 422 (Unprocessable Entity): no such user [e-mail].",
      { path: "/v1/account/profile", status: 422, body: { detail: `no such user ${mail}` } },
    ],
  ];
  for (const [code, said, fault] of cases) {
    if (fault) emulator.faults.add(fault);
    stack.setProgram(program(code));
    const { code: exit, all } = await stack.preview([], { allowFail: true });
    expect(exit).not.toBe(0);
    expect(all).toContain(said);
    expect(all).not.toMatch(/^\s+at /m);
    expect(all).not.toContain(mail);
    expect(all).not.toContain("unhandled");
    expect(emulator.faults.pending()).toEqual([]);
  }
  await stack.assertNoSecrets([emulator.apiKey]);
});
