// One emulator a state file: two would overwrite each other's changes.
import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { errorCode } from "../http/error-message";
import { fileError } from "./file-error";

/** Clocks are read at different moments of a process's life; two starts this close together are the same one. */
const TOLERANCE_MS = 5_000;

const held = new Set<string>();

/** When this process started, in milliseconds since 1970. */
function startOfProcess(): number {
  return Date.now() - process.uptime() * 1000;
}

interface Owner {
  pid: number;
  started: number;
}

function readOwner(lock: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(lock, "utf8"));
    const { pid, started } = (value ?? {}) as Partial<Owner>;
    return Number.isSafeInteger(pid) && Number(pid) > 0 && typeof started === "number"
      ? { pid: Number(pid), started }
      : undefined;
  } catch {
    return undefined;
  }
}

function isRunning({ pid, started }: Owner, lock: string): boolean {
  // In a container every emulator may have the process id 1, so our own id proves nothing.
  if (pid === process.pid) {
    return held.has(lock) || Math.abs(started - startOfProcess()) < TOLERANCE_MS;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return errorCode(error) !== "ESRCH";
  }
}

function tryToCreate(lock: string): boolean {
  const owner: Owner = { pid: process.pid, started: startOfProcess() };
  try {
    writeFileSync(lock, JSON.stringify(owner), { flag: "wx", mode: 0o600 });
    held.add(lock);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw fileError("cannot be written", lock, error);
  }
}

/** Takes a lock file away that a killed emulator left; moved first, so that of two takers only one succeeds. */
function removeStale(lock: string): void {
  const aside = `${lock}.${randomBytes(6).toString("hex")}`;
  try {
    renameSync(lock, aside);
  } catch {
    return;
  }
  rmSync(aside, { force: true });
}

/** Locks the state file, or throws a sentence that names who holds it; returns how to unlock it. */
export function lockState(file: string): () => void {
  const lock = `${file}.lock`;
  for (let attempt = 0; attempt < 3; attempt++) {
    if (tryToCreate(lock)) {
      return () => {
        if (held.delete(lock)) rmSync(lock, { force: true });
      };
    }
    const owner = readOwner(lock);
    if (owner && isRunning(owner, lock)) {
      throw new Error(
        `the state file ${file} is in use by another emulator (process ${owner.pid}): stop that one or choose another file. ` +
          `If there is none, delete ${lock}`,
      );
    }
    removeStale(lock);
  }
  throw new Error(
    `the state file ${file} is being opened by several emulators at once: start one after the other`,
  );
}
