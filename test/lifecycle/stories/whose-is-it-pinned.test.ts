// A name or description of the program's own that only looks generated proves nothing: another stack's key stays.
import { Holders } from "../../../src/lifecycle/holders";
import { ServiceKey, SshKey } from "../../support/engine-resources";
import { account, stack } from "../../support/fresh-stack";
import { publicKey } from "../../support/public-key";
import { StoryStack } from "../../support/story-stack";

const MIN = 60_000;
const SSH = { publicKey: publicKey(1), name: "deploy-a1b2c3d" };
const PINNED = { service: "dns", description: "pulumi test/dev/db #abc1234" };
let other: StoryStack;
beforeEach(() => void (other = new StoryStack(account, "prod")));

test("an SSH key named after a commit, registered by two stacks within minutes, and the 409 is lost: the first stack's key outlives the second's destroy", async () => {
  other.declare("db", SshKey, SSH);
  await other.up();
  account.timing.elapsed += 5 * MIN;
  stack.declare("db", SshKey, SSH);
  await stack.up({ troubles: [{ fate: "answer lost" }] });
  await stack.destroy();
  expect(account.live).toEqual(other.ids);
});

test("the same, unresolved by the local clock, and the other stack registers it later: any clean-up leaves it", async () => {
  stack.declare("db", SshKey, SSH);
  await stack.up({ troubles: [{ fate: "never arrives" }, { method: "GET", fate: "401", times: 3 }] });
  account.timing.elapsed += 50_000 * MIN;
  other.declare("db", SshKey, SSH);
  await other.up();
  await stack.destroy();
  expect(account.live).toEqual(other.ids);
});

test("two stacks pin one description of a generated form: a lost response revokes nothing of the other's", async () => {
  other.declare("db", ServiceKey, PINNED);
  await other.up();
  account.timing.elapsed += 5 * MIN;
  stack.declare("db", ServiceKey, PINNED);
  await stack.up({ troubles: [{ fate: "never arrives" }] });
  expect(account.live).toEqual(expect.arrayContaining(other.ids));
});

test("the same, unresolved, a month later", async () => {
  stack.declare("db", ServiceKey, PINNED);
  await stack.up({ troubles: [{ fate: "never arrives" }, { method: "GET", fate: "401", times: 3 }] });
  account.timing.elapsed += MIN;
  other.declare("db", ServiceKey, PINNED);
  await other.up();
  account.pass(30);
  await stack.up();
  expect(account.live).toEqual(expect.arrayContaining(other.ids));
});

test("row 12: two resources of one stack", async () => {
  stack.declare("a", SshKey, SSH);
  await stack.up();
  account.timing.elapsed += 5 * MIN;
  stack.declare("b", SshKey, SSH);
  expect(await stack.up({ troubles: [{ fate: "answer lost" }] })).toBe(false);
});

test.each([
  ["SSH key", SshKey, { publicKey: publicKey(1), name: "deploy-a1b2c3d" }],
  ["service key", ServiceKey, { service: "dns", description: "pulumi test/dev/db #abc1234" }],
])('%s: the engine hands back all old inputs (ignoreChanges: ["*"])', async (_w, type, inputs) => {
  stack.declare("it", type, inputs);
  await stack.up();
  const held = stack.held("it");
  const { failures } = type.check(held.inputs, { ...held.inputs }, new Holders());
  expect(failures).toEqual([]);
});

test("up --replace with a generated description that `ignoreChanges` names, and then without that option: nothing changes", async () => {
  const inputs = { service: "dns", description: "pulumi test/dev/it #${hex(7)}" };
  stack.declare("it", ServiceKey, inputs, { ignoreChanges: ["description"] });
  await stack.up();
  // The engine passes the text of the state, and no old inputs.
  stack.declare("it", ServiceKey, { ...inputs, description: stack.held("it").inputs["description"] });
  await stack.up({ replace: "it" });
  const after = stack.ids;
  stack.declare("it", ServiceKey, inputs);
  await stack.up();
  expect({ errors: stack.errors, held: stack.ids }).toEqual({ errors: [], held: after });
});
