// The command `emulator`: its arguments, its output, its exit code; in this process where another shows no more.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../src/cli/command-line";
import { optionsOf } from "../../src/cli/emulator";
import { openTerminal } from "../../src/cli/terminal";
import { clientOf, DNS, KEYS, PROFILE, SERVICE, spawned, SSH, start, type Client } from "../emulator/client";
import { useEnvironment } from "../support/environment";
import { until } from "../support/until";

useEnvironment();

const begin = (args: string[], variables: Record<string, string> = {}) => {
  const printed = { out: "", error: "" };
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  Object.assign(process.env, variables);
  const status = run(["emulator", ...args], {
    ...{ read: readFile, ask: undefined, now: Date.now, stopped: () => stopped },
    out: (text) => void (printed.out += text),
    err: (text) => void (printed.error += text),
  });
  return { printed, status, stop: (): Promise<number> => (stop(), status) };
};

/** The command at any port, once it runs, and what it has printed by then. */
const running = async (args: string[], variables?: Record<string, string>) => {
  const command = begin(["--port", "0", ...args], variables);
  await until(() => command.printed.out.includes("WAYSCLOUD_PAT_TOKEN="));
  const client: Client = clientOf(command.printed.out);
  return { ...command, client, greeting: command.printed.out };
};

test("the defaults, and every argument", async () => {
  const { terminal } = openTerminal();
  expect(await optionsOf({}, terminal)).toEqual({ port: 8787, faults: [] });
  process.env.WAYSCLOUD_EMULATOR_API_KEY = "wayscloud_pat_abc12_x";
  const given = {
    ...{ port: "0", host: "::1", state: "s.json", latency: "5", "rate-limit": "2.5", lists: "named" },
    ...{ provisioning: "9", "time-offset": "-30d", fault: ['{"status":500}', '[{"reset":true}]'] },
  };
  expect(await optionsOf(given, terminal)).toEqual({
    ...{ port: 0, host: "::1", state: "s.json", latency: 5, rateLimit: 2.5, lists: "named" },
    ...{ provisioning: { ms: 9 }, timeOffset: "-30d", apiKey: "wayscloud_pat_abc12_x" },
    faults: [{ status: 500 }, { reset: true }],
  });
});

test("runs until it is asked to end: how to use it, then a line for each request without a secret", async () => {
  const variables = { WAYSCLOUD_EMULATOR_API_KEY: "wayscloud_pat_abc12_mine" };
  const { client, printed, greeting, stop } = await running([], variables);
  expect(client.apiKey).toBe(variables.WAYSCLOUD_EMULATOR_API_KEY);
  const { json } = await client.post(SERVICE, DNS);
  await client.delete(`${KEYS}/${json.key}`);
  expect(await stop()).toBe(0);
  expect(printed.out.slice(greeting.length).trim().split("\n")).toEqual([
    expect.stringMatching(/^POST \/v1\/account\/api-keys\/service 201 [\d.]+ ms$/),
    expect.stringMatching(/^DELETE \/v1\/account\/api-keys\/\[redacted\] 404 [\d.]+ ms$/),
  ]);
  await expect(client.get(PROFILE)).rejects.toThrow("fetch failed");
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
  [["--time-offset", "-2d"], /Its clock is at 20\d\d-\d\d-\d\dT[\d:]+Z\n/],
])("with %j it says where it is, and how to get there", async (args, said) => {
  const { client, greeting, stop } = await running(args);
  expect(greeting).toMatch(said);
  expect((await client.get(PROFILE)).status).toBe(200);
  await stop();
});

test("--quiet prints no requests, several --faults are merged", async () => {
  const folder = mkdtempSync(join(tmpdir(), "emulator-"));
  const files = [500, 503].map((status) => join(folder, `${status}.json`));
  writeFileSync(files[0]!, `\ufeff{"path": "${PROFILE}", "status": 500}`);
  writeFileSync(files[1]!, `[{"path": "${SSH}", "status": 503}]`);
  const faults = files.flatMap((file) => ["--faults", file]);
  const { client, printed, greeting, stop } = await running(["--quiet", ...faults]);
  expect((await client.get(PROFILE)).status).toBe(500);
  expect((await client.get(SSH)).status).toBe(503);
  await stop();
  expect(printed.out).toBe(greeting);
  rmSync(folder, { recursive: true });
});

test("as a process it survives that nobody reads its output any more, and many requests at once, without a warning", async () => {
  const { child, client, errors, ended } = await spawned("--latency", "20");
  child.stdout.destroy();
  const replies = await Promise.all(Array.from({ length: 20 }, () => client.get(PROFILE)));
  expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  child.kill("SIGTERM");
  expect([await ended, errors()]).toEqual([0, ""]);
});

test("a port in use is one line", async () => {
  const { port } = new URL((await start()).url);
  const { status, printed } = begin(["--port", port]);
  expect(await status).toBe(2);
  const advice = "Choose another with --host or --port.";
  expect(printed.error).toMatch(new RegExp(`^.*address already in use 127.0.0.1:${port}. ${advice}.*\n$`));
});

test.each([
  [["--api-key", "wayscloud_pat_abc12_x"], 'unknown option "--api-key". See'],
  [["wayscloud_pat_abc12_x"], 'unexpected argument "[redacted]": one command at a time.'],
  [["--port", "web"], '--port must be a number, not "web"'],
  [["--fault", "{"], "--fault is not JSON at position 1"],
  [["--fault", '{"staus": 500}'], 'unknown field "staus"'],
  [["--fualt", "{}"], 'unknown option "--fualt"; did you mean "--fault"?'],
  [["--faults", "/nowhere.json"], "There is no file /nowhere.json. docs/emulator.md describes its content."],
  [["--port", "70000"], "--port must be from 0 to 65535"],
  [["--port", "1.5"], "--port must be from 0 to 65535"],
  [["--rate-limit", "0"], "--rate-limit must be above 0 requests a second"],
  [["--time-offset", "30"], '--time-offset must be a time span such as "30d"'],
  [["--time-offset", "--quiet"], "--time-offset"],
  [["--port", "0", "--port", "1"], "--port appears more than once"],
  [[], "WAYSCLOUD_EMULATOR_API_KEY must be printable ASCII", "wayscloud_pat_abc12 x"],
])("%j is refused in one line, with exit code 2", async (args, reason, key = "") => {
  const { status, printed } = begin(args, { WAYSCLOUD_EMULATOR_API_KEY: key });
  expect(await status).toBe(2);
  expect(printed.error).toContain(reason);
  expect(printed.error).not.toContain("abc12");
  expect(printed.error.trimEnd()).not.toContain("\n");
});
