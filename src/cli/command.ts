// What a command is: its options, declared once for the parser and the help, and how mistakes in them are reported.
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
  /** `args`: what the user wrote besides the command's name. Resolves to the exit code. */
  run: (args: string[], terminal: Terminal) => Promise<number>;
}

interface Option {
  type: "string" | "boolean";
  multiple?: boolean;
  short?: string;
  /** What the help calls its value. */
  value?: string;
  /** What it does, as lines of the help. */
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
  /** What the help calls its arguments. @default it takes none */
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
    // The first sentence says what is wrong, the others explain how to pass such a thing as a file name.
    const [what = message] = message.split(/\. |\n/);
    throw usage(name, redact(what.replace(/\.$/, "")));
  }
}

/** A mistake on the command line; `given` instead of one of `names`. */
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

/** An argument may be a secret, pasted by mistake, and a terminal's control sequence. */
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

/** Where the commands that read an account get it from. */
export const CREDENTIAL = `The credential comes from the environment (WAYSCLOUD_PAT_TOKEN, WAYSCLOUD_TOKEN or WAYSCLOUD_API_KEY) or from
~/.wayscloud/credentials, the endpoint from WAYSCLOUD_ENDPOINT (or WAYSCLOUD_API_URL), and the customer id that the
credential must belong to from WAYSCLOUD_CUSTOMER_ID. Stack configuration is not read.`;

/** The account of the environment. */
export function connect(terminal: Terminal): AccountClient {
  const connection = resolveConnection(() => undefined, "");
  return new AccountClient(connection, { log: (line) => terminal.err(`${line}\n`) });
}
