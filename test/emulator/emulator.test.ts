// The emulator in a test: options, the log, the rate limit, changes without a request, closing.
import { request } from "node:http";
import { startEmulator, type EmulatorOptions, type RecordedRequest } from "../../src/emulator";
import { until } from "../support/until";
import { DNS, ED25519, KEYS, OTHER_ED25519, PROFILE, SERVICE, SSH, start } from "./client";

describe("starting", () => {
  test("makes a credential of the vendor's form, a new one each time", async () => {
    const [a, b] = [await start(), await start()];
    expect(a.apiKey).toMatch(/^wayscloud_pat_[A-Za-z0-9]{5}_[A-Za-z0-9]{32,}$/);
    expect(a.apiKey).not.toBe(b.apiKey);
    expect(a.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test("a credential of one's own is the first one", async () => {
    const { client, account } = await start({ apiKey: "wayscloud_pat_abc12_YOUR_SECRET" });
    const { json } = await client.get(KEYS);
    expect(json).toMatchObject([{ key_prefix: "wayscloud_pat_abc12", key_type: "pat" }]);
    expect(account.liveApiKeys()).toEqual([]);
  });

  test.each([
    [{ prot: 1 }, 'options: unknown field "prot" (known: port, host'],
    [{ port: 70_000 }, "port must be from 0 to 65535, not 70000"],
    [{ host: "" }, "host must be an address or host name"],
    [{ state: " " }, "state must be the name of a file"],
    [{ latency: -1 }, "latency must be from 0 to 2147483647 ms"],
    [{ latency: 3_000_000_000 }, "latency must be from 0 to 2147483647 ms"],
    [{ rateLimit: 0 }, "rateLimit must be above 0 requests a second"],
    [{ lists: "" }, 'lists must be "array", "named" or the name of a wrapper'],
    [{ provisioning: { msec: 1 } }, 'provisioning: unknown field "msec" (known: ms, reads)'],
    [{ quirks: { listlag: 1 } }, 'quirks: unknown field "listlag" (known: descriptions'],
    [{ quirks: { descriptions: "upper" } }, "quirks.descriptions must be"],
    [{ quirks: null }, "quirks must be an object, not null"],
    [{ faults: {} }, "faults must be a list"],
    [{ now: 5 }, "now must be a function, not 5"],
    [{ transform: {} }, "transform must be a function"],
    [{ timeOffset: "soon" }, "timeOffset must be a time span"],
    [{ timeOffset: Infinity }, "timeOffset must be a time span"],
    [{ apiKey: "a b c" }, "since it is sent in a header, not a string of 5 characters"],
  ])("with %j is refused with a sentence", async (options, reason) => {
    const refused = startEmulator(options as EmulatorOptions);
    await expect(refused).rejects.toThrow(RangeError);
    await expect(refused).rejects.toThrow(reason);
  });
});

describe("the request log", () => {
  test("has everything but the credential, and onRequest gets the same", async () => {
    const heard: RecordedRequest[] = [];
    const time = 1_700_000_000_000;
    const onRequest = (recorded: RecordedRequest): void => void heard.push(recorded);
    const { client, requests, account } = await start({ now: () => time, onRequest });
    await client.post(`${SERVICE}?a=1&b=2`, DNS);
    await client.as("wayscloud_unknown").get(PROFILE);
    const [first, second] = requests;
    const credentialId = account.apiKeys()[0]!.id;
    const sent = { method: "POST", path: SERVICE, query: { a: "1", b: "2" }, body: DNS };
    expect(first).toMatchObject({ ...sent, credentialId, status: 201, committed: true, time });
    expect(first!.headers["x-api-key"]).toMatch(/^sha256:[0-9a-f]{12}$/);
    expect(second).toMatchObject({ status: 401, committed: false, body: undefined });
    expect(second!.credentialId).toBeUndefined();
    expect(JSON.stringify(requests)).not.toContain("wayscloud_");
    expect(heard).toEqual(requests);
  });

  test("forgets the oldest beyond 100 000, and keeps no body above 10 kB", async () => {
    const { client, requests } = await start();
    requests.push(...Array.from({ length: 100_000 }, (_, time) => ({ time }) as RecordedRequest));
    await client.post(SERVICE, { ...DNS, description: "x".repeat(10_000) });
    expect([requests.length, requests[0]!.time]).toEqual([100_000, 1]);
    expect(requests.at(-1)).toMatchObject({ path: SERVICE, status: 201, body: undefined });
  });

  test("an onRequest that throws is its owner's mistake: the client gets its response", async () => {
    const warn = jest.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const onRequest = (): never => {
      throw new Error("oops");
    };
    const { client } = await start({ onRequest });
    expect((await client.get(PROFILE)).status).toBe(200);
    expect(warn.mock.calls.map(([text]) => text)).toEqual([expect.stringContaining("oops")]);
    warn.mockRestore();
  });
});

test("above the rate limit 429 with Retry-After, and as the clock goes on requests pass again", async () => {
  let now = 0;
  const { client } = await start({ rateLimit: 2, now: () => now });
  const ask = () => client.get(PROFILE);
  expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
  const limited = { status: 429, headers: { "retry-after": "1" }, json: { detail: expect.any(String) } };
  expect(await ask()).toMatchObject(limited);
  now += 500;
  expect([(await ask()).status, (await ask()).status]).toEqual([200, 429]);
});

describe("account control", () => {
  test("changes made by hand show in the API, and what it hands out is a copy", async () => {
    const { client, account } = await start();
    const listed = async (path: string): Promise<any[]> => (await client.get(path)).json;
    const key = account.addApiKey({ service: "storage", description: "by hand" });
    const ssh = account.addSshKey({ name: "by hand", publicKey: ED25519 });
    const service = account.addService({ service_type: "dns", name: "zone" });
    account.addApiKey({ isActive: false });
    key.description = "changed";
    const [, byHand, inactive] = await listed(KEYS);
    expect(byHand).toMatchObject({ id: key.id, service: "storage", description: "by hand", is_active: true });
    expect(inactive.is_active).toBe(false);
    expect(await listed(SSH)).toMatchObject([{ id: ssh.id, name: "by hand" }]);
    expect((await listed("/v1/account/services"))[1]).toEqual(service);
    expect(account.liveApiKeys().map(({ id }) => id)).toEqual([key.id]);

    account.deactivate(key.id);
    expect((await listed(KEYS))[1].is_active).toBe(false);
    for (const id of [key.id, ssh.id, service.id]) account.remove(id);
    expect(await listed(KEYS)).toHaveLength(2);
    expect([account.sshKeys(), account.services().length, account.vps()]).toEqual([[], 1, []]);
    expect(() => account.remove("nothing")).toThrow("nothing");
    expect(() => account.deactivate("nothing")).toThrow("nothing");
  });

  test("an id that exists is replaced, and what it replaces no longer authenticates or blocks", async () => {
    const { client, account } = await start();
    const [first, second] = [account.addApiKey({ id: "x" }), account.addApiKey({ id: "x" })];
    expect((await client.as(first.key).get(PROFILE)).status).toBe(401);
    expect((await client.as(second.key).get(PROFILE)).status).toBe(200);
    expect(account.apiKeys().filter(({ id }) => id === "x")).toHaveLength(1);

    account.addSshKey({ id: "s", name: "a", publicKey: ED25519 });
    account.addSshKey({ id: "s", name: "b", publicKey: OTHER_ED25519 });
    expect((await client.post(SSH, { name: "a", public_key: ED25519 })).status).toBe(201);
  });
});

describe("closing", () => {
  test("is prompt with idle, hanging, delayed and half-sent requests, and happens once or twice", async () => {
    const faults = [{ hang: true }, { delay: 60_000 }, { status: 500, commitAfter: 60_000 }] as const;
    const { client, ...emulator } = await start({ faults: [...faults] });
    const cut = [client.raw("GET", PROFILE), client.raw("GET", PROFILE)];
    await until(() => emulator.requests[0]?.status === "hang" && emulator.requests.length === 2);
    await client.post(SERVICE, DNS);
    const half = request(emulator.url, { method: "POST", headers: { "content-length": "10" } });
    const broken = new Promise((resolve) => half.once("error", resolve));
    half.write("{");
    const begun = performance.now();
    await emulator.close();
    await emulator.close();
    // It waits for none of the delays.
    expect(performance.now() - begun).toBeLessThan(30_000);
    expect((await Promise.all(cut)).map(({ code }) => code)).toEqual(["ECONNRESET", "ECONNRESET"]);
    await broken;
    expect(emulator.account.liveApiKeys()).toEqual([]);
  });

  test("leaves an account that can be read and not changed, and an emulator that listens no more", async () => {
    const { client, account, ...emulator } = await start();
    const { id } = account.addApiKey();
    await emulator.close();
    expect(account.liveApiKeys().map((key) => key.id)).toEqual([id]);
    const changes = [
      ...[() => account.addApiKey(), () => account.addSshKey({ name: "a", publicKey: ED25519 })],
      ...[() => account.addService(), () => account.setProfile({})],
      ...[() => account.deactivate(id), () => account.remove(id)],
    ];
    for (const change of changes) expect(change).toThrow("the emulator is closed");
    await expect(emulator.listenAgain()).rejects.toThrow("the emulator is closed");
    await expect(client.get(PROFILE)).rejects.toThrow("fetch failed");
  });
});
