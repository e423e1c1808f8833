// Over gRPC, with the latency of a network: an SshKey adopts a key while a set of the same update lets go of it.
import { startEmulator, type Emulator } from "../../src/emulator";
import { PluginHost, secret, urnOf } from "../support/plugin-host";
import { publicKey } from "../support/public-key";

let emulator: Emulator;
let host: PluginHost;

/** As for every `pulumi up`: a process of its own. */
async function start(): Promise<void> {
  host = await PluginHost.start({ apiKey: secret(emulator.apiKey), endpoint: emulator.url });
}

afterEach(() => emulator.close());

test.each([0, 40])("with %i ms latency the SshKey's key is live in each of five tries", async (latency) => {
  emulator = await startEmulator({ port: 0, latency });
  const made: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    const [setUrn, keyUrn] = [urnOf("SshKeySet", `team${round}`), urnOf("SshKey", `anna${round}`)];
    const [anna, bo] = [publicKey(`a${round}`), publicKey(`b${round}`)];
    await start();
    const set = await host.up(setUrn, { publicKeys: { anna, bo } });
    host.stop();
    await start();
    const key = await host.check(keyUrn, {}, { publicKey: anna, adoptExisting: true });
    // The engine goes on with the next resource meanwhile.
    const creating = host.create(keyUrn, key.inputs);
    const { inputs } = await host.check(setUrn, set.inputs, { publicKeys: { bo } });
    await host.diff(setUrn, set.id, set.outputs, set.inputs, inputs);
    const [single] = await Promise.all([creating, host.update(setUrn, set.id, set.outputs, inputs)]);
    made.push(single.id);
    host.stop();
  }
  expect(emulator.account.sshKeys().map(({ id }) => id)).toEqual(expect.arrayContaining(made));
  expect(emulator.account.sshKeys()).toHaveLength(10);
});

test("a service key that is renamed by an alias and replaced in one up: the old key goes", async () => {
  emulator = await startEmulator();
  const [old, renamed] = [urnOf("ServiceKey", "a"), urnOf("ServiceKey", "b")];
  await start();
  const before = await host.up(old, { service: "dns", rotationTriggers: { quarter: "1" } });
  host.stop();
  await start();
  const declared = { service: "dns", rotationTriggers: { quarter: "2" } };
  const { inputs } = await host.check(renamed, before.inputs, declared);
  // The engine compares under the new URN, and deletes under the old one.
  await host.diff(renamed, before.id, before.outputs, before.inputs, inputs);
  const after = await host.up(renamed, declared);
  await host.delete(old, before.id, before.outputs);
  host.stop();
  expect(emulator.account.liveApiKeys().map(({ id }) => id)).toEqual([after.id]);
});
