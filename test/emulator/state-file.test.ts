// The state file: its content, two emulators on it, signals, damage, failed writes.
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EmulatorOptions } from "../../src/emulator";
import { DNS, ED25519, PAT, PROFILE, SERVER, SERVICE, spawned, SSH, start as startAny } from "./client";
import type { Started } from "./client";

let folder: string;
let state: string;
const start = (options?: EmulatorOptions): Promise<Started> => startAny({ state, ...options });
const content = (): any => JSON.parse(fs.readFileSync(state, "utf8"));
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "emulator-"));
  state = join(folder, "state.json");
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe("a restart", () => {
  test("keeps everything, the credential included", async () => {
    const { client, ...first } = await start();
    const { json: service } = await client.post(SERVICE, { service: "vps" });
    const { json: gone } = await client.post(PAT, { scopes: ["ssh_keys:read"] });
    await client.delete(`/v1/account/api-keys/${gone.id}`);
    await client.post(SSH, { name: "a", public_key: ED25519 });
    await client.post("/v1/vps", SERVER);
    first.account.setProfile({ company: "Elsewhere" });
    await first.close();

    const { client: again, ...second } = await start();
    expect(second.apiKey).toBe(first.apiKey);
    for (const kind of ["apiKeys", "sshKeys", "vps", "services"] as const) {
      expect(second.account[kind]()).toStrictEqual(first.account[kind]());
    }
    expect((await again.get(PROFILE)).json.company).toBe("Elsewhere");
    expect((await again.as(service.key).get("/v1/vps")).json).toHaveLength(1);
    expect((await again.as(gone.key).get(SSH)).status).toBe(401);
    expect((await again.post(SSH, { name: "b", public_key: ED25519 })).status).toBe(409);
  });

  test("a credential that is asked for takes the place of the one in the file", async () => {
    const first = await start();
    await first.close();
    const { client } = await start({ apiKey: "wayscloud_pat_other_secret" });
    expect((await client.get(PROFILE)).status).toBe(200);
    expect((await client.as(first.apiKey).get(PROFILE)).status).toBe(401);
  });

  test("reads a file of release 1.0.0, its servers included", async () => {
    await (await start()).close();
    const made = {
      id: "9f1c",
      fingerprints: [],
      createdAt: "2026-11-23T10:00:00Z",
      ipAddress: "203.0.113.7",
    };
    const vps = { ...made, name: "web", plan: "p", region: "NO", osTemplate: null };
    fs.writeFileSync(state, JSON.stringify({ ...content(), vps: [vps] }));
    const { status, json } = await (await start()).client.get("/v1/vps/9f1c");
    expect(status).toBe(200);
    expect(json).toMatchObject({ hostname: "web", status: "active", ipv4_address: "203.0.113.7" });
  });
});

describe("two emulators on one file", () => {
  test.each(["its name", "a link"])("the one that finds it changed (by %s) changes nothing", async (name) => {
    const first = await start();
    const link = join(folder, "link.json");
    fs.symlinkSync(state, link);
    const second = await start(name === "a link" ? { state: link } : {});
    const { id } = second.account.addApiKey({ service: "dns" });
    const refusal = `the file ${state} cannot be written: another process has changed it; only one emulator`;
    expect(() => first.account.addApiKey()).toThrow(refusal);
    expect((await first.client.post(SERVICE, DNS)).status).toBe(500);
    await expect(first.close()).rejects.toThrow(refusal);
    await second.close();
    const third = await start();
    expect(third.account.liveApiKeys().map((key) => key.id)).toEqual([id]);
    expect(fs.lstatSync(link).isSymbolicLink()).toBe(true);
  });

  test("a second one that changes nothing disturbs nobody", async () => {
    const first = await start();
    await (await start()).close();
    expect(() => first.account.addApiKey()).not.toThrow();
  });
});

