// Keeps the account in a file: read at the start, written before the response to each change.
import { randomBytes } from "node:crypto";
import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { errorCode, errorMessage, parsedOrText } from "../check";
import type { Account } from "./account";
import { stateContent, stateHeader } from "./records";

const REASONS: Record<string, string | undefined> = {
  EACCES: "permission denied",
  EISDIR: "it is a directory",
  ENOENT: "its folder does not exist",
  ENOSPC: "the disk is full",
  EROFS: "the file system is read-only",
};

/** Does something with the file; an error says what failed and why. */
function attempt<T>(problem: string, file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = errorCode(error) ?? "";
    const reason = REASONS[code] === undefined ? errorMessage(error) : `${REASONS[code]} (${code})`;
    throw new Error(`the file ${file} ${problem}: ${reason}`, { cause: error });
  }
}

/** Identifies the file and its version: a write creates a new file. */
function identityOf(file: string): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat && `${stat.dev} ${stat.ino} ${stat.mtimeMs}`;
}

/** The state file of one account. */
export class StateFile {
  readonly #file: string;
  #identity: string | undefined;
  #saved: string | undefined;
  #unsaved = false;

  /** Fills the account from the file, if there is one. */
  constructor(
    file: string,
    private readonly account: Account,
  ) {
    this.#file = resolve(file);
    const text = attempt("cannot be read", file, () => {
      this.#identity = identityOf(this.#file);
      return this.#identity === undefined ? undefined : readFileSync(this.#file, "utf8");
    });
    if (text === undefined) return;
    this.#file = realpathSync(this.#file);
    const value = parsedOrText(text);
    if (!stateHeader.safeParse(value).success) {
      throw new Error(`${this.#file} is not a state file of this emulator: choose another file or delete it`);
    }
    const { data, error } = stateContent.safeParse(value);
    if (!data) {
      // Show the place, but never the wrong value, which may be a secret.
      const [first] = error.issues;
      const problem = `${first?.path.join(".") ?? ""}: ${first?.message ?? ""}`;
      throw new Error(`the state file ${this.#file} is damaged (${problem}): correct it or delete it`);
    }
    account.content = data;
    this.#saved = this.#content;
  }

  /** Call after each change; throws if it cannot be written. */
  changed(): void {
    this.#unsaved = true;
    this.#write();
    this.#unsaved = false;
  }

  /** Throws only if a change would be lost; the times of last use do not matter. */
  close(): void {
    try {
      this.#write();
    } catch (error) {
      if (this.#unsaved) throw error;
    }
  }

  get #content(): string {
    return `${JSON.stringify({ format: "wayscloud-emulator-state", version: 1, ...this.account.content })}\n`;
  }

  #write(): void {
    const content = this.#content;
    if (content === this.#saved) return;
    attempt("cannot be written", this.#file, () => {
      // Two emulators would overwrite each other's changes.
      const identity = identityOf(this.#file);
      if (identity !== undefined && identity !== this.#identity) {
        throw new Error("another process has changed it; only one emulator at a time can use it");
      }
      replace(this.#file, content);
    });
    this.#identity = identityOf(this.#file);
    this.#saved = content;
  }
}

/** Writes a new file and renames it, so that there is never half a file, even after a crash. */
function replace(file: string, text: string): void {
  const beside = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    // `wx`: never through a link that somebody placed there.
    writeFileSync(beside, text, { mode: 0o600, flag: "wx" });
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
