// A table in a document that the tests observed: every run compares it, `WRITE_TABLES=1` (with `-i`: one writer at a time) writes it. The prose around
// it is written by hand.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

export class ObservedTable {
  readonly #rows: string[] = [];
  readonly #file: string;

  /** The table is the first one below this heading; its header is written by hand. The first `keys` columns say what a row is about. */
  constructor(
    file: `docs/${"options" | "compatibility" | "installation-configuration"}.md`,
    private readonly heading: string,
    private readonly keys = 1,
  ) {
    this.#file = join(ROOT, file);
  }

  note(...cells: string[]): void {
    this.#rows.push(`| ${cells.join(" | ")} |`);
  }

  /** To be called once all tests have run. `partial`: some rows are observed only on demand, so the document may hold more. */
  compare({ partial = false } = {}): void {
    if (process.env["WRITE_TABLES"]) this.#write(partial);
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

  #write(partial: boolean): void {
    const { before, rows, after } = this.#read();
    const seen = new Map(this.#rows.map((row) => [this.#keyOf(row), row]));
    const kept = partial ? rows.filter((row) => !seen.has(this.#keyOf(row))) : [];
    const all = partial ? [...kept, ...this.#rows].sort() : this.#rows;
    writeFileSync(this.#file, [...before, ...all, ...after].join("\n"));
  }

  #keyOf(row: string): string {
    return row
      .split("|")
      .slice(1, 1 + this.keys)
      .join("|");
  }
}
