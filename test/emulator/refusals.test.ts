// Who is let in, and what a request must look like.
import { startEmulator } from "../../src/emulator";
import type { Emulator } from "../../src/emulator";
import { ED25519, send, SERVER } from "./client";

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

const statusOf = async (apiKey: string, method: string, path: string, body?: unknown): Promise<number> =>
  (await send({ url: emulator.url, apiKey }, method, path, body)).status;

describe("authentication", () => {
  test("without a credential 401 with a detail", async () => {
    const { status, json } = await send(emulator, "GET", "/v1/account/profile", undefined, {
      "x-api-key": "",
    });
    expect(status).toBe(401);
    expect(json).toEqual({ detail: expect.any(String) });
  });

  test("with an unknown, inactive or revoked credential 401", async () => {
    expect(await statusOf("wayscloud_pat_abc12_nobody", "GET", "/v1/account/profile")).toBe(401);
    const { id, key } = emulator.account.addApiKey({ scopes: [] });
    expect(await statusOf(key, "GET", "/v1/account/profile")).toBe(200);
    emulator.account.deactivate(id);
    expect(await statusOf(key, "GET", "/v1/account/profile")).toBe(401);
    const other = emulator.account.addApiKey();
    emulator.account.remove(other.id);
    expect(await statusOf(other.key, "GET", "/v1/account/profile")).toBe(401);
  });

  test("a service key is not let in to the account API, nor another service's to servers", async () => {
    const { key } = emulator.account.addApiKey({ service: "database" });
    expect(await statusOf(key, "GET", "/v1/account/profile")).toBe(403);
    expect(await statusOf(key, "GET", "/v1/vps")).toBe(403);
    const vps = emulator.account.addApiKey({ service: "vps" });
    expect(await statusOf(vps.key, "GET", "/v1/vps")).toBe(200);
  });

  test.each([
    ["api_keys", "/v1/account/api-keys", "POST", "/v1/account/api-keys/service", { service: "dns" }],
    ["ssh_keys", "/v1/account/ssh-keys", "POST", "/v1/account/ssh-keys", { name: "a", public_key: ED25519 }],
    ["vps", "/v1/vps", "POST", "/v1/vps", SERVER],
  ])(
    "scopes of %s: read reads, write does both, none does neither",
    async (area, list, method, path, body) => {
      const [none, read, write] = [[], [`${area}:read`], [`${area}:write`]].map(
        (scopes) => emulator.account.addApiKey({ scopes }).key,
      );
      expect(await statusOf(none!, "GET", list)).toBe(403);
      expect(await statusOf(read!, "GET", list)).toBe(200);
      expect(await statusOf(read!, method, path, body)).toBe(403);
      expect(await statusOf(write!, "GET", list)).toBe(200);
      expect(await statusOf(write!, method, path, body)).toBe(201);
    },
  );

  test("services need their scope, the profile needs none", async () => {
    const { key } = emulator.account.addApiKey({ scopes: ["ssh_keys:read"] });
    expect(await statusOf(key, "GET", "/v1/account/services")).toBe(403);
    expect(await statusOf(key, "GET", "/v1/account/profile")).toBe(200);
  });

  test("a credential of one's own is the first one", async () => {
    const other = await startEmulator({ apiKey: "wayscloud_pat_abc12_YOUR_SECRET" });
    const { json } = await send(other, "GET", "/v1/account/api-keys");
    expect(json).toHaveLength(1);
    expect(json[0]).toMatchObject({ key_prefix: "wayscloud_pat_abc12", key_type: "pat" });
    expect(other.account.liveApiKeys()).toEqual([]);
    await other.close();
  });
});

describe("paths and methods", () => {
  test.each([
    ["GET", "/"],
    ["GET", "/v1/account/nothing"],
    ["GET", "/v1/account/profile/"],
    ["GET", "//evil/v1/account/profile"],
    ["DELETE", "/v1/account/ssh-keys/"],
    ["DELETE", "/v1/account/ssh-keys/%zz"],
    ["DELETE", "/v1/account/ssh-keys/a/b"],
  ])("%s %s is not found", async (method, path) => {
    const { status, json } = await send(emulator, method, path);
    expect([status, json]).toEqual([404, { detail: "Not Found" }]);
  });

  test.each([
    ["PUT", "/v1/account/ssh-keys", "GET, POST"],
    ["GET", "/v1/account/ssh-keys/some-id", "DELETE"],
    ["GET", "/v1/account/api-keys/pat", "POST"],
  ])("%s %s is not allowed", async (method, path, allow) => {
    const { status, headers } = await send(emulator, method, path);
    expect([status, headers["allow"]]).toEqual([405, allow]);
  });
});

