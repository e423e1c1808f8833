// Each endpoint against the vendor's page: statuses, field names and their order are taken literally from it.
import { startEmulator } from "../../src/emulator";
import type { Emulator } from "../../src/emulator";
import { ED25519, send } from "./client";

const NOW = Date.parse("2024-03-01T14:00:00Z");
let emulator: Emulator;
let now = NOW;

beforeEach(async () => {
  now = NOW;
  emulator = await startEmulator({ now: () => now });
});
afterEach(() => emulator.close());

test("GET profile answers the page's example", async () => {
  const { status, text, headers } = await send(emulator, "GET", "/v1/account/profile");
  expect(status).toBe(200);
  expect(headers["content-type"]).toBe("application/json");
  expect(text).toBe(
    '{"customer_id":"f47ac10b-58cc-4372-a567-0e02b2c3d479","email":"kristen.nygaard@simula.no",' +
      '"first_name":"Kristen","last_name":"Nygaard","company":"Simula Research Laboratory",' +
      '"customer_type":"business","status":"active","created_at":"2024-01-15T09:30:00Z"}',
  );
});

test("GET services answers the page's example", async () => {
  const { json } = await send(emulator, "GET", "/v1/account/services");
  expect(json).toEqual([
    {
      id: "f3a4b5c6-d7e8-9012-cdef-345678901234",
      service_type: "database",
      name: "webapp-prod-db",
      status: "running",
      region: "oslo",
      created_at: "2024-02-01T10:00:00Z",
      metadata: { engine: "postgresql", version: "16" },
    },
  ]);
});

