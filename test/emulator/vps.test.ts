// Servers and the paths of the vendor's clients: fields, life, filters, SSH keys, catalog.
import type { EmulatorOptions } from "../../src/emulator";
import { ED25519, NOW, SERVER, SSH, start as startAny } from "./client";
import type { Client, Reply, Started } from "./client";

const VPS = "/v1/vps";
let now = NOW;
const start = (options: EmulatorOptions = {}): Promise<Started> => {
  now = NOW;
  return startAny({ now: () => now, ...options });
};
const create = (client: Client, fields: object = {}): Promise<Reply> =>
  client.post(VPS, { ...SERVER, ...fields });

test("a server has the real fields, is provisioned first, then active with its addresses", async () => {
  const { client } = await start({ provisioning: { ms: 1_500 } });
  const made = await create(client);
  expect(made.status).toBe(201);
  const [any, none] = [expect.any(String), null];
  expect(made.json).toEqual({
    ...{ ...SERVER, id: any, display_name: "web", status: "provisioning", power_state: "off" },
    ...{ ipv4_address: none, ipv6_address: none, vcpu: 2, ram_mb: 4096, disk_gb: 30, currency: "NOK" },
    ...{ monthly_price: expect.any(Number), provider_vm_id: any, ssh_key_fingerprints: [] },
    ...{ tags: [], labels: {}, created_at: "2024-03-01T14:00:00Z", provisioned_at: none },
  });
  now += 20_000;
  expect((await client.get(`${VPS}/${made.json.id}`)).json).toEqual({
    ...{ ...made.json, status: "active", power_state: "on" },
    ...{ ipv4_address: "203.0.113.1", ipv6_address: "2001:db8::1" },
    // When it was ready, and not when somebody looked.
    provisioned_at: "2024-03-01T14:00:01Z",
  });
});

test("provisioning lasts as many reads as asked for, or the whole time, whatever the fraction of its first second", async () => {
  const { client } = await start({ provisioning: { reads: 2 } });
  const path = `${VPS}/${(await create(client)).json.id}`;
  const seen = [await client.get(path), await client.get(`${path}/status`), await client.get(path)];
  expect(seen.map(({ json }) => json.status)).toEqual(["provisioning", "provisioning", "active"]);

  const timed = (await start({ provisioning: { ms: 30_000 } })).client;
  now += 999;
  const { id } = (await create(timed)).json;
  const status = async (later: number): Promise<string> => {
    now += later;
    return (await timed.get(`${VPS}/${id}`)).json.status;
  };
  expect([await status(29_999), await status(1)]).toEqual(["provisioning", "active"]);
});

test("start, stop and reboot, which a server that is being provisioned does not do yet", async () => {
  const { client } = await start();
  const path = `${VPS}/${(await create(client)).json.id}`;
  const act = async (action: string): Promise<unknown[]> => {
    const { status } = await client.post(`${path}/${action}`);
    const { json } = await client.get(`${path}/status`);
    return [status, json.status, json.power_state];
  };
  expect(await act("stop")).toEqual([200, "stopped", "off"]);
  expect(await act("reboot")).toEqual([409, "stopped", "off"]);
  expect(await act("start")).toEqual([200, "active", "on"]);
  expect(await act("reboot")).toEqual([200, "active", "on"]);

  const slow = await start({ provisioning: { ms: Infinity } });
  const { id } = (await create(slow.client)).json;
  expect((await slow.client.post(`${VPS}/${id}/stop`)).status).toBe(409);
  expect((await slow.client.post(`${VPS}/nothing/stop`)).status).toBe(404);
});

test("PATCH changes display name, tags and labels and nothing else", async () => {
  const { client } = await start();
  const path = `${VPS}/${(await create(client, { display_name: "Web" })).json.id}`;
  const patch = (body: object): Promise<Reply> => client.send("PATCH", path, body);
  const changes = { display_name: "Shop", tags: ["a"], labels: { team: "x" } };
  expect((await patch({ ...changes, hostname: "other" })).json).toMatchObject({ ...SERVER, ...changes });
  const display_name = "Shop 2";
  expect((await patch({ display_name })).json).toMatchObject({ ...changes, display_name });
  const wrong = await patch({ labels: { team: 1 } });
  expect([wrong.status, wrong.json.detail[0].loc]).toEqual([422, ["body", "labels", "team"]]);
});