describe("bodies", () => {
  const SERVICE = "/v1/account/api-keys/service";
  const PAT = "/v1/account/api-keys/pat";
  const SSH = "/v1/account/ssh-keys";
  const OTHER_TYPE = ED25519.replace("ssh-ed25519", "ssh-rsa");

  test.each([
    [SERVICE, {}, ["service"], "missing"],
    [SERVICE, { service: 1 }, ["service"], "string_type"],
    [SERVICE, { service: "" }, ["service"], "string_too_short"],
    [SERVICE, { service: "databse" }, ["service"], "enum"],
    [SERVICE, { service: "dns", description: 1 }, ["description"], "string_type"],
    [PAT, {}, ["scopes"], "missing"],
    [PAT, { scopes: "a:b" }, ["scopes"], "list_type"],
    [PAT, { scopes: [] }, ["scopes"], "too_short"],
    [PAT, { scopes: ["a:b", 1] }, ["scopes", 1], "string_type"],
    [PAT, { scopes: ["nonsense"] }, ["scopes", 0], "value_error"],
    [PAT, { scopes: ["a:b", ""] }, ["scopes", 1], "value_error"],
    [PAT, { scopes: ["a:b"], expires_in_days: 0 }, ["expires_in_days"], "greater_than_equal"],
    [PAT, { scopes: ["a:b"], expires_in_days: 1.5 }, ["expires_in_days"], "int_type"],
    [PAT, { scopes: ["a:b"], expires_in_days: "90" }, ["expires_in_days"], "int_type"],
    [SSH, { public_key: ED25519 }, ["name"], "missing"],
    [SSH, { name: " ", public_key: ED25519 }, ["name"], "string_too_short"],
    [SSH, { name: "a" }, ["public_key"], "missing"],
    [SSH, { name: "a", public_key: "ssh-dss AAAA" }, ["public_key"], "value_error"],
    [SSH, { name: "a", public_key: OTHER_TYPE }, ["public_key"], "value_error"],
    [SSH, { name: "a", public_key: "ssh-rsa AAAA!" }, ["public_key"], "value_error"],
    [SSH, { name: "a", public_key: `${ED25519}\n${ED25519}` }, ["public_key"], "value_error"],
    ["/v1/vps", { ...SERVER, ssh_keys: ["x"] }, ["ssh_keys", 0], "value_error"],
  ])("%s with %j is a 422 that names the field", async (path, body, field, type) => {
    const { status, json } = await send(emulator, "POST", path, body);
    expect(status).toBe(422);
    expect(json).toEqual({ detail: [{ loc: ["body", ...field], msg: expect.any(String), type }] });
    expect(emulator.requests[0]).toMatchObject({ status: 422, committed: false });
    expect(emulator.account.liveApiKeys()).toEqual([]);
  });

  test("all problems are told at once", async () => {
    const { json } = await send(emulator, "POST", PAT, { scopes: [], expires_in_days: 0, description: {} });
    expect(json.detail).toHaveLength(3);
  });

  test("null stands for an omitted optional field, and unknown fields are ignored", async () => {
    const body = { scopes: ["a:b"], description: null, expires_in_days: null, other: 1 };
    expect((await send(emulator, "POST", PAT, body)).status).toBe(201);
  });

  test.each([["not JSON"], ["[]"], ["null"], ['"text"']])("%s is not a body", async (body) => {
    const { status, json } = await send(emulator, "POST", SERVICE, body);
    expect([status, json.detail[0].loc]).toEqual([422, ["body"]]);
  });

  test("another content type is a 415, over 1 MB a 413", async () => {
    const plain = await send(emulator, "POST", SERVICE, { service: "dns" }, { "content-type": "text/plain" });
    expect(plain.status).toBe(415);
    const large = await send(emulator, "POST", SERVICE, {
      service: "dns",
      description: "x".repeat(1_000_001),
    });
    expect(large.status).toBe(413);
    expect(emulator.account.liveApiKeys()).toEqual([]);
  });
});
