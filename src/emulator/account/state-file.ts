// Keeps the account in a file: read at the start, written before the response to each change.
import { randomBytes } from "node:crypto";
import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileReason, parsedOrText } from "../check";
import { stateContent, stateHeader } from "./records";
import type { AccountContent } from "./records";

/** Does something with the file; an error says what failed and why. */
function attempt<T>(problem: string, file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = fileReason(error, "its folder does not exist");
    throw new Error(`the file ${file} ${problem}: ${reason}`, { cause: error });
  }
}

/** Identifies the file and its version: a write creates a new file. */
function identityOf(file: string): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat && `${stat.dev} ${stat.ino} ${stat.mtimeMs}`;
}

const textOf = (content: AccountContent): string =>
  `${JSON.stringify({ format: "wayscloud-emulator-state", version: 1, ...content })}\n`;

export class StateFile {
  /** What the file held at the start. */
  readonly content: AccountContent | undefined;
  readonly #file: string;
  #identity: string | undefined;
  #saved: string | undefined;
  #unsaved = false;

  constructor(file: string) {
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
    this.content = data;
    this.#saved = textOf(data);
  }

  /** Call after each change; throws if it cannot be written. */
  save(content: AccountContent): void {
    this.#unsaved = true;
    this.#write(textOf(content));
    this.#unsaved = false;
  }

  /** Throws only if a change would be lost; the times of last use do not matter. */
  close(content: AccountContent): void {
    try {
      this.#write(textOf(content));
    } catch (error) {
      if (this.#unsaved) throw error;
    }
  }

  /** Writes a new file and renames it, so that there is never half a file, even after a crash. */
  #write(text: string): void {
    if (text === this.#saved) return;
    const beside = `${this.#file}.${randomBytes(6).toString("hex")}.tmp`;
    attempt("cannot be written", this.#file, () => {
      // Two emulators would overwrite each other's changes.
      const identity = identityOf(this.#file);
      if (identity !== undefined && identity !== this.#identity) {
        throw new Error("another process has changed it; only one emulator at a time can use it");
      }
      try {
        // `wx`: never through a link that somebody placed there.
        writeFileSync(beside, text, { mode: 0o600, flag: "wx" });
        renameSync(beside, this.#file);
      } finally {
        rmSync(beside, { force: true });
      }
    });
    this.#identity = identityOf(this.#file);
    this.#saved = text;
  }
}
