// What an import of the package loads, counted in a process of its own, and what constructing many resources leaves out. How long it takes and how
// much memory, `npm run bench` measures.
import { execFile } from "node:child_process";
import { join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { SshKey } from "../src";
import type { Emulator } from "../src/emulator";
import { environmentOf, useAccount } from "./support/environment";
import { recordRegistrations } from "./support/mocked";
import { publicKey } from "./support/public-key";

const project = join(__dirname, "..");
let emulator: Emulator;
useAccount((fresh) => (emulator = fresh));
recordRegistrations();

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
async function modules(body: string): Promise<string[][]> {
  const script = `${prelude}
    const notes = [];
    const note = () => notes.push(loaded());
    (async () => { ${body} })().then(() => process.stdout.write(JSON.stringify(notes)));`;
  const env = { PATH: process.env.PATH, ...environmentOf(emulator) };
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { cwd: project, env });
  const notes = JSON.parse(stdout) as string[][];
  return notes.map((files) => files.map((file) => relative(project, file).split(sep).join("/")));
}

/** The npm packages among them. */
function packages(files: string[]): string[] {
  const names = files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
  return [...new Set(names)].sort();
}

test("an import loads a few small files of the package and no other package, until a data function is called", async () => {
  const [imported = [], asked = []] = await modules(
    `const wayscloud = require("./src");
     note();
     await wayscloud.getProfile();
     note();`,
  );
  expect(packages(imported)).toEqual([]);
  expect(imported.filter((file) => /^src\/(emulator|cli)\//.test(file))).toEqual([]);
  expect(imported.length).toBeLessThanOrEqual(41);
  expect(packages(asked)).toEqual(expect.arrayContaining(["axios", "zod"]));
});

test("the provider process loads neither HTTP nor schemas for check and diff, so a run that changes nothing is spared both", async () => {
  const [imported = [], idle = [], created = []] = await modules(
    `const { sshKey, serviceKey } = require("./src/hosts/dynamic");
       note();
       const { inputs } = await sshKey.check({}, { publicKey: "${publicKey(1)}", name: "a" });
       await sshKey.diff("id", { ...inputs, fingerprint: "", keyType: "ssh-ed25519", createdAt: "2026-01-01T00:00:00Z" }, inputs);
       await serviceKey.check({}, { service: "dns", description: "d" });
       note();
       await sshKey.create(inputs);
       note();`,
  );
  expect(packages(idle)).toEqual([]);
  expect(idle).toEqual(imported);
  expect(imported.length).toBeLessThanOrEqual(74);
  expect(packages(created)).toEqual(expect.arrayContaining(["axios", "zod"]));
  expect(emulator.requests.map(({ method }) => method)).toEqual(["POST"]);
});

test("of many resources the SDK takes no stack traces; what a constructor throws has one all the same", () => {
  const limits: number[] = [];
  const note = (): undefined => void limits.push(Error.stackTraceLimit);
  const usual = Error.stackTraceLimit;
  const construct = (name: string): SshKey =>
    new SshKey(name, { publicKey: publicKey(1) }, { transformations: [note] });
  for (let i = 0; i < 60; i += 1) construct(`key-${i}`);
  expect(limits).toEqual([...Array(50).fill(usual), ...Array(10).fill(0)]);
  expect(Error.stackTraceLimit).toBe(usual);
  const message = expect.stringMatching("Missing resource name");
  const stack = expect.stringMatching(/at construct .*import-cost\.test\.ts/);
  expect(() => construct("")).toThrow(expect.objectContaining({ message, stack }));
  expect(Error.stackTraceLimit).toBe(usual);
});
