// The command `wayscloud-emulator` as functions: its arguments, what it prints, when it ends.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { FaultError } from "./faults/fault";
import { parseFaults } from "./faults/validation";
import { startEmulator } from "./index";
import type { Emulator } from "./index";
import type { EmulatorOptions } from "./options";
import type { RecordedRequest } from "./http/request-log";
import { redact } from "./account/secrets";
import { codeOf, reasonOf } from "./http/reason";

export const HELP = `Usage: wayscloud-emulator [options]

Runs the WAYSCloud Account API on this machine, in memory, to try stacks without an account.

  --port N         port to listen at (default 8787; 0: any free one)
  --host ADDRESS   address to listen at (default 127.0.0.1)
  --state FILE     keep the account in FILE across restarts (holds its secrets; mode 0600)
  --latency MS     wait before each answer (default 0)
  --rate-limit N   requests a second; above it 429 with Retry-After: 1 (default: no limit)
  --lists FORM     array (default), named, or the name of a wrapper such as data or items
  --fault JSON     one fault, or a list of them; may be repeated
  --faults FILE    a JSON file with one fault or a list of them
  --quiet          print no line for each request
  --help, --version

WAYSCLOUD_EMULATOR_API_KEY sets the credential it accepts (default: a new one, or the one in --state).
A fault chooses requests (method, path, contains, nth, times) and says what happens to them, for example
  --fault '{"method": "POST", "path": "/v1/account/*", "reset": true, "commit": true}'
`;

/** What the arguments ask for. */
export type Command = { show: "help" | "version" } | { options: EmulatorOptions; quiet: boolean };

/** Bad arguments: the message is for the user, without a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+(\.\d+)?$/.test(text))
    throw new UsageError(`--${name} must be a number, not ${JSON.stringify(text)}`);
  return Number(text);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new UsageError(`--faults: cannot read ${file}`);
  }
}

const OPTIONS = {
  port: { type: "string" },
  host: { type: "string" },
  state: { type: "string" },
  latency: { type: "string" },
  "rate-limit": { type: "string" },
  lists: { type: "string" },
  fault: { type: "string", multiple: true },
  faults: { type: "string" },
  quiet: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;

/**
 * Reads the arguments. The credential comes from the environment only: arguments are visible to every user of the
 * machine, and remembered by shells.
 */
export function readCommand(args: string[], environment: Record<string, string | undefined>): Command {
  try {
    const { values } = parseArgs({ args, options: OPTIONS });
    if (values.help) return { show: "help" };
    if (values.version) return { show: "version" };
    const faults = (values.fault ?? []).flatMap((json) => parseFaults(json, "--fault"));
    if (values.faults !== undefined) faults.push(...parseFaults(readText(values.faults), values.faults));
    const options: EmulatorOptions = {
      port: numberOf("port", values.port) ?? 8787,
      host: values.host,
      state: values.state,
      latency: numberOf("latency", values.latency),
      rateLimit: numberOf("rate-limit", values["rate-limit"]),
      lists: values.lists,
      apiKey: environment["WAYSCLOUD_EMULATOR_API_KEY"] || undefined,
      faults,
    };
    return { options, quiet: values.quiet ?? false };
  } catch (error) {
    const badArguments = codeOf(error)?.startsWith("ERR_PARSE_ARGS");
    if (badArguments || error instanceof FaultError) throw new UsageError(reasonOf(error));
    throw error;
  }
}

/** The line printed for a request. A path may hold a secret by mistake (a key sent in place of its id). */
export function requestLine(request: RecordedRequest): string {
  const { method, path, status, duration = 0 } = request;
  return `${redact(`${method} ${path}`)} ${status} ${duration.toFixed(1)} ms\n`;
}

/** How to use a running emulator. The credential opens nothing but it, so that printing it is no leak. */
export function greeting(emulator: Pick<Emulator, "url" | "apiKey">): string {
  return `WAYSCloud emulator at ${emulator.url} (Ctrl-C ends it). To use it:

export WAYSCLOUD_ENDPOINT=${emulator.url}
export WAYSCLOUD_API_KEY=${emulator.apiKey}

`;
}

function version(): string {
  const file = readFileSync(join(__dirname, "..", "..", "package.json"), "utf8");
  return (JSON.parse(file) as { version: string }).version;
}

/** One line that says why the emulator cannot start. */
export function explain(error: unknown, options: EmulatorOptions | undefined): string {
  if (error instanceof UsageError) return `${error.message} (see --help)`;
  if (codeOf(error) === "EADDRINUSE")
    return `port ${options?.port ?? ""} is in use: choose another with --port`;
  return reasonOf(error);
}

/** What the command needs of its process. */
export interface Surroundings {
  environment: Record<string, string | undefined>;
  out: (text: string) => void;
  error: (text: string) => void;
  /** Resolves when the process is told to end. */
  untilStopped: () => Promise<void>;
}

/** Runs the command until it is told to end; resolves to the exit status. */
export async function run(args: string[], around: Surroundings): Promise<number> {
  let options: EmulatorOptions | undefined;
  try {
    const command = readCommand(args, around.environment);
    if ("show" in command) {
      around.out(command.show === "help" ? HELP : `${version()}\n`);
      return 0;
    }
    options = command.options;
    const onRequest = command.quiet
      ? undefined
      : (request: RecordedRequest) => around.out(requestLine(request));
    const emulator = await startEmulator({ ...options, onRequest });
    const stopped = around.untilStopped();
    around.out(greeting(emulator));
    await stopped;
    await emulator.close();
    return 0;
  } catch (error) {
    around.error(`wayscloud-emulator: ${explain(error, options)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}
