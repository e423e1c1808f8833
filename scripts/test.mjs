// `npm test`: gets the engine, makes a user's install of the packed package, and runs the tests against them; `--all` adds the rare combinations
// (test/support/rare.ts). Other arguments go to jest.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { argv, execPath, exit } from "node:process";
import { findEngine } from "./engine.mjs";
import { ended, start } from "./lib/process.mjs";
import { nodeFolder } from "./lib/tools.mjs";
import { makeUserInstall } from "./user-install.mjs";

const all = argv.includes("--all");
const args = argv.slice(2).filter((each) => each !== "--all");

/** Two tests with an engine keep two cores busy; two more fill the moments in which they wait. Rare tests of timing get more room: one more. */
const workers = ["-w", all ? "3" : "4"];

async function runTests() {
  const engine = await findEngine();
  process.stderr.write(`Pulumi ${engine.version} from ${engine.from}\n`);
  const node = await nodeFolder();
  const install = await makeUserInstall();
  try {
    const program = join(dirname(createRequire(import.meta.url).resolve("jest/package.json")), "bin/jest.js");
    const env = {
      TEST_ENGINE_BIN: engine.bin,
      TEST_NODE_BIN: node,
      TEST_USER_INSTALL: install.folder,
      ...(all ? { TEST_ALL: "yes" } : {}),
    };
    return (await ended(start(execPath, [program, ...workers, ...args], { env, stdio: "inherit" }))) ?? 1;
  } finally {
    install.remove();
  }
}

try {
  exit(await runTests());
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.stdout.write("\n0 passed, 1 failed\n");
  exit(1);
}
