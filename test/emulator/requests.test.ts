// Who is let in, and what a request must look like.
import { once } from "node:events";
import http from "node:http";
import { DNS, ED25519, KEYS, PAT, PROFILE, SERVER, SERVICE, SSH, start } from "./client";
import type { Client, Started } from "./client";

const VPS = "/v1/vps";
let emulator: Started;
let client: Client;
beforeEach(async () => {
  emulator = await start();
  client = emulator.client;
});

const statusOf = async (apiKey: string, method: string, path: string, body?: unknown): Promise<number> =>
  (await client.as(apiKey).send(method, path, body)).status;

/** The status of a request that `fetch` would not send. */
const request = async (options: http.RequestOptions): Promise<number | undefined> => {
  const { port } = new URL(emulator.url);
  const [reply] = (await once(http.request({ port, ...options }).end(), "response")) as [
    http.IncomingMessage,
  ];
  return reply.resume().statusCode;
};

describe("the credential", () => {
  test.each(["", "wayscloud_pat_abc12_nobody"])("%j is a 401 with a detail", async (key) => {
    const reply = await client.as(key).get(PROFILE);
    expect(reply).toMatchObject({ status: 401, json: { detail: expect.any(String) } });
  });

  test("that was deactivated or revoked is a 401", async () => {
    const [{ id, key }, other] = [emulator.account.addApiKey(), emulator.account.addApiKey()];
    expect(await statusOf(key, "GET", PROFILE)).toBe(200);
    emulator.account.deactivate(id);
    emulator.account.remove(other.id);
    for (const each of [key, other.key]) expect(await statusOf(each, "GET", PROFILE)).toBe(401);
  });

  test("a service key is not let in to the account API, nor another service's to servers", async () => {
    const [database, vps] = ["database", "vps"].map((service) => emulator.account.addApiKey({ service }).key);
    const dashboard = "/api/v1/dashboard/account";
    for (const path of [PROFILE, `${dashboard}/profile`, `${dashboard}/ssh-keys`]) {
      expect(await statusOf(vps!, "GET", path)).toBe(403);
    }
    expect([await statusOf(database!, "GET", VPS), await statusOf(vps!, "GET", VPS)]).toEqual([403, 200]);
  });

  test.each([
    ["api_keys", KEYS, SERVICE, DNS],
    ["ssh_keys", SSH, SSH, { name: "a", public_key: ED25519 }],
    ["vps", VPS, VPS, SERVER],
  ])("scopes of %s: read reads, write does both, none does neither", async (area, list, path, body) => {
    const allowed = async (...scopes: string[]): Promise<number[]> => {
      const { key } = emulator.account.addApiKey({ scopes });
      return [await statusOf(key, "GET", list), await statusOf(key, "POST", path, body)];
    };
    expect(await allowed()).toEqual([403, 403]);
    expect(await allowed(`${area}:read`)).toEqual([200, 403]);
    expect(await allowed(`${area}:write`)).toEqual([200, 201]);
  });

  test("services need their scope, the profile needs none", async () => {
    const { key } = emulator.account.addApiKey({ scopes: ["ssh_keys:read"] });
    const ask = (name: string) => statusOf(key, "GET", `/v1/account/${name}`);
    expect([await ask("services"), await ask("profile")]).toEqual([403, 200]);
  });
});

describe("Authorization", () => {
  const ask = async (path: string, authorization: string, apiKey = ""): Promise<number> => {
    const { key } = emulator.account.addApiKey({ service: "vps" });
    const filled = (text: string) => text.replaceAll("PAT", emulator.apiKey).replaceAll("SERVICE", key);
    const headers = { "x-api-key": filled(apiKey), authorization: filled(authorization) };
    return (await client.get(path, headers)).status;
  };

  test("Bearer has a token, in any case of the scheme", async () => {
    expect([await ask(PROFILE, "Bearer PAT"), await ask(VPS, "bearer PAT")]).toEqual([200, 200]);
    expect(emulator.requests[0]!.headers["authorization"]).toMatch(/^sha256:[0-9a-f]{12}$/);
  });

  test.each([
    ["another scheme", "Basic PAT"],
    ["no scheme", "PAT"],
    ["no token", "Bearer"],
    ["an unknown token", "Bearer wayscloud_pat_abc12_nobody"],
    ["an unknown token and a valid X-API-Key", "Bearer nobody", "PAT"],
    ["a valid token and an unknown X-API-Key", "Bearer PAT", "wayscloud_nobody"],
    ["a service key, which belongs into X-API-Key", "Bearer SERVICE"],
    ["two tokens", "Bearer PAT, Bearer PAT"],
  ])("with %s is a 401", async (_what, authorization, apiKey = "") => {
    expect(await ask(VPS, authorization, apiKey)).toBe(401);
  });

  test("twice is a 401", async () => {
    const one = ["authorization", `Bearer ${emulator.apiKey}`];
    expect(await request({ path: PROFILE, headers: ["host", "localhost", ...one, ...one] })).toBe(401);
  });

  test("with a token and a service key each does what it may", async () => {
    for (const path of [PROFILE, VPS]) expect(await ask(path, "Bearer PAT", "SERVICE")).toBe(200);
    const [pat, , service] = emulator.account.apiKeys().map(({ id }) => id);
    expect(emulator.requests.map(({ credentialId }) => credentialId)).toEqual([pat, service]);
  });
});

