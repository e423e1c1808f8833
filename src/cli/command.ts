// A command: its options, declared once for the parser and the help, and its error messages.
import { parseArgs } from "node:util";
import type { ParseArgsOptionDescriptor } from "node:util";

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
  run: (args: readonly string[], terminal: Terminal) => Promise<number>;
}

interface Option extends ParseArgsOptionDescriptor {
  /** The name of its value in the help. */
  value?: string;
  help: string;
}

type Options = Record<string, Option>;

export type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>["values"];

interface Spec<O extends Options> {
  name: string;
  summary: string;
  /** The name of its arguments in the help. @default it takes none */
  operands?: string;
  /** Paragraphs of the help before the options, and after them. */
  about: string;
  notes: readonly string[];
  options: O;
  run: (values: Values<O>, operands: string[], terminal: Terminal) => Promise<number>;
}

export function command<const O extends Options>(spec: Spec<O>): Command {
  const { name, summary } = spec;
  return {
    name,
    summary,
    async run(args, terminal) {
      const { values, positionals } = parse(spec, args);
      if ("help" in values) {
        terminal.out(helpOf(spec));
        return 0;
      }
      const [first] = positionals;
      if (first !== undefined && spec.operands === undefined) {
        throw usage(name, `unexpected argument ${shownArgument(first)}: one command at a time.`);
      }
      return spec.run(values, positionals, terminal);
    },
  };
}

export function text(value: string, help: string) {
  return { type: "string", value, help } as const;
}

export function texts(value: string, help: string) {
  return { type: "string", multiple: true, value, help } as const;
}

/** The number that is the value of an option. */
export function numberOf(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
  throw new ConfigurationError(`${option} must be a number, not ${shownArgument(value)}.`);
}

const HELP = { type: "boolean", short: "h", help: "show this help" } as const satisfies Option;

function parse<O extends Options>({ name, options }: Spec<O>, args: readonly string[]) {
  try {
    const parsed = parseArgs({
      args: withNegativeValues(args),
      options: { ...options, help: HELP },
      allowPositionals: true,
      tokens: true,
    });
    const given = parsed.tokens.flatMap((token) => (token.kind === "option" ? [token.name] : []));
    const twice = given.find((option, at) => isSingle(options[option]) && given.indexOf(option) < at);
    if (twice !== undefined) throw usage(name, `--${twice} appears more than once.`);
    return parsed;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith("ERR_PARSE_ARGS")) throw error;
    const [, unknown] = /^Unknown option '(.*?)'/s.exec(message) ?? [];
    if (unknown !== undefined) {
      const near = didYouMean(unknown.replace(/^-+/, ""), [...Object.keys(options), "help"]);
      throw usage(name, `unknown option ${shownArgument(unknown)}${near.replace('"', '"--')}`);
    }
    // The first sentence says what is wrong; the others explain how to pass such an argument anyway.
    const [what = message] = message.split(/\. |\.?\n/);
    throw usage(name, `${redact(what)}.`);
  }
}

function isSingle(option: Option | undefined): boolean {
  return option?.type === "string" && !option.multiple;
}

/** The arguments, with `--option=-1` for `--option -1`: `parseArgs` would take the value for an option. */
function withNegativeValues(args: readonly string[]): string[] {
  const isValue = (at: number): boolean =>
    /^-\d/.test(args[at] ?? "") && /^--[^=]+$/.test(args[at - 1] ?? "");
  const joined = args.map((arg, at) => (isValue(at + 1) ? `${arg}=${args[at + 1]}` : arg));
  return joined.filter((_, at) => !isValue(at));
}

export function usage(command: string, what: string): ConfigurationError {
  return new ConfigurationError(`${command}: ${what} See pulumi-wayscloud ${command} --help.`);
}

/** An argument for a message. It may be a secret, pasted by mistake, or a terminal's control sequence. */
export function shownArgument(argument: string): string {
  return quoteForTerminal(redact(argument), 60);
}

function helpOf<O extends Options>({ name, operands, about, options, notes }: Spec<O>): string {
  const rows = Object.entries<Option>({ ...options, help: HELP }).map(([option, { short, value, help }]) => {
    const before = short === undefined ? "" : `-${short}, `;
    return [`${before}--${option} ${value ?? ""}`.trim(), help] as const;
  });
  const width = Math.max(...rows.map(([option]) => option.length));
  const lines = rows.map(([option, help]) => `  ${option.padEnd(width)}  ${help}`);
  const usageLine = `Usage: pulumi-wayscloud ${name} ${operands === undefined ? "" : `${operands} `}[options]`;
  return `${[usageLine, about, lines.join("\n"), ...notes].join("\n\n")}\n`;
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
