// A command that was started: its output as it comes, signals to it, and its end.
import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { until } from "./until";

export interface Result {
  /** Null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Both, in the order in which they came. */
  all: string;
  /** From start to end, in milliseconds. */
  ms: number;
  /** Of a `pulumi` command: the counts of its closing summary, such as `{ created: 2, unchanged: 1 }`. */
  changes: Record<string, number>;
}

export class Command {
  stdout = "";
  stderr = "";
  all = "";
  readonly done: Promise<Result>;
  readonly #child: ChildProcess;
  #ended = false;

  constructor(program: string, args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }) {
    const started = Date.now();
    // A group of its own, like the foreground job of a terminal. libuv also gives the child default signal handling, so SIGINT
    // works even when the tests were started in a shell's background, where it is ignored.
    this.#child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"], detached: true });
    for (const stream of ["stdout", "stderr"] as const) {
      this.#child[stream]?.setEncoding("utf8").on("data", (text: string) => {
        this[stream] += text;
        this.all += text;
      });
    }
    this.done = new Promise((resolve, reject) => {
      this.#child.on("error", reject);
      this.#child.on("close", (code, signal) => {
        this.#ended = true;
        resolve({
          code,
          signal,
          stdout: this.stdout,
          stderr: this.stderr,
          all: this.all,
          ms: Date.now() - started,
          changes: changesIn(this.stdout),
        });
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return !this.#ended;
  }

  /** To the program alone, or to its group as Ctrl-C in a terminal does. */
  signal(name: NodeJS.Signals, { group = false } = {}): void {
    if (!this.running) return;
    if (group) process.kill(-this.pid, name);
    else this.#child.kill(name);
  }

  /** From now on nobody reads what it says there. */
  closeStderr(): void {
    this.#child.stderr?.destroy();
  }

  /** Waits until this stands in the output; fails if the program ends before. */
  async waitFor(text: string | RegExp): Promise<void> {
    const isThere = (): boolean => (typeof text === "string" ? this.all.includes(text) : text.test(this.all));
    await until(() => isThere() || !this.running);
    if (!isThere()) throw new Error(`it ended before ${String(text)} was printed:\n${this.all}`);
  }
}

function changesIn(stdout: string): Record<string, number> {
  const summary = /^Resources:\n((?: {4}.*\n?)+)/m.exec(stdout)?.[1] ?? "";
  const counts = summary.matchAll(/(\d+) (to create|to update|to delete|to replace|[a-z]+)/g);
  return Object.fromEntries([...counts].map(([, count, what]) => [what!, Number(count)]));
}

/**
 * The processes whose environment holds `entry` ("NAME=value"): after SIGKILL the engine's plugins live on, and nothing but their
 * environment says whose they are. Linux only; elsewhere none are found.
 */
export function processesWith(entry: string): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => environmentOf(pid).includes(entry));
  } catch {
    return [];
  }
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}