describe("paths and methods", () => {
  test.each([
    ["GET", "/"],
    ["GET", "/v1/account/nothing"],
    ["GET", `${PROFILE}/`],
    ["GET", `//evil${PROFILE}`],
    ["DELETE", `${SSH}/`],
    ["DELETE", `${SSH}/%zz`],
    ["DELETE", `${SSH}/a/b`],
  ])("%s %s is not found", async (method, path) => {
    const { status, json } = await client.send(method, path);
    expect([status, json]).toEqual([404, { detail: "Not Found" }]);
  });

  test.each([
    ["PUT", SSH, "GET, POST"],
    ["GET", `${SSH}/some-id`, "DELETE"],
    ["GET", PAT, "POST"],
    ["DELETE", "/emulator/clock", "GET, POST"],
  ])("%s %s is not allowed", async (method, path, allow) => {
    const { status, headers } = await client.send(method, path);
    expect([status, headers["allow"]]).toEqual([405, allow]);
  });

  const ABSOLUTE = [`http://127.0.0.1${PROFILE}`, `HTTP://example.com:80${PROFILE}?a=1`];
  test.each(ABSOLUTE)("the absolute form %s of a target is accepted", async (path) => {
    expect(await request({ path, headers: { "x-api-key": emulator.apiKey } })).toBe(200);
    expect(emulator.requests[0]!.path).toBe(PROFILE);
  });
});

describe("bodies", () => {
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
    [VPS, { ...SERVER, ssh_keys: ["x"] }, ["ssh_keys", 0], "value_error"],
    [VPS, { ...SERVER, ssh_keys: "x" }, ["ssh_keys"], "list_type"],
    [VPS, { ...SERVER, hostname: undefined }, ["hostname"], "missing"],
    [VPS, { ...SERVER, hostname: " " }, ["hostname"], "string_too_short"],
    [VPS, { ...SERVER, plan_code: "p" }, ["plan_code"], "value_error"],
    [VPS, { ...SERVER, region: "XX" }, ["region"], "enum"],
    [VPS, { ...SERVER, os_template: 1 }, ["os_template"], "string_type"],
  ])("%s with %j is a 422 that names the field", async (path, body, field, type) => {
    const { status, json } = await client.post(path, body);
    expect(status).toBe(422);
    expect(json).toEqual({ detail: [{ loc: ["body", ...field], msg: expect.any(String), type }] });
    expect(emulator.requests[0]).toMatchObject({ status: 422, committed: false });
    expect([emulator.account.liveApiKeys(), emulator.account.vps()]).toEqual([[], []]);
  });

  test("all problems are named at once", async () => {
    const { json } = await client.post(PAT, { scopes: [], expires_in_days: 0, description: {} });
    expect(json.detail).toHaveLength(3);
  });

  test("null stands for an omitted optional field, and unknown fields are ignored", async () => {
    const body = { scopes: ["a:b"], description: null, expires_in_days: null, other: 1 };
    expect((await client.post(PAT, body)).status).toBe(201);
  });

  test.each(["not JSON", "[]", "null", '"text"'])("%s is not a body", async (body) => {
    const reply = await client.post(SERVICE, body);
    expect(reply).toMatchObject({ status: 422, json: { detail: [{ loc: ["body"] }] } });
  });

  test.each([
    ["another content type", 415, "{}", "text/plain"],
    ["over 1 MB", 413, JSON.stringify({ ...DNS, description: "x".repeat(1_000_001) }), undefined],
    ["other bytes than UTF-8", 400, Buffer.from('{"service": "dns\u00e9"}', "latin1"), undefined],
  ])("%s is a %i without effect", async (_what, status, body, type = "application/json") => {
    expect((await client.post(SERVICE, body, { "content-type": type })).status).toBe(status);
    expect(emulator.account.liveApiKeys()).toEqual([]);
  });
});
