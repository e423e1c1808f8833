// Several provider processes of one command work in one account: an explicit provider has a process of its
// own. A hand-over between them keeps the key that the state calls live.
import { account, emulator, host as explicit, live, next, type State } from "../support/fresh-plugin";
import * as fresh from "../support/fresh-plugin";
import { PluginHost, type Properties, secret, urnOf } from "../support/plugin-host";
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

const SSH_KEY = publicKey("anna");
const existing = ({ id, outputs }: State): Properties => ({ existing: { id, key: outputs["key"] } });
const team = { service: "dns", description: "team" };
const scopes = ["dns:read"];
const one = { publicKey: SSH_KEY };
const all = { publicKeys: { anna: SSH_KEY } };
const adopt = { adoptExisting: true };
type Side<Declared> = [className: string, name: string, declared: Declared];
const HAND_OVERS: [what: string, from: Side<Properties>, to: Side<(made: State) => Properties>][] = [
  [
    "a service key",
    ["ServiceKey", "a", team],
    ["ServiceKey", "b", (made) => ({ ...team, ...existing(made) })],
  ],
  [
    "a token",
    ["PersonalAccessToken", "a", { scopes }],
    [
      "PersonalAccessToken",
      "b",
      (made) => ({ scopes, description: made.outputs["description"], ...existing(made) }),
    ],
  ],
  ["an SSH key", ["SshKey", "anna", one], ["SshKey", "bo", () => ({ ...one, ...adopt })]],
  ["an SSH key, to a set,", ["SshKey", "anna", one], ["SshKeySet", "team", () => ({ ...all, ...adopt })]],
  ["an SSH key, from a set,", ["SshKeySet", "team", all], ["SshKey", "anna", () => ({ ...one, ...adopt })]],
];

/** The id of the key that a state holds. */
const keyOf = ({ id, outputs }: Pick<State, "id" | "outputs">): string =>
  outputs["keys"] === undefined
    ? id
    : String(Object.values(outputs["keys"] as Record<string, { id: string }>)[0]?.id);

describe.each(HAND_OVERS)(
  "row 59: %s passes from the process of an explicit provider to the default one",
  (_what, [fromClass, fromName, fromInputs], [toClass, toName, toInputs]) => {
    const from = { urn: urnOf(fromClass, fromName), declared: fromInputs };
    const to = { urn: urnOf(toClass, toName), declared: toInputs };
    const expectLive = (state: Pick<State, "id" | "outputs">): void => expect(live()).toEqual([keyOf(state)]);

    test("in one command: the key that the state calls live is live, and the next command changes nothing", async () => {
      const made = await explicit.up(from.urn, from.declared);
      await nextCommand();
      const declared = to.declared(made);
      const taken = await standard.up(to.urn, declared);
      await explicit.delete(from.urn, made.id, made.outputs);
      expectLive(taken);
      await nextCommand();
      expect((await next(to.urn, taken, declared, standard)).diff.changes).toBe(false);
      await standard.read(to.urn, taken.id, taken.outputs, taken.inputs);
      expectLive(taken);
    });

    test("in a command that ended before the deletion, which the next one makes: it is live", async () => {
      const made = await explicit.up(from.urn, from.declared);
      await nextCommand();
      const declared = to.declared(made);
      const taken = await standard.up(to.urn, declared);
      await nextCommand();
      await next(to.urn, taken, declared, standard);
      await explicit.delete(from.urn, made.id, made.outputs);
      expectLive(taken);
    });

    test("while the old one deletes it already: what the state calls live in the end is live", async () => {
      const made = await explicit.up(from.urn, from.declared);
      await nextCommand();
      emulator.faults.add({ method: "DELETE", commitAfter: 4_000 });
      const deleting = explicit.delete(from.urn, made.id, made.outputs);
      await new Promise((resolve) => setTimeout(resolve, 30));
      const taken = await standard.up(to.urn, to.declared(made)).catch(() => undefined);
      await deleting;
      if (taken) expectLive(taken);
      else expect(live()).toEqual([]);
    });

    test("in the other direction: it is live", async () => {
      const made = await standard.up(from.urn, from.declared);
      await nextCommand();
      const taken = await explicit.up(to.urn, to.declared(made));
      await standard.delete(from.urn, made.id, made.outputs);
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
