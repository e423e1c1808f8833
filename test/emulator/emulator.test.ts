// The emulator as a whole: starting, the log, the limit, the state file, what tests can do behind its back, closing.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../src/emulator";
import type { Emulator, EmulatorOptions } from "../../src/emulator";
import { MAX_BODY_BYTES_KEPT, MAX_RECORDED, RequestLog } from "../../src/emulator/http/request-log";
import type { RecordedRequest } from "../../src/emulator/http/request-log";
import { ED25519, raw, send, SERVER } from "./client";

const open: Emulator[] = [];
const start = async (options?: EmulatorOptions): Promise<Emulator> => {
  const emulator = await startEmulator(options);
  open.push(emulator);
  return emulator;
};
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "emulator-"));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((emulator) => emulator.close()));
  rmSync(folder, { recursive: true });
});

describe("starting", () => {
  test("makes a credential of the vendor's form, a new one each time", async () => {
    const [a, b] = [await start(), await start()];
    expect(a.apiKey).toMatch(/^wayscloud_pat_[A-Za-z0-9]{5}_[A-Za-z0-9]{32,}$/);
    expect(a.apiKey).not.toBe(b.apiKey);
    expect(a.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test("rejects when the port is in use, leaving the state file alone", async () => {
    const port = Number(new URL((await start()).url).port);
    const state = join(folder, "state.json");
    await expect(startEmulator({ port, state })).rejects.toMatchObject({ code: "EADDRINUSE" });
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    [{ port: 70_000 }, "port"],
    [{ latency: -1 }, "latency"],
    [{ rateLimit: 0 }, "rateLimit"],
    [{ lists: "" }, "lists"],
    [{ apiKey: "two words" }, "apiKey"],
  ])("rejects %j", async (options, reason) => {
    await expect(startEmulator(options)).rejects.toThrow(reason);
  });
});

describe("the request log", () => {
  test("tells everything but the credential", async () => {
    const emulator = await start({ now: () => 1_700_000_000_000 });
    const heard: RecordedRequest[] = [];
    const listener = await start({ onRequest: (recorded) => heard.push(recorded) });
    await send(emulator, "POST", "/v1/account/api-keys/service?a=1&b=2", { service: "dns" });
    await send(emulator, "GET", "/v1/account/profile", undefined, { "x-api-key": "wayscloud_unknown" });
    const [first, second] = emulator.requests;
    expect(first).toMatchObject({
      method: "POST",
      path: "/v1/account/api-keys/service",
      query: { a: "1", b: "2" },
      body: { service: "dns" },
      credentialId: emulator.account.apiKeys()[0]!.id,
      status: 201,
      committed: true,
      time: 1_700_000_000_000,
    });
    expect(first!.headers["x-api-key"]).toMatch(/^sha256:[0-9a-f]{12}$/);
    expect(second).toMatchObject({ status: 401, committed: false, body: undefined });
    expect(second!.credentialId).toBeUndefined();
    expect(JSON.stringify(emulator.requests)).not.toContain("wayscloud_");
    await send(listener, "GET", "/v1/account/profile");
    expect(heard).toEqual(listener.requests);
  });

  test("keeps no more than 16 MB of bodies, dropping the oldest", () => {
    const log = new RequestLog();
    const head = { method: "POST", path: "/", query: {}, headers: {}, credentials: [] };
    const body = JSON.stringify("x".repeat(900_000));
    for (let time = 0; time < 100; time++) log.keepBody(log.begin(head, time), body);
    const sizes = log.requests.map((record) => JSON.stringify(record.body ?? "").length - 2);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(MAX_BODY_BYTES_KEPT);
    expect([sizes[0], sizes.at(-1)]).toEqual([0, 900_000]);
    expect(log.requests).toHaveLength(100);
  });

  test("forgets the oldest beyond 100 000", () => {
    const log = new RequestLog();
    log.requests.push(...Array.from({ length: MAX_RECORDED }, (_, time) => ({ time }) as RecordedRequest));
    const head = { method: "GET", path: "/", query: {}, headers: {}, credentials: [] };
    log.begin(head, MAX_RECORDED);
    expect(log.requests.length).toBeLessThanOrEqual(MAX_RECORDED);
    expect(log.requests.at(-1)!.time).toBe(MAX_RECORDED);
    expect(log.requests[0]!.time).toBeGreaterThan(0);
  });
});

test("above the rate limit 429 with Retry-After, and as the clock goes on requests pass again", async () => {
  let now = 0;
  const emulator = await start({ rateLimit: 2, now: () => now });
  const statuses = async (): Promise<number[]> => [
    (await send(emulator, "GET", "/v1/account/profile")).status,
    (await send(emulator, "GET", "/v1/account/profile")).status,
  ];
  expect(await statuses()).toEqual([200, 200]);
  const { status, headers, json } = await send(emulator, "GET", "/v1/account/profile");
  expect([status, headers["retry-after"], json.detail]).toEqual([429, "1", expect.any(String)]);
  now += 500;
  expect(await statuses()).toEqual([200, 429]);
});

describe("the state file", () => {
  test("keeps everything across a restart, the credential included", async () => {
    const state = join(folder, "state.json");
    const first = await start({ state });
    const { json: service } = await send(first, "POST", "/v1/account/api-keys/service", { service: "vps" });
    const { json: gone } = await send(first, "POST", "/v1/account/api-keys/pat", {
      scopes: ["ssh_keys:read"],
    });
    await send(first, "DELETE", `/v1/account/api-keys/${gone.id}`);
    await send(first, "POST", "/v1/account/ssh-keys", { name: "a", public_key: ED25519 });
    await send(first, "POST", "/v1/vps", SERVER);
    first.account.setProfile({ company: "Elsewhere" });
    await first.close();

    const second = await start({ state });
    expect(second.apiKey).toBe(first.apiKey);
    expect(second.account.apiKeys()).toStrictEqual(first.account.apiKeys());
    const caller = { url: second.url, apiKey: service.key as string };
    expect((await send(caller, "GET", "/v1/vps")).json).toHaveLength(1);
    expect((await send(second, "GET", "/v1/account/ssh-keys")).json).toMatchObject([
      { name: "a", vm_count: 1 },
    ]);
    expect((await send(second, "GET", "/v1/account/profile")).json.company).toBe("Elsewhere");
    expect((await send({ ...caller, apiKey: gone.key }, "GET", "/v1/account/ssh-keys")).status).toBe(401);
    const again = await send(second, "POST", "/v1/account/ssh-keys", { name: "b", public_key: ED25519 });
    expect(again.status).toBe(409);
  });

  test("a change is in the file before its answer arrives; the file is its owner's, and no other is left", async () => {
    const state = join(folder, "state.json");
    const emulator = await start({ state });
    const { json } = await send(emulator, "POST", "/v1/account/api-keys/service", { service: "dns" });
    expect(readFileSync(state, "utf8")).toContain(json.key);
    expect(statSync(state).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["state.json"]);
  });

  test("a credential that is asked for takes the place of the one in the file", async () => {
    const state = join(folder, "state.json");
    const first = await start({ state });
    await first.close();
    const second = await start({ state, apiKey: "wayscloud_pat_other_secret" });
    expect((await send(second, "GET", "/v1/account/profile")).status).toBe(200);
    expect((await send({ url: second.url, apiKey: first.apiKey }, "GET", "/v1/account/profile")).status).toBe(
      401,
    );
  });

  test.each(["{", "{}", "[]", "null", '{"format":"other"}'])(
    "another file (%s) is refused and not touched",
    async (text) => {
      const state = join(folder, "state.json");
      writeFileSync(state, text);
      await expect(startEmulator({ state })).rejects.toThrow("not a state file");
      expect(readFileSync(state, "utf8")).toBe(text);
    },
  );

  test("a file that cannot be written fails the start", async () => {
    const state = join(folder, "none", "state.json");
    await expect(startEmulator({ state })).rejects.toThrow(
      `the file ${state} cannot be written: its folder does not exist (ENOENT)`,
    );
  });

  test("a file that can no longer be written is told to the caller", async () => {
    const nested = mkdtempSync(join(folder, "nested-"));
    const emulator = await startEmulator({ state: join(nested, "state.json") });
    rmSync(nested, { recursive: true });
    const { status, json } = await send(emulator, "POST", "/v1/account/api-keys/service", { service: "dns" });
    expect([status, json.detail]).toEqual([
      500,
      expect.stringMatching(
        /^The emulator failed, and the request may have taken effect: .*folder does not exist/,
      ),
    ]);
    await expect(emulator.close()).rejects.toThrow("cannot be written: its folder does not exist (ENOENT)");
  });
});

describe("account control", () => {
  test("changes made by hand show in the API, and what it hands out is a copy", async () => {
    const emulator = await start();
    const { account } = emulator;
    const key = account.addApiKey({ service: "storage", description: "by hand" });
    const ssh = account.addSshKey({ name: "by hand", publicKey: ED25519 });
    const service = account.addService({ service_type: "dns", name: "zone" });
    account.addApiKey({ isActive: false });
    key.description = "changed";
    const keys = (await send(emulator, "GET", "/v1/account/api-keys")).json;
    expect(keys[1]).toMatchObject({
      id: key.id,
      service: "storage",
      description: "by hand",
      is_active: true,
    });
    expect(keys[2].is_active).toBe(false);
    expect((await send(emulator, "GET", "/v1/account/ssh-keys")).json).toMatchObject([
      { id: ssh.id, name: "by hand" },
    ]);
    expect((await send(emulator, "GET", "/v1/account/services")).json[1]).toEqual(service);
    expect(account.liveApiKeys().map(({ id }) => id)).toEqual([key.id]);

    account.deactivate(key.id);
    expect((await send(emulator, "GET", "/v1/account/api-keys")).json[1].is_active).toBe(false);
    for (const id of [key.id, ssh.id, service.id]) account.remove(id);
    expect((await send(emulator, "GET", "/v1/account/api-keys")).json).toHaveLength(2);
    expect([account.sshKeys(), account.services().length, account.vps()]).toEqual([[], 1, []]);
    expect(() => account.remove("nothing")).toThrow("nothing");
    expect(() => account.deactivate("nothing")).toThrow("nothing");
  });
});

describe("closing", () => {
  test("is prompt with idle, hanging, delayed and half-sent requests, and happens once or twice", async () => {
    const emulator = await start({
      faults: [{ hang: true }, { delay: 60_000 }, { status: 500, commitAfter: 60_000 }],
    });
    const cut = [raw(emulator, "GET", "/v1/account/profile"), raw(emulator, "GET", "/v1/account/profile")];
    while (emulator.requests[0]?.status !== "hang" || emulator.requests.length < 2)
      await new Promise(setImmediate);
    await send(emulator, "POST", "/v1/account/api-keys/service", { service: "dns" });
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
});

test("a large account costs no more: thousands of creations in a second or so", async () => {
  const emulator = await start();
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const create = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = { "x-api-key": emulator.apiKey, "content-type": "application/json" };
      const post = request(
        `${emulator.url}/v1/account/api-keys/service`,
        { method: "POST", headers, agent },
        (reply) => {
          reply.resume().once("end", resolve);
        },
      );
      post.once("error", reject);
      post.end('{"service":"dns"}');
    });
  const begun = process.cpuUsage();
  await Promise.all(Array.from({ length: 2000 }, create));
  // Far above what it takes (about 0.4 s), far below what anything quadratic would. Time of the processor, since others may share it.
  expect(process.cpuUsage(begun).user).toBeLessThan(5_000_000);
  expect(emulator.account.liveApiKeys()).toHaveLength(2000);
  agent.destroy();
});
