// How the scripts start other programs: with the project's own Node first on PATH, and never leaving orphans.
import { spawn } from "node:child_process";
import { delimiter, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

export const projectFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** `PATH` with these folders in front of the caller's. */
export function pathWith(...folders) {
  return [...folders, process.env.PATH ?? ""].join(delimiter);
}

/** The project's Node comes first: `@pulumi/pulumi` needs a newer one than many machines have. Nothing else is in this folder. */
export const nodeFolder = `${projectFolder}/node_modules/node/bin`;

/**
 * Runs a program to its end and answers `{ code, output }`; `code` is null if a signal ended it.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, giveUp?: (elapsedMs: number) => boolean }} options
 * `show` passes the output on to the terminal; `giveUp` is asked each second whether to end the program.
 */
export function run(command, args, { cwd = projectFolder, env = {}, show = false, giveUp } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, PATH: pathWith(nodeFolder), ...env },
      stdio: show ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
      // Only a group of its own can be ended together with its grandchildren, such as the installer's curl.
      detached: giveUp !== undefined && process.platform !== "win32",
      // On Windows npm is a script, which only a shell starts.
      shell: process.platform === "win32" && command === "npm",
    });
    const started = Date.now();
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    // Ctrl-C does not reach a group of its own.
    const stop = () => {
      endGroup(child);
      process.exit(130);
    };
    if (giveUp) {
      process.once("SIGINT", stop);
    }
    const watch = giveUp && setInterval(() => giveUp(Date.now() - started) && endGroup(child), 1000);
    child.on("error", (error) => {
      clearInterval(watch);
      process.off("SIGINT", stop);
      reject(error);
    });
    child.on("close", (code) => {
      clearInterval(watch);
      process.off("SIGINT", stop);
      resolve({ code, output: stripVTControlCharacters(output) });
    });
  });
}

/** Like `run`, but anything except exit code 0 is an error that carries what was printed. */
export async function runOrFail(command, args, options) {
  const result = await run(command, args, options);
  if (result.code !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${result.code}\n${result.output}`);
  }
  return result.output;
}

function endGroup(child) {
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
  } catch {
    // It ended by itself meanwhile.
  }
}

/** Says on stderr that something takes long, and how long it has taken: `stop()` when it is done. */
export function progress(text) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const live = process.stderr.isTTY;
  process.stderr.write(`${text} …${live ? "" : "\n"}`);
  // A log file gets a line a minute, so that a build is seen to be alive; a terminal gets a clock.
  const timer = setInterval(
    () => process.stderr.write(live ? `\r${text} … ${seconds()} s` : `  … ${seconds()} s\n`),
    live ? 1000 : 60_000,
  );
  return (outcome) => {
    clearInterval(timer);
    process.stderr.write(live ? `\r${text}: ${outcome}, ${seconds()} s\n` : `  ${outcome}, ${seconds()} s\n`);
  };
}
