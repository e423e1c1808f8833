// Tables of foreign text for a terminal: one line for each row, whatever is in it.
import { sanitize } from "../text/redact";

/** The last column may be long; what exceeds the limit of another one is cut. */
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
