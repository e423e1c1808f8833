// Kinds of programs: ES modules, a `main` in a subfolder, and programs driven by Pulumi's Automation API, as docs/options.md tells.
import { join } from "node:path";

import { nodeProgram } from "../support/install";
import { temporaryFolder, write } from "../support/layouts";
import { ObservedTable } from "../support/observed-table";
import { API_KEYS, type EngineStack, openStack, projectFile, takeRequests } from "../support/engine";
import type { Result } from "../support/command";

const table = new ObservedTable("docs/options.md", "Programs");
afterAll(() => table.compare());

test("ES modules may import by name, as a namespace or by default", async () => {
  const { stack } = await openStack();
  write(stack.folder, {
    "package.json": { name: "test", type: "module", main: "index.js" },
    "index.js": `
      import * as wayscloud from "pulumi-wayscloud";
      import byDefault, { getProfileOutput, ServiceKey } from "pulumi-wayscloud";
      const key = new ServiceKey("key", { service: "dns" });
      export const same = wayscloud.ServiceKey === ServiceKey && byDefault.ServiceKey === ServiceKey;
      export const instance = ServiceKey.isInstance(key) && key instanceof wayscloud.ServiceKey;
      export const customer = getProfileOutput().customerId;`,
  });
  await stack.up();
  expect(await stack.outputs()).toMatchObject({ same: true, instance: true, customer: expect.any(String) });
  await stack.expectDestroyed();
  table.tried('ES module in JavaScript (`"type": "module"`)');
});

test("the program may stand in a subfolder, and pulumi may be started elsewhere", async () => {
  const { emulator, stack } = await openStack();
  const text = `new (require("pulumi-wayscloud").ServiceKey)("key", { service: "dns" });`;
  write(stack.folder, {
    "Pulumi.yaml": projectFile("main: deep/src\n"),
    "deep/src/index.js": text,
    "deep/src/package.json": { name: "test", main: "index.js" },
    "elsewhere/Pulumi.yaml": projectFile(),
    "elsewhere/index.js": text,
    "elsewhere/package.json": { name: "test", main: "index.js" },
  });
  expect((await stack.up()).requests).toEqual([`POST ${API_KEYS}/service`]);
  table.tried("`main: deep/src` in `Pulumi.yaml`");
  await stack.up(["--cwd", "elsewhere", "--expect-no-changes"]);
  await stack.destroy(["--cwd", "elsewhere"]);
  expect(takeRequests(emulator).slice(1)).toEqual([expect.stringMatching(/^DELETE /)]);
  table.tried("`pulumi --cwd`");
});

const automation = `
  const pulumi = require("@pulumi/pulumi");
  const { LocalWorkspace } = require("@pulumi/pulumi/automation");
  const { ServiceKey } = require("pulumi-wayscloud");
  const hooked = [];
  const hook = (name) => new pulumi.ResourceHook(name, ({ newOutputs, oldOutputs }) => {
    const key = (newOutputs ?? oldOutputs)?.key;
    hooked.push([name, key?.["4dabf18193072939515e22adb298388d"] ? "marked secret" : typeof key]);
  });
  const inline = async () => {
    pulumi.runtime.registerResourceTransform(({ name, props, opts }) =>
      name === "transformed" ? { props: { ...props, description: "by the stack's transform" }, opts } : undefined);
    const hooks = { beforeCreate: [hook("beforeCreate")], afterCreate: [hook("afterCreate")], beforeDelete: [hook("beforeDelete")] };
    const key = new ServiceKey("hooked", { service: "dns" }, { hooks });
    new ServiceKey("transformed", { service: "dns" });
    return { key: key.key };
  };
  const [how, main] = process.argv.slice(2);
  const args = how === "local" ? { stackName: "dev", workDir: __dirname } : { stackName: "inline", projectName: "inline", program: inline };
  const settings = main ? { projectSettings: { name: "inline", runtime: "nodejs", main } } : {};
  (async () => {
    const stack = await LocalWorkspace.createOrSelectStack(args, settings);
    const quiet = { onOutput: () => {} };
    const created = await stack.up(quiet);
    const again = await stack.up(quiet);
    const gone = await stack.destroy({ ...quiet, ...(how === "inline" ? { runProgram: true } : {}) });
    const summary = (result) => result.summary.resourceChanges;
    console.log(JSON.stringify({ hooked, secret: created.outputs.key?.secret, changes: [created, again, gone].map(summary) }));
  })().catch((error) => { console.error(error.message); process.exitCode = 1; });
`;

function automate(stack: EngineStack, cwd: string, ...args: string[]): Promise<Result> {
  const file = join(stack.folder, "automation.cjs");
  return stack.exec(nodeProgram(), [file, ...args], { PULUMI_STACK: undefined }, cwd).done;
}

test("the Automation API runs inline and local programs, with hooks and a transform of the whole stack", async () => {
  const { emulator, stack } = await openStack({
    program: `new wayscloud.ServiceKey("key", { service: "dns" });`,
  });
  stack.writeFile("automation.cjs", automation);
  const local = await automate(stack, stack.folder, "local");
  expect(local).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(local.stdout)).toMatchObject({ changes: [{ create: 2 }, { same: 2 }, { delete: 2 }] });
  table.tried("Automation API, local program");

  takeRequests(emulator);
  const inline = await automate(stack, stack.folder, "inline");
  expect(inline).toMatchObject({ code: 0 });
  expect(JSON.parse(inline.stdout)).toEqual({
    hooked: [
      ["beforeCreate", "undefined"],
      ["afterCreate", "string"],
      ["beforeDelete", "marked secret"],
    ],
    secret: true,
    changes: [{ create: 3 }, { same: 3 }, { delete: 3, same: 3 }],
  });
  const posted = emulator.account.apiKeys().map(({ description }) => description);
  expect(posted).toContain("by the stack's transform");
  expect(emulator.account.liveApiKeys()).toEqual([]);
  table.tried("Automation API, inline program");
  table.tried("option `hooks`");
  table.tried("`registerResourceTransform` for the stack");
});

test("an inline program started elsewhere needs `main` in its project settings", async () => {
  const { emulator, stack } = await openStack();
  stack.writeFile("automation.cjs", automation);
  const [result = ""] = table.tried("Automation API, inline program started in another folder");
  const elsewhere = temporaryFolder();
  const failed = await automate(stack, elsewhere, "inline");
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain("could not read plugin");
  expect(failed.stderr).toContain(/`(.*?)`/.exec(result)![1]);
  expect(takeRequests(emulator)).toEqual([]);
  const { code, stderr } = await automate(stack, elsewhere, "inline", stack.folder);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(emulator.account.liveApiKeys()).toEqual([]);
});
