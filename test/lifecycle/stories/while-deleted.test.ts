// A key is adopted or imported while another resource of the same run deletes it: the engine works on independent resources at the same time.
import { ServiceKey, SshKey, SshKeySet } from "../../support/engine-resources";
import { startProcess, type Trouble } from "../../model/network";
import { publicKey } from "../../support/public-key";
import { account, deploy, stack } from "../../support/story";

const REFUSED: Trouble = { method: "DELETE", nth: 1, times: 9, fate: "401", late: 0 };

const process = (...troubles: Trouble[]) =>
  startProcess(account.emulator, account.timing, { troubles, log: () => undefined }).context;

/** A set lets go of anna's key, and an SshKey adopts it, in this order or the other. */
async function moveOutOfSet(first: "adopts" | "deletes", ...troubles: Trouble[]) {
  const publicKeys = { anna: publicKey("a"), bo: publicKey("b") };
  await deploy("team", SshKeySet, { publicKeys, namePrefix: "team-" });
  const { id, inputs, outputs } = stack.held("team");
  const run = process(...troubles);
  const wanted = { publicKey: publicKey("a"), name: "team-anna", adoptExisting: true };
  const key = SshKey.check({}, { ...wanted, __owner: "test/dev/anna" }, run.holders).inputs;
  const next = { publicKeys: { bo: publicKey("b") }, namePrefix: "team-" };
  const news = SshKeySet.check(inputs, next, run.holders).inputs;
  SshKeySet.diff(id, outputs, news, account.timing.now(), run.holders);
  const creating = first === "adopts" ? SshKey.create(key, run) : undefined;
  const updating = SshKeySet.update(id, outputs, news, run).catch(() => undefined);
  const made = await (creating ?? SshKey.create(key, run));
  await updating;
  return { id: made.id, before: (outputs.keys as { anna: { id: string } }).anna.id };
}

describe.each(["adopts", "deletes"] as const)(
  "a set lets go of an SSH key, an SshKey adopts it; the one that %s is first",
  (first) => {
    test("the SshKey's key is live, and no other is left", async () => {
      const { id } = await moveOutOfSet(first);
      expect(account.live).toContain(id);
      expect(account.live).toHaveLength(2);
    });

    test("where the deletion fails, it adopts the very key", async () => {
      const { id, before } = await moveOutOfSet(first, REFUSED);
      expect(id).toBe(before);
      expect(account.live).toContain(id);
    });
  },
);

describe.each(["imports", "revokes"] as const)(
  "a ServiceKey is destroyed while another one imports its key; the one that %s is first",
  (first) => {
    async function move(...troubles: Trouble[]) {
      await deploy("a", ServiceKey, { service: "database", description: "mine" });
      const { id, outputs } = stack.held("a");
      const run = process(...troubles);
      const existing = { id, key: outputs.key };
      const wanted = { service: "database", description: "mine", existing, __owner: "test/dev/b" };
      const { inputs } = ServiceKey.check({}, wanted, run.holders);
      const creating = first === "imports" ? ServiceKey.create(inputs, run) : undefined;
      const deleting = ServiceKey.delete(id, outputs, run).catch(() => undefined);
      const made = await (creating ?? ServiceKey.create(inputs, run));
      await deleting;
      return { made, id };
    }

    test("the key of its state is live, and no other is left", async () => {
      const { made } = await move();
      expect(account.live).toEqual([made.id]);
    });

    test("where the revocation fails, it imports the very key", async () => {
      const { made, id } = await move(REFUSED);
      expect({ id: made.id, live: account.live }).toEqual({ id, live: [id] });
    });
  },
);
