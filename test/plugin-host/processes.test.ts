// Several provider processes of one command work in one account: an explicit provider has a process of its
// own. A hand-over between them keeps the key that the state calls live.
import {
  account,
  emulator,
  host as explicit,
  live,
  next,
  PluginHost,
  type State,
  urnOf,
} from "../support/plugin-host";
import { type Properties, secret } from "../support/provider-client";
import * as fresh from "../support/plugin-host";
import "../support/short-pauses.cjs";
import { publicKey } from "../support/public-key";

/** The default process of the command at hand, beside that of an explicit provider. */
let standard: PluginHost;

beforeEach(async () => void (standard = await PluginHost.start(account(), explicit)));
afterEach(() => standard.stop());

async function nextCommand(): Promise<void> {
  standard.stop();
  await fresh.nextCommand();
  standard = await PluginHost.start(account(), explicit);
}

/** The id of the key that a state holds. */
const keyOf = ({ id, outputs }: Pick<State, "id" | "outputs">): string =>
  outputs["keys"] === undefined
    ? id
    : String(Object.values(outputs["keys"] as Record<string, { id: string }>)[0]?.id);

const one = { publicKey: publicKey("anna") };
const all = { publicKeys: { anna: publicKey("anna") } };

describe.each<[what: string, from: string, Properties, to?: string, Properties?]>([
  ["a service key", "ServiceKey", { service: "dns", description: "team" }],
  ["a token", "PersonalAccessToken", { scopes: ["dns:read"] }],
  ["an SSH key", "SshKey", one],
  ["an SSH key, to a set,", "SshKey", one, "SshKeySet", all],
  ["an SSH key, from a set,", "SshKeySet", all, "SshKey", one],
])(
  "row 59: %s passes from the process of an explicit provider to the default one",
  (_what, fromClass, declared, toClass = fromClass, declaredTo = declared) => {
    const [from, to] = [urnOf(fromClass, "a"), urnOf(toClass, "b")];
    let made: Awaited<ReturnType<PluginHost["up"]>>;
    /** The inputs of the resource that takes it over. */
    let taking: Properties;

    beforeEach(async () => {
      made = await explicit.up(from, declared);
      const { key, description } = made.outputs;
      const over = key ? { description, existing: { id: made.id, key } } : { adoptExisting: true };
      taking = { ...declaredTo, ...over };
      await nextCommand();
    });

    const remove = (host: PluginHost): Promise<void> => host.delete(from, made.id, made.outputs);
    const expectLive = (state: Pick<State, "id" | "outputs">): void => expect(live()).toEqual([keyOf(state)]);

    test("in one command: the key that the state calls live is live, and the next command changes nothing", async () => {
      const taken = await standard.up(to, taking);
      await remove(explicit);
      expectLive(taken);
      await nextCommand();
      expect((await next(to, taken, taking, standard)).diff.changes).toBe(false);
      await standard.read(to, taken.id, taken.outputs, taken.inputs);
      expectLive(taken);
    });

    test("in a command that ended before the deletion, which the next one makes: it is live", async () => {
      const taken = await standard.up(to, taking);
      await nextCommand();
      await next(to, taken, taking, standard);
      await remove(explicit);
      expectLive(taken);
    });

    test("while the old one deletes it already: what the state calls live in the end is live", async () => {
      emulator.faults.add({ method: "DELETE", commitAfter: 4_000 });
      const deleting = remove(explicit);
      await new Promise((resolve) => setTimeout(resolve, 30));
      const taken = await standard.up(to, taking).catch(() => undefined);
      await deleting;
      if (taken) expectLive(taken);
      else expect(live()).toEqual([]);
    });

    test("in the other direction: it is live", async () => {
      const taken = await explicit.up(to, taking);
      await remove(standard);
      expectLive(taken);
    });
  },
);

test("row 59: what no other process has taken is deleted", async () => {
  const a = await explicit.up(urnOf("ServiceKey", "a"), { service: "dns" });
  const b = await standard.up(urnOf("ServiceKey", "b"), { service: "dns" });
  await explicit.delete(urnOf("ServiceKey", "a"), a.id, a.outputs);
  expect(live()).toEqual([b.id]);
});

test("row 59: two processes import one key in one command: the second is refused, and names it", async () => {
  const { id, key } = emulator.account.addApiKey({ service: "dns", description: "by hand" });
  const declared = { service: "dns", description: "by hand", existing: { id, key: secret(key) } };
  await explicit.up(urnOf("ServiceKey", "a"), declared);
  await expect(standard.up(urnOf("ServiceKey", "b"), declared)).rejects.toThrow(/only one can|manage/);
  expect(live()).toEqual([id]);
});

test.each([0, 40])(
  "an SshKey adopts what a set gives up in one update, at %i ms latency: it is live",
  async (latency) => {
    emulator.faults.add({ delay: latency, times: "always" });
    const made: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      const [setUrn, keyUrn] = [urnOf("SshKeySet", `team${round}`), urnOf("SshKey", `anna${round}`)];
      const [anna, bo] = [publicKey(`a${round}`), publicKey(`b${round}`)];
      await nextCommand();
      const set = await explicit.up(setUrn, { publicKeys: { anna, bo } });
      await nextCommand();
      const key = await explicit.check(keyUrn, {}, { publicKey: anna, adoptExisting: true });
      // The engine goes on with the next resource meanwhile.
      const creating = explicit.create(keyUrn, key.inputs);
      const { inputs } = await next(setUrn, set, { publicKeys: { bo } });
      const [single] = await Promise.all([creating, explicit.update(setUrn, set.id, set.outputs, inputs)]);
      made.push(single.id);
    }
    expect(live()).toEqual(expect.arrayContaining(made));
    expect(live()).toHaveLength(10);
  },
);

test("a service key that is renamed by an alias and replaced in one up: the old key goes", async () => {
  const [old, renamed] = [urnOf("ServiceKey", "a"), urnOf("ServiceKey", "b")];
  const before = await explicit.up(old, { service: "dns", rotationTriggers: { quarter: "1" } });
  await nextCommand();
  const declared = { service: "dns", rotationTriggers: { quarter: "2" } };
  // The engine compares under the new URN, and deletes under the old one.
  await next(renamed, before, declared);
  const after = await explicit.up(renamed, declared);
  await explicit.delete(old, before.id, before.outputs);
  expect(live()).toEqual([after.id]);
});
