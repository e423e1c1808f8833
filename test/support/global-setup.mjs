// What the plugin and engine rings need: the service that keeps the stacks' keys, and the engine and the user's install unless `npm test` made them.
import { findEngine } from "../../scripts/engine.mjs";
import { nodeFolder } from "../../scripts/lib/tools.mjs";
import { makeUserInstall } from "../../scripts/user-install.mjs";
import { startKeyService } from "./key-service.mjs";

export default async function prepare() {
  process.env.TEST_ENGINE_BIN ??= (await findEngine()).bin;
  process.env.TEST_NODE_BIN ??= await nodeFolder();
  process.env.TEST_KEY_SERVICE = await startKeyService();
  if (process.env.TEST_USER_INSTALL === undefined) {
    const { folder, remove } = await makeUserInstall();
    process.env.TEST_USER_INSTALL = folder;
    process.on("exit", remove);
  }
}
