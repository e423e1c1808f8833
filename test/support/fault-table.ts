// docs/fault-table.md is what the tests compared with what happened: the rows of the tests, in the document's words.
import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";

import type { Emulator, RecordedRequest } from "../../src/emulator";
import { ObservedTable } from "./observed-table";

const ROOT = resolve(__dirname, "../..");

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

/** Declares the test that the document says the same as the rows of this file. */
export function testDocumented(
  file: string,
  title: string,
  rows: readonly (Row & { kinds?: "all" | "keys" | undefined })[],
): void {
  test(`docs/fault-table.md says the same as "${title}"`, () => {
    const section = `## ${title}\n\nTests: \`${relative(ROOT, file).replaceAll("\\", "/")}\`\n`;
    expect(readFileSync(resolve(ROOT, "docs/fault-table.md"), "utf8")).toContain(section);
    const table = new ObservedTable("docs/fault-table.md", title);
    const byRow = new Map(rows.flatMap(cellsOf).map((cells) => [keyOf(cells), cells]));
    expect(byRow.size).toBe(rows.flatMap(cellsOf).length);
    for (const key of [...byRow.keys()].sort()) table.note(...byRow.get(key)!);
    table.compare();
  });
}

/** By row, fault and resource. */
function keyOf([row = "", ...others]: string[]): string {
  return [row.padStart(2, "0"), ...others.slice(0, 2)].join(" ");
}

/** The lines of a row: two, where it ends otherwise for SSH keys than for API keys. */
function cellsOf({
  row,
  fault,
  outcome,
  requests,
  live,
  kinds,
}: Parameters<typeof testDocumented>[2][number]): string[][] {
  const line = (resource: string, at: 0 | 1): string[] => [
    ...[String(row), fault, resource, outcome],
    typeof requests === "string" ? requests : requests[at],
    String(typeof live === "number" ? live : live[at]),
  ];
  const differs = typeof requests !== "string" || typeof live !== "number";
  const forApiKeys = line(kinds === undefined ? "" : kinds === "keys" || differs ? KEYS : ALL, 0);
  return kinds === "all" && differs ? [line("SSH keys", 1), forApiKeys] : [forApiKeys];
}

const { KEYS, ALL } = { KEYS: "API keys", ALL: "API keys and SSH keys" };

export const titleOf = ({ row, fault, outcome }: Row, kind?: string): string =>
  `row ${row}${kind === undefined ? "" : `, ${kind}`}, ${fault}: ${outcome}`;

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
