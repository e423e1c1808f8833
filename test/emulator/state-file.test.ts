// The state file: one emulator at a time, symbolic links, damage, and what is left behind when it cannot be written.
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

describe("one emulator at a time", () => {
  test("a second one is refused with a sentence and loses nothing; after closing it may", async () => {
    const first = await start();
    const { id } = first.account.addApiKey({ service: "dns" });
    await expect(start()).rejects.toThrow(
      `the state file ${state} is in use by another emulator (process ${process.pid}): stop that one or choose another file`,
    );
    await first.close();
    const second = await start();
    expect(second.account.liveApiKeys().map((key) => key.id)).toEqual([id]);
  });

  test("the same file under another name is the same file", async () => {
    await start();
    symlinkSync(state, join(folder, "link.json"));
    await expect(start({ state: join(folder, "link.json") })).rejects.toThrow("is in use");
  });

  test("a lock of another running process counts; one of a process that is gone is taken over", async () => {
    const lock = `${state}.lock`;
    writeFileSync(lock, JSON.stringify({ pid: process.ppid, started: 0 }));
    await expect(start()).rejects.toThrow(`(process ${process.ppid})`);
    // No process has this id: it is above the largest one possible.
    writeFileSync(lock, JSON.stringify({ pid: 2 ** 30, started: 0 }));
    await start();
    expect(JSON.parse(readFileSync(lock, "utf8"))).toMatchObject({ pid: process.pid });
  });

  test("a lock with our own process id from an earlier start, as in a container, is taken over", async () => {
    writeFileSync(`${state}.lock`, JSON.stringify({ pid: process.pid, started: 1_000 }));
    await start();
  });

  test("a start that fails unlocks the file", async () => {
    writeFileSync(state, "{}");
    await expect(start()).rejects.toThrow("not a state file");
    expect(readdirSync(folder)).toEqual(["state.json"]);
  });
});

test("a symbolic link is written through, also one that leads to a file that does not exist yet", async () => {
  mkdirSync(join(folder, "there"));
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
  expect(readdirSync(join(folder, "..")).filter((name) => name.includes(`${folder}.lock`))).toEqual([]);
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
    await new Promise((resolve) => setTimeout(resolve, 60));
    rmSync(state);
    mkdirSync(state);
    const { status, json } = await send(emulator, "POST", "/v1/account/api-keys/service", { service: "dns" });
    expect([status, json.detail]).toEqual([
      500,
      expect.stringContaining(`the file ${state} cannot be written: it is a directory (EISDIR)`),
    ]);
    expect(readdirSync(folder)).toEqual(["state.json", "state.json.lock"]);
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
