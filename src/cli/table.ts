// Tables of foreign text for a terminal: each row stays on one line.
import { sanitize } from "../text/redact";

/** Longer cells are cut. The last column may be longer than the others. */
const CELL_LIMIT = 100;
const LAST_CELL_LIMIT = 2_000;

/** `rows`, the header first. */
export function table(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) =>
    row.map((cell, column) => sanitize(cell, [], column < row.length - 1 ? CELL_LIMIT : LAST_CELL_LIMIT)),
  );
  const widths = (shown[0] ?? []).map((_, column) =>
    Math.max(...shown.map((row) => row[column]?.length ?? 0)),
  );
  const lines = shown.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}
