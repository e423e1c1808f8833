// The folder outside the work tree where what is slow to make is kept: the engine and a user's heavy dependencies.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

export function cacheFolder() {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-wayscloud");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * Fills `target` by calling `make(temporaryFolder)` and renaming the result into place: two at once both succeed, and nobody ever
 * sees half a folder.
 */
export async function makeAtomically(target, make) {
  removeAbandoned(dirname(target));
  const temporary = mkdtempSync(join(dirname(target), ".making-"));
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
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** A run that was killed leaves its temporary folder; after a day no run can still be using it. */
function removeAbandoned(folder) {
  for (const name of readdirSync(folder).filter((each) => each.startsWith(".making-"))) {
    const path = join(folder, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > 24 * 3600 * 1000) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}
