// Keeps the account in a file: read at the start, written before the response to each change.
import { randomBytes } from "node:crypto";
import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { parsedOrText, problemIn } from "../check";
import { NEW_ACCOUNT } from "./records";
import type { AccountContent, VpsRecord } from "./records";

/** Does something with the file; an error says what failed and why. */
function attempt<T>(problem: string, file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "its folder does not exist (ENOENT)" : message;
    throw new Error(`the file ${file} ${problem}: ${reason}`, { cause: error });
  }
}

/** Identifies the version of a file: a write creates a new one. */
function versionOf(file: string): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat && `${stat.ino} ${stat.mtimeMs}`;
}

/** Release 1.0.0 stored fewer fields of a server, and an operating system of null. */
function completed(stored: Omit<VpsRecord, "osTemplate"> & { osTemplate: string | null }): VpsRecord {
  const added = { displayName: stored.name, ipv6Address: "2001:db8::1", provisionedAt: stored.createdAt };
  const fixed = { status: "active" as const, tags: [], labels: {} };
  return { ...added, ...fixed, ...stored, osTemplate: stored.osTemplate ?? "ubuntu-24.04" };
}

const record = z.looseObject({ id: z.string().min(1) });
/** As much of the content as shows that somebody has damaged the file: here, and not at a request. */
const CONTENT = z.looseObject({
  profile: z.looseObject({}),
  services: z.array(record),
  vps: z.array(record.extend({ fingerprints: z.array(z.string()) })),
  sshKeys: z.array(record),
  apiKeys: z.array(record.extend({ key: z.string().min(1), scopes: z.array(z.string()) })),
});

export class StateFile {
  /** What the file held at the start. */
  readonly content: AccountContent | undefined;
  readonly #file: string;
  #version: string | undefined;
  #isBehind = false;

  constructor(file: string) {
    this.#file = resolve(file);
    const text = attempt("cannot be read", file, () => {
      this.#version = versionOf(this.#file);
      return this.#version === undefined ? undefined : readFileSync(this.#file, "utf8");
    });
    if (text === undefined) return;
    this.#file = realpathSync(this.#file);
    const content = parsedOrText(text) as AccountContent | null;
    if (content?.format !== NEW_ACCOUNT.format || content.version !== NEW_ACCOUNT.version) {
      throw new Error(`${this.#file} is not a state file of this emulator: choose another file or delete it`);
    }
    const problem = problemIn(CONTENT, content, "content");
    if (problem !== undefined) {
      throw new Error(`the state file ${this.#file} is damaged (${problem}): correct it or delete it`);
    }
    this.content = { ...content, vps: content.vps.map(completed) };
  }

  /** Call after each change. Writes a new file and renames it, so that a crash never leaves half a file. */
  save(content: AccountContent): void {
    this.#isBehind = true;
    const beside = `${this.#file}.${randomBytes(6).toString("hex")}.tmp`;
    attempt("cannot be written", this.#file, () => {
      // Two emulators would overwrite each other's changes.
      const version = versionOf(this.#file);
      if (version !== undefined && version !== this.#version) {
        throw new Error("another process has changed it; only one emulator at a time can use it");
      }
      try {
        // `wx`: never through a link that somebody placed there.
        writeFileSync(beside, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: "wx" });
        renameSync(beside, this.#file);
      } finally {
        rmSync(beside, { force: true });
      }
    });
    this.#version = versionOf(this.#file);
    this.#isBehind = false;
  }

  /** Tries once more to save a change that could not be saved. */
  close(content: AccountContent): void {
    if (this.#isBehind) this.save(content);
  }
}
