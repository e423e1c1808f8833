// Makes what a user has after `npm install pulumi-wayscloud`: the packed package, installed by npm outside the work tree.
import { createHash } from "node:crypto";
import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cached, cacheFolder, removeOlder } from "./lib/cache.mjs";
import { progress, projectFolder, untilExit } from "./lib/process.mjs";
import { installed, npm } from "./lib/tools.mjs";

const WEEK = 7 * 24 * 3600 * 1000;
/** All that can change what `npm pack` packs or how it is built. */
const SOURCES = [
  ...["src", "package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"],
  ...["README.md", "LICENSE", "CHANGELOG.md", "Pulumi.yaml.example", "plugin", "scripts/tools/user"],
];

/** A folder with `node_modules/pulumi-wayscloud`, `@pulumi/pulumi` and TypeScript; the caller calls `remove` at the end. */
export async function makeUserInstall() {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-wayscloud-"));
  const remove = untilExit(() =>
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  );
  try {
    copyLinked(await installOfThisPackage(), folder);
    mkdirSync(join(folder, "projects"), { recursive: true });
    return { folder, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Kept in the cache by its content, so that a run after which nothing changed neither builds nor packs again. */
async function installOfThisPackage() {
  const heavy = await installed("user");
  removeOlder(cacheFolder(), /^install-/, WEEK);
  const install = await cached(`install-${hashOfSources()}`, async (folder) => {
    const done = progress("Building, packing and installing the package");
    copyLinked(heavy, folder);
    // Packing builds. What the package needs is there already, so that npm neither downloads nor chooses versions.
    await npm(["pack", "--silent", "--pack-destination", folder], projectFolder);
    const [tarball] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
    await npm(["install", "--no-save", "--prefer-offline", "--ignore-scripts", `./${tarball}`], folder);
    rmSync(join(folder, tarball));
    done("done");
  });
  utimesSync(install, new Date(), new Date());
  return install;
}

function hashOfSources() {
  const hash = createHash("sha256");
  const add = (path) => {
    const full = join(projectFolder, path);
    if (statSync(full).isDirectory()) {
      readdirSync(full)
        .sort()
        .forEach((name) => add(`${path}/${name}`));
    } else {
      hash.update(`${path}\0`).update(readFileSync(full)).update("\0");
    }
  };
  SOURCES.forEach(add);
  return hash.digest("hex").slice(0, 12);
}

/** Hard links cost no time and no space; across file systems it has to be a copy. */
function copyLinked(from, to) {
  try {
    cpLinks(from, to);
  } catch {
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  }
}

function cpLinks(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      cpLinks(source, target);
    } else if (entry.isFile() && entry.name !== ".package-lock.json") {
      linkSync(source, target);
    } else {
      cpSync(source, target, { verbatimSymlinks: true });
    }
  }
}
