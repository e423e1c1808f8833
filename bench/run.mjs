// `npm run bench`: measures this package against the engine itself and against its alternatives. Not part of CI: it takes long and wants a quiet machine.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, exit, stdout } from "node:process";
import { findEngine } from "../scripts/engine.mjs";
import { makeUserInstall } from "../scripts/user-install.mjs";
import { measureEmulator, openAccount } from "./lib/account.mjs";
import { installFloor, isTerraform, keys, openProject, OPERATIONS } from "./lib/arms.mjs";
import { planCells, readOptions, secondsOf, USAGE } from "./lib/plan.mjs";
import { measureProfile } from "./lib/profile.mjs";
import { report } from "./lib/report.mjs";
import { Results } from "./lib/results.mjs";
import { measureStartup } from "./lib/startup.mjs";
import { obtainTerraform } from "./terraform/obtain.mjs";

const say = (text = "") => void stdout.write(`${text}\n`);
const minutes = (seconds) => (seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);

async function makeWorld(options, signal) {
  const engine = await findEngine();
  say(`Pulumi ${engine.version} from ${engine.from}`);
  const { folder: install } = await makeUserInstall();
  installFloor(install);
  const root = mkdtempSync(join(tmpdir(), "pulumi-bench-"));
  mkdirSync(join(install, "projects"), { recursive: true });
  const wanted = options.arms.some(isTerraform) && options.only.includes("cells");
  const terraform = wanted ? await obtainTerraform(say) : undefined;
  const remove = () => {
    for (const folder of [root, install])
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  return { engine, install, root, terraform, extraEnv: options.env, signal, remove };
}

/** What the engine takes without writing the state at every step. For measuring only: a run that is killed would lose every one-time key. */
const WRITTEN_ONCE = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

/** All operations of one arm with an account and a stack of its own. The first failure ends the cell. */
async function measureCell(world, cell, operations = OPERATIONS) {
  const { latency, rateLimit } = cell;
  const account = await openAccount(world.install, { latency, rateLimit }, cell.arm === "terraform-by-id");
  const result = { ...cell, at: new Date().toISOString(), operations: {} };
  try {
    const extraEnv = { ...world.extraEnv, ...(cell.once ? WRITTEN_ONCE : {}) };
    const project = await openProject(cell.arm, { ...world, extraEnv }, cell, account);
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

function nameOf({ arm, n, latency, rateLimit, round, once }) {
  const limit = rateLimit ? `, ${rateLimit} requests a second` : "";
  return `${arm}, N = ${n}, ${latency} ms${limit}, round ${round}${once ? ", state written once" : ""}`;
}

async function measureCells(cells, world, results, deadline) {
  const todo = cells.filter((cell) => !results.find(cell) && (!isTerraform(cell.arm) || world.terraform));
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
    return say(report(data, options));
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
      results.set(
        "startup",
        await measureStartup(world.install, {
          rounds: 9,
          creations: 1000,
          arms: options.section === "hosts" ? ["ours", "native", "floor"] : ["ours", "floor"],
        }),
      );
      say(`Start-up: ${JSON.stringify(results.data.startup)}`);
    }
    if (has("limit")) await measureLimit(world, results);
    if (has("profile") && !results.data.profile) {
      say("The provider process, sampled, at N = 1000 …");
      results.set("profile", await measureProfile(world, 1000));
    }
    if (has("cells")) await measureCells(cells, world, results, deadline);
    say(report(results.data, options));
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
