// Lost responses under the real engine: what could not be cleaned up stays in the state, and the next `up` or `destroy` cleans it up; an `onError` hook
// that asks again throws away what the first call reported, and the second goes on from there.
import { API_KEYS, liveIds, type OpenStack, openStack, publicKey } from "../support/engine";
import { engineRows } from "../support/engine-rows";
import { nodeProgram } from "../support/install";

const resources = (trigger: string): string => `
  const quarter = { quarter: "${trigger}" };
  new wayscloud.ServiceKey("db", { service: "database", rotationTriggers: quarter });
  new wayscloud.PersonalAccessToken("ci", { scopes: ["ssh_keys:read"], rotationTriggers: quarter });
  new wayscloud.RotatingServiceKey("rotating", { service: "dns", rotateEveryDays: 30, overlapDays: 7, rotationTriggers: quarter });
  new wayscloud.SshKey("deploy", { publicKey: "${publicKey(trigger)}" });`;

const fourUnresolved: unknown[] = Array(4).fill(expect.stringMatching(/^unresolved\/[0-9a-f]{7}$/));

/** Live keys are exactly the state's; a rotating key names its own in its outputs. */
async function expectOnlyTheState({ emulator, stack }: OpenStack): Promise<void> {
  const state = await stack.resources();
  expect(state.filter(({ initErrors, delete: old }) => initErrors ?? old)).toEqual([]);
  const held = state.flatMap(({ id, outputs: { keyId = id, previousKeyId } = {} }) => [keyId, previousKeyId]);
  expect(held.filter((id) => typeof id === "string").sort()).toEqual(liveIds(emulator));
}

engineRows(
  __filename,
  "What could not be cleaned up, under the engine",
  {
    "unresolved, then cleaned up": expectOnlyTheState,
    "errors; the explicit one named": ({ emulator }: OpenStack, said: string, earlier: string) => {
      // A key with an explicit description may be somebody else's: it is named, and nothing is revoked.
      const [old, lost] = emulator.account.liveApiKeys();
      expect(old?.id).toBe(earlier);
      expect(said).not.toContain(earlier);
      expect(said).toContain(`${lost!.id} (created ${lost!.createdAt};`);
    },
  },
  [
    {
      promise:
        "lost while no list can be read: unresolved, also after a refresh, until `up` or `destroy` cleans up",
      rows: [
        [8, "all lost, no list; `up`"],
        [8, "all lost in a replacement, no list; `up`"],
        [8, "all lost in a replacement, no list; `destroy`"],
      ],
      program: resources("Q1"),
      story: async ({ emulator, stack }, row) => {
        /** Every creation of this `up` takes place and is lost, and no list can be read. */
        const loseEverything = async (): Promise<string> => {
          emulator.faults.add(
            { method: "POST", times: "always", reset: true, commit: true },
            { method: "GET", times: "always", status: 500 },
          );
          const { all } = await stack.up(["--continue-on-error"], { fails: true });
          emulator.faults.clear();
          return all;
        };
        expect(await loseEverything()).toContain("recorded in the state as unresolved");
        expect(await stack.heldIds()).toEqual(fourUnresolved);
        expect(liveIds(emulator)).toHaveLength(4);
        await stack.refresh();
        expect(await stack.heldIds()).toEqual(fourUnresolved);
        await stack.up();
        await row();

        // The same in a replacement, where the old keys must live until the new ones are there.
        const before = liveIds(emulator);
        stack.setProgram(resources("Q2"));
        await loseEverything();
        expect(liveIds(emulator)).toEqual(expect.arrayContaining(before));
        await stack.up();
        await stack.up(["--expect-no-changes"]);
        await row();

        stack.setProgram(resources("Q3"));
        await loseEverything();
        await stack.destroy();
        await row();
      },
    },
    {
      promise:
        "every response is lost: no secret is in the errors, in text or in --json events, and the next `up` works",
      rows: [[6, "every response is lost; explicit description among them"]],
      program: `
        new wayscloud.ServiceKey("db", { service: "database" });
        new wayscloud.PersonalAccessToken("ci", { scopes: ["ssh_keys:read"] });
        new wayscloud.ServiceKey("named", { service: "dns", description: "mine" });`,
      story: async ({ emulator: { account, faults }, stack }, row) => {
        const createdAt = "2024-03-05T10:00:00Z";
        const { id } = account.addApiKey({ service: "dns", description: "mine", createdAt });
        const always = { method: "POST", times: "always" } as const;
        faults.add(
          { ...always, path: `${API_KEYS}/pat`, malformed: true },
          { ...always, contains: "dev/db", echo: { what: "key" }, status: 500, commit: true },
          { ...always, contains: "mine", reset: true, commit: true },
        );
        const { all } = await stack.up(["--continue-on-error", "--json"], { fails: true });
        expect(await stack.resources()).toEqual([]);
        await row(all, id);
        faults.clear();
        account.remove(account.liveApiKeys()[1]!.id);
        await stack.up();
        expect(account.liveApiKeys()).toHaveLength(4);
        await stack.destroy();
        expect(account.liveApiKeys().map((key) => key.id)).toEqual([id]);
      },
    },
  ],
);

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
