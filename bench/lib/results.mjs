// The results: one JSON file, filled cell by cell, so that a run that was cut short can be continued.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { dirname } from "node:path";
import { projectFolder } from "../../scripts/lib/process.mjs";

export class Results {
  #file;

  constructor(file, { carryOn, command, engine }) {
    this.#file = file;
    const old = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
    if (old && carryOn) {
      this.data = old;
      this.data.command += ` and then ${command}`;
      return;
    }
    // Never lost to a mistake: the run before stays beside it.
    if (old) renameSync(file, file.replace(/\.json$/, ".previous.json"));
    this.data = { date: new Date().toISOString().slice(0, 10), command, machine: machine() };
    this.data.versions = {
      package: packageVersion(),
      commit: commit(),
      node: process.versions.node,
      pulumi: engine.version,
    };
    this.data.cells = [];
  }

  /** The finished cell of this arm, size and round, if there is one. */
  find(cell) {
    return this.data.cells.find((other) => keyOf(other) === keyOf(cell) && !other.problem);
  }

  add(cell) {
    this.data.cells = this.data.cells.filter((other) => keyOf(other) !== keyOf(cell));
    this.data.cells.push(cell);
    this.save();
  }

  set(name, value) {
    this.data[name] = value;
    this.save();
  }

  save() {
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.tmp`, `${JSON.stringify(this.data, undefined, 2)}\n`);
    renameSync(`${this.#file}.tmp`, this.#file);
  }
}

export function keyOf({ arm, kind, n, latency, rateLimit = 0, round, once = false }) {
  return [arm, kind, n, latency, rateLimit, round, once].join("/");
}

function machine() {
  const model = cpus()[0]?.model.trim();
  const named = model && model !== "unknown" ? `, ${model}` : "";
  return `${availableParallelism()} cores${named}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}`;
}

function packageVersion() {
  return JSON.parse(readFileSync(`${projectFolder}/package.json`, "utf8")).version;
}

function commit() {
  const git = (...args) => execFileSync("git", args, { cwd: projectFolder, encoding: "utf8" }).trim();
  try {
    return git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain", "src") ? " with changes" : "");
  } catch {
    return "unknown";
  }
}

/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return undefined;
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}
