// Over gRPC, with the latency of a network: an SshKey adopts a key while a set of the same update lets go of it.
import { emulator, host, live, next, nextCommand, urnOf } from "../support/plugin-host";
import { publicKey } from "../support/public-key";

test.each([0, 40])("with %i ms latency the SshKey's key is live in each of five tries", async (latency) => {
  emulator.faults.add({ delay: latency, times: "always" });
  const made: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    const [setUrn, keyUrn] = [urnOf("SshKeySet", `team${round}`), urnOf("SshKey", `anna${round}`)];
    const [anna, bo] = [publicKey(`a${round}`), publicKey(`b${round}`)];
    await nextCommand();
    const set = await host.up(setUrn, { publicKeys: { anna, bo } });
    await nextCommand();
    const key = await host.check(keyUrn, {}, { publicKey: anna, adoptExisting: true });
    // The engine goes on with the next resource meanwhile.
    const creating = host.create(keyUrn, key.inputs);
    const { inputs } = await next(setUrn, set, { publicKeys: { bo } });
    const [single] = await Promise.all([creating, host.update(setUrn, set.id, set.outputs, inputs)]);
    made.push(single.id);
  }
  expect(live()).toEqual(expect.arrayContaining(made));
  expect(live()).toHaveLength(10);
});

test("a service key that is renamed by an alias and replaced in one up: the old key goes", async () => {
  const [old, renamed] = [urnOf("ServiceKey", "a"), urnOf("ServiceKey", "b")];
  const before = await host.up(old, { service: "dns", rotationTriggers: { quarter: "1" } });
  await nextCommand();
  const declared = { service: "dns", rotationTriggers: { quarter: "2" } };
  // The engine compares under the new URN, and deletes under the old one.
  await next(renamed, before, declared);
  const after = await host.up(renamed, declared);
  await host.delete(old, before.id, before.outputs);
  expect(live()).toEqual([after.id]);
});
