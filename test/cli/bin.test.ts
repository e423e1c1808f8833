// The bin `pulumi-wayscloud` as a process of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { startEmulator } from "../../src/emulator";

const root = join(__dirname, "../..");

function bin(args: string[], env: NodeJS.ProcessEnv = {}) {
  const script = [join(root, "test/support/run-typescript.js"), join(root, "src/cli/main.ts"), ...args];
  const child = spawn(process.execPath, script, { env: { PATH: process.env.PATH, ...env } });
  const printed = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (printed.out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (printed.err += chunk.toString()));
  return { child, printed };
}

test("the subcommand emulator is the emulator, with its own options, until it is stopped", async () => {
  const { child, printed } = bin(["emulator", "--port", "0", "--quiet"]);
  try {
    while (!printed.out.includes("WAYSCLOUD_PAT_TOKEN=")) await once(child.stdout, "data");
    const value = (name: string): string => new RegExp(`^export ${name}=(.*)$`, "m").exec(printed.out)![1]!;
    const response = await fetch(`${value("WAYSCLOUD_ENDPOINT")}/v1/account/profile`, {
      headers: { "X-API-Key": value("WAYSCLOUD_PAT_TOKEN") },
    });
    expect(response.status).toBe(200);
    child.kill("SIGTERM");
    expect(await once(child, "close")).toEqual([0, null]);
    expect(printed.err).toBe("");
  } finally {
    child.kill("SIGKILL");
  }
});

test("a stack export is read from a standard input that comes slowly", async () => {
  const emulator = await startEmulator();
  try {
    const { child, printed } = bin(["audit", "--stack-export", "-"], {
      WAYSCLOUD_ENDPOINT: emulator.url,
      WAYSCLOUD_API_KEY: emulator.apiKey,
    });
    const text = JSON.stringify({ version: 3, deployment: { manifest: {}, resources: [] } });
    for (const part of [text.slice(0, 10), text.slice(10)]) {
      await new Promise<void>((resolve, reject) =>
        child.stdin.write(part, (error) => (error ? reject(error) : resolve())),
      );
      await new Promise(setImmediate);
    }
    child.stdin.end();
    expect(await once(child, "close")).toEqual([0, null]);
    expect(printed).toEqual({ out: "No findings.\n", err: "" });
  } finally {
    await emulator.close();
  }
});
