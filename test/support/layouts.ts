// Folders for projects, and ways in which a project can have the package installed: by other package managers, in a workspace, by a link.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { makeProjectFolder, sdkFolder, userInstall } from "./install";

const execute = promisify(execFile);

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder that is gone after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-layout-"));
  folders.push(folder);
  return folder;
}

/** A folder below the user's install that is gone after the tests of the file. */
export function projectFolder(name: string): string {
  const folder = makeProjectFolder(name);
  folders.push(folder);
  return folder;
}

/** Writes files, objects as JSON. */
export function write(folder: string, files: Record<string, string | object>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
}

/** Runs a program to its end; its output is in the error if it fails. */
export async function run(
  folder: string,
  program: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<string> {
  try {
    // What npm passes to its scripts must not steer a package manager that stands for the user's.
    const own = Object.entries(process.env).filter(
      ([name]) => !/^npm_(lifecycle|package|command)/i.test(name),
    );
    const options = { cwd: folder, env: { ...Object.fromEntries(own), ...env }, maxBuffer: 1e8 };
    return (await execute(program, args, options)).stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(" ")} failed: ${String(error)}\n${stdout}\n${stderr}`);
  }
}

/** The package of the user's install, packed again; answers the tarball's path. */
export async function packInto(folder: string): Promise<string> {
  const source = join(userInstall(), "node_modules", "pulumi-wayscloud");
  await run(folder, "npm", ["pack", source, "--ignore-scripts", "--silent", "--pack-destination", folder]);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack made no file");
  return join(folder, tarball);
}

/** Installs a package manager by npm into a folder of its own; answers its folder. */
export async function packageManager(folder: string, name: string, version: string): Promise<string> {
  const home = join(folder, "tools", name);
  write(home, { "package.json": { private: true } });
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts", "--prefer-offline"];
  await run(home, "npm", ["install", ...quiet, `${name}@${version}`]);
  return join(home, "node_modules", name);
}

/**
 * A copy of the package outside the project, linked into it, as `npm link` does. It has its own dependencies, and its own SDK, as a checkout
 * has it, or none.
 */
export function linkPackage(project: string, outside: string, { sdk }: { sdk: "own" | "none" }): void {
  const from = join(userInstall(), "node_modules");
  cpSync(join(from, "pulumi-wayscloud"), outside, { recursive: true });
  mkdirSync(join(project, "node_modules", "@pulumi"), { recursive: true });
  symlinkSync(outside, join(project, "node_modules", "pulumi-wayscloud"), "dir");
  symlinkSync(sdkFolder(), join(project, "node_modules", "@pulumi", "pulumi"), "dir");
  mkdirSync(join(outside, "node_modules"));
  for (const name of readdirSync(from).filter((each) => !/^(\.|@pulumi$|pulumi-wayscloud$)/.test(each))) {
    for (const place of [outside, project])
      symlinkSync(join(from, name), join(place, "node_modules", name), "dir");
  }
  // A copy, not a link: the link would lead to the SDK that the program uses.
  if (sdk === "own")
    cpSync(join(from, "@pulumi"), join(outside, "node_modules", "@pulumi"), { recursive: true });
}
