// Lets the plugin and engine rings run under jest alone: makes the engine and the user's install unless `npm test` did.
import { rmSync } from "node:fs";
import { findEngine } from "../../scripts/engine.mjs";
import { makeUserInstall } from "../../scripts/user-install.mjs";

export default async function prepare() {
  process.env.TEST_ENGINE_BIN ??= (await findEngine()).bin;
  if (process.env.TEST_USER_INSTALL === undefined) {
    const folder = (process.env.TEST_USER_INSTALL = await makeUserInstall());
    process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  }
}
