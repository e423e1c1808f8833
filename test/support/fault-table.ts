// docs/fault-table.md is what the tests compared with what happened: written when WRITE_FAULT_TABLE is set, compared in every other run, so it cannot go stale.
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { Emulator, RecordedRequest } from "../../src/emulator";

const ROOT = join(__dirname, "../..");
const FILE = join(ROOT, "docs/fault-table.md");
const TITLE = `# Fault table

What the tests observed, for those who want to check a claim of [what happens when …](failures.md), which answers by
symptom. Nothing here is written by hand: the words of a row are those that its test compares, and every run fails if
it observes something else (\`WRITE_FAULT_TABLE=1 npm run test:all\` writes them). "Requests" are those that the API
received for the resource; "live" is what the account has at the end beside the caller's own credential. API keys are
service keys and personal access tokens. The numbers are those of the rows in the tests. Rows of
\`test/provider-process\` run in the provider processes of both hosts, dynamic and plugin, which the tests call over gRPC
as the engine does; those of \`test/engine\` run under the real engine.
`;
const HEAD = "| # | fault | resource | result | requests | live |\n|---|---|---|---|---|---|\n";

export interface Observation {
  row: number;
  fault: string;
  /** Left out where it makes no difference. */
  resource?: string;
  result: string;
  requests: string;
  live: number;
}

/** How a row must end. Of two, the first is for API keys, the second for SSH keys. */
export interface Row<Outcome extends string = string> {
  row: number;
  fault: string;
  /** The words of the document, and the name of the check. */
  outcome: Outcome;
  requests: string | readonly [string, string];
  live: number | readonly [number, number];
}

export function row<Outcome extends string>(
  number: number,
  fault: string,
  outcome: Outcome,
  requests: Row["requests"],
  live: Row["live"],
): Row<Outcome> {
  return { row: number, fault, outcome, requests, live };
}

/** A section of the document: the rows of one test file. */
export class FaultTable {
  private readonly lines = new Map<string, string>();
  private readonly heading: string;
  private readonly introduction: string;

  constructor(testFile: string, title: string) {
    this.heading = title;
    this.introduction = `Tests: \`${relative(ROOT, testFile).replaceAll("\\", "/")}\``;
  }

  note({ row, fault, resource = "", result, requests, live }: Observation): void {
    const key = `${String(row).padStart(2, "0")} ${fault} ${resource}`;
    if (this.lines.has(key)) throw new Error(`two observations of one thing: ${key}`);
    this.lines.set(key, `| ${row} | ${fault} | ${resource} | ${result} | ${requests} | ${live} |\n`);
  }

  /** To be called once all rows of the file have been noted. */
  async compare(): Promise<void> {
    const lines = [...this.lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
    const text = `${this.introduction}\n\n${HEAD}${lines.join("")}`;
    if (process.env["WRITE_FAULT_TABLE"]) await exclusively(() => this.write(text));
    else expect(sections().get(this.heading) ?? "").toBe(text);
  }

  /** Sections that no test of this name writes any more are removed by hand. */
  private write(text: string): void {
    const all = sections().set(this.heading, text);
    const firstRow = (name: string): number => Number(/^\| (\d+) /m.exec(all.get(name) ?? "")?.[1]);
    const names = [...all.keys()].sort((a, b) => firstRow(a) - firstRow(b) || a.localeCompare(b));
    writeFileSync(FILE, TITLE + names.map((name) => `\n## ${name}\n\n${all.get(name) ?? ""}`).join(""));
  }
}

/** `POST GET×3 DELETE`, in the order of arrival; only requests below the path. */
export function requestLine(requests: readonly RecordedRequest[], below = "/"): string {
  const runs: { method: string; count: number }[] = [];
  for (const { method } of requests.filter(({ path }) => path.startsWith(below))) {
    const last = runs.at(-1);
    if (last?.method === method) last.count += 1;
    else runs.push({ method, count: 1 });
  }
  return runs.map(({ method, count }) => (count > 1 ? `${method}×${count}` : method)).join(" ") || "none";
}

function sections(): Map<string, string> {
  const text = existsSync(FILE) ? readFileSync(FILE, "utf8") : "";
  const parts = text.split(/^## (.*)\n\n/m).slice(1);
  const found = new Map<string, string>();
  for (let at = 0; at + 1 < parts.length; at += 2) {
    found.set(parts[at] ?? "", (parts[at + 1] ?? "").replace(/\n+$/, "\n"));
  }
  return found;
}

/** Several workers write at once. */
async function exclusively(work: () => void): Promise<void> {
  const lock = `${FILE}.lock`;
  mkdirSync(dirname(FILE), { recursive: true });
  for (;;) {
    try {
      closeSync(openSync(lock, "wx"));
      break;
    } catch {
      await sleep(20);
    }
  }
  try {
    work();
  } finally {
    rmSync(lock);
  }
}

const { KEYS, ALL } = { KEYS: "API keys", ALL: "API keys and SSH keys" };

export const titleOf = ({ row, fault, outcome }: Row, kind?: string): string =>
  `row ${row}${kind === undefined ? "" : `, ${kind}`}, ${fault}: ${outcome}`;

export function noteRow(
  table: FaultTable,
  { row, fault, outcome, requests, live }: Row,
  kinds?: "all" | "keys",
): void {
  const note = (resource: string, at: 0 | 1): void =>
    table.note({
      row,
      fault,
      resource,
      result: outcome,
      requests: typeof requests === "string" ? requests : requests[at],
      live: typeof live === "number" ? live : live[at],
    });
  const differs = typeof requests !== "string" || typeof live !== "number";
  if (kinds === "all" && differs) note("SSH keys", 1);
  note(kinds === undefined ? "" : kinds === "keys" || differs ? KEYS : ALL, 0);
}

export interface Seen {
  requests: string;
  live: number;
}

export function expectRow(
  { fault, requests, live }: Row,
  { emulator, seen = {} }: { emulator: Emulator; seen?: Partial<Seen> | undefined },
  observed: string,
  kind?: string,
): void {
  const at = kind === "sshKey" ? 1 : 0;
  const { account } = emulator;
  const all = account.liveApiKeys().length + account.sshKeys().length;
  expect({ fault, requests: observed, live: all, ...seen }).toEqual({
    fault,
    requests: typeof requests === "string" ? requests : requests[at],
    live: typeof live === "number" ? live : live[at],
  });
}