test("POST a service key shows it once, the list shows the page's fields", async () => {
  const body = { service: "database", description: "CI/CD pipeline database access" };
  const made = await send(emulator, "POST", "/v1/account/api-keys/service", body);
  expect(made.status).toBe(201);
  expect(Object.keys(made.json)).toEqual(["id", "key", "key_prefix", "key_type", "warning"]);
  expect(made.json.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(made.json.key).toMatch(/^wayscloud_[A-Za-z0-9]{15}_[A-Za-z0-9]{36}$/);
  expect(made.json.key_prefix).toBe(made.json.key.slice(0, "wayscloud_3mN8pQr".length));
  expect(made.json).toMatchObject({
    key_type: "service",
    warning: "Save this key now. It cannot be retrieved later.",
  });

  const list = await send(emulator, "GET", "/v1/account/api-keys");
  expect(Object.entries(list.json[1])).toEqual([
    ["id", made.json.id],
    ["key_prefix", made.json.key_prefix],
    ["key_type", "service"],
    ["service", "database"],
    ["description", "CI/CD pipeline database access"],
    ["scopes", ["database:read", "database:write"]],
    ["is_active", true],
    ["created_at", "2024-03-01T14:00:00Z"],
    ["last_used_at", null],
  ]);
  expect(list.text).not.toContain(made.json.key);
});

test("POST a token answers the page's fields, and the list calls it a pat without a service", async () => {
  const scopes = ["api_keys:write", "ssh_keys:read", "services:read"];
  const body = { scopes, description: "Terraform automation token", expires_in_days: 90 };
  const made = await send(emulator, "POST", "/v1/account/api-keys/pat", body);
  expect(made.status).toBe(201);
  expect(Object.keys(made.json)).toEqual(["id", "key", "key_prefix", "key_type", "warning"]);
  expect(made.json.key).toMatch(/^wayscloud_pat_[A-Za-z0-9]{5}_[A-Za-z0-9]{32,}$/);
  expect(made.json.key_prefix).toMatch(/^wayscloud_pat_[A-Za-z0-9]{5}$/);
  expect(made.json.key).toContain(`${made.json.key_prefix}_`);
  const { json } = await send(emulator, "GET", "/v1/account/api-keys");
  expect(json[1]).toMatchObject({ key_type: "pat", service: null, scopes, description: body.description });
});

test("a token expires: inactive in the list, and 401", async () => {
  const body = { scopes: ["api_keys:read"], expires_in_days: 1 };
  const { json: made } = await send(emulator, "POST", "/v1/account/api-keys/pat", body);
  const token = { url: emulator.url, apiKey: made.key };
  expect((await send(token, "GET", "/v1/account/api-keys")).status).toBe(200);
  now += 24 * 60 * 60 * 1000;
  expect((await send(token, "GET", "/v1/account/api-keys")).status).toBe(401);
  const { json } = await send(emulator, "GET", "/v1/account/api-keys");
  expect(json[1]).toMatchObject({ id: made.id, is_active: false, last_used_at: "2024-03-01T14:00:00Z" });
  expect(emulator.account.liveApiKeys()).toEqual([]);
});

test("DELETE an API key takes effect at once; the second time it is not found", async () => {
  const { json: made } = await send(emulator, "POST", "/v1/account/api-keys/service", { service: "dns" });
  const gone = await send(emulator, "DELETE", `/v1/account/api-keys/${made.id}`);
  expect(gone.status).toBe(200);
  expect(gone.text).toBe('{"success":true,"message":"Resource deleted successfully"}');
  expect((await send(emulator, "GET", "/v1/account/api-keys")).json).toHaveLength(1);
  const again = await send(emulator, "DELETE", `/v1/account/api-keys/${made.id}`);
  expect(again.status).toBe(404);
  expect(again.json).toEqual({ detail: expect.any(String) });
  expect(emulator.account.apiKeys()[1]).toMatchObject({
    id: made.id,
    revoked: true,
    isActive: false,
    key: made.key,
  });
});

test("POST, list and DELETE an SSH key with the page's fields", async () => {
  const body = { name: "deploy-server", public_key: ED25519 };
  const made = await send(emulator, "POST", "/v1/account/ssh-keys", body);
  expect(made.status).toBe(201);
  expect(Object.entries(made.json)).toEqual([
    ["id", expect.any(String)],
    ["name", "deploy-server"],
    ["fingerprint", "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"],
    ["key_type", "ssh-ed25519"],
    ["created_at", "2024-03-01T14:00:00Z"],
    ["vm_count", 0],
  ]);
  expect((await send(emulator, "GET", "/v1/account/ssh-keys")).json).toEqual([made.json]);
  const gone = await send(emulator, "DELETE", `/v1/account/ssh-keys/${made.json.id}`);
  expect(gone.json).toEqual({ success: true, message: "Resource deleted successfully" });
  expect((await send(emulator, "DELETE", `/v1/account/ssh-keys/${made.json.id}`)).status).toBe(404);
  expect(emulator.account.sshKeys()).toEqual([]);
});

test("a second SSH key of the same fingerprint or name is a conflict", async () => {
  await send(emulator, "POST", "/v1/account/ssh-keys", { name: "a", public_key: ED25519 });
  const [type, blob] = ED25519.split(" ");
  const same = await send(emulator, "POST", "/v1/account/ssh-keys", {
    name: "b",
    public_key: `${type} ${blob}`,
  });
  expect([same.status, same.json.detail]).toEqual([409, expect.stringContaining("fingerprint")]);
  const other = Buffer.from(blob!, "base64");
  other[40]! ^= 1;
  const key = `${type} ${other.toString("base64")}`;
  const named = await send(emulator, "POST", "/v1/account/ssh-keys", { name: "a", public_key: key });
  expect([named.status, named.json.detail]).toEqual([409, expect.stringContaining("name")]);
  expect((await send(emulator, "POST", "/v1/account/ssh-keys", { name: "b", public_key: key })).status).toBe(
    201,
  );
});

test("lists come in the dialect asked for", async () => {
  const paths = ["/v1/account/ssh-keys", "/v1/account/api-keys", "/v1/account/services"];
  const keysOf = async (lists: string): Promise<string[]> => {
    const other = await startEmulator({ lists });
    const replies = await Promise.all(paths.map((path) => send(other, "GET", path)));
    await other.close();
    return replies.flatMap((reply) => Object.keys(reply.json));
  };
  expect(await keysOf("named")).toEqual(["ssh_keys", "api_keys", "services"]);
  expect(await keysOf("data")).toEqual(["data", "data", "data"]);
});

test("the Date header tells the emulator's clock", async () => {
  const { headers } = await send(emulator, "GET", "/v1/account/profile");
  expect(headers["date"]).toBe("Fri, 01 Mar 2024 14:00:00 GMT");
});
