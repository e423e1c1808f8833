// `npm run demo` with the real engine: it works on odd machines, leaves nothing behind, and ends when it is told to.
import { mkdirSync, readdirSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { Command, processesWith } from "../support/command";
import { engineFolder, nodeFolder } from "../support/install";
import { temporaryFolder } from "../support/layouts";
import { testAll } from "../support/rare";

const script = resolve(__dirname, "../../scripts/demo.mjs");

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, "my tmp"));
});

/** The demo, with a temporary folder of its own. */
function startDemo(env: Record<string, string> = {}): Command {
  const own = { TMPDIR: join(folder, "my tmp"), DEMO_TEST: folder };
  const PATH = [engineFolder(), nodeFolder(), process.env["PATH"] ?? ""].join(delimiter);
  const all = { ...process.env, ...own, PATH, ...env };
  return new Command(process.execPath, [script], { cwd: process.cwd(), env: all });
}

test("it says what it does and how long it takes, works behind a proxy that answers nothing, and cleans up", async () => {
  const env = { http_proxy: "http://127.0.0.1:9", WAYSCLOUD_API_KEY: "mine" };
  const { code, all: printed } = await startDemo(env).done;
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
  const demo = startDemo();
  await demo.waitFor(/ServiceKey \w+ creat/);
  demo.signal(signal);
  const { code, all } = await demo.done;
  expect(code).toBe(signal === "SIGINT" ? 130 : 143);
  expect(all).toContain("stopping");
  expect(processesWith(`DEMO_TEST=${folder}`)).toEqual([]);
  expect(readdirSync(join(folder, "my tmp"))).toEqual([]);
});
