// An `onError` hook that asks again, with the real engine: it throws away what the first call reported, and the second goes on from there.

import { nodeProgram } from "../support/install";
import { type OpenStack, openStack } from "../support/engine";

/**
 * Runs an inline program, since the language host that can be built from modules knows no such hooks:
 * `declare` with the option that asks again, and `work`.
 */
async function run(
  { stack }: OpenStack,
  declare: string,
  work: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  stack.writeFile(
    "automation.cjs",
    `
  const pulumi = require("@pulumi/pulumi");
  const { LocalWorkspace } = require("@pulumi/pulumi/automation");
  const wayscloud = require("pulumi-wayscloud");
  const failed = [];
  let publicKeys;
  const program = async () => {
    const again = new pulumi.ErrorHook("again", ({ failedOperation, name }) => {
      const what = failedOperation + " " + name;
      // Once for each.
      return !failed.includes(what) && failed.push(what) > 0;
    });
    const hooks = { hooks: { onError: [again] } };
    ${declare}
  };
  (async () => {
    const stack = await LocalWorkspace.createOrSelectStack({ stackName: "inline", projectName: "inline", program });
    let said = "";
    const quiet = { onOutput: (text) => (said += text) };
    ${work}
  })().catch((error) => { console.error(error.message); process.exitCode = 1; });
`,
  );
  return stack.exec(nodeProgram(), ["automation.cjs"], { PULUMI_STACK: undefined }).done;
}

test("row 52, a hook that asks again for keys whose responses were lost: no key is left without a word", async () => {
  const both = await openStack();
  const { emulator } = both;
  for (const contains of ["inline/db", "ci key"])
    emulator.faults.add({ method: "POST", contains, reset: true, commit: true });
  emulator.faults.add({ method: "DELETE", status: 503, times: 4 });
  const { code, stdout } = await run(
    both,
    `new wayscloud.ServiceKey("db", { service: "database" }, hooks);
    new wayscloud.ServiceKey("ci", { service: "dns", description: "ci key" }, hooks);`,
    `const held = async () => {
      const { deployment } = await stack.exportStack();
      return (deployment.resources ?? []).filter(({ type }) => type.endsWith(":ServiceKey")).map(({ id }) => id);
    };
    await stack.up(quiet).catch((error) => (said += error.message));
    console.log(JSON.stringify({ failed, held: await held(), said }));`,
  );
  expect(code).toBe(0);
  const { failed, held, said } = JSON.parse(stdout) as Record<"failed" | "held", string[]> & { said: string };
  expect(failed.sort()).toEqual(["create ci", "create db"]);
  const live = emulator.account.liveApiKeys().map(({ id }) => id);
  expect(live.filter((id) => !held.includes(id) && !said.includes(id))).toEqual([]);
});
