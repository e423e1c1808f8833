// The folder outside the work tree where what is slow to make is kept: the engine, tools, and a user's installation.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { untilExit } from "./process.mjs";

const DAY = 24 * 3600 * 1000;

export function cacheFolder() {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-wayscloud");
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new Error(
      `The folder ${folder} cannot be made (${error.code}), and the engine and other downloads are kept there. ` +
        "Set XDG_CACHE_HOME to a folder that can be written.",
    );
  }
  return folder;
}

/** A folder of the cache by name, made by `make(temporaryFolder)` if it is not there yet. */
export async function cached(name, make) {
  const target = join(cacheFolder(), name);
  if (!existsSync(target)) {
    await makeAtomically(target, make);
  }
  return target;
}

/**
 * Fills `target` by calling `make(temporaryFolder)` and renaming the result into place: two at once both succeed, and nobody ever
 * sees half a folder.
 */
export async function makeAtomically(target, make) {
  removeOlder(dirname(target), /^\.making-/, DAY);
  const temporary = mkdtempSync(join(dirname(target), ".making-"));
  const remove = untilExit(() => rmSync(temporary, { recursive: true, force: true }));
  try {
    await make(temporary);
    try {
      renameSync(temporary, target);
    } catch (error) {
      // Another run was faster; its result is as good as ours.
      if (!existsSync(target)) {
        throw error;
      }
    }
  } finally {
    remove();
  }
}

/** Removes what a killed run left, or nobody has used for long: entries of that name whose folder last changed so long ago. */
export function removeOlder(folder, name, age) {
  for (const entry of readdirSync(folder).filter((each) => name.test(each))) {
    const path = join(folder, entry);
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - changed > age) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}
