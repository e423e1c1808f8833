// The clock of a running emulator: set at the start, read and moved by requests or by the test that started it.
import { startEmulator } from "../../src/emulator";
import type { Emulator, EmulatorOptions } from "../../src/emulator";
import { send } from "./client";

const NOW = Date.parse("2024-03-01T14:00:00Z");
const CLOCK = "/emulator/clock";
const open: Emulator[] = [];
const start = async (options: EmulatorOptions = {}): Promise<Emulator> => {
  const emulator = await startEmulator({ now: () => NOW, ...options });
  open.push(emulator);
  return emulator;
};
afterEach(() => Promise.all(open.splice(0).map((emulator) => emulator.close())));

test.each([
  [undefined, "2024-03-01T14:00:00.000Z"],
  [60_000, "2024-03-01T14:01:00.000Z"],
  ["30d", "2024-03-31T14:00:00.000Z"],
  ["-1d12h", "2024-02-29T02:00:00.000Z"],
  ["+90m30s", "2024-03-01T15:30:30.000Z"],
])("starts %j from now", async (timeOffset, now) => {
  expect((await send(await start({ timeOffset }), "GET", CLOCK)).json).toEqual({ now });
});

test("is moved by a request without a credential, and everything goes by it", async () => {
  const emulator = await start();
  const body = { scopes: ["api_keys:read"], expires_in_days: 1 };
  const { json: token } = await send(emulator, "POST", "/v1/account/api-keys/pat", body);
  const moved = await send(emulator, "POST", `${CLOCK}?advance=1d`, undefined, { "x-api-key": "" });
  expect([moved.status, moved.json]).toEqual([200, { now: "2024-03-02T14:00:00.000Z" }]);
  const { status, headers } = await send({ ...emulator, apiKey: token.key }, "GET", "/v1/account/api-keys");
  expect([status, headers["date"]]).toEqual([401, "Sat, 02 Mar 2024 14:00:00 GMT"]);
  const { json: made } = await send(emulator, "POST", "/v1/account/api-keys/service", { service: "dns" });
  expect(emulator.account.liveApiKeys()).toMatchObject([{ id: made.id, createdAt: "2024-03-02T14:00:00Z" }]);
});

test("is moved by the test that started it", async () => {
  const emulator = await start();
  emulator.advance("30d");
  emulator.advance(-1_000);
  expect((await send(emulator, "GET", CLOCK)).json).toEqual({ now: "2024-03-31T13:59:59.000Z" });
});

test("faults, the rate limit and the log leave its requests alone", async () => {
  const emulator = await start({ rateLimit: 1, faults: [{ status: 500 }] });
  for (let count = 0; count < 3; count++) expect((await send(emulator, "GET", CLOCK)).status).toBe(200);
  expect([emulator.requests, emulator.faults.pending().length]).toEqual([[], 1]);
});

test.each([
  ["", 'the time to advance by must be a time span such as "30d", "-12h" or "90m", not an empty string'],
  ["?advance=tomorrow", "the time to advance by must be a time span"],
  ["?advance=30", "the time to advance by must be a time span"],
  ["?advance=9999999d", "the clock cannot be moved out of the years 1970 to 9999"],
  ["?advance=-99999d", "the clock cannot be moved out of the years 1970 to 9999"],
])("POST %s is a 400 that says what is allowed, and moves nothing", async (query, reason) => {
  const emulator = await start();
  const { status, json } = await send(emulator, "POST", CLOCK + query);
  expect([status, json.detail]).toEqual([400, expect.stringContaining(reason)]);
  expect(() => emulator.advance(query.split("=")[1] ?? "")).toThrow(RangeError);
  expect((await send(emulator, "GET", CLOCK)).json).toEqual({ now: "2024-03-01T14:00:00.000Z" });
});

test("another method is a 405, another offset refused at the start", async () => {
  expect(await send(await start(), "DELETE", CLOCK)).toMatchObject({
    status: 405,
    headers: { allow: "GET, POST" },
  });
  await expect(start({ timeOffset: "soon" })).rejects.toThrow("timeOffset must be a time span");
  await expect(start({ timeOffset: Infinity })).rejects.toThrow(RangeError);
});
