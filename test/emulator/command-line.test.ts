// The command, in this process: its arguments, what it prints, its exit status.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../src/emulator";
import { run } from "../../src/emulator/command";
import { readCommand } from "../../src/emulator/command";
import { send } from "./client";

const root = join(__dirname, "../..");

interface Running {
  out: () => string;
  error: () => string;
  stop: () => void;
  status: Promise<number>;
}

const begin = (args: string[], environment: Record<string, string> = {}): Running => {
  const printed = { out: "", error: "" };
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const status = run(args, {
    variables: environment,
    out: (text) => void (printed.out += text),
    error: (text) => void (printed.error += text),
    untilStopped: () => stopped,
  });
  return { out: () => printed.out, error: () => printed.error, stop, status };
};

const caller = async (running: Running): Promise<{ url: string; apiKey: string }> => {
  while (!running.out().includes("WAYSCLOUD_PAT_TOKEN=")) await new Promise(setImmediate);
  const value = (name: string): string => new RegExp(`^export ${name}=(.*)$`, "m").exec(running.out())![1]!;
  return { url: value("WAYSCLOUD_ENDPOINT"), apiKey: value("WAYSCLOUD_PAT_TOKEN") };
};

test("the defaults, and every argument", () => {
  expect(readCommand([], {})).toEqual({ options: { port: 8787, faults: [] }, quiet: false });
  const args =
    "--port 0 --host ::1 --state s.json --latency 5 --rate-limit 2.5 --lists named --time-offset -30d --quiet --fault".split(
      " ",
    );
  const environment = { WAYSCLOUD_EMULATOR_API_KEY: "wayscloud_pat_abc12_x" };
  expect(readCommand([...args, '{"status":500}', "--fault", '[{"reset":true}]'], environment)).toEqual({
    options: {
      port: 0,
      host: "::1",
      state: "s.json",
      latency: 5,
      rateLimit: 2.5,
      lists: "named",
      timeOffset: "-30d",
      apiKey: "wayscloud_pat_abc12_x",
      faults: [{ status: 500 }, { reset: true }],
    },
    quiet: true,
  });
});

test("runs until it is told to end: how to use it, then a line for each request without a secret", async () => {
  const running = begin(["--port", "0"], { WAYSCLOUD_EMULATOR_API_KEY: "wayscloud_pat_abc12_mine" });
  const client = await caller(running);
  expect(client.apiKey).toBe("wayscloud_pat_abc12_mine");
  const greeted = running.out().length;
  const { json } = await send(client, "POST", "/v1/account/api-keys/service", { service: "dns" });
  await send(client, "DELETE", `/v1/account/api-keys/${json.key}`);
  running.stop();
  expect(await running.status).toBe(0);
  const [first, second, ...more] = running.out().slice(greeted).trim().split("\n");
  expect(first).toMatch(/^POST \/v1\/account\/api-keys\/service 201 [\d.]+ ms$/);
  expect(second).toMatch(/^DELETE \/v1\/account\/api-keys\/\[redacted\] 404 [\d.]+ ms$/);
  expect(more).toEqual([]);
  await expect(send(client, "GET", "/v1/account/profile")).rejects.toThrow("fetch failed");
});

test.each([
  [
    [],
    /emulator at http:\/\/127\.0\.0\.1:(\d+) .*To use it:\n\nexport WAYSCLOUD_ENDPOINT=http:\/\/127.0.0.1:\1\n/,
  ],
  [
    ["--host", "0.0.0.0"],
    /emulator at every address of this machine, port (\d+) .*To use it on this machine:\n\nexport WAYSCLOUD_ENDPOINT=http:\/\/127.0.0.1:\1\n.*\n\n.*accepts http: only to its own machine.*docs\/emulator.md/s,
  ],
  [["--time-offset", "2d"], /Its clock is at 20\d\d-\d\d-\d\dT[\d:]+Z\n/],
])("with %j it says where it is, and how to get there", async (args, said) => {
  const running = begin(["--port", "0", ...args]);
  const client = await caller(running);
  expect(running.out()).toMatch(said);
  expect((await send(client, "GET", "/v1/account/profile")).status).toBe(200);
  running.stop();
  await running.status;
});

test("--quiet prints no requests, --faults reads a file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "emulator-"));
  const file = join(folder, "faults.json");
  writeFileSync(file, '[{"path": "/v1/account/*", "status": 418}]');
  const running = begin(["--port", "0", "--quiet", "--faults", file]);
  const client = await caller(running);
  const greeting = running.out();
  expect((await send(client, "GET", "/v1/account/profile")).status).toBe(418);
  running.stop();
  await running.status;
  expect(running.out()).toBe(greeting);
  rmSync(folder, { recursive: true });
});

