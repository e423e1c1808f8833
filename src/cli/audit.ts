// The subcommand `audit`: what deserves a look, except for what was accepted.
import { completeList, shownApiKey, shownSshKey } from "../api/list";
import type { AccountClient } from "../api/client";
import { FINDING_KINDS, findInApiKeys, findInSshKeys } from "../audit/findings";
import type { AuditFinding, FindingKind } from "../audit/findings";
import { managedKeys } from "../audit/managed";
import { ConfigurationError } from "../errors";
import { didYouMean } from "../text/did-you-mean";
import { sanitize } from "../text/redact";
import type { Terminal } from "./terminal";
import { nameOf, readText } from "./text-file";

export const AUDIT_OPTIONS = {
  "stack-export": { type: "string", multiple: true },
  "unused-days": { type: "string" },
  "expiring-days": { type: "string" },
  only: { type: "string", multiple: true },
  ignore: { type: "string", multiple: true },
  "ignore-file": { type: "string", multiple: true },
  json: { type: "boolean" },
} as const;

/** The parsed options. */
export type AuditValues = {
  [K in keyof typeof AUDIT_OPTIONS]?: (typeof AUDIT_OPTIONS)[K] extends { multiple: true }
    ? string[]
    : (typeof AUDIT_OPTIONS)[K] extends { type: "boolean" }
      ? boolean
      : string;
};

/** Prints the findings; 1 if there are any. `connect` is called once the options are known to be right. */
export async function audit(
  values: AuditValues,
  connect: () => AccountClient,
  terminal: Terminal,
): Promise<number> {
  const unusedForDays = daysOf("--unused-days", values["unused-days"], 90);
  const expiringWithinDays = daysOf("--expiring-days", values["expiring-days"], 14);
  const only = kindsOf(values.only);
  assertOneStandardInput([...(values["stack-export"] ?? []), ...(values["ignore-file"] ?? [])]);
  const ignored = await ignoredIds(values, terminal);
  const managed = await managedOf(values["stack-export"] ?? [], terminal);
  const client = connect();
  const [apiKeys, sshKeys] = await Promise.all([client.listApiKeys(), client.listSshKeys()]);
  const { apiKey: credential } = client.connection;
  const options = { unusedForDays, expiringWithinDays, managed, credential, now: terminal.now() };
  const findings = [
    ...findInApiKeys(completeList(apiKeys).map(shownApiKey), options),
    ...findInSshKeys(completeList(sshKeys).map(shownSshKey), options),
  ].filter(({ finding, id }) => !ignored.has(id) && (!only || only.has(finding)));
  print(findings, values.json === true, terminal);
  noteUnknown(ignored, [...apiKeys.value, ...sshKeys.value], terminal);
  return findings.length > 0 ? 1 : 0;
}

function daysOf(option: string, value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (/^\d{1,5}$/.test(value)) return Number(value);
  throw new ConfigurationError(`${option} must be a number of days, 0 to 99999.`);
}

function kindsOf(values: readonly string[] | undefined): ReadonlySet<FindingKind> | undefined {
  if (!values) return undefined;
  return new Set(
    values
      .flatMap((value) => value.split(","))
      .map((name) => {
        const kind = FINDING_KINDS.find((known) => known === name.trim());
        if (kind) return kind;
        throw new ConfigurationError(
          `--only: unknown finding ${JSON.stringify(sanitize(name, [], 40))}${didYouMean(name, FINDING_KINDS)} The findings are ${FINDING_KINDS.join(", ")}.`,
        );
      }),
  );
}

function assertOneStandardInput(files: readonly string[]): void {
  if (files.filter((file) => file === "-").length < 2) return;
  throw new ConfigurationError('Standard input ("-") can be read only once.');
}

/** Ids of keys whose findings somebody accepted. */
async function ignoredIds(values: AuditValues, terminal: Terminal): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  const add = (id: string, from: string): void => {
    if (!/^[A-Za-z0-9_-]{1,200}$/.test(id)) {
      throw new ConfigurationError(
        `${from}: an id of a key consists of letters, digits, "_" and "-" (${id.length} characters were given).`,
      );
    }
    ids.add(id);
  };
  for (const id of values.ignore ?? []) add(id, "--ignore");
  for (const file of values["ignore-file"] ?? []) {
    const lines = (await readText("The ignore file", file, terminal)).split(/\r?\n/);
    for (const [index, line] of lines.entries()) {
      const id = line.replace(/#.*$/, "").trim();
      if (id !== "") add(id, `${nameOf("The ignore file", file)}, line ${index + 1}`);
    }
  }
  return ids;
}

async function managedOf(
  files: readonly string[],
  terminal: Terminal,
): Promise<ReturnType<typeof managedKeys> | undefined> {
  if (files.length === 0) return undefined;
  const name = (file: string): string => nameOf("The stack export", file);
  const exports: unknown[] = [];
  for (const file of files) {
    const text = await readText("The stack export", file, terminal);
    if (text.trim() === "") throw new ConfigurationError(`${name(file)} is empty.`);
    exports.push(parseJson(text, name(file)));
  }
  return managedKeys(exports, (index) => name(files[index] ?? "-"));
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the text, which may hold secrets.
    throw new ConfigurationError(`${name} is not JSON.`);
  }
}

/** An id that is accepted, but not there any more, may be a typing mistake. */
function noteUnknown(
  ignored: ReadonlySet<string>,
  keys: readonly { id: string }[],
  terminal: Terminal,
): void {
  const known = new Set(keys.map(({ id }) => id));
  for (const id of ignored) {
    if (!known.has(id)) terminal.err(`pulumi-wayscloud: the ignored id ${id} is not in the account.\n`);
  }
}

function print(findings: readonly AuditFinding[], json: boolean, terminal: Terminal): void {
  if (json) {
    const whole = findings.map((finding) => shown(finding, Number.POSITIVE_INFINITY));
    terminal.out(`${JSON.stringify(whole, undefined, 2)}\n`);
  } else if (findings.length === 0) terminal.out("No findings.\n");
  else terminal.out(table(findings.map((finding) => shown(finding, 100))));
}

/** Descriptions and names are foreign text. */
function shown(finding: AuditFinding, longestName: number): AuditFinding {
  const { name, detail } = finding;
  return { ...finding, name: sanitize(name, [], longestName), detail: sanitize(detail, [], 600) };
}

function table(findings: readonly AuditFinding[]): string {
  const rows = [
    ["FINDING", "KIND", "ID", "NAME", "DETAIL"],
    ...findings.map(({ finding, kind, id, name, detail }) => [finding, kind, id, name, detail]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]): string =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return `${rows.map((row) => line(row).trimEnd()).join("\n")}\n`;
}
