// docs/fault-table.md says how each row must end: the tests read it there, and compare it with what happens.
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";

import type { Emulator, RecordedRequest } from "../../src/emulator";

const ROOT = join(__dirname, "../..");

/** Which row of its section a test is about. */
export type RowKey = readonly [row: number, fault: string];

/** A row of the document. */
export interface Row {
  key: RowKey;
  /** The kinds of resource that it is tried with, if it is not about a service key or several resources. */
  resource: string;
  /** The name of the check. */
  outcome: string;
  requests: string;
  live: number;
}

export type Checks<Run> = Record<string, (run: Run, ...values: any[]) => unknown>;

/** A section of the document, with the checks of its outcomes. */
export class FaultTable<Run> {
  private readonly rows: Row[];
  private readonly tested: Row[] = [];

  constructor(
    file: string,
    private readonly title: string,
    private readonly checks: Checks<Run>,
  ) {
    const path = relative(ROOT, file).replaceAll("\\", "/");
    const document = readFileSync(join(ROOT, "docs/fault-table.md"), "utf8");
    const [, section = ""] = document.split(`\n## ${title}\n\nTests: \`${path}\`\n`);
    const lines = section.split("\n## ", 1)[0]!.split("\n");
    this.rows = lines.filter((line) => /^\| \d/.test(line)).map(parseRow);
  }

  /** The rows of a fault: two, where it ends otherwise for SSH keys than for API keys. */
  take(...[row, fault]: RowKey): Row[] {
    const found = this.rows.filter(({ key }) => key[0] === row && key[1] === fault);
    const isNew = found.length > 0 && found.every((each) => !this.tested.includes(each));
    if (!isNew) throw new Error(`"${this.title}" needs exactly one test of row ${row}, ${fault}`);
    for (const { outcome } of found)
      if (!(outcome in this.checks)) throw new Error(`"${this.title}" has no check of: ${outcome}`);
    this.tested.push(...found);
    return found;
  }

  check({ outcome }: Row, run: Run, ...values: any[]): unknown {
    return this.checks[outcome]!(run, ...values);
  }

  /** Declares the test that the document has these rows and no others. */
  testComplete(): void {
    test(`every row of "${this.title}" in docs/fault-table.md is tested, and the rows are in order`, () => {
      const order = ({ key: [row, fault], resource }: Row): string =>
        `${String(row).padStart(2, "0")} ${fault} ${resource}`;
      expect(this.rows.map(order)).toEqual(this.tested.map(order).sort());
      expect(Object.keys(this.checks).sort()).toEqual(
        [...new Set(this.rows.map(({ outcome }) => outcome))].sort(),
      );
    });
  }
}

function parseRow(line: string): Row {
  const [row, fault = "", resource = "", outcome = "", requests = "", live] = line
    .split("|")
    .slice(1)
    .map((cell) => cell.trim());
  return { key: [Number(row), fault], resource, outcome, requests, live: Number(live || NaN) };
}

export const titleOf = ({ key: [row, fault], outcome }: Row, kind?: string): string =>
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
  { key: [, fault], requests, live }: Row,
  { emulator, seen = {} }: { emulator: Emulator; seen?: Partial<Seen> | undefined },
  observed: string,
): void {
  const { account } = emulator;
  const all = account.liveApiKeys().length + account.sshKeys().length;
  expect({ fault, requests: observed, live: all, ...seen }).toEqual({ fault, requests, live });
}
