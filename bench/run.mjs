// `npm run bench`: measures this package against the engine itself and against its alternatives. Not part of CI: it takes long and wants a quiet machine.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, exit, stdout } from "node:process";
import { parseArgs } from "node:util";
import { findEngine } from "../scripts/engine.mjs";
import { projectFolder } from "../scripts/lib/process.mjs";
import { makeUserInstall } from "../scripts/user-install.mjs";
import { measureEmulator, openAccount } from "./lib/account.mjs";
import { ARMS, installFloor, keys, openProject, OPERATIONS } from "./lib/arms.mjs";
import { report } from "./lib/report.mjs";
import { Results } from "./lib/results.mjs";
import { measureStartup } from "./lib/startup.mjs";
import { obtainTerraform } from "./terraform/obtain.mjs";

const USAGE = `Usage: npm run bench [-- options]

Measures first up, no-op preview, no-op up, refresh and destroy of N resources. Without options: everything but the growth, ~80 minutes
on two cores. What is measured is kept after every cell; Ctrl-C ends a run, and --continue goes on with it.

  --quick               a minute: ours, floor and closure with 30 resources, one round, no latency, no start-up; results of its own
  --growth              ours and floor from 10 to 5000 resources, one round, added to the last results: ~105 minutes, most of it for 5000
  --continue            add to the last results what they lack, instead of beginning anew
  --arms A,B            of ${ARMS.join(", ")} (default: all; the floor is always among them)
  --n N,N               numbers of resources (default: 1,100,1000)
  --latency MS,MS       of the API (default: 0,20)
  --rounds N            rounds, the arms in turn (default: 3; closure with 1000 and more, and mirror with latency: fewer)
  --kind KIND           ssh-key or service-key; the latter for ours, floor and mirror (default: ssh-key)
  --env NAME=VALUE      a variable for the engine, to try its settings; may be repeated; results of its own
  --only PARTS          of emulator, startup, cells, limit (default: all)
  --max-minutes N       begin nothing new after that long (default: 180)
  --plan                only say what would be measured and how long it would take
  --report              only make the tables and charts from the last results
  --help
`;

const LIST = (text) => text.split(",").map((part) => part.trim());
const NUMBERS = (text) => LIST(text).map(Number);
const PARTS = ["emulator", "startup", "cells", "limit"];

