// Notes that the provider processes of one command share about who holds which key: a journal of each
// process, in a private folder. It has ids and names of resources, and no secrets.
import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorMessage } from "../errors";

export type Role = "read" | "declared" | "replaced" | "claimed";

export type Note =
  | { is: Role | "released"; what: string; holder: string }
  /** Its deletion begins; it ends with `removed` or `kept`. */
  | { is: "removing" | "removed" | "kept"; what: string };

/** A note, and the process that made it. */
export interface OthersNote {
  note: Note;
  pid: number;
}

/** The journals of this process: one for each account that it serves. */
const open = new Set<string>();

/** Call when this process ends; a test of several commands calls it between them. */
export function removeNotes(): void {
  for (const path of open) fs.rmSync(path, { force: true });
  open.clear();
  process.off("exit", removeNotes);
}

export class Notes {
  private file: number | undefined;
  private own = "";
  /** How many bytes of each journal were read. */
  private readonly read = new Map<string, number>();

  /** `command`: the beginning of the names of its journals. */
  private constructor(private readonly command: string) {}

  /** All processes of a command have the same address of their engine; without one there are no others. */
  static of(engineAddress: string | undefined): Notes | undefined {
    if (!/^\S+:\d+$/.test(engineAddress ?? "")) return undefined;
    const name = createHash("sha256").update(String(engineAddress)).digest("hex").slice(0, 16);
    return new Notes(`${name}-`);
  }

  /** @throws if the folder cannot be used, or others could write in it. */
  append(note: Note): void {
    this.file ??= this.open();
    fs.writeSync(this.file, `${JSON.stringify(note)}\n`);
  }

  /** The notes of other processes since the last call, and the processes that still run. */
  others(): { notes: OthersNote[]; pids: Set<number> } {
    this.file ??= this.open();
    const pids = new Set<number>();
    const notes = fs.readdirSync(privateFolder()).flatMap((name) => {
      const pid = pidOf(name);
      if (!name.startsWith(this.command) || name === this.own) return [];
      if (pid === undefined || !isRunning(pid)) return [];
      pids.add(pid);
      return this.newIn(name).map((note) => ({ note, pid }));
    });
    return { notes, pids };
  }

  private newIn(name: string): Note[] {
    const read = this.read.get(name) ?? 0;
    const path = join(privateFolder(), name);
    if (fs.statSync(path, { throwIfNoEntry: false })?.size === read) return [];
    const added = contentOf(path).subarray(read);
    // The last line may be half written at this moment.
    const lines = added.subarray(0, added.lastIndexOf("\n") + 1);
    this.read.set(name, read + lines.length);
    return lines
      .toString()
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Note);
  }

  private open(): number {
    const folder = privateFolder();
    try {
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
      assertPrivate(folder);
      removeEnded(folder);
      this.own = `${this.command}${process.pid}-${randomBytes(4).toString("hex")}`;
      const path = join(folder, this.own);
      if (open.size === 0) process.once("exit", removeNotes);
      open.add(path);
      return fs.openSync(path, "wx", 0o600);
    } catch (error) {
      throw new Error(
        `the provider processes of this command cannot share which keys they hold: ${errorMessage(error)}. Set TMPDIR to a private, writable folder`,
        { cause: error },
      );
    }
  }
}

/** One folder for all commands of a user. It is never removed, so a process that finds it can use it. */
function privateFolder(): string {
  return join(tmpdir(), `pulumi-wayscloud-${process.getuid?.() ?? "user"}`);
}

/** The process that writes this journal; `undefined` if this is not a journal. */
function pidOf(name: string): number | undefined {
  const [, pid] = /^[0-9a-f]{16}-(\d+)-[0-9a-f]{8}$/.exec(name) ?? [];
  return pid === undefined ? undefined : Number(pid);
}

function contentOf(path: string): Buffer {
  try {
    return fs.readFileSync(path);
  } catch (error) {
    // Its process has just ended, and removed it.
    if (!fs.existsSync(path)) return Buffer.alloc(0);
    throw error;
  }
}

function assertPrivate(folder: string): void {
  const found = fs.lstatSync(folder);
  if (!found.isDirectory()) throw new Error(`${folder} is not a folder`);
  // Windows keeps the folder of temporary files private by itself.
  if (process.getuid && (found.uid !== process.getuid() || (found.mode & 0o077) !== 0)) {
    throw new Error(`${folder} is not private to this user`);
  }
}

/** Removes the journals of processes that have ended. */
function removeEnded(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    const pid = pidOf(name);
    if (pid !== undefined && !isRunning(pid)) fs.rmSync(join(folder, name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    // Another user's process with the same id did not write in this user's folder.
    return false;
  }
}
