// The command `pulumi-wayscloud`: runs the command of a command line. A failure is a message and exit code 2.
import { NoCredentialError } from "../config";
import { ConfigurationError, errorMessage } from "../errors";
import { runEmulatorCommand } from "../emulator/command";
import { didYouMean } from "../text/did-you-mean";
import { version } from "../version";
import { audit } from "./audit";
import { CREDENTIAL, shownArgument } from "./command";
import type { Command } from "./command";
import { revoke } from "./revoke";
import type { Terminal } from "./terminal";
import { whoami } from "./whoami";

/** It parses its own options, and runs until it is stopped. */
const emulator: Command = {
  name: "emulator",
  summary: "run the emulator of the Account API",
  run: (args) => runEmulatorCommand(args),
};

const COMMANDS: readonly Command[] = [whoami, audit, revoke, emulator];

const HELP = `pulumi-wayscloud ${version}: inspect a WAYSCloud account, revoke keys, or run the emulator

${COMMANDS.map(({ name, summary }) => `  pulumi-wayscloud ${name.padEnd(10)}${summary}`).join("\n")}

\`pulumi-wayscloud <command> --help\` explains a command and its options; --version shows the version.

${CREDENTIAL}
`;

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
  // Options may precede the command.
  const command = commandOf(first) ?? (first.startsWith("-") ? args.map(commandOf).find(Boolean) : undefined);
  if (args.includes("--version") && command?.name !== "emulator") {
    terminal.out(`${version}\n`);
    return 0;
  }
  if (command) {
    const at = args.indexOf(command.name);
    return command.run([...args.slice(0, at), ...args.slice(at + 1)], terminal);
  }
  if (["--help", "-h", "help"].includes(first)) {
    terminal.out(HELP);
    return 0;
  }
  const [what, names] = first.startsWith("-")
    ? ["option", ["--help", "--version"]]
    : ["command", COMMANDS.map(({ name }) => name)];
  throw new ConfigurationError(
    `Unknown ${what} ${shownArgument(first)}${didYouMean(first, names)} See --help.`,
  );
}

function commandOf(word: string): Command | undefined {
  return COMMANDS.find(({ name }) => name === word);
}

function messageOf(error: unknown): string {
  if (error instanceof NoCredentialError) {
    return "No WAYSCloud credential found. This command does not read stack configuration: set WAYSCLOUD_PAT_TOKEN, or log in with the official WAYSCloud CLI.";
  }
  return errorMessage(error);
}
