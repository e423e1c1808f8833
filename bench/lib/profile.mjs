// Where the provider process spends its CPU time at N = 1000, ours beside the floor: why an operation takes longer than the floor's.
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openAccount } from "./account.mjs";
import { openProject } from "./arms.mjs";

const PROFILED = ["up", "refresh", "destroy"];
const preload = fileURLToPath(new URL("profile-preload.cjs", import.meta.url));

/** Milliseconds by kind of code, for each operation and arm. Sampling costs some, so that these times are not those of the tables. */
export async function measureProfile(world, n) {
  const folder = join(world.root, "profiles");
  const extraEnv = { ...world.extraEnv, NODE_OPTIONS: `--require ${preload}`, BENCH_PROFILE: folder };
  const result = { n, operations: Object.fromEntries(PROFILED.map((name) => [name, {}])) };
  for (const arm of ["ours", "floor"]) {
    const account = await openAccount(world.install);
    try {
      const cell = { arm, kind: "ssh-key", n, latency: 0 };
      const project = await openProject(arm, { ...world, extraEnv }, cell, account);
      for (const operation of PROFILED) {
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder, { recursive: true });
        const { problem } = await project.run(operation);
        if (problem) throw new Error(`${arm}, ${operation}: ${problem}`);
        result.operations[operation][arm] = total(folder);
      }
    } finally {
      await account.close();
    }
  }
  return result;
}

/** There may be several processes: of these the sums. */
function total(folder) {
  const sums = {};
  for (const name of readdirSync(folder)) {
    for (const [kind, ms] of Object.entries(JSON.parse(readFileSync(join(folder, name), "utf8")))) {
      sums[kind] = Math.round((sums[kind] ?? 0) + ms);
    }
  }
  return sums;
}
