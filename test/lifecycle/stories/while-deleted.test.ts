// A key is adopted or imported while another resource of the same run deletes it: the engine works on independent
// resources at the same time.
import type { Run } from "../../../src/lifecycle/run";
import { startProcess, type Trouble } from "../../model/network";
import { ServiceKey, SshKey, SshKeySet } from "../../support/engine-resources";
import { publicKey } from "../../support/public-key";
import { account, stack } from "../../support/story";

const REFUSED: Trouble = { method: "DELETE", nth: 1, times: 9, fate: "401", late: 0 };

interface Move {
  /** The key that one resource has, which the other wants. */
  before: string;
  letGo: () => Promise<unknown>;
  take: () => Promise<{ id: string }>;
}

async function outOfSet(run: Run): Promise<Move> {
  const publicKeys = { anna: publicKey("a"), bo: publicKey("b") };
  await stack.deploy("team", SshKeySet, { publicKeys, namePrefix: "team-" });
  const { id, inputs, outputs } = stack.held("team");
  const wanted = { publicKey: publicKey("a"), name: "team-anna", adoptExisting: true };
  const key = SshKey.check({}, { ...wanted, __owner: "test/dev/anna" }, run.holders).inputs;
  const next = { publicKeys: { bo: publicKey("b") }, namePrefix: "team-" };
  const news = SshKeySet.check(inputs, next, run.holders).inputs;
  SshKeySet.diff(id, outputs, news, account.timing.now(), run.holders);
  return {
    before: (outputs.keys as { anna: { id: string } }).anna.id,
    letGo: () => SshKeySet.update(id, outputs, news, run),
    take: () => SshKey.create(key, run),
  };
}

async function ofService(run: Run): Promise<Move> {
  const wanted = { service: "database", description: "mine" };
  await stack.deploy("a", ServiceKey, wanted);
  const { id, outputs } = stack.held("a");
  const existing = { id, key: outputs.key };
  const { inputs } = ServiceKey.check({}, { ...wanted, existing, __owner: "test/dev/b" }, run.holders);
  return {
    before: id,
    letGo: () => ServiceKey.delete(id, outputs, run),
    take: () => ServiceKey.create(inputs, run),
  };
}

describe.each([
  ["a set lets go of an SSH key, an SshKey adopts it", outOfSet, 2],
  ["a ServiceKey is destroyed, another one imports its key", ofService, 1],
])("%s", (_what, move, left) => {
  test.each([
    ["first", true, false],
    ["second", false, false],
    ["first, and the deletion fails", true, true],
    ["second, and the deletion fails", false, true],
  ])("the one that takes it is %s: its key is live, and no other is left", async (_how, isFirst, fails) => {
    const troubles = fails ? [REFUSED] : [];
    const { context } = startProcess(account.emulator, account.timing, { troubles, log: () => undefined });
    const { before, letGo, take } = await move(context);
    const taken = isFirst ? take() : undefined;
    const end = letGo().catch(() => undefined);
    const { id } = await (taken ?? take());
    await end;
    expect(account.live).toContain(id);
    expect(account.live).toHaveLength(left);
    if (fails) expect(id).toBe(before);
  });
});
