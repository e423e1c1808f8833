// One command, measured: its time from start to end, and the CPU time and peak memory of each kind of process below it.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** How often the process table is read; a process's last moments up to this long are missing from its CPU time. */
const SAMPLE_MS = 200;
const TICKS_PER_SECOND = 100;

/**
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd: string, env: Record<string, string>, limitMs: number, signal?: AbortSignal }} options
 * @returns {Promise<{ ms: number, output: string, problem?: string, processes: Record<string, { cpuMs: number, peakMb: number }> }>}
 */
export function measured(program, args, { cwd, env, limitMs, signal }) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    // A group of its own: to be ended as a whole, and without a shell's background ignoring SIGINT, which would cost 5 s at each end.
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let output = "";
    let problem;
    child.stdout.on("data", (text) => (output += text));
    child.stderr.on("data", (text) => (output += text));
    const table = new ProcessTable(child.pid);
    const sampler = setInterval(() => table.sample(), SAMPLE_MS);
    const stop = (why) => {
      problem = why;
      table.killAll(child.pid);
    };
    const limit = setTimeout(() => stop(`no end after ${Math.round(limitMs / 1000)} s`), limitMs);
    const interrupt = () => stop("interrupted");
    signal?.addEventListener("abort", interrupt);
    let ms = 0;
    child.on("error", reject);
    child.on("exit", () => (ms = performance.now() - started));
    child.on("close", (code, killer) => {
      clearInterval(sampler);
      clearTimeout(limit);
      signal?.removeEventListener("abort", interrupt);
      if (code !== 0) problem ??= `ended with ${code ?? killer}`;
      resolve({ ms: Math.round(ms), output, problem, processes: table.byRole() });
    });
  });
}

const ROLES = [
  ["provider", /dynamic-provider|terraform-provider-|pulumi-resource-wayscloud|hosts[/\\]plugin/],
  ["program", /cmd[/\\]run/],
  ["host", /pulumi-language-/],
];

/** The processes below `root`, by the process table of Linux; elsewhere it stays empty. */
class ProcessTable {
  #known = new Map();

  constructor(root) {
    this.#known.set(root, { role: "engine", cpuMs: 0, peakMb: 0 });
  }

  sample() {
    let names;
    try {
      names = readdirSync("/proc");
    } catch {
      return;
    }
    const parents = new Map();
    for (const name of names) {
      if (!/^\d+$/.test(name)) continue;
      const pid = Number(name);
      // The name of the program, in brackets, may hold anything.
      const fields = read(`/proc/${pid}/stat`).split(") ").at(-1).split(" ");
      parents.set(pid, Number(fields[1]));
      const known = this.#known.get(pid);
      if (known) known.cpuMs = ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
    }
    for (const pid of parents.keys()) this.#meet(pid, parents);
    for (const [pid, known] of this.#known) {
      const peak = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`));
      if (peak) known.peakMb = Math.max(known.peakMb, Number(peak[1]) / 1024);
      // Between fork and exec a process still has the command line of its parent.
      known.role = known.role === "engine" ? "engine" : roleOf(pid, known.role);
    }
  }

  #meet(pid, parents) {
    if (this.#known.has(pid)) return true;
    const parent = parents.get(pid);
    if (parent === undefined || parent <= 1 || !this.#meet(parent, parents)) return false;
    this.#known.set(pid, { role: "other", cpuMs: 0, peakMb: 0 });
    return true;
  }

  killAll(root) {
    for (const pid of [-root, ...this.#known.keys()]) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended by itself.
      }
    }
  }

  byRole() {
    const roles = {};
    for (const { role, cpuMs, peakMb } of this.#known.values()) {
      const sum = (roles[role] ??= { cpuMs: 0, peakMb: 0 });
      sum.cpuMs += Math.round(cpuMs);
      sum.peakMb = Math.max(sum.peakMb, Math.round(peakMb));
    }
    return roles;
  }
}

function roleOf(pid, before) {
  const line = read(`/proc/${pid}/cmdline`);
  // The launcher is a shell that names the provider as well.
  if (/^(\/bin\/)?sh\0/.test(line)) return "other";
  return ROLES.find(([, pattern]) => pattern.test(line))?.[0] ?? before;
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
