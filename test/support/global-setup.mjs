// Lets the plugin and engine rings run under jest alone: makes the engine and the user's install unless `npm test` did.
import { findEngine } from "../../scripts/engine.mjs";
import { nodeFolder } from "../../scripts/lib/tools.mjs";
import { makeUserInstall } from "../../scripts/user-install.mjs";

export default async function prepare() {
  process.env.TEST_ENGINE_BIN ??= (await findEngine()).bin;
  process.env.TEST_NODE_BIN ??= await nodeFolder();
  if (process.env.TEST_USER_INSTALL === undefined) {
    const { folder, remove } = await makeUserInstall();
    process.env.TEST_USER_INSTALL = folder;
    process.on("exit", remove);
  }
}
