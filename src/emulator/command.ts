// Runs the emulator as a command: what it prints, when it ends, its exit status.
import { redact } from "./account/secrets";
import { millisecondsOf } from "./clock";
import { HELP, readCommand, UsageError } from "./command-line";
import { errorCode, errorMessage } from "./errors";
import type { RecordedRequest } from "./http/request-log";
import { startEmulator } from "./index";
import type { Emulator } from "./index";
import type { EmulatorOptions } from "./options";
import { version } from "../version";

/** What the command needs from its process. */
export interface Environment {
  variables: Record<string, string | undefined>;
  out: (text: string) => void;
  error: (text: string) => void;
  /** Resolves when the process is asked to end. */
  untilStopped: () => Promise<void>;
}

/** The line printed for a request. A path may contain a secret by mistake (a key sent in place of its id). */
function requestLine(request: RecordedRequest): string {
  const { method, path, status, duration = 0 } = request;
  return `${redact(`${method} ${path}`)} ${status} ${duration.toFixed(1)} ms\n`;
}

/** How to use a running emulator. The credential gives access to nothing else, so that printing it is not a leak. */
function startupMessage(
  { url, apiKey }: Emulator,
  { host = "127.0.0.1", timeOffset }: EmulatorOptions,
): string {
  const everywhere = host === "0.0.0.0" || host === "::";
  const place = everywhere ? `every address of this machine, port ${new URL(url).port}` : url;
  const isLocal = /^(127\.|::1$|localhost$)/.test(host);
  const time = new Date(Date.now() + millisecondsOf(timeOffset ?? 0)).toISOString().replace(/\.\d+/, "");
  return `WAYSCloud emulator at ${place} (Ctrl-C stops it). To use it${everywhere ? " on this machine" : ""}:

export WAYSCLOUD_ENDPOINT=${url}
export WAYSCLOUD_PAT_TOKEN=${apiKey}

${isLocal ? "" : "The package accepts http: only to its own machine. For other containers see docs/emulator.md.\n\n"}\
${timeOffset === undefined ? "" : `Its clock is at ${time}\n\n`}`;
}

/** One line that says why the emulator cannot start. */
function explain(error: unknown, options: EmulatorOptions | undefined): string {
  if (error instanceof UsageError) return `${error.message} (see --help)`;
  const host = options?.host ?? "127.0.0.1";
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${options?.port ?? ""} is in use: choose another with --port`,
    EACCES: `port ${options?.port ?? ""} may not be used: choose one above 1023 with --port`,
    EADDRNOTAVAIL: `${host} is not an address of this machine: choose another with --host`,
    ENOTFOUND: `the host name ${host} is unknown: choose another with --host`,
  };
  return reasons[errorCode(error) ?? ""] ?? errorMessage(error);
}

/** Runs the command until it is asked to end; resolves to the exit status. */
export async function run(args: string[], environment: Environment): Promise<number> {
  let options: EmulatorOptions | undefined;
  try {
    const command = readCommand(args, environment.variables);
    if ("show" in command) {
      environment.out(command.show === "help" ? HELP : `${version}\n`);
      return 0;
    }
    options = command.options;
    const onRequest = command.quiet
      ? undefined
      : (request: RecordedRequest) => environment.out(requestLine(request));
    const emulator = await startEmulator({ ...options, onRequest });
    const stopped = environment.untilStopped();
    environment.out(startupMessage(emulator, options));
    await stopped;
    await emulator.close();
    return 0;
  } catch (error) {
    environment.error(`wayscloud-emulator: ${explain(error, options)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    // SIGHUP: the terminal was closed.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
}

/**
 * Runs the command in this process, with the arguments after the program's or subcommand's name, until SIGINT, SIGTERM or SIGHUP;
 * resolves to the exit status.
 */
export function runEmulatorCommand(args: string[]): Promise<number> {
  // Whoever reads the log may stop reading (`| head`), which must not end the emulator in the middle of somebody's test.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  return run(args, {
    variables: process.env,
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    untilStopped: untilSignal,
  });
}
