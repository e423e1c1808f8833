// A command: its options, declared once for the parser and the help, and its error messages.
import { parseArgs } from "node:util";

import { AccountClient } from "../api/client";
import { resolveConnection } from "../config";
import { ConfigurationError } from "../errors";
import { didYouMean } from "../text/did-you-mean";
import { quoteForTerminal } from "../text/quote";
import { redact } from "../text/redact";
import type { Terminal } from "./terminal";

export interface Command {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** `args`: the arguments without the command's name. Resolves to the exit code. */
  run: (args: string[], terminal: Terminal) => Promise<number>;
}

interface Option {
  type: "string" | "boolean";
  multiple?: boolean;
  short?: string;
  /** The name of its value in the help. */
  value?: string;
  /** Its description in the help. */
  help: string;
}

type Options = Record<string, Option>;

/** The options as given. */
export type Values<O extends Options> = {
  [K in keyof O]?: O[K] extends { type: "boolean" }
    ? boolean
    : O[K] extends { multiple: true }
      ? string[]
      : string;
};

interface Spec<O extends Options> {
  name: string;
  summary: string;
  /** The name of its arguments in the help. @default it takes none */
  operands?: string;
  /** Paragraphs of the help. */
  about: string;
  options: O;
  exitCodes?: string;
  run: (values: Values<O>, operands: string[], terminal: Terminal) => Promise<number>;
}

export function command<const O extends Options>(spec: Spec<O>): Command {
  const { name, summary } = spec;
  return {
    name,
    summary,
    async run(args, terminal) {
      const { values, positionals } = parse(spec, args);
      if (values.help === true) {
        terminal.out(helpOf(spec));
        return 0;
      }
      const [first] = positionals;
      if (first !== undefined && spec.operands === undefined) {
        throw usage(name, `unexpected argument ${shownArgument(first)}: one command at a time`);
      }
      return spec.run(values as Values<O>, positionals, terminal);
    },
  };
}

const HELP: Option = { type: "boolean", short: "h", help: "show this help" };

function parse<O extends Options>(
  { name, options }: Spec<O>,
  args: string[],
): { values: Record<string, unknown>; positionals: string[] } {
  try {
    return parseArgs({ args, options: { ...options, help: HELP }, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith("ERR_PARSE_ARGS")) throw error;
    const [, unknown] =
      code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" ? (/^Unknown option '(.*?)'/s.exec(message) ?? []) : [];
    if (unknown !== undefined)
      throw usage(name, `unknown option ${shownArgument(unknown)}`, unknown, Object.keys(options));
    // The first sentence says what is wrong; the others explain how to pass such an argument anyway.
    const [what = message] = message.split(/\. |\n/);
    throw usage(name, redact(what.replace(/\.$/, "")));
  }
}

/** The error for a mistake on the command line: `given` instead of one of `names`. */
function usage(
  command: string,
  what: string,
  given?: string,
  names: readonly string[] = [],
): ConfigurationError {
  const near = given === undefined ? "." : didYouMean(given.replace(/^-+/, ""), [...names, "help"]);
  const hint = near.replace('"', '"--');
  return new ConfigurationError(`${command}: ${what}${hint} See pulumi-wayscloud ${command} --help.`);
}

/** An argument for a message. It may be a secret, pasted by mistake, or a terminal's control sequence. */
export function shownArgument(argument: string): string {
  return quoteForTerminal(redact(argument), 60);
}

function helpOf<O extends Options>({ name, operands, about, options, exitCodes }: Spec<O>): string {
  const rows = Object.entries<Option>({ ...options, help: HELP }).map(([option, { short, value, help }]) => ({
    option: `${short === undefined ? "" : `-${short}, `}--${option}${value === undefined ? "" : ` ${value}`}`,
    help,
  }));
  const width = Math.max(...rows.map(({ option }) => option.length));
  const lines = rows.map(({ option, help }) => `  ${option.padEnd(width)}  ${help}`);
  const usageLine = `Usage: pulumi-wayscloud ${name}${operands === undefined ? "" : ` ${operands}`} [options]`;
  return `${[usageLine, about, lines.join("\n"), ...(exitCodes === undefined ? [] : [exitCodes]), CREDENTIAL].join("\n\n")}\n`;
}

/** The sources of the credential, for the help. */
export const CREDENTIAL = `The credential comes from the environment (WAYSCLOUD_PAT_TOKEN, WAYSCLOUD_TOKEN or WAYSCLOUD_API_KEY) or from
~/.wayscloud/credentials, the endpoint from WAYSCLOUD_ENDPOINT (or WAYSCLOUD_API_URL), and the customer id that the
credential must belong to from WAYSCLOUD_CUSTOMER_ID. Stack configuration is not read.`;

/** A client for the account of the environment. */
export function connect(terminal: Terminal): AccountClient {
  const connection = resolveConnection(() => undefined, "");
  return new AccountClient(connection, { log: (line) => terminal.err(`${line}\n`) });
}
