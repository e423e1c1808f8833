// What is to be measured, by the command's options, and how long it will take.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectFolder } from "../../scripts/lib/process.mjs";
import { ARMS, isTerraform } from "./arms.mjs";

export const USAGE = `Usage: npm run bench [-- options]

Measures first up, no-op preview, no-op up, change of one key, refresh and destroy of N keys. Without options: everything but the growth, ~80 minutes
on two cores. What is measured is kept after every cell; Ctrl-C ends a run, and --continue goes on with it.

  --quick               a minute: ours, floor and closure with 30 resources, one round, no latency, no start-up; results of its own
  --set                 a whole team's SSH keys: set, ours, floor and OpenTofu with 10, 100 and 1000 keys, one round; a section of its own. ~8 minutes
  --hosts               both hosts beside the floor: ours, native and floor, 200 service keys, three rounds; a section of its own. ~5 minutes
  --growth              ours and floor from 10 to 5000 resources, one round, added to the last results. Above 2000 only with the state written
                        once at the end of each command, as it is also measured below: the engine needs hours otherwise. ~35 minutes
  --continue            add to the last results what they lack, instead of beginning anew
  --arms A,B            of ${ARMS.join(", ")} (default: all; the floor is always among them)
  --n N,N               numbers of resources (default: 1,100,1000)
  --latency MS,MS       of the API (default: 0,20)
  --rounds N            rounds, the arms in turn (default: 3; closure with 1000 and more, and mirror with latency: fewer)
  --kind KIND           ssh-key or service-key; the latter for ours, floor and mirror (default: ssh-key)
  --env NAME=VALUE      a variable for the engine, to try its settings; may be repeated; results of its own
  --only PARTS          of emulator, startup, limit, profile, cells (default: all)
  --max-minutes N       begin nothing new after that long (default: 180)
  --plan                only say what would be measured and how long it would take
  --report              only make the tables and charts from the last results
  --help
`;

const LIST = (text) => text.split(",").map((part) => part.trim());
const NUMBERS = (text) => LIST(text).map(Number);
const PARTS = ["emulator", "startup", "limit", "profile", "cells"];
const ONCE = { latency: "0", rounds: "1", only: "cells" };
/** By the option that asks for it. */
const PRESETS = {
  quick: { ...ONCE, arms: "ours,floor,closure", n: "30" },
  growth: { ...ONCE, arms: "ours,floor", n: "10,30,100,300,1000,2000,5000" },
  set: { ...ONCE, arms: "set,ours,floor,terraform,terraform-by-id", n: "10,100,1000" },
  hosts: {
    ...ONCE,
    arms: "ours,native,floor",
    n: "200",
    rounds: "3",
    kind: "service-key",
    only: "startup,cells",
  },
};

export function readOptions() {
  const text = { type: "string" };
  const flag = { type: "boolean" };
  const { values } = parseArgs({
    options: {
      ...{ quick: flag, growth: flag, set: flag, hosts: flag },
      ...{ continue: flag, plan: flag, report: flag, help: flag },
      ...{ arms: text, n: text, latency: text, rounds: text, kind: text, only: text, "max-minutes": text },
      env: { type: "string", multiple: true },
    },
  });
  const { quick = false, growth = false } = values;
  const preset = Object.keys(PRESETS).find((name) => values[name]);
  const everything = { arms: ARMS.join(), n: "1,100,1000", latency: "0,20", rounds: "3", only: PARTS.join() };
  const given = { ...(PRESETS[preset] ?? everything), ...values };
  const section = ["set", "hosts"].includes(preset) ? preset : undefined;
  const options = {
    ...values,
    carryOn: Boolean(values.continue) || growth,
    arms: [...new Set(["floor", ...LIST(given.arms)])],
    n: NUMBERS(given.n),
    latency: NUMBERS(given.latency),
    rounds: Number(given.rounds),
    kind: given.kind ?? "ssh-key",
    section,
    only: LIST(given.only),
    maxMinutes: Number(values["max-minutes"] ?? 180),
    env: Object.fromEntries((values.env ?? []).map((pair) => pair.split(/=(.*)/s).slice(0, 2))),
    official: !quick && !values.env,
    file: join(
      projectFolder,
      quick || values.env ? "reports/bench.json" : `bench/${section ?? "results"}.json`,
    ),
  };
  const wrong = [
    ...options.arms.filter((arm) => !ARMS.includes(arm)),
    ...options.only.filter((part) => !PARTS.includes(part)),
    ...[...options.n, options.rounds, options.maxMinutes].filter((number) => !(number >= 1)),
    ...options.latency.filter((number) => !(number >= 0)),
    ...[options.kind].filter((kind) => !["ssh-key", "service-key"].includes(kind)),
  ];
  if (wrong.length > 0) throw new Error(`not understood: ${wrong.join(", ")}`);
  return options;
}

/**
 * All cells in the order in which they are measured: rounds outermost, so that a slow spell of the machine hits every arm, and the largest
 * numbers first, so that time that runs out is lost to the least telling ones.
 */
export function planCells({ arms, n, latency, rounds, kind, growth }) {
  const cells = [];
  if (growth) {
    for (const count of n)
      for (const arm of arms) cells.push({ arm, kind, n: count, latency: 0, round: 1, once: true });
    n = n.filter((count) => count <= 2000);
  }
  for (let round = 1; round <= rounds; round += 1) {
    for (const count of growth ? n : n.toSorted((a, b) => b - a)) {
      for (const ms of latency) {
        const inTurn = ARMS.filter((arm) => arms.includes(arm) && isWorthwhile(arm, count, ms, round, kind));
        if (round % 2 === 0) inTurn.reverse();
        for (const arm of inTurn) cells.push({ arm, kind, n: count, latency: ms, round });
      }
    }
  }
  return cells;
}

function isWorthwhile(arm, n, latency, round, kind) {
  if (kind === "service-key") return ["ours", "native", "floor", "mirror"].includes(arm);
  // Minutes for each round, to tell 2 × from 2.1 ×.
  if (arm === "closure" && n >= 1000) return round === 1 && latency === 0;
  return arm !== "mirror" || latency === 0;
}

/** What a cell takes on two cores, by experience. */
export function secondsOf({ arm, n, latency, once }) {
  const waiting = (n * latency) / 1000;
  if (once) return 17 + 0.03 * n;
  if (arm === "set") return 20 + 0.01 * n + waiting / 8;
  if (isTerraform(arm)) return 3 + 0.08 * n;
  const floor = 17 + 0.03 * n + 9e-5 * n * n + waiting / 8;
  return arm === "closure" ? floor * 2.2 + waiting / 8 : floor;
}