test("lists are filtered by status and region; a trailing slash means nothing", async () => {
  const { client } = await start({ provisioning: { reads: 3 } });
  await create(client, { hostname: "a" });
  await create(client, { hostname: "b", region: "SE" });
  const names = async (query: string): Promise<string[]> =>
    (await client.get(`${VPS}/${query}`)).json.map(({ hostname }: { hostname: string }) => hostname);
  expect(await names("?status=active")).toEqual([]);
  expect(await names("?status=provisioning&region=SE")).toEqual(["b"]);
  expect(await names("?region=NO")).toEqual(["a"]);
  expect(await names("?status=active")).toEqual(["a", "b"]);
  expect((await client.post(`${VPS}/`, SERVER)).status).toBe(201);
});

test("a server names the SSH keys it got, so that vm_count follows", async () => {
  const { client, account } = await start();
  const { fingerprint } = account.addSshKey({ name: "a", publicKey: ED25519 });
  const caller = client.as(account.addApiKey({ service: "vps" }).key);
  const count = async (): Promise<number> => (await client.get(SSH)).json[0].vm_count;
  const { json: named } = await create(caller, { ssh_keys: [ED25519] });
  const { json: all } = await create(caller);
  const { json: none } = await create(caller, { ssh_keys: [] });
  const fingerprints = [named, all, none].map((server) => server.ssh_key_fingerprints);
  expect(fingerprints).toEqual([[fingerprint], [fingerprint], []]);
  expect(await count()).toBe(2);
  const { json: services } = await client.get("/v1/account/services");
  expect(services[1]).toMatchObject({ id: named.id, service_type: "vps", name: "web", region: "NO" });
  // With its own answer, which the vendor's Terraform provider reads.
  const gone = { ok: true, action: "delete", vps_id: named.id };
  expect(await caller.delete(`${VPS}/${named.id}`)).toMatchObject({ status: 200, json: gone });
  expect((await caller.get(`${VPS}/${named.id}`)).status).toBe(404);
  expect(await count()).toBe(1);
});

test("plans, templates and regions have the fields that the vendor's Terraform provider reads", async () => {
  const { client } = await start({ lists: "named" });
  const get = async (path: string): Promise<any> => (await client.get(path)).json;
  const { plans } = await get(`${VPS}/plans/`);
  expect(plans[0]).toMatchObject({
    ...{ sku: SERVER.plan_code, plan_code: SERVER.plan_code, name: "Start", provider: expect.any(String) },
    ...{ cpu_cores: 2, vcpu: 2, ram_mb: 4096, disk_gb: 30, currency: "NOK", is_active: true },
  });
  for (const { plan_code } of plans) expect((await create(client, { plan_code })).status).toBe(201);
  const { plans: ofSweden } = await get(`${VPS}/plans/region/SE`);
  expect(new Set(ofSweden.map(({ region }: { region: string }) => region))).toEqual(new Set(["SE"]));
  expect((await client.get(`${VPS}/plans/region/XX`)).status).toBe(404);
  const { templates } = await get(`${VPS}/os-templates/`);
  const ubuntu = { id: "ubuntu-24.04", slug: "ubuntu-24.04", name: "Ubuntu 24.04 LTS" };
  expect(templates[0]).toEqual({ ...ubuntu, family: "ubuntu", os_family: "linux", platform: "linux" });
  const { regions } = await get(`${VPS}/regions`);
  const norway = { code: "NO", name: "Norway", country: "NO" };
  expect(regions[0]).toEqual({ ...norway, available: true });
  expect(await get("/api/v1/regions")).toEqual({ regions });
  const codes = ["NO", "SE", "FR", "DE", "EU", "US", "NL", "DK", "EE", "FI"];
  expect(regions.map(({ code }: { code: string }) => code)).toEqual(codes);
  const newer = await get("/v1/regions/");
  const described = { ...norway, city: "Oslo", status: "active", available_services: ["vps"] };
  expect([newer.total, newer.regions[0]]).toEqual([codes.length, described]);
});

test.each([
  ["NO", ["no", " NO ", "oslo", "Norway", "no-oslo-1"]],
  ["SE", ["STOCKHOLM", "sweden"]],
  ["DE", ["frankfurt", "Germany"]],
  ["FR", ["paris", "FRANCE"]],
  ["FI", ["fi"]],
])("a server is created in %s for %j, as the vendor's Terraform provider writes it", async (code, names) => {
  const { client } = await start();
  for (const region of names) expect((await create(client, { region })).json.region).toBe(code);
  expect((await client.get(`${VPS}/?region=${names[0]}`)).json).toHaveLength(names.length);
});
