// The command `pulumi-wayscloud`: runs the command of a command line. A failure is a message and exit code 2.
import { NoCredentialError } from "../config";
import { ConfigurationError, errorMessage } from "../errors";
import { didYouMean } from "../text/did-you-mean";
import { version } from "../version";
import { audit } from "./audit";
import { CREDENTIAL, shownArgument } from "./command";
import type { Command } from "./command";
import { emulator } from "./emulator";
import { revoke } from "./revoke";
import { openTerminal } from "./terminal";
import type { Terminal } from "./terminal";
import { whoami } from "./whoami";

const COMMANDS: readonly Command[] = [whoami, audit, revoke, emulator];

const HELP = `pulumi-wayscloud ${version}: inspect a WAYSCloud account, revoke keys, or run the emulator

${COMMANDS.map(({ name, summary }) => `  pulumi-wayscloud ${name.padEnd(10)}${summary}`).join("\n")}

\`pulumi-wayscloud <command> --help\` explains a command and its options; --version shows the version.

${CREDENTIAL}
`;

export function main(args: readonly string[]): void {
  const { terminal, end } = openTerminal();
  void run(args, terminal)
    .then(end)
    .then((code) => {
      process.exitCode = code;
    });
}

/** Runs a command line, and resolves to the exit code. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    terminal.err(`pulumi-wayscloud: ${messageOf(error)}\n`);
    return 2;
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<number> {
  const [first = "--help"] = args;
  if (args.includes("--version")) {
    terminal.out(`${version}\n`);
    return 0;
  }
  // Options may precede the command.
  const name = first.startsWith("-") ? args.find(commandOf) : first;
  const command = commandOf(name);
  if (command) return command.run(args.toSpliced(args.indexOf(command.name), 1), terminal);
  if (["--help", "-h", "help"].includes(first)) {
    terminal.out(HELP);
    return 0;
  }
  const [what, names] = first.startsWith("-")
    ? ["option", ["--help", "--version"]]
    : ["command", COMMANDS.map((each) => each.name)];
  throw new ConfigurationError(
    `Unknown ${what} ${shownArgument(first)}${didYouMean(first, names)} See --help.`,
  );
}

function commandOf(word: string | undefined): Command | undefined {
  return COMMANDS.find(({ name }) => name === word);
}

function messageOf(error: unknown): string {
  if (error instanceof NoCredentialError) {
    return "No WAYSCloud credential found. This command does not read stack configuration: set WAYSCLOUD_PAT_TOKEN, or log in with the official WAYSCloud CLI.";
  }
  return errorMessage(error);
}
