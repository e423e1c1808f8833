// The state file: two emulators on it, signals, symbolic links, damage, and what is left behind when it cannot be written.
import { spawn } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../src/emulator";
import type { Emulator, EmulatorOptions } from "../../src/emulator";
import { send } from "./client";

const root = join(__dirname, "../..");
let folder: string;
let state: string;
const open: Emulator[] = [];
const start = async (options: EmulatorOptions = {}): Promise<Emulator> => {
  const emulator = await startEmulator({ state, ...options });
  open.push(emulator);
  return emulator;
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "emulator-"));
  state = join(folder, "state.json");
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((emulator) => emulator.close().catch(() => undefined)));
  rmSync(folder, { recursive: true, force: true });
});

describe("two emulators on one file", () => {
  test.each([["its name"], ["a link"]])(
    "the one that finds it changed (by %s) refuses every change, and loses nothing of the other",
    async (name) => {
      const first = await start();
      if (name === "a link") symlinkSync(state, join(folder, "link.json"));
      const second = await start(name === "a link" ? { state: join(folder, "link.json") } : {});
      const { id } = second.account.addApiKey({ service: "dns" });
      const refusal = `the file ${state} cannot be written: another process has changed it; only one emulator`;
      expect(() => first.account.addApiKey()).toThrow(refusal);
      expect((await send(first, "POST", "/v1/account/api-keys/service", { service: "dns" })).status).toBe(
        500,
      );
      await expect(first.close()).rejects.toThrow(refusal);
      await second.close();
      const third = await start();
      expect(third.account.liveApiKeys().map((key) => key.id)).toEqual([id]);
    },
  );

  test("a second one that changes nothing disturbs nobody", async () => {
    const first = await start();
    await (await start()).close();
    first.account.addApiKey();
  });
});

describe("the end of the process", () => {
  const answered = async (signal: NodeJS.Signals): Promise<{ keys: string[]; code: number | null }> => {
    const child = spawn(
      process.execPath,
      [
        join(root, "test/support/run-typescript.js"),
        join(root, "src/emulator/main.ts"),
        ...["--port", "0", "--state", state],
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    let out = "";
    for await (const chunk of child.stdout) if (/TOKEN=\S+/.test((out += String(chunk)))) break;
    const value = (name: string): string => new RegExp(`${name}=(\\S+)`).exec(out)![1]!;
    const client = { url: value("WAYSCLOUD_ENDPOINT"), apiKey: value("WAYSCLOUD_PAT_TOKEN") };
    const keys: string[] = [];
    for (const service of ["dns", "vps", "storage"]) {
      const { json } = await send(client, "POST", "/v1/account/api-keys/service", { service });
      keys.push(json.key);
    }
    child.kill(signal);
    return { keys, code: await new Promise((resolve) => child.once("close", resolve)) };
  };

  test.each([
    ["SIGKILL", null],
    ["SIGHUP", 0],
    ["SIGTERM", 0],
  ] as const)("%s loses no change that was answered, and leaves no other file", async (signal, status) => {
    const { keys, code } = await answered(signal);
    expect(code).toBe(status);
    const saved = JSON.parse(readFileSync(state, "utf8")).apiKeys as { key: string }[];
    expect(saved.slice(1).map(({ key }) => key)).toEqual(keys);
    expect(readdirSync(folder)).toEqual(["state.json"]);
  });
});

test("a start that fails leaves the file alone", async () => {
  writeFileSync(state, "{}");
  await expect(start()).rejects.toThrow("not a state file");
  expect(readdirSync(folder)).toEqual(["state.json"]);
});

test("a symbolic link is written through", async () => {
  mkdirSync(join(folder, "there"));
  await (await start({ state: join(folder, "there", "real.json") })).close();
  symlinkSync(join("there", "real.json"), state);
  const emulator = await start();
  emulator.account.addApiKey({ description: "behind a link" });
  await emulator.close();
  expect(lstatSync(state).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(folder, "there", "real.json"), "utf8")).toContain("behind a link");
  expect(readdirSync(join(folder, "there"))).toEqual(["real.json"]);
});

test.each([
  ["an absent folder", () => join(folder, "none", "s.json"), "its folder does not exist (ENOENT)"],
  ["a folder", () => folder, "it is a directory (EISDIR)"],
])("%s is refused with a sentence and leaves nothing behind", async (_what, path, reason) => {
  await expect(start({ state: path() })).rejects.toThrow(reason);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ["a null among the records", (content: any) => content.apiKeys.push(null), "apiKeys.1"],
  ["no profile", (content: any) => delete content.profile, "profile"],
  ["a key without a secret", (content: any) => delete content.apiKeys[0].key, "apiKeys.0.key"],
  ["a date that is none", (content: any) => (content.apiKeys[0].createdAt = "soon"), "apiKeys.0.createdAt"],
])(
  "a damaged file (%s) is refused, naming the place but no value, and left alone",
  async (_what, damage, place) => {
    const { apiKey, ...first } = await start();
    await first.close();
    const content = JSON.parse(readFileSync(state, "utf8"));
    damage(content);
    writeFileSync(state, JSON.stringify(content));
    const message = await start().then(String, String);
    expect(message).toContain(`the state file ${state} is damaged (${place}: `);
    expect(message).not.toContain(apiKey);
    expect(JSON.parse(readFileSync(state, "utf8"))).toEqual(content);
  },
);

test("a state file of release 1.0.0 is still read, its servers included", async () => {
  await (await start()).close();
  const content = JSON.parse(readFileSync(state, "utf8"));
  const [id, createdAt] = ["9f1c", "2026-11-23T10:00:00Z"];
  content.vps = [
    {
      id,
      name: "web",
      plan: "p",
      region: "NO",
      osTemplate: null,
      ipAddress: "203.0.113.7",
      fingerprints: [],
      createdAt,
    },
  ];
  writeFileSync(state, JSON.stringify(content));
  const emulator = await start();
  const { status, json } = await send(emulator, "GET", `/v1/vps/${id}`);
  expect(status).toBe(200);
  expect(json).toMatchObject({ hostname: "web", status: "active", ipv4_address: "203.0.113.7" });
});

describe("when it can no longer be written", () => {
  test("the temporary file does not stay, and closing says that a change is lost", async () => {
    const emulator = await start();
    rmSync(state);
    mkdirSync(state);
    const { status, json } = await send(emulator, "POST", "/v1/account/api-keys/service", { service: "dns" });
    expect([status, json.detail]).toEqual([
      500,
      expect.stringContaining(`the file ${state} cannot be written: another process has changed it`),
    ]);
    expect(readdirSync(folder)).toEqual(["state.json"]);
    const closing = emulator.close();
    expect(emulator.close()).toBe(closing);
    await expect(closing).rejects.toThrow("cannot be written");
    expect(readdirSync(folder)).toEqual(["state.json"]);
  });

  test("closing resolves when only the time of last use is lost", async () => {
    const emulator = await start();
    await send(emulator, "GET", "/v1/account/profile");
    rmSync(folder, { recursive: true });
    await emulator.close();
    await emulator.close();
  });
});
