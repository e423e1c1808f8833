// The charts, as plain SVG: no library, readable on light and dark pages.
import { ARMS, OPERATIONS } from "./arms.mjs";

const COLOURS = {
  set: "#3aa17e",
  ours: "#0b6e4f",
  native: "#5fa8d3",
  floor: "#8d99ae",
  mirror: "#c3cad6",
  closure: "#d1495b",
  terraform: "#7b5ea7",
  "terraform-by-id": "#b39ddb",
};
const FONT = 'font-family="system-ui, sans-serif"';

const escape = (text) => text.replace(/[<>&]/g, (sign) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;" })[sign]);
const write = (x, y, text, more = "") =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escape(text)}</text>`;

function page(width, height, title, parts) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}" ${FONT} font-size="12" fill="#1b1f24">
<rect width="${width}" height="${height}" rx="8" fill="#ffffff"/>
${parts.join("\n")}
</svg>
`;
}

function footer({ date, machine, command }, y) {
  // Where a run was continued, the first command is the one that made most of it; docs/measurements.md has them all.
  return write(
    20,
    y,
    `${date}, ${machine}; ${command.split(" and then ")[0]}`,
    'font-size="11" fill="#57606a"',
  );
}

/** Seconds of every operation, a bar for each arm. */
export function comparisonChart(data, view, group) {
  const arms = ARMS.filter((arm) => arm !== "mirror" && view.of(arm, group).length > 0);
  const longest = Math.max(
    ...arms.flatMap((arm) => OPERATIONS.map((operation) => view.value(arm, group, operation) ?? 0)),
  );
  const [left, width, bar, gap] = [110, 760, 16, 14];
  const scale = (width - left - 150) / longest;
  const title = `${group.n} SSH keys, API latency ${group.latency} ms: seconds for each operation`;
  const parts = [write(20, 28, title, 'font-size="15" font-weight="600"')];
  let y = 48;
  let x = left;
  for (const arm of arms) {
    parts.push(
      `<rect x="${x}" y="${y - 10}" width="12" height="12" fill="${COLOURS[arm]}"/>`,
      write(x + 17, y, arm),
    );
    x += 100;
  }
  y += 16;
  for (const operation of OPERATIONS) {
    parts.push(write(left - 10, y + (arms.length * bar) / 2 + 4, operation, 'text-anchor="end"'));
    for (const arm of arms) {
      const ms = view.value(arm, group, operation);
      if (ms === undefined) continue;
      const length = Math.max(1, ms * scale);
      const ratio = view.ratio(arm, group, operation);
      const label = `${(ms / 1000).toFixed(1)} s${arm === "floor" || ratio === undefined ? "" : `  ${ratio.toFixed(2)} ×`}`;
      parts.push(
        `<rect x="${left}" y="${y + 1}" width="${length.toFixed(1)}" height="${bar - 2}" fill="${COLOURS[arm]}"/>`,
      );
      parts.push(write(left + length + 6, y + bar - 4, label));
      y += bar;
    }
    y += gap;
  }
  parts.push(footer(data, y + 8));
  return page(width, y + 22, title, parts);
}

/** Milliseconds for each resource over N, both axes logarithmic; ours drawn through, the floor dashed. */
export function growthChart(data, view) {
  const colours = ["#0b6e4f", "#7b5ea7", "#d08c00", "#1f77b4", "#d1495b"];
  const lines = OPERATIONS.flatMap((operation, index) =>
    ["ours", "floor"].map((arm) => {
      const sizes = [
        ...new Set(
          view.cells.filter((cell) => cell.arm === arm && !cell.once && cell.n >= 10).map(({ n }) => n),
        ),
      ];
      const points = sizes
        .sort((a, b) => a - b)
        .map((n) => [n, view.value(arm, { n }, operation)])
        .filter(([, ms]) => ms !== undefined)
        .map(([n, ms]) => [n, ms / n]);
      return { operation, arm, points, colour: colours[index] };
    }),
  ).filter(({ points }) => points.length > 3);
  if (lines.length === 0) return undefined;
  const [width, height, left, top, right, bottom] = [760, 420, 60, 50, 150, 60];
  const all = lines.flatMap(({ points }) => points);
  const span = (values) => [Math.log10(Math.min(...values)), Math.log10(Math.max(...values))];
  const [x0, x1] = span(all.map(([n]) => n));
  const [y0, y1] = span(all.map(([, ms]) => ms));
  const x = (n) => left + ((Math.log10(n) - x0) / (x1 - x0)) * (width - left - right);
  const y = (ms) => height - bottom - ((Math.log10(ms) - y0) / (y1 - y0 || 1)) * (height - top - bottom);
  const title = "Milliseconds for each resource, by the number of resources in the stack";
  const parts = [write(20, 28, title, 'font-size="15" font-weight="600"')];
  for (const n of [...new Set(all.map(([each]) => each))]) {
    parts.push(
      `<line x1="${x(n).toFixed(1)}" x2="${x(n).toFixed(1)}" y1="${top}" y2="${height - bottom}" stroke="#e6e8eb"/>`,
    );
    parts.push(write(x(n), height - bottom + 16, String(n), 'text-anchor="middle"'));
  }
  for (let power = Math.ceil(y0); power <= y1; power += 1) {
    parts.push(
      `<line x1="${left}" x2="${width - right}" y1="${y(10 ** power).toFixed(1)}" y2="${y(10 ** power).toFixed(1)}" stroke="#e6e8eb"/>`,
    );
    parts.push(write(left - 6, y(10 ** power) + 4, `${10 ** power} ms`, 'text-anchor="end"'));
  }
  for (const { arm, points, colour } of lines) {
    const path = points.map(([n, ms]) => `${x(n).toFixed(1)},${y(ms).toFixed(1)}`).join(" ");
    const dash = arm === "floor" ? ' stroke-dasharray="5 4"' : "";
    parts.push(`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>`);
  }
  OPERATIONS.forEach((operation, index) => {
    const at = top + 14 + index * 18;
    parts.push(
      `<line x1="${width - right + 14}" x2="${width - right + 34}" y1="${at - 4}" y2="${at - 4}" stroke="${colours[index]}" stroke-width="2"/>`,
    );
    parts.push(write(width - right + 40, at, operation));
  });
  parts.push(write(width - right + 14, top + 14 + OPERATIONS.length * 18 + 6, "— ours   - - floor"));
  parts.push(footer(data, height - 16));
  return page(width, height, title, parts);
}
