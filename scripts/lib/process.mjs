// How the scripts start other programs, and how Ctrl-C and SIGTERM end them: nothing keeps running, nothing temporary stays.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

export const projectFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const windows = process.platform === "win32";

/** How long a program may take to end after it was asked to. */
const GRACE_MS = 30_000;

const children = new Set();
const cleanUps = new Set();
let watching = false;
let stopping = false;

/** `PATH` with these folders in front of the caller's. */
export function pathWith(...folders) {
  return [...folders, process.env.PATH ?? ""].join(delimiter);
}

/** Runs `cleanUp` when a signal ends this process, or when the returned function is called, whichever comes first. */
export function untilExit(cleanUp) {
  watchSignals();
  cleanUps.add(cleanUp);
  return () => {
    cleanUps.delete(cleanUp);
    cleanUp();
  };
}

/**
 * Starts a program in a process group of its own, so that it can be ended together with what it started.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} options `env` comes on top of this process's own.
 */
export function start(command, args, { cwd = projectFolder, env = {}, ...options } = {}) {
  const child = spawn(command, args, {
    ...options,
    cwd,
    env: { ...process.env, ...env },
    detached: !windows,
    // On Windows npm is a script, which only a shell starts.
    shell: windows && command === "npm",
  });
  watchSignals();
  children.add(child);
  child.on("close", () => children.delete(child));
  return child;
}

/**
 * Waits for a program's end and answers its exit code, null if a signal ended it. While this process is being stopped, the answer
 * never comes: then `stop` has the last word.
 */
export function ended(child) {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => stopping || resolve(code));
  });
}

/**
 * Runs a program to its end and answers `{ code, output }`.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onOutput?: (text: string) => void, giveUp?: (elapsedMs: number) => boolean }} options
 * `giveUp` is asked each second whether to end the program.
 */
export async function run(command, args, { giveUp, onOutput, ...options } = {}) {
  const child = start(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const started = Date.now();
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
      onOutput?.(text);
    });
  }
  const watch = giveUp && setInterval(() => giveUp(Date.now() - started) && signal(child, "SIGKILL"), 1000);
  try {
    const code = await ended(child);
    return { code, output: stripVTControlCharacters(output) };
  } finally {
    clearInterval(watch);
  }
}

/** Like `run`, but anything except exit code 0 is an error that carries what was printed. */
export async function runOrFail(command, args, options) {
  const result = await run(command, args, options);
  if (result.code !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${result.code}\n${result.output}`);
  }
  return result.output;
}

/** To the program and what it started. */
function signal(child, name) {
  try {
    process.kill(windows ? child.pid : -child.pid, name);
  } catch {
    // It ended by itself meanwhile.
  }
}

function watchSignals() {
  for (const name of watching ? [] : ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(name, stop);
  }
  watching = true;
}

async function stop(name) {
  if (stopping) {
    // Asked twice: whoever presses Ctrl-C again does not want to wait.
    children.forEach((child) => signal(child, "SIGKILL"));
    return;
  }
  stopping = true;
  process.stderr.write("\nstopping\n");
  const closed = [...children].map((child) => new Promise((resolve) => child.on("close", resolve)));
  // What a program leaves in its group when it has ended is nobody's any more.
  children.forEach((child) => child.on("exit", () => signal(child, "SIGKILL")));
  // What a terminal would send, on which `pulumi` finishes what is under way and ends its plugins.
  children.forEach((child) => signal(child, "SIGINT"));
  const tooLong = setTimeout(() => children.forEach((child) => signal(child, "SIGKILL")), GRACE_MS);
  await Promise.all(closed);
  clearTimeout(tooLong);
  cleanUps.forEach((cleanUp) => cleanUp());
  process.exit(128 + constants.signals[name]);
}

/** Says on stderr that something takes long, and how long it has taken: call the result when it is done. */
export function progress(text, detail = () => "") {
  const started = Date.now();
  const now = () => `${Math.round((Date.now() - started) / 1000)} s${detail()}`;
  const live = process.stderr.isTTY;
  process.stderr.write(`${text} …${live ? "" : "\n"}`);
  // A terminal gets a clock; a log file gets a line twice a minute, so that a build is seen to be alive.
  const timer = setInterval(
    () => process.stderr.write(live ? `\r${text} … ${now()} ` : `  … ${now()}\n`),
    live ? 1000 : 30_000,
  );
  return (outcome) => {
    clearInterval(timer);
    process.stderr.write(live ? `\r${text}: ${outcome}, ${now()} \n` : `  ${outcome}, ${now()}\n`);
  };
}
