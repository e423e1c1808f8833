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
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder, makeAtomically } from "./lib/cache.mjs";
import { progress, projectFolder, runOrFail } from "./lib/process.mjs";

/** A folder with `node_modules/pulumi-wayscloud` (always fresh), `@pulumi/pulumi` and TypeScript; the caller removes it. */
export async function makeUserInstall(folder = mkdtempSync(join(tmpdir(), "pulumi-wayscloud-"))) {
  try {
    const heavy = await heavyDependencies();
    const done = progress("Building, packing and installing the package");
    const tarball = await pack(folder);
    copyLinked(heavy, folder);
    // The exact user's way; what it needs is there already, so that this neither downloads nor chooses versions.
    await npm(["install", "--no-save", "--prefer-offline", `./${tarball}`], folder);
    rmSync(join(folder, tarball));
    mkdirSync(join(folder, "projects"), { recursive: true });
    done("done");
    return folder;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function pack(destination) {
  // `prepack` builds.
  const printed = await npm(["pack", "--json", "--pack-destination", destination], projectFolder);
  const names = readdirSync(destination).filter((name) => name.endsWith(".tgz"));
  if (names.length !== 1) {
    throw new Error(`npm pack made ${names.length} files in ${destination}\n${printed}`);
  }
  return names[0];
}

/** A cached install of what is slow to install: Pulumi's SDK, TypeScript and our dependencies, in the versions of the lockfile. */
async function heavyDependencies() {
  const manifest = JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8"));
  const lock = JSON.parse(readFileSync(join(projectFolder, "package-lock.json"), "utf8"));
  const wanted = ["@pulumi/pulumi", "@types/node", "typescript"];
  const dependencies = {
    ...manifest.dependencies,
    ...Object.fromEntries(wanted.map((name) => [name, manifest.devDependencies[name]])),
  };
  // npm takes the versions from a lockfile and drops from it what these dependencies do not reach.
  const userManifest = { name: "users-project", version: "1.0.0", private: true, dependencies };
  const userLock = {
    ...lock,
    name: userManifest.name,
    packages: {
      ...asRuntime(lock.packages),
      "": { name: userManifest.name, version: "1.0.0", dependencies },
    },
  };
  const hash = createHash("sha256").update(JSON.stringify(userLock)).digest("hex").slice(0, 16);
  const target = join(cacheFolder(), `dependencies-${hash}`);
  await makeAtomicallyOnce(target, async (folder) => {
    writeFileSync(join(folder, "package.json"), JSON.stringify(userManifest, undefined, 2));
    writeFileSync(join(folder, "package-lock.json"), JSON.stringify(userLock, undefined, 2));
    await npm(["install", "--prefer-offline"], folder);
  });
  return target;
}

async function makeAtomicallyOnce(target, make) {
  try {
    readFileSync(join(target, "package.json"));
  } catch {
    const done = progress("Installing the dependencies a user would have, once");
    await makeAtomically(target, make);
    done("done");
  }
}

/** In the lockfile they are marked as development dependencies; for the user they are not. */
function asRuntime(packages) {
  return Object.fromEntries(
    Object.entries(packages).map(([path, { dev, peer, devOptional, ...entry }]) => [path, entry]),
  );
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

/** What npm passes to its scripts must not steer the npm that stands for the user's. */
function npm(args, cwd) {
  const npmVariables = Object.keys(process.env).filter((name) =>
    /^npm_(lifecycle|package|command)/i.test(name),
  );
  const env = Object.fromEntries(npmVariables.map((name) => [name, undefined]));
  return runOrFail("npm", [...args, "--no-fund", "--no-audit", "--loglevel=error"], { cwd, env });
}
