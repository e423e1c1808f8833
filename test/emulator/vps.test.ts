// Servers and the paths of the vendor's clients: fields, life, filters, SSH keys, catalog.
import { startEmulator } from "../../src/emulator";
import type { Emulator, EmulatorOptions } from "../../src/emulator";
import { ED25519, send, SERVER } from "./client";
import type { Reply } from "./client";

const NOW = Date.parse("2024-03-01T14:00:00Z");
let now = NOW;
const open: Emulator[] = [];
const start = async (options: EmulatorOptions = {}): Promise<Emulator> => {
  now = NOW;
  const emulator = await startEmulator({ now: () => now, ...options });
  open.push(emulator);
  return emulator;
};
afterEach(() => Promise.all(open.splice(0).map((emulator) => emulator.close())));

const create = async (emulator: Emulator, fields: object = {}): Promise<Reply> =>
  send(emulator, "POST", "/v1/vps", { ...SERVER, ...fields });
const statusOf = async (emulator: Emulator, id: string): Promise<string> =>
  (await send(emulator, "GET", `/v1/vps/${id}`)).json.status;

test("a server has the real fields, is provisioned first, then active with its addresses", async () => {
  const emulator = await start({ provisioning: { ms: 1_500 } });
  const made = await create(emulator);
  expect(made.status).toBe(201);
  expect(made.json).toEqual({
    ...SERVER,
    id: expect.any(String),
    display_name: "web",
    status: "provisioning",
    power_state: "off",
    ipv4_address: null,
    ipv6_address: null,
    vcpu: 2,
    ram_mb: 4096,
    disk_gb: 30,
    monthly_price: expect.any(Number),
    currency: "NOK",
    provider_vm_id: expect.any(String),
    ssh_key_fingerprints: [],
    tags: [],
    labels: {},
    created_at: "2024-03-01T14:00:00Z",
    provisioned_at: null,
  });
  now += 20_000;
  expect((await send(emulator, "GET", `/v1/vps/${made.json.id}`)).json).toEqual({
    ...made.json,
    status: "active",
    power_state: "on",
    ipv4_address: "203.0.113.1",
    ipv6_address: "2001:db8::1",
    // When it was ready, and not when somebody looked.
    provisioned_at: "2024-03-01T14:00:01Z",
  });
});

test("provisioning lasts as many reads and as long as asked for", async () => {
  const reads = await start({ provisioning: { reads: 2 } });
  const { json: first } = await create(reads);
  const seen = [await statusOf(reads, first.id)];
  seen.push((await send(reads, "GET", `/v1/vps/${first.id}/status`)).json.status);
  seen.push((await send(reads, "GET", "/v1/vps/")).json[0].status);
  expect(seen).toEqual(["provisioning", "provisioning", "active"]);

  // The whole time, although what the API shows of the creation has no fractions of a second.
  const timed = await start({ provisioning: { ms: 30_000 } });
  now += 999;
  const { json: second } = await create(timed);
  now += 29_999;
  expect(await statusOf(timed, second.id)).toBe("provisioning");
  now += 1;
  expect(await statusOf(timed, second.id)).toBe("active");
});

test("start, stop and reboot, which a server that is being provisioned does not do yet", async () => {
  const emulator = await start();
  const { json: made } = await create(emulator);
  const path = `/v1/vps/${made.id}`;
  const act = async (action: string): Promise<unknown[]> => {
    const { status } = await send(emulator, "POST", `${path}/${action}`);
    const { json } = await send(emulator, "GET", `${path}/status`);
    return [status, json.status, json.power_state];
  };
  expect(await act("stop")).toEqual([200, "stopped", "off"]);
  expect(await act("reboot")).toEqual([409, "stopped", "off"]);
  expect(await act("start")).toEqual([200, "active", "on"]);
  expect(await act("reboot")).toEqual([200, "active", "on"]);

  const slow = await start({ provisioning: { ms: Infinity } });
  const { json } = await create(slow);
  expect((await send(slow, "POST", `/v1/vps/${json.id}/stop`)).status).toBe(409);
  expect((await send(slow, "POST", "/v1/vps/nothing/stop")).status).toBe(404);
});

