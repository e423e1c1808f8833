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
