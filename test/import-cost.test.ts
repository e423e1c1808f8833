// What an import of the package loads, counted in a process of its own, and what constructing many resources leaves out. How long it takes and how
// much memory, `npm run bench` measures.
import { execFile } from "node:child_process";
import { join, relative, sep } from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { SshKey } from "../src";
import { startEmulator } from "../src/emulator";
import { publicKey } from "./support/public-key";

const project = join(__dirname, "..");

/** Compiles the sources as they are required, and tells what `@pulumi/pulumi` does not load by itself. */
const prelude = `
  const ts = require("typescript");
  const { readFileSync } = require("node:fs");
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  require.extensions[".ts"] = (module, file) =>
    module._compile(ts.transpileModule(readFileSync(file, "utf8"), { compilerOptions }).outputText, file);
  require("@pulumi/pulumi");
  require("@pulumi/pulumi/cmd/dynamic-provider/config");
  const before = new Set(Object.keys(require.cache));
  const loaded = () => Object.keys(require.cache).filter((file) => !before.has(file));
`;

/** The modules in `loaded()` at each call of `note` in `body`, as paths in this project. */
async function modules(body: string, env: Record<string, string> = {}): Promise<string[][]> {
  const script = `${prelude}
    const notes = [];
    const note = () => notes.push(loaded());
    (async () => { ${body} })().then(() => process.stdout.write(JSON.stringify(notes)));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], {
    cwd: project,
    env: { PATH: process.env.PATH, ...env },
  });
  const notes = JSON.parse(stdout) as string[][];
  return notes.map((files) => files.map((file) => relative(project, file).split(sep).join("/")));
}

/** The npm packages among them. */
function packages(files: string[]): string[] {
  const names = files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
  return [...new Set(names)].sort();
}

test("an import loads a few small files of the package and no other package, until a data function is called", async () => {
  const emulator = await startEmulator();
  try {
    const [imported = [], asked = []] = await modules(
      `const wayscloud = require("./src");
       note();
       await wayscloud.getProfile();
       note();`,
      { WAYSCLOUD_ENDPOINT: emulator.url, WAYSCLOUD_API_KEY: emulator.apiKey },
    );
    expect(packages(imported)).toEqual([]);
    expect(imported.filter((file) => /^src\/(emulator|cli)\//.test(file))).toEqual([]);
    expect(imported.length).toBeLessThanOrEqual(41);
    expect(packages(asked)).toEqual(expect.arrayContaining(["axios", "zod"]));
  } finally {
    await emulator.close();
  }
});

test("the provider process loads neither HTTP nor schemas for check and diff, so a run that changes nothing is spared both", async () => {
  const emulator = await startEmulator();
  try {
    const [imported = [], idle = [], created = []] = await modules(
      `const { sshKey, serviceKey } = require("./src/hosts/dynamic");
       note();
       const { inputs } = await sshKey.check({}, { publicKey: "${publicKey(1)}", name: "a" });
       await sshKey.diff("id", { ...inputs, fingerprint: "", keyType: "ssh-ed25519", createdAt: "2026-01-01T00:00:00Z" }, inputs);
       await serviceKey.check({}, { service: "dns", description: "d" });
       note();
       await sshKey.create(inputs);
       note();`,
      { WAYSCLOUD_ENDPOINT: emulator.url, WAYSCLOUD_API_KEY: emulator.apiKey },
    );
    expect(packages(idle)).toEqual([]);
    expect(idle).toEqual(imported);
    expect(imported.length).toBeLessThanOrEqual(74);
    expect(packages(created)).toEqual(expect.arrayContaining(["axios", "zod"]));
    expect(emulator.requests.map(({ method }) => method)).toEqual(["POST"]);
  } finally {
    await emulator.close();
  }
});

test("of many resources the SDK takes no stack traces; what a constructor throws has one all the same", async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ inputs }) => ({ id: "id", state: inputs }),
    call: () => ({}),
  });
  const limits: number[] = [];
  const note = (): undefined => void limits.push(Error.stackTraceLimit);
  const usual = Error.stackTraceLimit;
  const construct = (name: string): SshKey =>
    new SshKey(name, { publicKey: publicKey(1) }, { transformations: [note] });
  for (let i = 0; i < 60; i += 1) construct(`key-${i}`);
  expect(limits).toEqual([...Array(50).fill(usual), ...Array(10).fill(0)]);
  expect(Error.stackTraceLimit).toBe(usual);
  let thrown: unknown;
  try {
    construct("");
  } catch (error) {
    thrown = error;
  }
  expect((thrown as Error).message).toMatch("Missing resource name");
  expect((thrown as Error).stack).toMatch(/at construct .*import-cost\.test\.ts/);
  expect(Error.stackTraceLimit).toBe(usual);
});
