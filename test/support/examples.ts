// Runs the programs of examples/ as they are, in a user's install.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Emulator, EmulatorOptions } from "../../src/emulator";
import { type EngineStack, openBareStack, openEmulator, type OpenStack } from "./engine";

const examples = resolve(__dirname, "../../examples");

/** The examples in TypeScript, by name. */
export function exampleNames(): string[] {
  return readdirSync(examples).filter((name) => existsSync(join(examples, name, "package.json")));
}

/** A file of an example. */
export function exampleFile(name: string, file: string): string {
  return readFileSync(join(examples, name, file), "utf8");
}

/** Copies an example, without what an installation or a run left there. */
export function copyExample(name: string, folder: string): void {
  cpSync(join(examples, name), folder, {
    recursive: true,
    filter: (path) => !/[/\\](node_modules|Pulumi\.[^/\\]+\.yaml)$/.test(path),
  });
}

/** An account and a stack of the example. */
export async function openExample(name: string, options?: EmulatorOptions): Promise<OpenStack> {
  const emulator = await openEmulator(options);
  const stack = await openBareExample(name, accountOf(emulator));
  stack.account = emulator;
  return { emulator, stack };
}

/** A stack of the example, whose environment names no account but by these variables. */
export async function openBareExample(name: string, env: Record<string, string> = {}): Promise<EngineStack> {
  const stack = await openBareStack({ name, language: "typescript", env });
  copyExample(name, stack.folder);
  return stack;
}

/** The variables that name an emulated account. */
export function accountOf(emulator: Emulator): Record<string, string> {
  return { WAYSCLOUD_ENDPOINT: emulator.url, WAYSCLOUD_PAT_TOKEN: emulator.apiKey };
}

/** Gives a folder development tools of this repository; the package and the SDK stay those of the user's install. */
export function linkTools(folder: string, ...names: string[]): void {
  for (const name of names) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(resolve(__dirname, "../../node_modules", name), link, "dir");
  }
}

/** Type-checks all programs of a folder as a user's strict project would, with these compiler options besides. @throws what the compiler says. */
export function compileStrictly(folder: string, options: object): void {
  const compilerOptions = {
    ...{ strict: true, noUncheckedIndexedAccess: true },
    ...{ target: "es2022", module: "nodenext", skipLibCheck: true, noEmit: true },
    ...options,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["**/*.ts"] }));
  const tsc = resolve(__dirname, "../../node_modules/typescript/bin/tsc");
  try {
    execFileSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout);
  }
}
