// The hook that changes any response, for the ways of an API that no quirk has a name for.
import { startEmulator } from "../../src/emulator";
import type { Emulator, EmulatorOptions, Exchange } from "../../src/emulator";
import { raw, send } from "./client";

const LIST = "/v1/account/api-keys";
const CREATE = `${LIST}/service`;
const open: Emulator[] = [];
const start = async (options: EmulatorOptions): Promise<Emulator> => {
  const emulator = await startEmulator(options);
  open.push(emulator);
  return emulator;
};
afterEach(() => Promise.all(open.splice(0).map((emulator) => emulator.close())));

test("sees the request and its response, which nothing that it changes in place alters", async () => {
  const seen: Exchange[] = [];
  const now = Date.parse("2024-03-01T14:00:00Z");
  const emulator = await start({
    now: () => now,
    transform: (exchange) => {
      seen.push(structuredClone(exchange));
      exchange.status = 500;
      exchange.headers = {};
      Object.assign(exchange.body as object, { id: "other" });
      return undefined;
    },
  });
  const { status, json } = await send(emulator, "POST", `${CREATE}?a=b`, { service: "dns" });
  expect(status).toBe(201);
  const [key] = emulator.account.liveApiKeys();
  expect(json).toMatchObject({ id: key!.id, key: key!.key });
  expect(seen).toEqual([
    {
      method: "POST",
      path: CREATE,
      query: { a: "b" },
      request: { service: "dns" },
      status: 201,
      headers: { date: "Fri, 01 Mar 2024 14:00:00 GMT", "content-type": "application/json" },
      body: json,
    },
  ]);
});

test("sets the status, headers in any case and the body, and the log has the status sent", async () => {
  const emulator = await start({
    transform: ({ body }) => ({
      status: 200,
      headers: { DATE: null, Age: "3600", "content-type": "application/problem+json" },
      body: { items: body, limit: 1 },
    }),
  });
  const { status, headers, json } = await send(emulator, "GET", LIST);
  expect([status, json.limit, json.items.length]).toEqual([200, 1, 1]);
  expect(headers).toMatchObject({ age: "3600", "content-type": "application/problem+json" });
  expect(headers).not.toHaveProperty("date");
  emulator.transform = () => ({ status: 203, body: "<html>" });
  expect(await send(emulator, "GET", LIST)).toMatchObject({ status: 203, text: "<html>" });
  emulator.transform = undefined;
  expect((await send(emulator, "GET", LIST)).headers).toHaveProperty("date");
  expect(emulator.requests.map(({ status: logged }) => logged)).toEqual([200, 203, 200]);
});

test("can answer with what it saw before: a list from a cache, with its own date", async () => {
  let kept: Exchange | undefined;
  let now = Date.parse("2024-03-01T14:00:00Z");
  const emulator = await start({
    now: () => now,
    transform: (exchange) => (exchange.path === LIST ? (kept ??= exchange) : undefined),
  });
  const first = await send(emulator, "GET", LIST);
  now += 3_600_000;
  expect((await send(emulator, "POST", CREATE, { service: "dns" })).status).toBe(201);
  const second = await send(emulator, "GET", LIST);
  expect([second.json, second.headers["date"]]).toEqual([first.json, "Fri, 01 Mar 2024 14:00:00 GMT"]);
});

test("comes after the faults, whose damage its body takes", async () => {
  const emulator = await start({ transform: ({ status }) => (status === 503 ? { body: [] } : undefined) });
  emulator.faults.add({ status: 503 }, { truncate: 1, nth: 2 });
  expect(await send(emulator, "GET", LIST)).toMatchObject({ status: 503, text: "[]" });
  expect(await raw(emulator, "GET", LIST)).toMatchObject({ complete: false, text: "[" });
});

test("may wait, and what it throws is a 500 that says so", async () => {
  let release: (() => void) | undefined;
  const emulator = await start({
    transform: () => new Promise((resolve) => (release = () => resolve({ status: 418 }))),
  });
  const reply = send(emulator, "GET", LIST);
  while (!release) await new Promise(setImmediate);
  expect(emulator.requests[0]!.status).toBe("pending");
  release();
  expect((await reply).status).toBe(418);
  emulator.transform = () => {
    throw new Error("a mistake in the test");
  };
  const { status, json } = await send(emulator, "GET", LIST);
  expect([status, json.detail]).toEqual([500, expect.stringContaining("a mistake in the test")]);
});

test("anything but a function is refused", async () => {
  await expect(start({ transform: {} as any })).rejects.toThrow("transform must be a function");
});
