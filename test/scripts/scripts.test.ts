// The scripts behind `npm test`, `npm run demo` and `npm run build`: what they leave behind, what they say, what they survive.
import { spawn, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { processesWith } from "../support/command";
import { until } from "../support/until";

const scripts = join(__dirname, "../../scripts");
const module_ = (name: string): string => JSON.stringify(pathToFileURL(join(scripts, name)).href);

let folder: string;
beforeEach(() => (folder = fs.mkdtempSync(join(tmpdir(), "scripts test-"))));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function node(args: string[], env: Record<string, string> = {}): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, args, { encoding: "utf8", env: { ...process.env, ...env } });
}
const evaluate = (code: string): string[] => ["--input-type=module", "-e", code];

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(join(folder, name, ".."), { recursive: true });
    fs.writeFileSync(join(folder, name), text);
  }
}

test("a build brings dist/ up to date file by file: what did not change is not touched, what is gone goes", () => {
  write({
    "dist/same.js": "same",
    "dist/changed.js": "old",
    "dist/deep/same.js": "same",
    "dist/gone.js": "",
    "dist/deep/gone.js": "",
    "dist/kind": "a file",
    "fresh/same.js": "same",
    "fresh/changed.js": "new",
    "fresh/deep/same.js": "same",
    "fresh/deep/added.js": "added",
    "fresh/kind/index.js": "a folder",
  });
  const [from, to] = [join(folder, "fresh"), join(folder, "dist")];
  const untouched = ["", "same.js", "deep", "deep/same.js"].map((name) => join(to, name));
  const before = untouched.map((path) => fs.statSync(path).ino);
  const call = `mirror(${JSON.stringify(from)}, ${JSON.stringify(to)})`;
  const { status, stderr } = node(evaluate(`import { mirror } from ${module_("lib/mirror.mjs")}; ${call};`));
  expect([status, stderr]).toEqual([0, ""]);
  expect(untouched.map((path) => fs.statSync(path).ino)).toEqual(before);
  const names = fs.readdirSync(to, { recursive: true, encoding: "utf8" }).sort();
  expect(names.join(" ")).toBe("changed.js deep deep/added.js deep/same.js kind kind/index.js same.js");
  expect(fs.readFileSync(join(to, "changed.js"), "utf8")).toBe("new");
});

test("a home that cannot be written is a sentence that names XDG_CACHE_HOME", () => {
  write({ file: "" });
  const env = { XDG_CACHE_HOME: join(folder, "file"), PATH: "" };
  const { status, stderr } = node([join(scripts, "engine.mjs")], env);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^The folder .*file\/pulumi-wayscloud cannot be made \(\w+\), .*Set XDG_CACHE_HOME/);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

test("the engine is found through a linked folder, and asking for its version leaves nothing in the user's home", () => {
  const bin = join(folder, "bin");
  write({
    "bin/pulumi": `#!/bin/sh\necho "$PULUMI_HOME" > ${JSON.stringify(join(folder, "asked"))}\ntouch "$PULUMI_HOME/log"\necho v3.300.1\n`,
    "bin/pulumi-language-nodejs": "#!/bin/sh\n",
  });
  for (const name of fs.readdirSync(bin)) fs.chmodSync(join(bin, name), 0o755);
  fs.symlinkSync(scripts, join(folder, "linked"), "dir");
  const { status, stdout, stderr } = node([join(folder, "linked", "engine.mjs")], {
    PATH: [bin, process.env["PATH"] ?? ""].join(delimiter),
    PULUMI_HOME: join(folder, "mine"),
  });
  expect([status, stdout, stderr]).toEqual([0, `${bin}\n`, "Pulumi 3.300.1 from PATH\n"]);
  const asked = fs.readFileSync(join(folder, "asked"), "utf8").trim();
  expect(asked).not.toBe(join(folder, "mine"));
  expect([fs.existsSync(asked), fs.existsSync(join(folder, "mine"))]).toEqual([false, false]);
});

test("an unknown option of the demo is a sentence with the usage, not a stack trace", () => {
  const { status, stdout, stderr } = node([join(scripts, "demo.mjs"), "--kep"]);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^\nUnknown option '--kep'\n\nUsage: npm run demo/);
  expect(stderr).not.toContain("    at ");
});

