// The schema as others take it: Pulumi's own check, the SDKs that are generated from it, and the examples that a registry shows.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";

import { copyExample } from "../support/examples";
import { engineFolder, userInstall } from "../support/install";
import { projectFolder } from "../support/layouts";
import { testWith } from "../support/rare";
import { type EngineStack, openBareStack, openStack } from "../support/engine";

const root = resolve(__dirname, "../..");
const has = (program: string, version = "--version"): boolean => spawnSync(program, [version]).status === 0;
const hasHosts = ["nodejs", "python", "go"].every((language) =>
  existsSync(join(engineFolder(), `pulumi-language-${language}`)),
);
const hasGo = has("go", "version");

let folder: string;
let engine: EngineStack;
beforeAll(async () => {
  folder = projectFolder("sdks");
  engine = await openBareStack({ name: "sdks" });
  const plugin = "node_modules/pulumi-wayscloud/plugin/pulumi-resource-wayscloud-account";
  const { stdout } = await engine.run(["package", "get-schema", join(userInstall(), plugin)]);
  const schema = join(folder, "schema.json");
  writeFileSync(schema, stdout);
  if (hasHosts) {
    for (const language of ["nodejs", "python", "go"])
      await engine.run(["package", "gen-sdk", schema, "--language", language, "--out", folder]);
  } else if (hasGo) {
    const script = join(root, "scripts/engine/sdks.mjs");
    const generator = execFileSync(process.execPath, [script], { encoding: "utf8" });
    execFileSync(generator.trim(), [schema, folder]);
  }
});

function testSdk(language: string, needs: Record<string, boolean>, run: () => void): void {
  const all = { "Go or Pulumi's language hosts": hasHosts || hasGo, ...needs };
  testWith(all, `the SDK for ${language} is generated and compiles`, run);
}

test("the installed plugin answers the committed schema, in which `pulumi schema check` finds nothing", async () => {
  const schema = JSON.parse(readFileSync(join(folder, "schema.json"), "utf8"));
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(schema).toEqual({ ...JSON.parse(readFileSync(join(root, "plugin/schema.json"), "utf8")), version });
  const { stdout, stderr } = await engine.run(["schema", "check", join(root, "plugin/schema.json")]);
  expect(stdout + stderr).toBe("");
});

testSdk("Node.js", {}, () => {
  const sdk = join(folder, "nodejs");
  writeFileSync(
    join(sdk, "program.ts"),
    `import * as wayscloud from "./index";
new wayscloud.ServiceKey("db", { service: wayscloud.types.enums.ServiceName.Database });
export const key = new wayscloud.RotatingServiceKey("dns", { service: "dns", rotateEveryDays: 30 }).previousKey;
export const names = wayscloud.getSshKeysOutput().apply(({ sshKeys }) => sshKeys.map(({ name }) => name));
`,
  );
  const settings = { extends: "./tsconfig.json", compilerOptions: { noEmit: true }, files: ["program.ts"] };
  writeFileSync(join(sdk, "check.json"), JSON.stringify(settings));
  const tsc = [join(root, "node_modules/typescript/bin/tsc"), "-p", join(sdk, "check.json")];
  const { stdout } = spawnSync(process.execPath, tsc, { encoding: "utf8" });
  expect(stdout).toBe("");
});

testSdk("Python", { python3: has("python3") }, () => {
  const sdk = join(folder, "python");
  const { status, stdout } = spawnSync("python3", ["-m", "compileall", "-q", sdk], { encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  const enums = readFileSync(join(sdk, "pulumi_wayscloud_account/_enums.py"), "utf8");
  expect(enums).toContain('LLM_API = "llm-api"');
});

testSdk("Go, with the example,", { go: hasGo }, () => {
  const program = join(folder, "program");
  copyExample("go", program);
  cpSync(join(folder, "go"), join(program, "sdks/wayscloud-account"), { recursive: true });
  const name = "pulumi-wayscloud.invalid/sdk/go";
  // With the flags of the engine's build, whose packages need not be compiled again.
  const flags = { CGO_ENABLED: "0", GOFLAGS: "-trimpath -buildvcs=false -mod=mod", GOWORK: "off" };
  const env = { ...process.env, ...flags };
  const go = (...args: string[]): string =>
    execFileSync("go", args, { cwd: program, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  go("mod", "edit", "-require", `${name}@v0.0.0`, "-replace", `${name}=./sdks/wayscloud-account`);
  go("mod", "tidy");
  go("vet", "./...", `${name}/...`);
});

test("the examples in the schema are one program that runs", async () => {
  const schema = JSON.parse(readFileSync(join(root, "plugin/schema.json"), "utf8"));
  const descriptions = Object.values<any>(schema.resources).map(({ description }) => description as string);
  const programs = descriptions.map((text) => parse(/```yaml\n([^]*?)```/.exec(text)![1]!));
  const text = stringify({
    resources: Object.assign({}, ...programs.map(({ resources }) => resources)),
    outputs: Object.assign({}, ...programs.map(({ outputs }) => outputs)),
  });
  const { stack } = await openStack({ language: "yaml", program: text });
  expect((await stack.up()).changes).toEqual({ created: programs.length + 1 });
  await stack.expectDestroyed();
});
