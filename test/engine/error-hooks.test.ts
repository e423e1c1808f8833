// An `onError` hook that asks again, with the real engine: it throws away what the first call reported, and the second goes on from there.
import { join } from "node:path";

import { Command } from "../support/command";
import { nodeProgram } from "../support/install";
import { openWorld, publicKey, SSH_KEYS, takeRequests } from "../support/world";

jest.setTimeout(120_000);

// An inline program: the language host that can be built from modules knows no such hooks.
const automation = `
  const pulumi = require("@pulumi/pulumi");
  const { LocalWorkspace } = require("@pulumi/pulumi/automation");
  const { SshKeySet } = require("pulumi-wayscloud");
  const failed = [];
  let publicKeys = ${JSON.stringify({ anna: publicKey("anna"), bjarne: publicKey("bjarne") })};
  const program = async () => {
    const again = new pulumi.ErrorHook("again", ({ failedOperation }) => failed.push(failedOperation) > 0);
    const team = new SshKeySet("team", { publicKeys }, { hooks: { onError: [again] } });
    return { ids: team.keys.apply((keys) => Object.values(keys).map(({ id }) => id).sort()) };
  };
  (async () => {
    const stack = await LocalWorkspace.createOrSelectStack({ stackName: "inline", projectName: "inline", program });
    const quiet = { onOutput: () => {} };
    const created = await stack.up(quiet);
    publicKeys = ${JSON.stringify({ bjarne: publicKey("bjarne"), carl: publicKey("carl"), dora: publicKey("dora") })};
    const updated = await stack.up(quiet);
    console.log(JSON.stringify({ failed, ids: [created, updated].map(({ outputs }) => outputs.ids.value) }));
  })().catch((error) => { console.error(error.message); process.exitCode = 1; });
`;

test("a set of SSH keys whose creation and update fail for one entry: a hook that asks again adds that one, and no key is lost", async () => {
  const { emulator, stack } = await openWorld();
  stack.writeFile("automation.cjs", automation);
  for (const name of ["bjarne", "dora"]) {
    emulator.faults.add({ method: "POST", contains: `"team-${name}"`, status: 422 });
  }
  const env = Object.fromEntries(Object.entries(stack.env).filter(([name]) => name !== "PULUMI_STACK"));
  const run = new Command(nodeProgram(), [join(stack.folder, "automation.cjs")], { cwd: stack.folder, env });
  const { code, stdout, stderr } = await run.done;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const { failed, ids } = JSON.parse(stdout) as { failed: string[]; ids: string[][] };
  expect(failed).toEqual(["create", "update"]);
  expect(takeRequests(emulator).filter((line) => line === `POST ${SSH_KEYS}`)).toHaveLength(3 + 3);
  expect(ids[0]).toHaveLength(2);
  expect(ids[1]).toEqual(
    emulator.account
      .sshKeys()
      .map(({ id }) => id)
      .sort(),
  );
});
