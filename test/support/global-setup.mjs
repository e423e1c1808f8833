// What the plugin and engine rings need: the service that keeps the stacks' keys, and the engine and the user's install unless `npm test` made them.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { findEngine } from "../../scripts/engine.mjs";
import { installed, nodeFolder } from "../../scripts/lib/tools.mjs";
import { makeUserInstall } from "../../scripts/user-install.mjs";
import { startKeyService } from "./key-service.mjs";

export default async function prepare() {
  process.env.TEST_ENGINE_BIN ??= (await findEngine()).bin;
  process.env.TEST_NODE_BIN ??= await nodeFolder();
  await buildTools();
  process.env.TEST_KEY_SERVICE = await startKeyService();
  if (process.env.TEST_USER_INSTALL === undefined) {
    const { folder, remove } = await makeUserInstall();
    process.env.TEST_USER_INSTALL = folder;
    process.on("exit", remove);
  }
}

/** What tests need of Go and esbuild, built before any test's time runs. A test that lacks something says so itself. */
async function buildTools() {
  await installed("bundle");
  if (spawnSync("go", ["version"]).status !== 0) return;
  for (const script of ["language-yaml.mjs", "sdks.mjs"]) {
    const path = fileURLToPath(new URL(`../../scripts/engine/${script}`, import.meta.url));
    spawnSync(process.execPath, [path], { stdio: ["ignore", "ignore", "inherit"] });
  }
}
