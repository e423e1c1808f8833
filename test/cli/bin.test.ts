// The bin `pulumi-wayscloud` as a process of its own.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Emulator } from "../../src/emulator";
import { stackExport } from "../support/cli";
import { environmentOf, useAccount } from "../support/environment";

const root = join(__dirname, "../..");

const script = (args: string[]): string[] => [
  join(root, "test/support/run-typescript.js"),
  join(root, "src/cli/main.ts"),
  ...args,
];

let emulator: Emulator;
useAccount((fresh) => (emulator = fresh));

function bin(args: string[]) {
  const child = spawn(process.execPath, script(args), {
    env: { PATH: process.env.PATH, ...environmentOf(emulator) },
  });
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
  const { child, printed } = bin(["audit", "--stack-export", "-"]);
  const text = stackExport([]);
  for (const part of [text.slice(0, 10), text.slice(10)]) {
    await new Promise<void>((resolve, reject) =>
      child.stdin.write(part, (error) => (error ? reject(error) : resolve())),
    );
    await new Promise(setImmediate);
  }
  child.stdin.end();
  expect(await once(child, "close")).toEqual([0, null]);
  expect(printed).toEqual({ out: "No findings.\n", err: "" });
});

test("D9: a reader that has read enough ends it quietly with the exit code that it would have had", async () => {
  // More than a pipe holds.
  for (let at = 0; at < 1000; at += 1)
    emulator.account.addApiKey({ service: "dns", createdAt: "2020-01-01T00:00:00Z" });
  const audit = bin(["audit", "--only", "unused"]);
  audit.child.stdout.once("data", () => audit.child.stdout.destroy());
  expect([await once(audit.child, "close"), audit.printed.err]).toEqual([[1, null], ""]);
  const help = bin(["--help"]);
  help.child.stdout.destroy();
  expect([await once(help.child, "close"), help.printed.err]).toEqual([[0, null], ""]);
});

const isLinux = existsSync("/dev/full");
(isLinux ? test : test.skip)(
  "D9: a full disk is a sentence and exit code 2, not that of findings",
  async () => {
    const { status, stderr } = spawnSync(process.execPath, script(["--help"]), {
      encoding: "utf8",
      stdio: ["ignore", openSync("/dev/full", "w"), "pipe"],
    });
    expect([status, stderr]).toEqual([2, "pulumi-wayscloud: the output cannot be written (ENOSPC).\n"]);
  },
);

test("in CI, where nobody can be asked, revoke needs --yes", async () => {
  const { id } = emulator.account.addApiKey({ service: "dns" });
  const asked = bin(["revoke", id]);
  asked.child.stdin.end("yes\n");
  expect(await once(asked.child, "close")).toEqual([2, null]);
  expect(asked.printed.err).toBe(
    "pulumi-wayscloud: Nothing was revoked: without a terminal to ask for confirmation, add --yes.\n",
  );
  expect(emulator.account.liveApiKeys()).toHaveLength(1);
});
