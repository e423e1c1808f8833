// Each endpoint against the vendor's page: statuses, field names and their order are taken literally from it.
import { DNS, ED25519, KEYS, NOW, OTHER_ED25519, PAT, PROFILE, SERVICE, SSH, start } from "./client";
import type { Client, Started } from "./client";

let emulator: Started;
let client: Client;
let now = NOW;

beforeEach(async () => {
  now = NOW;
  emulator = await start({ now: () => now });
  client = emulator.client;
});

test("GET profile answers the page's example, at the time of the emulator's clock", async () => {
  const { status, json, headers } = await client.get(PROFILE);
  expect([status, headers["content-type"]]).toEqual([200, "application/json"]);
  expect(headers["date"]).toBe("Fri, 01 Mar 2024 14:00:00 GMT");
  expect(Object.entries(json)).toEqual([
    ["customer_id", "f47ac10b-58cc-4372-a567-0e02b2c3d479"],
    ["email", "kristen.nygaard@simula.no"],
    ["first_name", "Kristen"],
    ["last_name", "Nygaard"],
    ["company", "Simula Research Laboratory"],
    ["customer_type", "business"],
    ["status", "active"],
    ["created_at", "2024-01-15T09:30:00Z"],
  ]);
});

test("GET services answers the page's example", async () => {
  const id = "f3a4b5c6-d7e8-9012-cdef-345678901234";
  const service = { service_type: "database", name: "webapp-prod-db", status: "running", region: "oslo" };
  const metadata = { engine: "postgresql", version: "16" };
  const { json } = await client.get("/v1/account/services");
  expect(json).toEqual([{ id, ...service, created_at: "2024-02-01T10:00:00Z", metadata }]);
});

test.each([
  [
    "a service key",
    SERVICE,
    { service: "database", description: "CI/CD pipeline database access" },
    /^(wayscloud_[A-Za-z0-9]{7})[A-Za-z0-9]{8}_[A-Za-z0-9]{36}$/,
    { key_type: "service", service: "database", scopes: ["database:read", "database:write"] },
  ],
  [
    "a token",
    PAT,
    { scopes: ["api_keys:write", "ssh_keys:read"], description: "Terraform token", expires_in_days: 90 },
    /^(wayscloud_pat_[A-Za-z0-9]{5})_[A-Za-z0-9]{32,}$/,
    { key_type: "pat", service: null, scopes: ["api_keys:write", "ssh_keys:read"] },
  ],
])("POST %s shows it once, the list shows the page's fields", async (_what, path, body, form, fields) => {
  const made = await client.post(path, body);
  const { id, key } = made.json;
  expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  const [, key_prefix] = form.exec(key)!;
  const { key_type, service, scopes } = fields;
  const warning = "Save this key now. It cannot be retrieved later.";
  expect([made.status, made.text]).toEqual([201, JSON.stringify({ id, key, key_prefix, key_type, warning })]);
  const list = await client.get(KEYS);
  const times = { is_active: true, created_at: "2024-03-01T14:00:00Z", last_used_at: null };
  const { description } = body;
  const listed = JSON.stringify({ id, key_prefix, key_type, service, description, scopes, ...times });
  expect(JSON.stringify(list.json[1])).toBe(listed);
  expect(list.text).not.toContain(key);
});

test("a token expires: inactive in the list, and 401", async () => {
  const { json: made } = await client.post(PAT, { scopes: ["api_keys:read"], expires_in_days: 1 });
  const token = client.as(made.key);
  expect((await token.get(KEYS)).status).toBe(200);
  now += 24 * 60 * 60 * 1000;
  expect((await token.get(KEYS)).status).toBe(401);
  const { json } = await client.get(KEYS);
  expect(json[1]).toMatchObject({ id: made.id, is_active: false, last_used_at: "2024-03-01T14:00:00Z" });
  expect(emulator.account.liveApiKeys()).toEqual([]);
});

const DELETED = '{"success":true,"message":"Resource deleted successfully"}';

test("DELETE an API key takes effect at once; the second time it is not found", async () => {
  const { json: made } = await client.post(SERVICE, DNS);
  const path = `${KEYS}/${made.id}`;
  expect(await client.delete(path)).toMatchObject({ status: 200, text: DELETED });
  expect((await client.get(KEYS)).json).toHaveLength(1);
  expect(await client.delete(path)).toMatchObject({ status: 404, json: { detail: expect.any(String) } });
  const revoked = { id: made.id, revoked: true, isActive: false, key: made.key };
  expect(emulator.account.apiKeys()[1]).toMatchObject(revoked);
});

test("POST, list and DELETE an SSH key with the page's fields", async () => {
  const made = await client.post(SSH, { name: "deploy-server", public_key: ED25519 });
  expect([made.status, Object.keys(made.json).join(" ")]).toEqual([
    201,
    "id name fingerprint key_type created_at vm_count",
  ]);
  expect(made.json).toEqual({
    ...{ id: expect.any(String), name: "deploy-server", key_type: "ssh-ed25519", vm_count: 0 },
    ...{
      fingerprint: "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
      created_at: "2024-03-01T14:00:00Z",
    },
  });
  expect((await client.get(SSH)).json).toEqual([made.json]);
  const path = `${SSH}/${made.json.id}`;
  expect(await client.delete(path)).toMatchObject({ status: 200, text: DELETED });
  expect((await client.delete(path)).status).toBe(404);
  expect(emulator.account.sshKeys()).toEqual([]);
});

test("a second SSH key of the same fingerprint or name is a conflict", async () => {
  const add = (name: string, public_key: string) => client.post(SSH, { name, public_key });
  await add("a", ED25519);
  const same = await add("b", ED25519.split(" ").slice(0, 2).join(" "));
  expect([same.status, same.json.detail]).toEqual([409, expect.stringContaining("fingerprint")]);
  const named = await add("a", OTHER_ED25519);
  expect([named.status, named.json.detail]).toEqual([409, expect.stringContaining("name")]);
  expect((await add("b", OTHER_ED25519)).status).toBe(201);
});

test.each([
  ["named", ["ssh_keys", "api_keys", "services", "vps_instances"]],
  ["data", ["data", "data", "data", "data"]],
])("lists come in the dialect %s", async (lists, names) => {
  const other = await start({ lists });
  const paths = [SSH, KEYS, "/v1/account/services", "/v1/vps"];
  const replies = await Promise.all(paths.map((path) => other.client.get(path)));
  expect(replies.flatMap(({ json }) => Object.keys(json))).toEqual(names);
});