test("PATCH changes display name, tags and labels and nothing else", async () => {
  const emulator = await start();
  const { json: made } = await create(emulator, { display_name: "Web" });
  const path = `/v1/vps/${made.id}`;
  const changes = { display_name: "Shop", tags: ["a"], labels: { team: "x" } };
  const changed = await send(emulator, "PATCH", path, { ...changes, hostname: "other" });
  expect(changed.json).toMatchObject({ ...SERVER, ...changes });
  expect((await send(emulator, "PATCH", path, { display_name: "Shop 2" })).json).toMatchObject({
    ...changes,
    display_name: "Shop 2",
  });
  const wrong = await send(emulator, "PATCH", path, { labels: { team: 1 } });
  expect([wrong.status, wrong.json.detail[0].loc]).toEqual([422, ["body", "labels", "team"]]);
});

test("lists are filtered by status and region; a trailing slash means nothing", async () => {
  const emulator = await start({ provisioning: { reads: 3 } });
  await create(emulator, { hostname: "a" });
  await create(emulator, { hostname: "b", region: "SE" });
  const names = async (query: string): Promise<string[]> =>
    (await send(emulator, "GET", `/v1/vps/${query}`)).json.map(
      ({ hostname }: { hostname: string }) => hostname,
    );
  expect(await names("?status=active")).toEqual([]);
  expect(await names("?status=provisioning&region=SE")).toEqual(["b"]);
  expect(await names("?region=NO")).toEqual(["a"]);
  expect(await names("?status=active")).toEqual(["a", "b"]);
  expect((await send(emulator, "POST", "/v1/vps/", SERVER)).status).toBe(201);
});

test("a server names the SSH keys it got, so that vm_count follows", async () => {
  const emulator = await start();
  const { fingerprint } = emulator.account.addSshKey({ name: "a", publicKey: ED25519 });
  const caller = { url: emulator.url, apiKey: emulator.account.addApiKey({ service: "vps" }).key };
  const count = async (): Promise<number> =>
    (await send(emulator, "GET", "/v1/account/ssh-keys")).json[0].vm_count;
  const { json: named } = await send(caller, "POST", "/v1/vps", { ...SERVER, ssh_keys: [ED25519] });
  const { json: all } = await send(caller, "POST", "/v1/vps", SERVER);
  const { json: none } = await send(caller, "POST", "/v1/vps", { ...SERVER, ssh_keys: [] });
  expect([named, all, none].map((server) => server.ssh_key_fingerprints)).toEqual([
    [fingerprint],
    [fingerprint],
    [],
  ]);
  expect(await count()).toBe(2);
  const { json: services } = await send(emulator, "GET", "/v1/account/services");
  expect(services[1]).toMatchObject({ id: named.id, service_type: "vps", name: "web", region: "NO" });
  expect((await send(caller, "DELETE", `/v1/vps/${named.id}`)).status).toBe(200);
  expect((await send(caller, "GET", `/v1/vps/${named.id}`)).status).toBe(404);
  expect(await count()).toBe(1);
});

test.each([
  [{ hostname: undefined }, "hostname", "missing"],
  [{ plan_code: "p" }, "plan_code", "value_error"],
  [{ region: "XX" }, "region", "enum"],
  [{ hostname: " " }, "hostname", "string_too_short"],
  [{ os_template: 1 }, "os_template", "string_type"],
  [{ ssh_keys: "x" }, "ssh_keys", "list_type"],
])("a server with %j is refused, naming the field", async (fields, field, type) => {
  const emulator = await start();
  const { status, json } = await create(emulator, fields);
  expect([status, json.detail]).toEqual([422, [expect.objectContaining({ loc: ["body", field], type })]]);
  expect(emulator.account.vps()).toEqual([]);
});

