// The bin `pulumi-wayscloud` as a process of its own.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Emulator } from "../../src/emulator";
import { stackExport } from "../support/cli";
import { environmentOf, useAccount } from "../support/environment";

const root = join(__dirname, "../..");

const main = [join(root, "test/support/run-typescript.js"), join(root, "src/cli/main.ts")];

let emulator: Emulator;
useAccount((fresh) => (emulator = fresh));

function bin(args: string[]) {
  const env = { PATH: process.env.PATH, ...environmentOf(emulator) };
  const child = spawn(process.execPath, [...main, ...args], { env });
  const printed = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (printed.out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (printed.err += chunk.toString()));
  return { child, printed };
}

test("a stack export is read from a standard input that comes slowly", async () => {
  const { child, printed } = bin(["audit", "--stack-export", "-"]);
  const text = stackExport([]);
  child.stdin.write(text.slice(0, 10));
  // Later than what was written can be read.
  await setTimeout(100);
  child.stdin.end(text.slice(10));
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

(existsSync("/dev/full") ? test : test.skip)(
  "D9: a full disk is a sentence and exit code 2, not that of findings",
  () => {
    const stdio = ["ignore", openSync("/dev/full", "w"), "pipe"] as const;
    const { status, stderr } = spawnSync(process.execPath, [...main, "--help"], {
      encoding: "utf8",
      stdio: [...stdio],
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
