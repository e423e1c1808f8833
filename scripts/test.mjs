// `npm test`: gets the engine, makes a user's install of the packed package, and runs all tests against them. Arguments go to jest.
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { argv, execPath, exit } from "node:process";
import { findEngine } from "./engine.mjs";
import { nodeFolder, pathWith, projectFolder } from "./lib/process.mjs";
import { makeUserInstall } from "./user-install.mjs";

/** Two tests with an engine keep two cores busy; more only makes each of them slower. */
const workers = ["-w", "2"];

async function runTests() {
  const engine = await findEngine();
  process.stderr.write(`Pulumi ${engine.version} from ${engine.from}\n`);
  const install = await makeUserInstall();
  try {
    return await jest({ TEST_ENGINE_BIN: engine.bin, TEST_USER_INSTALL: install });
  } finally {
    rmSync(install, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function jest(env) {
  // npm starts this with the project's Node; started by hand it may be another, which the tests would then run on.
  const program = join(dirname(createRequire(import.meta.url).resolve("jest/package.json")), "bin/jest.js");
  const child = spawn(execPath, [program, ...workers, ...argv.slice(2)], {
    cwd: projectFolder,
    env: { ...process.env, PATH: pathWith(nodeFolder), ...env },
    stdio: "inherit",
  });
  // Ctrl-C reaches jest as well; this process has to live on until it has ended, to remove the install.
  for (const name of ["SIGINT", "SIGTERM"]) {
    process.on(name, () => name === "SIGTERM" && child.kill(name));
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

try {
  exit(await runTests());
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.stdout.write("\n0 passed, 1 failed\n");
  exit(1);
}
