// The command `emulator`: runs the emulator until it is stopped.
import { startEmulator } from "../emulator";
import type { Emulator, EmulatorOptions, Fault } from "../emulator";
import { millisecondsOf } from "../emulator/clock";
import { errorMessage } from "../errors";
import { redact } from "../text/redact";
import { rfc3339 } from "../values";
import { command, numberOf, text, texts, usage } from "./command";
import type { Values } from "./command";
import { jsonIn, readJson } from "./files";
import type { Terminal } from "./terminal";

const OPTIONS = {
  port: text("N", "port to listen at (default 8787; 0: any free one)"),
  host: text("ADDRESS", "address to listen at (default 127.0.0.1)"),
  state: text("FILE", "keep the account in FILE across restarts (contains its secrets; mode 0600)"),
  latency: text("MS", "wait before each response (default 0)"),
  "rate-limit": text("N", "requests per second; above it 429 with Retry-After: 1 (default: no limit)"),
  lists: text("FORM", "array (default), named, or the name of a wrapper such as data or items"),
  provisioning: text("MS", "time until a new server is active (default 0)"),
  "time-offset": text("SPAN", "how far its clock is ahead (30d, 12h) or behind (-30d)"),
  fault: texts("JSON", "a fault or a list of faults; repeatable"),
  faults: texts("FILE", "a JSON file with a fault or a list of faults; repeatable"),
  quiet: { type: "boolean", help: "do not log requests" },
} as const;

/** Arguments are visible to every user of the machine, and remembered by shells: not so the environment. */
const API_KEY = "WAYSCLOUD_EMULATOR_API_KEY";

export const emulator = command({
  name: "emulator",
  summary: "run the emulator of the Account API",
  about: "Runs the WAYSCloud Account API on this machine, in memory, for testing without an account.",
  options: OPTIONS,
  notes: [
    `${API_KEY} sets the credential it accepts (default: a new one, or the one in --state).
A fault selects requests (method, path, contains, nth, times) and defines what happens, for example
  --fault '{"method": "POST", "path": "/v1/account/*", "reset": true, "commit": true}'
To move its clock later:
  curl -X POST 'http://127.0.0.1:8787/emulator/clock?advance=30d'`,
  ],
  async run(values, _operands, terminal) {
    const options = await optionsOf(values, terminal);
    const onRequest: EmulatorOptions["onRequest"] = ({ method, path, status, duration = 0 }) => {
      // A path may contain a key by mistake.
      if (!values.quiet) terminal.out(`${method} ${redact(path)} ${status} ${duration.toFixed(1)} ms\n`);
    };
    const running = await startEmulator({ ...options, onRequest }).catch((error: unknown) => {
      throw usage("emulator", whyNotStarted(error));
    });
    const stopped = terminal.stopped();
    terminal.out(startupMessage(running, options));
    await stopped;
    await running.close();
    return 0;
  },
});

/** The options of the emulator that the arguments and the environment give. */
export async function optionsOf(
  values: Values<typeof OPTIONS>,
  terminal: Terminal,
): Promise<EmulatorOptions> {
  const { host, state, lists, "time-offset": timeOffset, fault = [], faults = [] } = values;
  const ms = numberOf("--provisioning", values.provisioning);
  const files = await Promise.all(faults.map((file) => readJson("The faults file", file, terminal)));
  const given = [...fault.map((json) => jsonIn(json, "--fault")), ...files];
  return {
    ...{ host, state, lists, timeOffset },
    port: numberOf("--port", values.port) ?? 8787,
    latency: numberOf("--latency", values.latency),
    rateLimit: numberOf("--rate-limit", values["rate-limit"]),
    provisioning: ms === undefined ? undefined : { ms },
    apiKey: process.env[API_KEY] || undefined,
    // The emulator checks them.
    faults: given.flat() as Fault[],
  };
}

/** Names the argument instead of the option of {@link startEmulator}. */
function whyNotStarted(error: unknown): string {
  const message = redact(errorMessage(error));
  const isAddress = /\b(listen|getaddrinfo) E/.test(message);
  const problem = message.replace(/^options\.(\w+)/, (_, option: string) => argumentOf(option));
  return `${problem}.${isAddress ? " Choose another with --host or --port." : ""}`;
}

function argumentOf(option: string): string {
  if (option === "apiKey") return API_KEY;
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** How to use a running emulator. The credential may be printed, since it gives access to nothing else. */
function startupMessage(
  { url, apiKey }: Emulator,
  { host = "127.0.0.1", timeOffset }: EmulatorOptions,
): string {
  const everywhere = host === "0.0.0.0" || host === "::";
  const place = everywhere ? `every address of this machine, port ${new URL(url).port}` : url;
  const isLocal = /^(127\.|::1$|localhost$)/.test(host);
  const paragraphs = [
    `WAYSCloud emulator at ${place} (Ctrl-C stops it). To use it${everywhere ? " on this machine" : ""}:`,
    `export WAYSCLOUD_ENDPOINT=${url}\nexport WAYSCLOUD_PAT_TOKEN=${apiKey}`,
  ];
  if (!isLocal) {
    paragraphs.push(
      "The package accepts http: only to its own machine. For other containers see docs/emulator.md.",
    );
  }
  if (timeOffset !== undefined)
    paragraphs.push(`Its clock is at ${rfc3339(Date.now() + millisecondsOf(timeOffset))}`);
  return `${paragraphs.join("\n\n")}\n\n`;
}
