// Deviations from the documented API that clients must cope with.
import { startEmulator } from "../../src/emulator";
import type { Emulator, Quirks } from "../../src/emulator";
import { ED25519, send } from "./client";

const NOW = Date.parse("2024-03-01T14:00:00Z");
let now = NOW;
let emulator: Emulator;
const start = async (quirks: Quirks): Promise<void> => {
  now = NOW;
  emulator = await startEmulator({ quirks, now: () => now });
};
afterEach(() => emulator.close());

const create = async (description?: string): Promise<{ id: string; key: string }> =>
  (await send(emulator, "POST", "/v1/account/api-keys/service", { service: "dns", description })).json;
const listed = async (): Promise<Record<string, unknown>[]> =>
  (await send(emulator, "GET", "/v1/account/api-keys")).json.slice(1);

test.each([
  ["trimmed", "  My Key #1a2b3c4 ", "My Key #1a2b3c4"],
  ["lower-case", "My Key", "my key"],
  ["null", "My Key", null],
  [{ truncatedTo: 4 }, "My Key", "My K"],
  [undefined, "  My Key ", "  My Key "],
] as const)("descriptions %j", async (descriptions, sent, stored) => {
  await start({ descriptions });
  await create(sent);
  expect(await listed()).toEqual([expect.objectContaining({ description: stored })]);
});

test("lists lag: new keys are missing for a while, and yet authenticate and conflict", async () => {
  await start({ listLag: 5_000 });
  const { key } = await create();
  await send(emulator, "POST", "/v1/account/ssh-keys", { name: "a", public_key: ED25519 });
  const sshKeys = async (): Promise<unknown[]> => (await send(emulator, "GET", "/v1/account/ssh-keys")).json;
  expect([await listed(), await sshKeys()]).toEqual([[], []]);
  expect((await send({ ...emulator, apiKey: key }, "GET", "/v1/account/profile")).status).toBe(403);
  const again = await send(emulator, "POST", "/v1/account/ssh-keys", { name: "a", public_key: ED25519 });
  expect(again.status).toBe(409);
  now += 5_000;
  expect([(await listed()).length, (await sshKeys()).length]).toEqual([1, 1]);
});

test("quirks may be changed while the emulator runs", async () => {
  await start({ listLag: Infinity });
  await create();
  expect(await listed()).toHaveLength(0);
  emulator.quirks.listLag = 0;
  expect(await listed()).toHaveLength(1);
});

test("revoked keys stay in the list, inactive, and are revoked all the same", async () => {
  await start({ listsRevokedKeys: true });
  const { id } = await create();
  expect((await send(emulator, "DELETE", `/v1/account/api-keys/${id}`)).status).toBe(200);
  expect(await listed()).toEqual([expect.objectContaining({ id, is_active: false })]);
  expect((await send(emulator, "DELETE", `/v1/account/api-keys/${id}`)).status).toBe(404);
  expect(emulator.account.liveApiKeys()).toEqual([]);
});

test("created_at differs from the Date header", async () => {
  await start({ createdAtSkew: -600_000 });
  await create();
  const { json, headers } = await send(emulator, "GET", "/v1/account/api-keys");
  expect(json[1].created_at).toBe("2024-03-01T13:50:00Z");
  expect(headers["date"]).toBe("Fri, 01 Mar 2024 14:00:00 GMT");
});

test.each(["", "account"])("tokens are listed with the service %j", async (tokenService) => {
  await start({ tokenService });
  emulator.account.addApiKey({ scopes: [] });
  await create();
  expect((await listed()).map(({ service }) => service)).toEqual([tokenService, "dns"]);
});
