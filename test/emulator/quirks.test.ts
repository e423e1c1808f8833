// Deviations from the documented API: quirks by name, and the hook that changes any response.
import type { Emulator, EmulatorOptions, Exchange } from "../../src/emulator";
import { DNS, ED25519, KEYS, NOW, PROFILE, SERVICE, SSH, start as startAny, type Client } from "./client";

let now = NOW;
let emulator: Emulator;
let client: Client;
const start = async (options: EmulatorOptions): Promise<void> => {
  now = NOW;
  const started = await startAny({ now: () => now, ...options });
  [emulator, client] = [started, started.client];
};
const create = async (description?: string): Promise<{ id: string; key: string }> =>
  (await client.post(SERVICE, { ...DNS, description })).json;
/** Without the emulator's first credential. */
const listed = async (): Promise<any[]> => (await client.get(KEYS)).json.slice(1);

describe("quirks", () => {
  test.each([
    ["trimmed", "  My Key #1a2b3c4 ", "My Key #1a2b3c4"],
    ["lower-case", "My Key", "my key"],
    ["null", "My Key", null],
    [{ truncatedTo: 4 }, "My Key", "My K"],
    [undefined, "  My Key ", "  My Key "],
  ] as const)("descriptions %j", async (descriptions, sent, stored) => {
    await start({ quirks: { descriptions } });
    await create(sent);
    expect(await listed()).toEqual([expect.objectContaining({ description: stored })]);
  });

  test("lists lag: new keys are missing for a while, and yet authenticate and conflict", async () => {
    await start({ quirks: { listLag: 5_000 } });
    const { key } = await create();
    const body = { name: "a", public_key: ED25519 };
    await client.post(SSH, body);
    const sshKeys = async (): Promise<unknown[]> => (await client.get(SSH)).json;
    expect([await listed(), await sshKeys()]).toEqual([[], []]);
    expect((await client.as(key).get(PROFILE)).status).toBe(403);
    expect((await client.post(SSH, body)).status).toBe(409);
    now += 5_000;
    expect([(await listed()).length, (await sshKeys()).length]).toEqual([1, 1]);
  });

  test("revoked keys stay in the list, inactive, and are revoked all the same", async () => {
    await start({ quirks: { listsRevokedKeys: true } });
    const { id } = await create();
    expect((await client.delete(`${KEYS}/${id}`)).status).toBe(200);
    expect(await listed()).toEqual([expect.objectContaining({ id, is_active: false })]);
    expect((await client.delete(`${KEYS}/${id}`)).status).toBe(404);
    expect(emulator.account.liveApiKeys()).toEqual([]);
  });

  test("created_at differs from the Date header", async () => {
    await start({ quirks: { createdAtSkew: -600_000 } });
    await create();
    const { json, headers } = await client.get(KEYS);
    expect(json[1].created_at).toBe("2024-03-01T13:50:00Z");
    expect(headers["date"]).toBe("Fri, 01 Mar 2024 14:00:00 GMT");
  });

  test.each(["", "account"])("tokens are listed with the service %j", async (tokenService) => {
    await start({ quirks: { tokenService } });
    emulator.account.addApiKey({ scopes: [] });
    await create();
    expect((await listed()).map(({ service }) => service)).toEqual([tokenService, "dns"]);
  });
});

describe("transform", () => {
  test("sees the request and its response, which nothing that it changes in place alters", async () => {
    const seen: Exchange[] = [];
    await start({
      transform: (exchange) => {
        seen.push(structuredClone(exchange));
        exchange.status = 500;
        exchange.headers = {};
        Object.assign(exchange.body as object, { id: "other" });
        return undefined;
      },
    });
    const { status, json } = await client.post(`${SERVICE}?a=b`, DNS);
    expect(status).toBe(201);
    const [key] = emulator.account.liveApiKeys();
    expect(json).toMatchObject({ id: key!.id, key: key!.key });
    const headers = { date: "Fri, 01 Mar 2024 14:00:00 GMT", "content-type": "application/json" };
    const request = { method: "POST", path: SERVICE, query: { a: "b" }, request: DNS };
    expect(seen).toEqual([{ ...request, status: 201, headers, body: json }]);
  });

  test("sets the status, headers in any case and the body, and the log has the status sent", async () => {
    const headers = { DATE: null, Age: "3600", "content-type": "application/problem+json" };
    await start({ transform: ({ body }) => ({ status: 200, headers, body: { items: body, limit: 1 } }) });
    const first = await client.get(KEYS);
    expect([first.status, first.json.limit, first.json.items.length]).toEqual([200, 1, 1]);
    expect(first.headers).toMatchObject({ age: "3600", "content-type": "application/problem+json" });
    expect(first.headers).not.toHaveProperty("date");
    emulator.transform = () => ({ status: 203, body: "<html>" });
    expect(await client.get(KEYS)).toMatchObject({ status: 203, text: "<html>" });
    emulator.transform = undefined;
    expect((await client.get(KEYS)).headers).toHaveProperty("date");
    expect(emulator.requests.map(({ status }) => status)).toEqual([200, 203, 200]);
  });

  test("can answer with what it saw before: a list from a cache, with its own date", async () => {
    let kept: Exchange | undefined;
    await start({ transform: (exchange) => (exchange.path === KEYS ? (kept ??= exchange) : undefined) });
    const first = await client.get(KEYS);
    now += 3_600_000;
    expect((await client.post(SERVICE, DNS)).status).toBe(201);
    const second = await client.get(KEYS);
    expect([second.json, second.headers["date"]]).toEqual([first.json, "Fri, 01 Mar 2024 14:00:00 GMT"]);
  });

  test("comes after the faults, whose damage its body takes", async () => {
    await start({ transform: ({ status }) => (status === 503 ? { body: [] } : undefined) });
    emulator.faults.add({ status: 503 }, { truncate: 1, nth: 2 });
    expect(await client.get(KEYS)).toMatchObject({ status: 503, text: "[]" });
    expect(await client.raw("GET", KEYS)).toMatchObject({ complete: false, text: "[" });
  });

  test("may wait, and what it throws is a 500 that says so", async () => {
    let release: (() => void) | undefined;
    await start({ transform: () => new Promise((resolve) => (release = () => resolve({ status: 418 }))) });
    const reply = client.get(KEYS);
    while (!release) await new Promise(setImmediate);
    expect(emulator.requests[0]!.status).toBe("pending");
    release();
    expect((await reply).status).toBe(418);
    emulator.transform = () => {
      throw new Error("a mistake in the test");
    };
    const { status, json } = await client.get(KEYS);
    expect([status, json.detail]).toEqual([500, expect.stringContaining("a mistake in the test")]);
  });
});
