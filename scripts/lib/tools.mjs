// Tools too heavy for everybody's `npm ci`: each has a manifest and a lockfile in scripts/tools, and is installed in the cache when it is first needed.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { cached } from "./cache.mjs";
import { progress, projectFolder, runOrFail } from "./process.mjs";

/** The folder of that tool's installation, whose `node_modules` has what its lockfile says. */
export async function installed(tool) {
  const from = join(projectFolder, "scripts/tools", tool);
  const files = ["package.json", "package-lock.json"];
  const hash = createHash("sha256");
  files.forEach((file) => hash.update(readFileSync(join(from, file))));
  return cached(`${tool}-${hash.digest("hex").slice(0, 12)}`, async (folder) => {
    const { description } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
    const done = progress(`Installing once: ${description}`);
    files.forEach((file) => copyFileSync(join(from, file), join(folder, file)));
    await npm(["ci", "--prefer-offline", "--ignore-scripts"], folder);
    done("done");
  });
}

/** What Pulumi's newest SDK asks for. */
const OLDEST_NODE = 22;

/** The folder with `node` to put first on PATH for Pulumi's programs: this process's own, or a newer one where that is too old. */
export async function nodeFolder() {
  if (Number(process.versions.node.split(".")[0]) >= OLDEST_NODE) {
    return dirname(process.execPath);
  }
  const { platform, arch, version } = process;
  const name = `node-${platform === "win32" ? "win" : platform}-${arch}`;
  const folder = join(await installed("node"), "node_modules", name, "bin");
  if (!existsSync(folder)) {
    throw new Error(
      `Pulumi's SDK needs Node.js ${OLDEST_NODE} or newer, this is ${version}, and scripts/tools/node has none for ` +
        `${platform} on ${arch}. Install a newer one and have it on PATH.`,
    );
  }
  return folder;
}

/** npm as a user starts it: what npm passes to its scripts must not steer it. */
export function npm(args, cwd, { path = [] } = {}) {
  const npmVariables = Object.keys(process.env).filter((name) =>
    /^npm_(lifecycle|package|command)/i.test(name),
  );
  const env = Object.fromEntries(npmVariables.map((name) => [name, undefined]));
  env.PATH = [...path, process.env.PATH ?? ""].join(delimiter);
  return runOrFail("npm", [...args, "--no-fund", "--no-audit", "--loglevel=error"], { cwd, env });
}
