// An `onError` hook that asks again, with the real engine: it throws away what the first call reported, and the second goes on from there.

import { nodeProgram } from "../support/install";
import { liveIds, openStack } from "../support/engine";

/** An inline program, since the language host that can be built from modules knows no such hooks. */
const PROGRAM = `
  const pulumi = require("@pulumi/pulumi");
  const { LocalWorkspace } = require("@pulumi/pulumi/automation");
  const wayscloud = require("pulumi-wayscloud");
  const failed = [];
  const program = async () => {
    const again = new pulumi.ErrorHook("again", ({ failedOperation, name }) => {
      const what = failedOperation + " " + name;
      // Once for each.
      return !failed.includes(what) && failed.push(what) > 0;
    });
    const hooks = { hooks: { onError: [again] } };
    new wayscloud.ServiceKey("db", { service: "database" }, hooks);
    new wayscloud.ServiceKey("ci", { service: "dns", description: "ci key" }, hooks);
  };
  (async () => {
    const stack = await LocalWorkspace.createOrSelectStack({ stackName: "inline", projectName: "inline", program });
    let said = "";
    await stack.up({ onOutput: (text) => (said += text) }).catch((error) => (said += error.message));
    const { deployment } = await stack.exportStack();
    const held = (deployment.resources ?? []).filter(({ type }) => type.endsWith(":ServiceKey")).map(({ id }) => id);
    console.log(JSON.stringify({ failed, held, said }));
  })();
`;

test("row 52, a hook that asks again for keys whose responses were lost: no key is left without a word", async () => {
  const { emulator, stack } = await openStack();
  for (const contains of ["inline/db", "ci key"])
    emulator.faults.add({ method: "POST", contains, reset: true, commit: true });
  emulator.faults.add({ method: "DELETE", status: 503, times: 4 });
  stack.writeFile("automation.cjs", PROGRAM);
  const { code, stdout } = await stack.exec(nodeProgram(), ["automation.cjs"], { PULUMI_STACK: undefined })
    .done;
  expect(code).toBe(0);
  const { failed, held, said } = JSON.parse(stdout) as Record<"failed" | "held", string[]> & { said: string };
  expect(failed.sort()).toEqual(["create ci", "create db"]);
  expect(liveIds(emulator).filter((id) => !held.includes(id) && !said.includes(id))).toEqual([]);
});
