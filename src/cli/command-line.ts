// The command `pulumi-wayscloud`: its subcommands, its output, its exit codes. It only reads.
import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";

import { AccountClient } from "../api/client";
import { NoCredentialError, resolveConnection } from "../config";
import { ConfigurationError, errorMessage } from "../errors";
import { didYouMean } from "../text/did-you-mean";
import { sanitize } from "../text/redact";
import { version } from "../version";
import { audit, AUDIT_OPTIONS } from "./audit";
import type { Terminal } from "./terminal";

const HELP = `pulumi-wayscloud ${version}: inspect a WAYSCloud account (read-only), or run the emulator

  pulumi-wayscloud whoami              show the account and where the credential came from
  pulumi-wayscloud audit               report unused, expiring and orphaned keys; exit code 1 if there are any
      --stack-export FILE              output of \`pulumi stack export\`, "-" for standard input; repeatable
      --unused-days N                  not used for N days (default 90)
      --expiring-days N                expires within N days; requires --stack-export (default 14)
      --only FINDING                   report only these findings, such as unmanaged,orphan; repeatable
      --ignore ID                      accept the findings of this key; repeatable
      --ignore-file FILE               ids to ignore, one per line; "#" begins a comment
      --json                           print the findings as JSON
  pulumi-wayscloud emulator            run the emulator of the Account API; see \`pulumi-wayscloud emulator --help\`

The credential comes from the environment (WAYSCLOUD_PAT_TOKEN, WAYSCLOUD_TOKEN or WAYSCLOUD_API_KEY) or from
~/.wayscloud/credentials, the endpoint from WAYSCLOUD_ENDPOINT (or WAYSCLOUD_API_URL), and the customer id that the
credential must belong to from WAYSCLOUD_CUSTOMER_ID. Stack configuration is not read.
Exit codes: 0 no findings, 1 findings, 2 error.
`;

type Options = NonNullable<ParseArgsConfig["options"]>;
const GLOBAL = { help: { type: "boolean", short: "h" }, version: { type: "boolean" } } as const;
const COMMANDS = ["whoami", "audit", "emulator"];

/** Runs a command line; the exit code. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await inspect(args, terminal);
  } catch (error) {
    terminal.err(`pulumi-wayscloud: ${messageOf(error)}\n`);
    return 2;
  }
}

async function inspect(args: readonly string[], terminal: Terminal): Promise<number> {
  const command = args.find((arg) => COMMANDS.includes(arg)) ?? args.find((arg) => !arg.startsWith("-"));
  if (command === "audit") {
    const values = parse(args, command, AUDIT_OPTIONS);
    return informs(values, terminal) ? 0 : audit(values, () => connect(terminal), terminal);
  }
  if (command !== undefined && command !== "whoami") {
    const near = command === "emulator" ? ": it comes first." : didYouMean(command, COMMANDS);
    throw new ConfigurationError(`Unknown command ${JSON.stringify(sanitize(command))}${near} See --help.`);
  }
  const values = parse(args, command, {});
  if (informs({ ...values, help: values.help ?? command === undefined }, terminal)) return 0;
  await whoami(connect(terminal), terminal);
  return 0;
}

/** The options of one command; those of another are an error. */
function parse<T extends Options>(args: readonly string[], command: string | undefined, options: T) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...options, ...GLOBAL },
      allowPositionals: true,
    });
    if (positionals.length > 1) throw new ConfigurationError("One command at a time. See --help.");
    return values;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith("ERR_PARSE_ARGS")) throw error;
    // The first sentence says what is wrong, the others explain how to pass such a thing as a file name.
    const [what = message] = message.split(/\. |\n/);
    throw new ConfigurationError(`${command ? `${command}: ` : ""}${what.replace(/\.$/, "")}. See --help.`);
  }
}

function informs(values: { help?: boolean; version?: boolean }, terminal: Terminal): boolean {
  if (values.version) terminal.out(`${version}\n`);
  else if (values.help) terminal.out(HELP);
  return values.version === true || values.help === true;
}

function connect(terminal: Terminal): AccountClient {
  const connection = resolveConnection(() => undefined, "");
  return new AccountClient(connection, { log: (line) => terminal.err(`${line}\n`) });
}

async function whoami(client: AccountClient, terminal: Terminal): Promise<void> {
  const { customerId, customerType, status } = await client.getProfile();
  const line = (name: string, value: string): void => terminal.out(`${name.padEnd(12)}${value}\n`);
  line("customer", `${sanitize(customerId)} (${sanitize(customerType)}, ${sanitize(status)})`);
  line("credential", client.connection.apiKeySource);
  line("endpoint", client.connection.endpoint);
}

function messageOf(error: unknown): string {
  if (error instanceof NoCredentialError) {
    return "No WAYSCloud credential found. This command does not read stack configuration: set WAYSCLOUD_PAT_TOKEN, or log in with the official WAYSCloud CLI.";
  }
  return errorMessage(error);
}
