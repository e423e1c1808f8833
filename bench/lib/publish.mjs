// Where what was measured goes: docs/measurements.md and the charts beside it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../../scripts/lib/process.mjs";
import { comparisonChart, growthChart } from "./chart.mjs";

const docs = join(projectFolder, "docs");

/** Puts the tables between the two lines that mark their place. */
export function publish(section, text) {
  const page = join(docs, "measurements.md");
  const old = readFileSync(page, "utf8");
  const [begin, end] = [`<!-- ${section}: written by npm run bench -->`, `<!-- ${section}: up to here -->`];
  const [before, after] = [old.indexOf(begin), old.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`${page} lacks the lines between which the tables go`);
  writeFileSync(page, `${old.slice(0, before)}${begin}\n\n${text}\n\n${old.slice(after)}`);
}

/** The charts of the main results. */
export function draw(data, view) {
  const largest = view
    .groups()
    .filter(({ kind, latency }) => kind === "ssh-key" && latency === 0)
    .at(-1);
  if (largest) writeFileSync(join(docs, "performance.svg"), comparisonChart(data, view, largest));
  const grown = growthChart(data, view);
  if (grown) writeFileSync(join(docs, "growth.svg"), grown);
}