test("a bad credential in the environment is refused by its name, and not shown", async () => {
  const running = begin(["--port", "0"], { WAYSCLOUD_EMULATOR_API_KEY: "wayscloud_pat_abc12 x" });
  expect(await running.status).toBe(2);
  expect(running.error()).toMatch(/WAYSCLOUD_EMULATOR_API_KEY must be printable ASCII/);
  expect(running.error()).not.toContain("abc12");
});

test("several --faults are merged", async () => {
  const folder = mkdtempSync(join(tmpdir(), "emulator-"));
  const files = [500, 503].map((status) => join(folder, `${status}.json`));
  writeFileSync(files[0]!, '\ufeff{"path": "/v1/account/profile", "status": 500}');
  writeFileSync(files[1]!, '[{"path": "/v1/account/ssh-keys", "status": 503}]');
  const running = begin(["--port", "0", ...files.flatMap((file) => ["--faults", file])]);
  const client = await caller(running);
  expect((await send(client, "GET", "/v1/account/profile")).status).toBe(500);
  expect((await send(client, "GET", "/v1/account/ssh-keys")).status).toBe(503);
  running.stop();
  await running.status;
  rmSync(folder, { recursive: true });
});

test("the emulator survives that nobody reads its output any more", async () => {
  const child = spawn(
    process.execPath,
    [join(root, "test/support/run-typescript.js"), join(root, "src/emulator/main.ts"), "--port", "0"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  try {
    let out = "";
    for await (const chunk of child.stdout) {
      out += String(chunk);
      if (/WAYSCLOUD_PAT_TOKEN=\S+/.test(out)) break;
    }
    child.stdout.destroy();
    const value = (name: string): string => new RegExp(`^export ${name}=(.*)$`, "m").exec(out)![1]!;
    const client = { url: value("WAYSCLOUD_ENDPOINT"), apiKey: value("WAYSCLOUD_PAT_TOKEN") };
    for (let round = 0; round < 3; round++) {
      expect((await send(client, "GET", "/v1/account/profile")).status).toBe(200);
    }
    child.kill("SIGTERM");
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
  } finally {
    child.kill("SIGKILL");
  }
});

test("a port in use is one line", async () => {
  const emulator = await startEmulator();
  const { port } = new URL(emulator.url);
  const running = begin(["--port", port]);
  expect(await running.status).toBe(1);
  expect(running.error()).toBe(`wayscloud-emulator: port ${port} is in use: choose another with --port\n`);
  await emulator.close();
});

test.each([
  [["--api-key", "wayscloud_pat_abc12_x"], "Unknown option '--api-key'"],
  [["--port", "web"], '--port must be a number, not "web"'],
  [["extra"], "extra"],
  [["--fault", "{"], "--fault is not JSON"],
  [["--fault", '{"staus": 500}'], 'unknown field "staus"'],
  [["--faults", "/nowhere.json"], "--faults: cannot read /nowhere.json"],
  [["--port", "70000"], "--port must be from 0 to 65535"],
  [["--port", "1.5"], "--port must be from 0 to 65535"],
  [["--rate-limit", "0"], "--rate-limit must be above 0 requests a second"],
  [["--latency", "99999999999"], "--latency must be from 0 to 2147483647 ms"],
  [["--host", ""], "--host must be an address or host name"],
  [["--state", ""], "--state must be the name of a file"],
  [["--time-offset", "30"], '--time-offset must be a time span such as "30d"'],
  [["--time-offset", "--quiet"], "--time-offset"],
  [["--port", "0", "--port", "1"], "--port appears more than once"],
  [["--fault", '{"status": 500, "path": "/nowhere"}'], "path /nowhere matches no endpoint"],
])("%j is refused in one line that points to the help, with exit status 2", async (args, reason) => {
  const running = begin(args);
  expect(await running.status).toBe(2);
  expect(running.error()).toContain(reason);
  expect(running.error()).toContain("(see --help)");
  expect(running.error().trimEnd()).not.toContain("\n");
});

test("--help and --version", async () => {
  const [help, version] = [begin(["--help"]), begin(["--version"])];
  expect([await help.status, await version.status]).toEqual([0, 0]);
  for (const option of ["--port", "--state", "--fault ", "WAYSCLOUD_EMULATOR_API_KEY"]) {
    expect(help.out()).toContain(option);
  }
  expect(version.out()).toMatch(/^\d+\.\d+\.\d+\n$/);
});
