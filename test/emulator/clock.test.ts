// The clock of an emulator: set at the start, read and moved by requests or by the test that started it.
import type { EmulatorOptions } from "../../src/emulator";
import { DNS, KEYS, NOW, PAT, SERVICE, start as startAny, type Started } from "./client";

const CLOCK = "/emulator/clock";
const start = (options: EmulatorOptions = {}): Promise<Started> => startAny({ now: () => NOW, ...options });

test.each([
  [undefined, "2024-03-01T14:00:00.000Z"],
  [60_000, "2024-03-01T14:01:00.000Z"],
  ["30d", "2024-03-31T14:00:00.000Z"],
  ["-1d12h", "2024-02-29T02:00:00.000Z"],
  ["+90m30s", "2024-03-01T15:30:30.000Z"],
])("starts %j from now", async (timeOffset, now) => {
  const { client } = await start({ timeOffset });
  expect((await client.get(CLOCK)).json).toEqual({ now });
});

test("is moved by a request without a credential, and everything goes by it", async () => {
  const { client, account } = await start();
  const { json: token } = await client.post(PAT, { scopes: ["api_keys:read"], expires_in_days: 1 });
  const moved = await client.post(`${CLOCK}?advance=1d`, undefined, { "x-api-key": "" });
  expect([moved.status, moved.json]).toEqual([200, { now: "2024-03-02T14:00:00.000Z" }]);
  const { status, headers } = await client.as(token.key).get(KEYS);
  expect([status, headers["date"]]).toEqual([401, "Sat, 02 Mar 2024 14:00:00 GMT"]);
  const { json: made } = await client.post(SERVICE, DNS);
  expect(account.liveApiKeys()).toMatchObject([{ id: made.id, createdAt: "2024-03-02T14:00:00Z" }]);
});

test("is moved by the test that started it", async () => {
  const { client, ...emulator } = await start();
  emulator.advance("30d");
  emulator.advance(-1_000);
  expect((await client.get(CLOCK)).json).toEqual({ now: "2024-03-31T13:59:59.000Z" });
});

test("faults, the rate limit and the log leave its requests alone", async () => {
  const { client, ...emulator } = await start({ rateLimit: 1, faults: [{ status: 500 }] });
  for (let count = 0; count < 3; count++) expect((await client.get(CLOCK)).status).toBe(200);
  expect([emulator.requests, emulator.faults.pending().length]).toEqual([[], 1]);
});

test.each([
  ["", 'the time to advance by must be a time span such as "30d", "-12h" or "90m", not an empty string'],
  ["?advance=tomorrow", "the time to advance by must be a time span"],
  ["?advance=30", "the time to advance by must be a time span"],
  ["?advance=9999999d", "the clock cannot be moved out of the years 1970 to 9999"],
  ["?advance=-99999d", "the clock cannot be moved out of the years 1970 to 9999"],
])("POST %s is a 400 that says what is allowed, and moves nothing", async (query, reason) => {
  const { client, ...emulator } = await start();
  const { status, json } = await client.post(CLOCK + query);
  expect([status, json.detail]).toEqual([400, expect.stringContaining(reason)]);
  expect(() => emulator.advance(query.split("=")[1] ?? "")).toThrow(RangeError);
  expect((await client.get(CLOCK)).json).toEqual({ now: "2024-03-01T14:00:00.000Z" });
});
