// `npm run demo` with the real engine: it works on odd machines, leaves nothing behind, and ends when it is told to.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { processesWith } from "../support/command";
import { engineFolder, nodeFolder } from "../support/install";
import { testAll } from "../support/rare";

const demo = resolve(__dirname, "../../scripts/demo.mjs");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "demo test-"));
  mkdirSync(join(folder, "my tmp"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the demo with a temporary folder of its own; `at` is called with what it has printed so far. */
async function runDemo(
  env: Record<string, string>,
  at?: (printed: string, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<{ code: number | null; printed: string }> {
  const child = spawn(process.execPath, [demo], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      TMPDIR: join(folder, "my tmp"),
      DEMO_TEST: folder,
      PATH: [engineFolder(), nodeFolder(), process.env["PATH"] ?? ""].join(delimiter),
      ...env,
    },
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      at?.(printed, (signal) => child.kill(signal));
    });
  return new Promise((done) => child.on("close", (code) => done({ code, printed })));
}

test("it says what it does and how long it takes, works behind a proxy that answers nothing, and cleans up", async () => {
  const { code, printed } = await runDemo({ http_proxy: "http://127.0.0.1:9", WAYSCLOUD_API_KEY: "mine" });
  expect({ code, printed }).toMatchObject({ code: 0 });
  expect(printed).toMatch(/^A real `pulumi up` on this machine: .*\n.* It takes about 15 seconds/);
  expect(printed.match(/POST +\/v1\/account/g)).toHaveLength(3);
  expect(printed.match(/DELETE +\/v1\/account/g)).toHaveLength(3);
  expect(printed).toMatch(/── What to try next\nnpm run demo -- --keep/);
  expect(printed).not.toMatch(/wayscloud_(pat_)?[A-Za-z0-9]{10}/);
  expect(readdirSync(join(folder, "my tmp"))).toEqual([]);
});

const signals: NodeJS.Signals[] = testAll ? ["SIGINT", "SIGTERM"] : ["SIGINT"];

test.each(signals)("%s while keys are created: nothing keeps running, nothing stays", async (signal) => {
  let sent = false;
  const { code, printed } = await runDemo({}, (text, kill) => {
    if (!sent && /ServiceKey \w+ creat/.test(text)) {
      sent = true;
      kill(signal);
    }
  });
  expect({ sent, code }).toEqual({ sent: true, code: signal === "SIGINT" ? 130 : 143 });
  expect(printed).toContain("stopping");
  expect(processesWith(`DEMO_TEST=${folder}`)).toEqual([]);
  expect(readdirSync(join(folder, "my tmp"))).toEqual([]);
});
