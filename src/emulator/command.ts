// The command `pulumi-wayscloud emulator`, or `wayscloud-emulator`: its arguments, output and exit status.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { version } from "../version";
import { errorCode, errorMessage, fileReason, nearest } from "./check";
import { millisecondsOf } from "./clock";
import { parseFaults } from "./faults/fault";
import type { RecordedRequest } from "./http/request";
import { startEmulator } from "./index";
import type { Emulator } from "./index";
import { problemInOptions } from "./options";
import type { EmulatorOptions } from "./options";

/** The arguments: the name of each, what its value is (none: it has no value), and the text in the help. */
const ARGUMENTS = [
  ["port", "N", "port to listen at (default 8787; 0: any free one)"],
  ["host", "ADDRESS", "address to listen at (default 127.0.0.1)"],
  ["state", "FILE", "keep the account in FILE across restarts (contains its secrets; mode 0600)"],
  ["latency", "MS", "wait before each response (default 0)"],
  ["rate-limit", "N", "requests per second; above it 429 with Retry-After: 1 (default: no limit)"],
  ["lists", "FORM", "array (default), named, or the name of a wrapper such as data or items"],
  ["provisioning", "MS", "time until a new server is active (default 0)"],
  [
    "time-offset",
    "SPAN",
    `how far its clock is ahead (30d, 12h) or behind (-30d); to move it later:
                      curl -X POST 'http://127.0.0.1:8787/emulator/clock?advance=30d'`,
  ],
  ["fault", "JSON", "a fault or a list of faults; may be repeated"],
  ["faults", "FILE", "a JSON file with a fault or a list of faults; may be repeated"],
  ["quiet", "", "do not log requests"],
] as const;

export const HELP = `Usage: npx pulumi-wayscloud emulator [options]

Runs the WAYSCloud Account API on this machine, in memory, for testing without an account.

${ARGUMENTS.map(([name, value, text]) => `  ${`--${name} ${value}`.padEnd(20)}${text}`).join("\n")}
  --help, --version

WAYSCLOUD_EMULATOR_API_KEY sets the credential it accepts (default: a new one, or the one in --state).
A fault selects requests (method, path, contains, nth, times) and defines what happens, for example
  --fault '{"method": "POST", "path": "/v1/account/*", "reset": true, "commit": true}'
`;

/** The parts of the process that the command uses. */
export interface Environment {
  variables: Record<string, string | undefined>;
  out: (text: string) => void;
  error: (text: string) => void;
  /** Resolves when the process is asked to end. */
  untilStopped: () => Promise<unknown>;
}

function readFaults(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`--faults: cannot read ${file}: ${fileReason(error, "it does not exist")}`);
  }
}

/** The values of an argument. `parseArgs` parses `-40d` as one-letter options. */
function parse(given: string[]): (name: (typeof ARGUMENTS)[number][0]) => string[] {
  const isPast = (at: number): boolean => given[at] === "--time-offset" && /^-\d/.test(given[at + 1] ?? "");
  const joined = given.map((arg, at) => (isPast(at) ? `${arg}=${given[at + 1] ?? ""}` : arg));
  const args = joined.filter((_, at) => !isPast(at - 1));
  const options = ARGUMENTS.map(
    ([name, value]) => [name, { type: value === "" ? "boolean" : "string", multiple: true }] as const,
  );
  const { values } = parseArgs({ args, options: Object.fromEntries(options) });
  return (name) => {
    const all = [values[name] ?? []].flat().map(String);
    if (all.length > 1 && !name.startsWith("fault")) throw new Error(`--${name} appears more than once`);
    return all;
  };
}

const VARIABLE = "WAYSCLOUD_EMULATOR_API_KEY";

