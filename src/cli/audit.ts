// The command `audit`: lists the keys of the account that somebody should review, except for accepted ones.
import {
  daysOf,
  DEFAULT_DAYS,
  FINDING_KINDS,
  findInApiKeys,
  findInSshKeys,
  STACK_FINDINGS,
  unreadableEntries,
} from "../audit/findings";
import type { FindingKind } from "../audit/findings";
import { nameStacks } from "../audit/managed-keys";
import { ConfigurationError } from "../errors";
import { didYouMean } from "../text/did-you-mean";
import { sanitize } from "../text/redact";
import { command, connect, CREDENTIAL, numberOf, shownArgument, text, texts } from "./command";
import type { Values } from "./command";
import { checkId, managedIn, nameOf, readText } from "./files";
import { table } from "./table";
import type { Terminal } from "./terminal";

/** The value of --stack-export, for messages. */
const EXPORT = ": `pulumi stack export | pulumi-wayscloud audit --stack-export - …`";
const { unusedForDays, expiringWithinDays } = DEFAULT_DAYS;

const OPTIONS = {
  "stack-export": texts("FILE", 'output of `pulumi stack export`, "-" for standard input; repeatable'),
  stack: texts("NAME", "project/stack of an export without resources; repeatable"),
  "unused-days": text("N", `not used for N days (default ${unusedForDays})`),
  "expiring-days": text(
    "N",
    `expires within N days (default ${expiringWithinDays}); requires --stack-export`,
  ),
  only: texts("FINDING", "look only for these findings, such as unmanaged,orphan; repeatable"),
  ignore: texts("ID", "accept the findings of this key; repeatable"),
  "ignore-file": texts("FILE", 'ids to ignore, one per line; "#" begins a comment; repeatable'),
  json: { type: "boolean", help: "print the findings as JSON" },
} as const;

export const audit = command({
  name: "audit",
  summary: "report unused, expiring, unmanaged and orphaned keys",
  about: `Lists keys that you should review. Changes nothing, and prints no secrets.
The findings are ${FINDING_KINDS.join(", ")}.
Those from ${STACK_FINDINGS[0]} to ${STACK_FINDINGS[4]} require --stack-export.
If a key has leaked, see docs/leaked-key.md.`,
  options: OPTIONS,
  notes: ["Exit codes: 0 no findings, 1 findings, 2 a finding is `unjudged`, or an error.", CREDENTIAL],
  run: async (values, _operands, terminal) => {
    const daysIn = (option: "unused-days" | "expiring-days", field: keyof typeof DEFAULT_DAYS): number =>
      daysOf(field, numberOf(`--${option}`, values[option]), `--${option}`);
    const days = {
      unusedForDays: daysIn("unused-days", "unusedForDays"),
      expiringWithinDays: daysIn("expiring-days", "expiringWithinDays"),
    };
    const only = values.only && new Set(values.only.flatMap(kindsOf));
    const notLookedFor = requireExports(values, only);
    const inputs = [...(values["stack-export"] ?? []), ...(values["ignore-file"] ?? [])];
    if (inputs.filter((file) => file === "-").length > 1)
      throw new ConfigurationError('Standard input ("-") can be read only once.');
    const ignored = await ignoredIds(values, terminal);
    const managed = await managedIn(values["stack-export"], terminal);
    if (managed) nameStacks(managed, values.stack ?? [], "--stack");
    const client = connect(terminal);
    const [apiKeys, sshKeys] = await Promise.all([client.listApiKeys(), client.listSshKeys()]);
    const { apiKey: credential } = client.connection;
    const options = { ...days, only, managed, credential, now: terminal.now() };
    const findings = [
      ...unreadableEntries(apiKeys.unreadable, "API key"),
      ...findInApiKeys(apiKeys.value, options),
      ...unreadableEntries(sshKeys.unreadable, "SSH key"),
      ...findInSshKeys(sshKeys.value, options),
    ].filter(({ id }) => !ignored.has(id));
    if (values.json) {
      // Descriptions and names are foreign text.
      const shown = (_key: string, value: unknown): unknown =>
        typeof value === "string" ? sanitize(value, [], Infinity) : value;
      terminal.out(`${JSON.stringify(findings, shown, 2)}\n`);
    } else if (findings.length === 0) terminal.out("No findings.\n");
    else {
      const rows = findings.map(({ finding, kind, id, name, detail }) => [finding, kind, id, name, detail]);
      terminal.out(table([["FINDING", "KIND", "ID", "NAME", "DETAIL"], ...rows]));
    }
    const note = (text: string): void => terminal.err(`pulumi-wayscloud: ${text}\n`);
    if (notLookedFor !== undefined) note(notLookedFor);
    const known = new Set([...apiKeys.value, ...sshKeys.value].map(({ id }) => id));
    // It may be a typing mistake.
    for (const id of ignored)
      if (!known.has(id)) note(`the ignored id ${sanitize(id)} is not in the account.`);
    if (findings.some(({ finding }) => finding === "unjudged")) return 2;
    return findings.length > 0 ? 1 : 0;
  },
});

/**
 * Without an export: a note about the findings that audit cannot look for, unless the user asked for others.
 *
 * @throws ConfigurationError if the user asked for one that requires an export.
 */
function requireExports(
  values: Values<typeof OPTIONS>,
  only: ReadonlySet<FindingKind> | undefined,
): string | undefined {
  if (values["stack-export"]) return undefined;
  const required = STACK_FINDINGS.filter((finding) => only?.has(finding));
  const asked = [
    ...(required.length > 0 ? [`--only ${required.join(",")}`] : []),
    ...(["expiring-days", "stack"] as const).filter((name) => values[name]).map((name) => `--${name}`),
  ];
  if (asked[0] !== undefined) throw new ConfigurationError(`${asked[0]} requires --stack-export${EXPORT}.`);
  const all = new Intl.ListFormat("en-GB").format(STACK_FINDINGS);
  return only ? undefined : `${all} require --stack-export, so audit did not look for them.`;
}

/** @throws ConfigurationError for a name that no finding has. */
function kindsOf(value: string): FindingKind[] {
  return value.split(",").map((name) => {
    const kind = FINDING_KINDS.find((known) => known === name.trim());
    if (kind) return kind;
    throw new ConfigurationError(
      `--only: unknown finding ${shownArgument(name)}${didYouMean(name, FINDING_KINDS)} The findings are ${FINDING_KINDS.join(", ")}.`,
    );
  });
}

/** Ids of keys whose findings somebody accepted. */
async function ignoredIds(values: Values<typeof OPTIONS>, terminal: Terminal): Promise<ReadonlySet<string>> {
  const ids = new Set((values.ignore ?? []).map((id) => checkId(id, "--ignore")));
  for (const file of values["ignore-file"] ?? []) {
    const lines = (await readText("The ignore file", file, terminal)).split(/\r?\n/);
    for (const [index, line] of lines.entries()) {
      const id = line.replace(/#.*$/, "").trim();
      if (id !== "") ids.add(checkId(id, `${nameOf("The ignore file", file)}, line ${index + 1}`));
    }
  }
  return ids;
}