test("plans, templates and regions say what a server can be made of", async () => {
  const emulator = await start({ lists: "named" });
  const get = async (path: string): Promise<any> => (await send(emulator, "GET", `/v1/vps/${path}`)).json;
  const { plans } = await get("plans/");
  const { plans: ofSweden } = await get("plans/region/SE");
  const { templates } = await get("os-templates/");
  const { regions } = await get("regions");
  expect(plans).toContainEqual(
    expect.objectContaining({
      plan_code: SERVER.plan_code,
      vcpu: 2,
      ram_mb: 4096,
      disk_gb: 30,
      currency: "NOK",
    }),
  );
  expect(new Set(ofSweden.map(({ region }: { region: string }) => region))).toEqual(new Set(["SE"]));
  expect(templates).toContainEqual(expect.objectContaining({ id: "ubuntu-24.04" }));
  const codes = ["NO", "SE", "FR", "DE", "EU", "US", "NL", "DK", "EE", "FI"];
  expect(regions.map(({ code }: { code: string }) => code)).toEqual(codes);
  for (const { plan_code } of plans as { plan_code: string }[]) {
    expect((await create(emulator, { plan_code })).status).toBe(201);
  }
  expect(Object.keys(await get(""))).toEqual(["vps_instances"]);
  expect((await send(emulator, "GET", "/v1/vps/plans/region/XX")).status).toBe(404);
});

test("the dashboard's paths show the same account", async () => {
  const emulator = await start();
  const dashboard = "/api/v1/dashboard/account";
  const paths = (name: string): string[] => [`/v1/account/${name}`, `${dashboard}/${name}`];
  const { json: made } = await send(emulator, "POST", `${dashboard}/ssh-keys`, {
    name: "a",
    public_key: ED25519,
  });
  for (const name of ["profile", "ssh-keys"]) {
    const [documented, sdk] = await Promise.all(paths(name).map((path) => send(emulator, "GET", path)));
    expect([sdk!.status, sdk!.json]).toEqual([200, documented!.json]);
  }
  expect((await send(emulator, "DELETE", `${dashboard}/ssh-keys/${made.id}`)).status).toBe(200);
  expect(emulator.account.sshKeys()).toEqual([]);
});

describe("the vendor's Terraform provider", () => {
  test("finds in the catalog the fields that it reads", async () => {
    const emulator = await start();
    const get = async (path: string): Promise<any> => (await send(emulator, "GET", path)).json;
    expect((await get("/v1/vps/os-templates/"))[0]).toEqual({
      ...{ id: "ubuntu-24.04", slug: "ubuntu-24.04", name: "Ubuntu 24.04 LTS" },
      ...{ family: "ubuntu", os_family: "linux", platform: "linux" },
    });
    expect((await get("/v1/vps/plans/"))[0]).toMatchObject({
      ...{ sku: SERVER.plan_code, plan_code: SERVER.plan_code, name: "Start", provider: expect.any(String) },
      ...{ cpu_cores: 2, vcpu: 2, is_active: true },
    });
    expect((await get("/api/v1/regions"))[0]).toEqual({
      ...{ code: "NO", name: "Norway", country: "NO", available: true },
    });
    const { regions, total } = await get("/v1/regions/");
    expect([regions.length, regions[0]]).toEqual([
      total,
      {
        ...{ code: "NO", name: "Norway", city: "Oslo", country: "NO" },
        ...{ status: "active", available_services: ["vps"] },
      },
    ]);
  });

  test.each([
    ["NO", ["no", " NO ", "oslo", "Norway", "no-oslo-1"]],
    ["SE", ["STOCKHOLM", "sweden"]],
    ["DE", ["frankfurt", "Germany"]],
    ["FR", ["paris", "FRANCE"]],
    ["FI", ["fi"]],
  ])("creates a server in %s when it writes %j", async (code, names) => {
    const emulator = await start();
    for (const region of names) expect((await create(emulator, { region })).json.region).toBe(code);
    expect((await send(emulator, "GET", `/v1/vps/?region=${names[0]}`)).json).toHaveLength(names.length);
  });

  test("gets its own answer to a deletion", async () => {
    const emulator = await start();
    const { json } = await create(emulator);
    const gone = await send(emulator, "DELETE", `/v1/vps/${json.id}`);
    expect([gone.status, gone.json]).toEqual([200, { ok: true, action: "delete", vps_id: json.id }]);
  });
});