/** The argument that an option of {@link EmulatorOptions} comes from. */
function argumentOf(option: string): string {
  if (option === "apiKey") return VARIABLE;
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * Reads the arguments. The credential comes from the environment only: arguments are visible to every user of
 * the machine, and remembered by shells.
 */
export function readCommand(
  args: string[],
  environment: Record<string, string | undefined>,
): { options: EmulatorOptions; quiet: boolean } {
  const values = parse(args);
  const numberOf = (name: "port" | "latency" | "rate-limit" | "provisioning"): number | undefined => {
    const [text] = values(name);
    if (text === undefined) return undefined;
    if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
    throw new Error(`--${name} must be a number, not ${JSON.stringify(text)}`);
  };
  const lists = values("lists")[0];
  const isWrapped = (lists ?? "array") !== "array";
  const ms = numberOf("provisioning");
  const options: EmulatorOptions = {
    port: numberOf("port") ?? 8787,
    host: values("host")[0],
    state: values("state")[0],
    latency: numberOf("latency"),
    rateLimit: numberOf("rate-limit"),
    lists,
    provisioning: ms === undefined ? undefined : { ms },
    timeOffset: values("time-offset")[0],
    apiKey: environment[VARIABLE] || undefined,
    faults: [
      ...values("fault").flatMap((json) => parseFaults(json, "--fault", isWrapped)),
      ...values("faults").flatMap((file) => parseFaults(readFaults(file), file, isWrapped)),
    ],
  };
  const problem = problemInOptions(options);
  if (problem) throw new Error(`${argumentOf(problem.field)} ${problem.rule}`);
  return { options, quiet: values("quiet").length > 0 };
}

/** A path or an argument may contain a key by mistake. */
function withoutKeys(text: string): string {
  return text.replace(/wayscloud_[A-Za-z0-9_-]*/g, "[redacted]");
}

/** What is wrong with the arguments, in one line. */
function usageProblem(error: unknown): string {
  const [message = ""] = withoutKeys(errorMessage(error)).split("\n", 1);
  const [, unknown] = /^Unknown option '--(.*?)'/.exec(message) ?? [];
  if (unknown === undefined) return `${message} (see --help)`;
  const near = nearest(unknown, [...ARGUMENTS.map(([name]) => name), "help", "version"]);
  return `Unknown option '--${unknown}'${near ? `; did you mean --${near}?` : ""} (see --help)`;
}

/** The line printed for a request. */
function requestLine(request: RecordedRequest): string {
  const { method, path, status, duration = 0 } = request;
  return `${method} ${withoutKeys(path)} ${status} ${duration.toFixed(1)} ms\n`;
}

/** How to use a running emulator. The credential may be printed, since it gives access to nothing else. */
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

/** Why the emulator cannot start, in one line. */
function explain(error: unknown, { host = "127.0.0.1", port = 0 }: EmulatorOptions): string {
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} is in use: choose another with --port`,
    EACCES: `port ${port} may not be used: choose one above 1023 with --port`,
    EADDRNOTAVAIL: `${host} is not an address of this machine: choose another with --host`,
    ENOTFOUND: `the host name ${host} is unknown: choose another with --host`,
  };
  return reasons[errorCode(error) ?? ""] ?? errorMessage(error);
}

/** Runs the command until it is asked to end; resolves to the exit status. */
export async function run(args: string[], environment: Environment): Promise<number> {
  const { variables, out, error: printError, untilStopped } = environment;
  const fail = (status: number, reason: string): number => {
    printError(`wayscloud-emulator: ${reason}\n`);
    return status;
  };
  const isHelp = args.includes("--help") || args.includes("-h");
  if (isHelp || args.includes("--version")) {
    out(isHelp ? HELP : `${version}\n`);
    return 0;
  }
  let command: ReturnType<typeof readCommand>;
  try {
    command = readCommand(args, variables);
  } catch (error) {
    return fail(2, usageProblem(error));
  }
  const { options, quiet } = command;
  try {
    const onRequest = (request: RecordedRequest): void => {
      if (!quiet) out(requestLine(request));
    };
    const emulator = await startEmulator({ ...options, onRequest });
    const stopped = untilStopped();
    out(startupMessage(emulator, options));
    await stopped;
    await emulator.close();
    return 0;
  } catch (error) {
    return fail(1, explain(error, options));
  }
}

/**
 * Runs the command in this process, with the arguments after the program's or subcommand's name, until
 * SIGINT, SIGTERM or SIGHUP (the terminal was closed); resolves to the exit status.
 */
export function runEmulatorCommand(args: string[]): Promise<number> {
  // The reader of the log may stop (`| head`), which must not end the emulator in the middle of a test.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  return run(args, {
    variables: process.env,
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    untilStopped: () => Promise.race(["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => once(process, signal))),
  });
}
