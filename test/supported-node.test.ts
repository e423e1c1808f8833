// A Node.js that is too old gets a sentence from every executable, and can parse what says it.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Linter } from "eslint";
import * as ts from "typescript";

const root = join(__dirname, "..");
const EXECUTABLES = ["src/cli/main.ts", "src/cli/emulator-main.ts", "src/hosts/plugin/main.ts"];

test.each(EXECUTABLES)("%s names Node.js 20 and the version found, and ends", (file) => {
  const old = `Object.defineProperty(process.versions, "node", { value: "18.20.1" });`;
  const script = [join(root, "test/support/run-typescript.js"), join(root, file), "--help"];
  const args = ["--import", `data:text/javascript,${encodeURIComponent(old)}`, ...script];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: "",
    stderr: `pulumi-wayscloud needs Node.js 20 or newer; ${process.execPath} is Node.js 18.20.1.\n`,
  });
});

test.each(EXECUTABLES)("what Node.js reads of %s before the check has the syntax of 2015", (file) => {
  const code = compiled(file);
  expect(/require\("([^"]+)"\)/.exec(code)?.[1]).toMatch(/\/supported-node$/);
  for (const each of [code, compiled("src/supported-node.ts")]) expect(syntaxErrors(each)).toEqual([]);
});

test("the launcher of the plugin has that syntax as well", () => {
  const launcher = readFileSync(join(root, "plugin/pulumi-resource-wayscloud-account"), "utf8");
  expect(syntaxErrors(launcher.replace(/^#!.*/, ""))).toEqual([]);
});

test("the syntax is checked: an optional chain is an error", () => {
  expect(syntaxErrors("a?.b;")).toHaveLength(1);
});

function compiled(file: string): string {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  return ts
    .transpileModule(readFileSync(join(root, file), "utf8"), { compilerOptions })
    .outputText.replace(/^#!.*/, "");
}

function syntaxErrors(code: string): string[] {
  const languageOptions = { ecmaVersion: 2015, sourceType: "commonjs" } as const;
  return new Linter().verify(code, [{ languageOptions }]).map(({ message }) => message);
}
