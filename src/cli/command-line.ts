// The command `pulumi-wayscloud`: its words, its output, its exit codes. It only reads.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { AccountClient } from "../api/client";
import { ConfigurationError } from "../errors";
import { sanitize } from "../text/redact";
import { auditLimits, findInApiKeys, findInSshKeys } from "../audit/findings";
import type { Finding } from "../audit/findings";
import { managedKeys } from "../audit/managed";
import { resolveConnection } from "../config";
import { version } from "../version";

/** Where a command writes and what it reads; for tests. */
export interface Terminal {
  out: (text: string) => void;
  err: (text: string) => void;
  /** The content of a file, `-` being standard input. */
  read: (file: string) => string;
  now: () => number;
}

const HELP = `pulumi-wayscloud ${version}: looks at a WAYSCloud account. It never changes anything.

  pulumi-wayscloud whoami              the account, and where the credential came from
  pulumi-wayscloud audit               keys that deserve a look; exit code 1 if there are any
      --stack-export FILE              the output of \`pulumi stack export\`, "-" for standard input; may be repeated
      --unused-days N                  not used for N days (90)
      --expiring-days N                ends within N days, as far as a given stack knows (14)
      --json                           findings as JSON

The credential comes from WAYSCLOUD_API_KEY (or WAYSCLOUD_TOKEN, WAYSCLOUD_PAT_TOKEN) or ~/.wayscloud/credentials, the
endpoint from WAYSCLOUD_ENDPOINT (or WAYSCLOUD_API_URL). Exit codes: 0 nothing found, 1 something found, 2 it did not work.
`;

const OPTIONS = {
  "stack-export": { type: "string", multiple: true },
  "unused-days": { type: "string" },
  "expiring-days": { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;

/** Runs a command line; the exit code. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const { values, positionals } = parse(args);
    if (values.version) terminal.out(`${version}\n`);
    else if (values.help || positionals.length === 0) terminal.out(HELP);
    else if (positionals.length > 1) throw new ConfigurationError(`One command at a time; see --help.`);
    else if (positionals[0] === "whoami") await whoami(terminal);
    else if (positionals[0] === "audit") return await audit(values, terminal);
    else throw new ConfigurationError(`There is no command ${JSON.stringify(positionals[0])}; see --help.`);
    return 0;
  } catch (error) {
    terminal.err(`pulumi-wayscloud: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

function parse(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
}

function connect(terminal: Terminal): AccountClient {
  return new AccountClient(
    resolveConnection(() => undefined, ""),
    { log: (line) => terminal.err(`${line}\n`) },
  );
}

async function whoami(terminal: Terminal): Promise<void> {
  const client = connect(terminal);
  const profile = await client.getProfile();
  terminal.out(
    `customer    ${sanitize(profile.customerId)} (${sanitize(profile.customerType)}, ${sanitize(profile.status)})\n`,
  );
  terminal.out(`credential  ${client.connection.apiKeySource}\n`);
  terminal.out(`endpoint    ${client.connection.endpoint}\n`);
}

type Values = ReturnType<typeof parse>["values"];

async function audit(values: Values, terminal: Terminal): Promise<number> {
  const exports = (values["stack-export"] ?? []).map((file) => readExport(file, terminal));
  const managed = exports.length > 0 ? managedKeys(exports) : undefined;
  const limits = auditLimits({
    unusedForDays: days("--unused-days", values["unused-days"]),
    expiringWithinDays: days("--expiring-days", values["expiring-days"]),
  });
  const client = connect(terminal);
  const [apiKeys, sshKeys] = await Promise.all([client.listApiKeys(), client.listSshKeys()]);
  const findings = [
    ...findInApiKeys(apiKeys.value, limits, managed, terminal.now()),
    ...findInSshKeys(sshKeys.value, limits, managed, terminal.now()),
  ].map(sanitizedFinding);
  if (values.json) terminal.out(`${JSON.stringify(findings, undefined, 2)}\n`);
  else terminal.out(findings.length > 0 ? table(findings) : "Nothing found.\n");
  return findings.length > 0 ? 1 : 0;
}

function readExport(file: string, terminal: Terminal): unknown {
  let text: string;
  try {
    text = terminal.read(file);
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    throw new ConfigurationError(`The stack export ${file} cannot be read (${code}).`);
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the text, which may hold secrets.
    throw new ConfigurationError(`The stack export ${file} is not JSON.`);
  }
}

function days(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,5}$/.test(value))
    throw new ConfigurationError(`${option} must be a number of days, 0 to 99999.`);
  return Number(value);
}

/** Descriptions and names are foreign text. */
function sanitizedFinding(finding: Finding): Finding {
  return { ...finding, name: sanitize(finding.name, [], 100), detail: sanitize(finding.detail) };
}

function table(findings: readonly Finding[]): string {
  const rows = [
    ["FINDING", "KIND", "ID", "NAME", "DETAIL"],
    ...findings.map(({ finding, kind, id, name, detail }) => [finding, kind, id, name, detail]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]): string =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return `${rows.map((row) => line(row).trimEnd()).join("\n")}\n`;
}

/** The real terminal. */
export const realTerminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  read: (file) => readFileSync(file === "-" ? 0 : file, "utf8"),
  now: () => Date.now(),
};