test("the lines that the demo prints to go on with it can be pasted, whatever its folder is called", () => {
  const root = join(folder, "my demo's", "root");
  const project = join(root, "projects", "quickstart");
  fs.mkdirSync(project, { recursive: true });
  write({ my: "" });
  const { stdout } = node(
    evaluate(`import { explainKept } from ${module_("demo/print.mjs")};
      explainKept({ root: ${JSON.stringify(root)}, project: ${JSON.stringify(project)}, folders: ["/a b"],
        settings: { PULUMI_STACK: "demo" } }, { url: "http://127.0.0.1:8787" }, ${JSON.stringify(join(root, "account.json"))});`),
  );
  const lines = stdout.split("\n");
  const first = lines.find((line) => line.startsWith("cd "));
  const last = lines.find((line) => line.includes("rm -rf"))!;
  // Without input: a shell whose input is a socket would read the user's settings.
  const lives = `${first}; pwd; echo "$PULUMI_STACK"; sleep 60 & emulator=$!; ${last}`;
  const run = spawnSync("bash", ["-euc", lives], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  expect([run.status, run.stdout, run.stderr]).toEqual([0, `${project}\ndemo\n`, ""]);
  expect(fs.readdirSync(join(folder, "my demo's"))).toEqual([]);
  expect(fs.existsSync(join(folder, "my"))).toBe(true);
});

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
test.each(SIGNALS)("%s ends all that a script started", async (signal) => {
  const marker = join(folder, "temporary");
  fs.mkdirSync(marker);
  const code = `
      import { rmSync } from "node:fs";
      import { runOrFail, untilExit } from ${module_("lib/process.mjs")};
      untilExit(() => rmSync(${JSON.stringify(marker)}, { recursive: true }));
      await runOrFail("sh", ["-c", "trap 'exit 0' INT; sleep 100 & echo started; wait"], {
        env: { SCRIPT_TEST: ${JSON.stringify(folder)} }, onOutput: (text) => process.stdout.write(text),
      });
      process.stdout.write("went on");`;
  const child = spawn(process.execPath, evaluate(code), { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.on("data", (text: Buffer) => (printed += text.toString()));
  await until(() => printed.includes("started"));
  child.kill(signal);
  const [code_] = await once(child, "close");
  expect([code_, printed]).toEqual([signal === "SIGINT" ? 130 : 143, "started\n"]);
  expect(fs.existsSync(marker)).toBe(false);
  expect(processesWith(`SCRIPT_TEST=${folder}`)).toEqual([]);
});

test.each([
  ["npm test", ""],
  ["npm run test:all", "yes"],
])("the last lines of %s say how to repeat what failed, and how much passed", (command, TEST_ALL) => {
  const code = `
    const Reporter = require(${JSON.stringify(join(__dirname, "../closing-line-reporter.js"))});
    const file = (name, rest) => ({ testFilePath: process.cwd() + "/test/" + name, testResults: [], numFailingTests: 0, ...rest });
    new Reporter().onRunComplete(new Set(), { numPassedTests: 7, numFailedTests: 1, numRuntimeErrorTestSuites: 1, numPendingTests: 0,
      testResults: [
        file("good.test.ts"),
        file("a.test.ts", { numFailingTests: 1, testResults: [
          { status: "passed", fullName: "good" }, { status: "failed", fullName: "it's (really) gone" }] }),
        file("broken.test.ts", { testExecError: { message: "no such module" } }),
      ] });`;
  expect(node(["-e", code], { TEST_ALL }).stdout).toBe(
    `
To repeat a failed test alone:
  ${command} -- test/a.test.ts -t 'it'\\''s \\(really\\) gone'
  ${command} -- test/broken.test.ts

7 passed, 2 failed
`,
  );
});
