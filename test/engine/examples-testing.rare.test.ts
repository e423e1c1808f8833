// examples/testing: its tests are run by its own `npm test`, its program by the engine.
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "../support/command";
import { copyExample, linkTools, openExample } from "../support/examples";
import { cleanEnvironment, engineFolder, sdkFolder } from "../support/install";
import { projectFolder } from "../support/layouts";

test("the unit tests and the integration tests pass, and leave nothing behind", async () => {
  const folder = projectFolder("testing");
  copyExample("testing", folder);
  linkTools(folder, "jest", "ts-jest", "@types/jest");
  const files = readdirSync(folder);
  const tools = resolve(__dirname, "../../node_modules/.bin");
  const env = {
    ...cleanEnvironment(folder, [engineFolder(), sdkFolder(), tools]),
    PULUMI_HOME: `${folder}/node_modules/.pulumi`,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    npm_config_cache: `${folder}/node_modules/.npm`,
  };
  const result = await new Command("npm", ["test"], { cwd: folder, env }).done;
  expect(result.all).toContain("Tests:       5 passed, 5 total");
  expect(result.code).toBe(0);
  expect(readdirSync(folder)).toEqual(files);
});

test("the program can be deployed like any other", async () => {
  const { stack } = await openExample("testing");
  expect((await stack.up()).changes).toEqual({ created: 5 });
  expect((await stack.up(["--expect-no-changes"])).changes).toEqual({ unchanged: 5 });
  await stack.expectDestroyed();
});
