// A table in a document that the tests observed. Its rows are either what tests note, where `WRITE_TABLES=1` (with `-i`: one writer at a time) writes
// them, or written by hand, and tests say which of them they tried. The prose around it is written by hand.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

export class ObservedTable {
  readonly #rows: string[] = [];
  readonly #file: string;

  /** The table is the first one below this heading; its header is written by hand. */
  constructor(
    file: `docs/${"options" | "compatibility" | "installation-configuration"}.md`,
    private readonly heading: string,
  ) {
    this.#file = join(ROOT, file);
  }

  note(...cells: string[]): void {
    this.#rows.push(`| ${cells.join(" | ")} |`);
  }

  /** Says that a row of the document, named by its first cells, was tried, once or more often. Answers its other cells: what is expected. */
  tried(...keys: string[]): string[] {
    const start = `| ${keys.join(" | ")} | `;
    const rows = this.#read().rows.filter((row) => row.startsWith(start));
    if (rows.length !== 1) throw new Error(`${this.#file} has ${rows.length} rows that start with ${start}`);
    if (!this.#rows.includes(rows[0]!)) this.#rows.push(rows[0]!);
    return rows[0]!.slice(start.length, -2).split(" | ");
  }

  /** To be called once all tests have run. `partial`: some rows are tried only on demand, so the document may hold more. */
  compare({ partial = false } = {}): void {
    if (process.env["WRITE_TABLES"] && !partial) this.#write();
    const { rows } = this.#read();
    if (partial) expect(rows).toEqual(expect.arrayContaining(this.#rows));
    else expect(rows).toEqual(this.#rows);
  }

  #read(): { before: string[]; rows: string[]; after: string[] } {
    const lines = readFileSync(this.#file, "utf8").split("\n");
    const heading = lines.indexOf(`## ${this.heading}`);
    const header = lines.findIndex((line, at) => at > heading && line.startsWith("|"));
    if (heading < 0 || header < 0) throw new Error(`${this.#file} has no table below "## ${this.heading}"`);
    const first = header + 2;
    const end = lines.findIndex((line, at) => at >= first && !line.startsWith("|"));
    return { before: lines.slice(0, first), rows: lines.slice(first, end), after: lines.slice(end) };
  }

  #write(): void {
    const { before, after } = this.#read();
    writeFileSync(this.#file, [...before, ...this.#rows, ...after].join("\n"));
  }
}