function readOptions() {
  const text = { type: "string" };
  const flag = { type: "boolean" };
  const { values } = parseArgs({
    options: {
      ...{ quick: flag, growth: flag, continue: flag, plan: flag, report: flag, help: flag },
      ...{ arms: text, n: text, latency: text, rounds: text, kind: text, only: text, "max-minutes": text },
      env: { type: "string", multiple: true },
    },
  });
  const { quick = false, growth = false } = values;
  const usual = quick
    ? { arms: "ours,floor,closure", n: "30", latency: "0", rounds: "1", only: "cells" }
    : growth
      ? { arms: "ours,floor", n: "10,30,100,300,1000,2000,5000", latency: "0", rounds: "1", only: "cells" }
      : { arms: ARMS.join(), n: "1,100,1000", latency: "0,20", rounds: "3", only: PARTS.join() };
  const given = { ...usual, ...values };
  const options = {
    ...values,
    carryOn: Boolean(values.continue) || growth,
    arms: [...new Set(["floor", ...LIST(given.arms)])],
    n: NUMBERS(given.n),
    latency: NUMBERS(given.latency),
    rounds: Number(given.rounds),
    kind: given.kind ?? "ssh-key",
    only: LIST(given.only),
    maxMinutes: Number(values["max-minutes"] ?? 180),
    env: Object.fromEntries((values.env ?? []).map((pair) => pair.split(/=(.*)/s).slice(0, 2))),
    official: !quick && !values.env,
    file: join(projectFolder, quick || values.env ? "reports/bench.json" : "bench/results.json"),
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

/** All cells in the order in which they are measured: rounds outermost, so that a slow spell of the machine hits every arm. */
function planCells({ arms, n, latency, rounds, kind }) {
  const cells = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const count of n) {
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
  if (kind === "service-key") return ["ours", "floor", "mirror"].includes(arm);
  // Minutes for each round, to tell 2 × from 2.1 ×.
  if (arm === "closure" && n >= 1000) return round === 1;
  return arm !== "mirror" || latency === 0;
}

/** What a cell takes on two cores, by experience. */
function secondsOf({ arm, n, latency }) {
  const waiting = (n * latency) / 1000;
  if (arm === "terraform") return 3 + 0.08 * n;
  const floor = 17 + 0.03 * n + 9e-5 * n * n + waiting / 8;
  return arm === "closure" ? floor * 2.2 + waiting / 8 : floor;
}

const say = (text = "") => void stdout.write(`${text}\n`);
const minutes = (seconds) => (seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);

async function makeWorld(options, signal) {
  const engine = await findEngine();
  say(`Pulumi ${engine.version} from ${engine.from}`);
  const install = await makeUserInstall();
  installFloor(install);
  const root = mkdtempSync(join(tmpdir(), "pulumi-bench-"));
  mkdirSync(join(install, "projects"), { recursive: true });
  const wanted = options.arms.includes("terraform") && options.only.includes("cells");
  const terraform = wanted ? await obtainTerraform(say) : undefined;
  const remove = () => {
    for (const folder of [root, install])
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  return { engine, install, root, terraform, extraEnv: options.env, signal, remove };
}

/** All operations of one arm with an account and a stack of its own. The first failure ends the cell. */
async function measureCell(world, cell, operations = OPERATIONS) {
  const account = await openAccount(world.install, { latency: cell.latency, rateLimit: cell.rateLimit });
  const result = { ...cell, at: new Date().toISOString(), operations: {} };
  try {
    const project = await openProject(cell.arm, world, cell, account);
    await account.take();
    for (const operation of operations) {
      const { ms, processes, problem, output } = await project.run(operation);
      const { requests, received, sent, connections, cpuMs } = await account.take();
      if (problem) {
        return { ...result, problem: `${operation}: ${problem}`, output: output.slice(-2000) };
      }
      const emulator = { cpuMs };
      result.operations[operation] = { ms, requests, received, sent, connections, processes, emulator };
      if (operation === "up") result.stateBytes = project.stateBytes();
    }
    return result;
  } catch (error) {
    return { ...result, problem: error.message };
  } finally {
    await account.close();
  }
}

function nameOf({ arm, n, latency, rateLimit, round }) {
  const limit = rateLimit ? `, ${rateLimit} requests a second` : "";
  return `${arm}, N = ${n}, ${latency} ms${limit}, round ${round}`;
}

async function measureCells(cells, world, results, deadline) {
  const todo = cells.filter((cell) => !results.find(cell) && (cell.arm !== "terraform" || world.terraform));
  const whole = todo.reduce((sum, cell) => sum + secondsOf(cell), 0);
  let done = 0;
  for (const [index, cell] of todo.entries()) {
    if (world.signal.aborted) return;
    if (performance.now() > deadline) {
      say(`Time is up with ${todo.length - index} cells left; --continue goes on with them.`);
      return;
    }
    const left = minutes(whole - done);
    stdout.write(`[${index + 1}/${todo.length}, ~${left} left] ${nameOf(cell)}: `);
    const result = await measureCell(world, cell);
    if (world.signal.aborted) return;
    results.add(result);
    const times = Object.entries(result.operations).map(
      ([name, { ms }]) => `${name} ${(ms / 1000).toFixed(1)}`,
    );
    say(result.problem ? `FAILED, ${result.problem}\n${result.output ?? ""}` : `${times.join(", ")} s`);
    done += secondsOf(cell);
  }
}

/** 200 resources at 20 requests a second. */
async function measureLimit(world, results) {
  const cell = { kind: "ssh-key", n: 200, latency: 20, round: 1 };
  for (const [arm, rateLimit] of [
    ["floor", undefined],
    ["ours", undefined],
    ["ours", 20],
  ]) {
    const limited = { ...cell, arm, rateLimit };
    if (world.signal.aborted || results.find(limited)) continue;
    stdout.write(`${nameOf(limited)}: `);
    const result = await measureCell(world, limited);
    if (world.signal.aborted) return;
    results.add(result);
    const told = Object.entries(result.operations).map(
      ([name, { ms, requests }]) => `${name} ${(ms / 1000).toFixed(1)} s ${JSON.stringify(requests)}`,
    );
    say(result.problem ? `FAILED, ${result.problem}\n${result.output ?? ""}` : told.join(", "));
  }
}

async function main() {
  const options = readOptions();
  if (options.help) return say(USAGE);
  const cells = planCells(options);
  const seconds = cells.reduce((sum, cell) => sum + secondsOf(cell), 0);
  say(`${cells.length} cells, about ${minutes(seconds)} on a quiet machine with two cores.`);
  if (options.plan) return cells.forEach((cell) => say(`  ${nameOf(cell)}: ~${minutes(secondsOf(cell))}`));
  const command = ["npm run bench", ...(argv.length > 2 ? ["--", ...argv.slice(2)] : [])].join(" ");
  if (options.report) {
    const data = JSON.parse(readFileSync(options.file, "utf8"));
    return say(report(data, { write: options.official }));
  }
  const deadline = performance.now() + options.maxMinutes * 60_000;
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => controller.abort());
  const world = await makeWorld(options, controller.signal);
  try {
    const results = new Results(options.file, { carryOn: options.carryOn, command, engine: world.engine });
    const has = (part) => options.only.includes(part) && !controller.signal.aborted;
    if (has("emulator") && !results.data.emulator) {
      results.set("emulator", await measureEmulator(world.install, keys(1000)));
      say(`The emulator alone: ${JSON.stringify(results.data.emulator)}`);
    }
    if (has("startup") && !results.data.startup) {
      results.set("startup", await measureStartup(world.install, { rounds: 9, creations: 1000 }));
      say(`Start-up: ${JSON.stringify(results.data.startup)}`);
    }
    if (has("limit")) await measureLimit(world, results);
    if (has("cells")) await measureCells(cells, world, results, deadline);
    say(report(results.data, { write: options.official }));
    say(`Written to ${options.file}`);
    if (controller.signal.aborted) return 130;
    return results.data.cells.some(({ problem }) => problem) ? 1 : 0;
  } finally {
    world.remove();
  }
}

try {
  exit((await main()) ?? 0);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  exit(1);
}