test.each([
  ["SIGKILL", null],
  ["SIGHUP", 0],
  ["SIGTERM", 0],
] as const)("%s loses no change that was answered", async (signal, status) => {
  const { child, client, ended } = await spawned("--state", state);
  const keys: string[] = [];
  for (const service of ["dns", "vps", "storage"]) {
    keys.push((await client.post(SERVICE, { service })).json.key);
  }
  child.kill(signal);
  expect(await ended).toBe(status);
  const [, ...saved] = content().apiKeys as { key: string }[];
  expect(saved.map(({ key }) => key)).toEqual(keys);
  expect(fs.statSync(state).mode & 0o777).toBe(0o600);
  expect(fs.readdirSync(folder)).toEqual(["state.json"]);
});

describe("a start that fails leaves the folder as it was", () => {
  test.each(["{", "{}", "[]", "null", '{"format":"other"}'])("another file: %s", async (text) => {
    fs.writeFileSync(state, text);
    await expect(start()).rejects.toThrow("not a state file");
    expect(fs.readFileSync(state, "utf8")).toBe(text);
    expect(fs.readdirSync(folder)).toEqual(["state.json"]);
  });

  test.each([
    ["an absent folder", "none/s.json", "none/s.json cannot be written: its folder does not exist (ENOENT)"],
    ["a folder", ".", "cannot be read: EISDIR"],
  ])("%s", async (_what, path, reason) => {
    await expect(start({ state: join(folder, path) })).rejects.toThrow(reason);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test("a port in use", async () => {
    const port = Number(new URL((await startAny()).url).port);
    await expect(start({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});

describe("when it can no longer be written", () => {
  const UNWRITTEN = "The emulator failed, and the request may have taken effect: the file";

  test("the temporary file does not stay, and the caller and closing say that a change is lost", async () => {
    const { client, ...emulator } = await start();
    fs.rmSync(state);
    fs.mkdirSync(state);
    const { status, json } = await client.post(SERVICE, DNS);
    const reason = `${state} cannot be written: another process has changed it`;
    expect([status, json.detail]).toEqual([500, expect.stringContaining(`${UNWRITTEN} ${reason}`)]);
    expect(fs.readdirSync(folder)).toEqual(["state.json"]);
    const closing = emulator.close();
    expect(emulator.close()).toBe(closing);
    await expect(closing).rejects.toThrow("cannot be written");
    expect(fs.readdirSync(folder)).toEqual(["state.json"]);
  });

  test("an absent folder is a reason, which no fault hides", async () => {
    const { client, ...emulator } = await start();
    emulator.faults.add({ method: "POST", truncate: 0 });
    fs.rmSync(folder, { recursive: true });
    const { status, json } = await client.post(SERVICE, DNS);
    const reason = "cannot be written: its folder does not exist (ENOENT)";
    expect([status, json.detail]).toEqual([500, `${UNWRITTEN} ${state} ${reason}`]);
    await expect(emulator.close()).rejects.toThrow(reason);
  });

  test("closing resolves when only the time of last use is lost", async () => {
    const emulator = await start();
    await emulator.client.get(PROFILE);
    fs.rmSync(folder, { recursive: true });
    await expect(emulator.close()).resolves.toBeUndefined();
  });

  test.each([
    ["a null among the records", (saved: any) => saved.apiKeys.push(null), "apiKeys.1"],
    ["no profile", (saved: any) => delete saved.profile, "profile"],
    ["a key without its secret", (saved: any) => delete saved.apiKeys[0].key, "apiKeys.0.key"],
    ["a key without scopes", (saved: any) => delete saved.apiKeys[0].scopes, "apiKeys.0.scopes"],
    ["a server without fingerprints", (saved: any) => saved.vps.push({ id: "v" }), "vps.0.fingerprints"],
  ])("a damaged file (%s), by the place of the damage and without a value", async (_what, damage, place) => {
    const { apiKey, ...first } = await start();
    await first.close();
    const saved = content();
    damage(saved);
    fs.writeFileSync(state, JSON.stringify(saved));
    const message = await start().then(String, String);
    expect(message).toContain(`the state file ${state} is damaged (content.${place} `);
    expect(message).not.toContain(apiKey);
    expect(content()).toEqual(saved);
  });
});
