// The two headers a credential may come in, and both together.
import http from "node:http";
import { startEmulator } from "../../src/emulator";
import type { Emulator } from "../../src/emulator";
import { send } from "./client";

const PROFILE = "/v1/account/profile";
const SERVERS = "/v1/vps";
let emulator: Emulator;
let pat: string;
let service: string;

beforeEach(async () => {
  emulator = await startEmulator();
  pat = emulator.apiKey;
  service = emulator.account.addApiKey({ service: "vps" }).key;
});
afterEach(() => emulator.close());

const ask = async (path: string, headers: Record<string, string>): Promise<number> =>
  (await send(emulator, "GET", path, undefined, { "x-api-key": "", ...headers })).status;

test("a token is accepted as Authorization: Bearer, in any case of the scheme", async () => {
  expect(await ask(PROFILE, { authorization: `Bearer ${pat}` })).toBe(200);
  expect(await ask(SERVERS, { authorization: `bearer ${pat}` })).toBe(200);
  expect(emulator.requests[0]!.headers["authorization"]).toMatch(/^sha256:[0-9a-f]{12}$/);
});

test.each([
  ["another scheme", () => `Basic ${pat}`],
  ["no scheme", () => pat],
  ["no token", () => "Bearer"],
  ["an unknown token", () => "Bearer wayscloud_pat_abc12_nobody"],
  ["a service key, which belongs into X-API-Key", () => `Bearer ${service}`],
  ["two tokens", () => `Bearer ${pat}, Bearer ${pat}`],
])("Authorization with %s is a 401", async (_what, authorization) => {
  expect(await ask(SERVERS, { authorization: authorization() })).toBe(401);
});

test("with a token and a service key each does what it may", async () => {
  const both = { authorization: `Bearer ${pat}`, "x-api-key": service };
  expect([await ask(PROFILE, both), await ask(SERVERS, both)]).toEqual([200, 200]);
  const [token, key] = emulator.account.apiKeys();
  expect(emulator.requests.map(({ credentialId }) => credentialId)).toEqual([token!.id, key!.id]);
});

test("whatever is sent must be valid, even beside a valid one", async () => {
  expect(await ask(PROFILE, { authorization: `Bearer ${pat}`, "x-api-key": "wayscloud_nobody" })).toBe(401);
  expect(await ask(PROFILE, { authorization: "Bearer nobody", "x-api-key": pat })).toBe(401);
});

test("a service key still reaches no account endpoint, under neither path", async () => {
  for (const path of [PROFILE, "/api/v1/dashboard/account/profile", "/api/v1/dashboard/account/ssh-keys"]) {
    expect(await ask(path, { "x-api-key": service })).toBe(403);
  }
});

test("two Authorization headers are a 401", async () => {
  const status = await new Promise((resolve, reject) => {
    const request = http.request(emulator.url + PROFILE, (reply) => resolve(reply.resume().statusCode));
    request.setHeader("authorization", [`Bearer ${pat}`, `Bearer ${pat}`]);
    request.once("error", reject);
    request.end();
  });
  expect(status).toBe(401);
});
