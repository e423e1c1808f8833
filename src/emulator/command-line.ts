// The arguments of `pulumi-wayscloud emulator` (also installed as `wayscloud-emulator`).
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { errorCode, errorMessage } from "./errors";
import { FaultError } from "./faults/fault";
import { parseFaults } from "./faults/fault-schema";
import { checkOptions, OptionError } from "./options";
import type { EmulatorOptions } from "./options";

export const HELP = `Usage: npx pulumi-wayscloud emulator [options]

Runs the WAYSCloud Account API on this machine, in memory, for testing without an account.

  --port N            port to listen at (default 8787; 0: any free one)
  --host ADDRESS      address to listen at (default 127.0.0.1)
  --state FILE        keep the account in FILE across restarts (contains its secrets; mode 0600)
  --latency MS        wait before each response (default 0)
  --rate-limit N      requests per second; above it 429 with Retry-After: 1 (default: no limit)
  --lists FORM        array (default), named, or the name of a wrapper such as data or items
  --provisioning MS   time until a new server is active (default 0)
  --time-offset SPAN  how far its clock is ahead (30d, 12h) or behind (-30d); to move it later:
                      curl -X POST 'http://127.0.0.1:8787/emulator/clock?advance=30d'
  --fault JSON        a fault or a list of faults; may be repeated
  --faults FILE       a JSON file with a fault or a list of faults; may be repeated
  --quiet             do not log requests
  --help, --version

WAYSCLOUD_EMULATOR_API_KEY sets the credential it accepts (default: a new one, or the one in --state).
A fault selects requests (method, path, contains, nth, times) and defines what happens, for example
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

function readFaults(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`--faults: cannot read ${file} (${errorCode(error) ?? "unknown error"})`);
  }
}

const OPTIONS = {
  port: { type: "string" },
  host: { type: "string" },
  state: { type: "string" },
  latency: { type: "string" },
  "rate-limit": { type: "string" },
  lists: { type: "string" },
  provisioning: { type: "string" },
  "time-offset": { type: "string" },
  fault: { type: "string", multiple: true },
  faults: { type: "string", multiple: true },
  quiet: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;

/** `parseArgs` takes `-40d` for options of one letter, and keeps the last value of a repeated option without a word. */
function parse(given: string[]) {
  const isPast = (at: number): boolean => given[at] === "--time-offset" && /^-\d/.test(given[at + 1] ?? "");
  const joined = given.map((arg, at) => (isPast(at) ? `${arg}=${given[at + 1] ?? ""}` : arg));
  const args = joined.filter((_, at) => !isPast(at - 1));
  const { values, tokens } = parseArgs({ args, options: OPTIONS, tokens: true });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== "option" || token.name === "fault" || token.name === "faults") continue;
    if (seen.has(token.name)) throw new UsageError(`--${token.name} was given more than once`);
    seen.add(token.name);
  }
  return values;
}

const VARIABLE = "WAYSCLOUD_EMULATOR_API_KEY";

/** The argument that an option of {@link EmulatorOptions} comes from. */
function argumentOf(option: string): string {
  return option === "apiKey"
    ? VARIABLE
    : `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * Reads the arguments. The credential comes from the environment only: arguments are visible to every user of the
 * machine, and remembered by shells.
 */
export function readCommand(args: string[], environment: Record<string, string | undefined>): Command {
  try {
    const values = parse(args);
    if (values.help) return { show: "help" };
    if (values.version) return { show: "version" };
    const wrapsLists = (values.lists ?? "array") !== "array";
    const faults = [
      ...(values.fault ?? []).flatMap((json) => parseFaults(json, "--fault", wrapsLists)),
      ...(values.faults ?? []).flatMap((file) => parseFaults(readFaults(file), file, wrapsLists)),
    ];
    const ms = numberOf("provisioning", values.provisioning);
    const options: EmulatorOptions = {
      port: numberOf("port", values.port) ?? 8787,
      host: values.host,
      state: values.state,
      latency: numberOf("latency", values.latency),
      rateLimit: numberOf("rate-limit", values["rate-limit"]),
      lists: values.lists,
      provisioning: ms === undefined ? undefined : { ms },
      timeOffset: values["time-offset"],
      apiKey: environment[VARIABLE] || undefined,
      faults,
    };
    checkOptions(options);
    return { options, quiet: values.quiet ?? false };
  } catch (error) {
    if (error instanceof OptionError) throw new UsageError(`${argumentOf(error.option)} ${error.rule}`);
    const badArguments = errorCode(error)?.startsWith("ERR_PARSE_ARGS");
    if (badArguments || error instanceof FaultError)
      throw new UsageError(errorMessage(error).split("\n", 1).join());
    throw error;
  }
}
