// Import: what the account has comes into the state as a program would declare it, and the next update changes nothing.
import { emulator, failureOf, host, live, next, nextCommand, urnOf } from "../support/plugin-host";
import { type Properties, secret } from "../support/provider-client";
import { publicKey } from "../support/public-key";
import "../support/short-pauses.cjs";
import { takeRequests } from "../support/requests";

const sshKey = publicKey("by hand");
const scopes = ["ssh_keys:read", "services:read"];
const text = { description: "by hand" };

/** A key of each class that no stack knows, and how a program declares it. */
const BY_HAND = {
  ServiceKey: {
    make: (more = {}) => emulator.account.addApiKey({ service: "dns", ...more }),
    declared: { service: "dns" },
  },
  PersonalAccessToken: {
    make: (more = {}) => emulator.account.addApiKey({ scopes, ...more }),
    declared: { scopes },
  },
  SshKey: {
    make: () => emulator.account.addSshKey({ name: "by hand", publicKey: sshKey }),
    declared: { publicKey: sshKey },
  },
};
type ByHand = keyof typeof BY_HAND;

test.each([
  ["its public key", () => `${sshKey} me@example`],
  ["its id", (id: string) => id],
])("an SSH key is imported by %s", async (_by, idOf) => {
  const urn = urnOf("SshKey", "deploy");
  const { id, fingerprint } = BY_HAND.SshKey.make();
  const state = await host.read(urn, idOf(id));
  expect(state).toMatchObject({ id, outputs: { name: "by hand", fingerprint, adopted: false } });
  expect(takeRequests(emulator)).toEqual(["GET /v1/account/ssh-keys"]);
  const { inputs, diff } = await next(urn, state, { publicKey: sshKey });
  expect(inputs).toEqual({ name: "by hand", publicKey: sshKey, __imported: "by hand" });
  expect(diff.changes).toBe(false);
  const refreshed = await host.read(urn, id, state.outputs, inputs);
  expect(refreshed.outputs["publicKey"]).toMatch(sshKey);
  await nextCommand();
  await host.delete(urn, id, refreshed.outputs);
  expect(live()).toEqual([]);
});

test("another public key than the one that was imported by id replaces it", async () => {
  const urn = urnOf("SshKey");
  const { id } = BY_HAND.SshKey.make();
  const state = await host.read(urn, id);
  const { diff } = await next(urn, state, { publicKey: publicKey("another"), name: "by hand" });
  expect(diff).toMatchObject({ changes: true, replaces: ["publicKey"], deleteBeforeReplace: true });
});

test.each<[Exclude<ByHand, "SshKey">, { description?: string }]>([
  ["ServiceKey", text],
  ["ServiceKey", {}],
  ["PersonalAccessToken", text],
])(
  "a %s made with %j is imported by id; `existing` supplies its secret in place",
  async (className, more) => {
    const urn = urnOf(className);
    const { make, declared } = BY_HAND[className];
    const { id, key } = make(more);
    const imported = await host.read(urn, id);
    expect(imported.outputs).toMatchObject({ key: null, description: more.description ?? "" });
    const unchanged = await next(urn, imported, declared);
    expect(unchanged.inputs).toEqual(imported.inputs);
    expect(unchanged.diff.changes).toBe(false);

    takeRequests(emulator);
    await nextCommand();
    const supplied = await next(urn, imported, { ...declared, existing: { id, key: secret(key) } });
    expect(supplied.diff).toMatchObject({ changes: true, replaces: [], details: { existing: "add" } });
    const outputs = await host.update(urn, id, imported.outputs, supplied.inputs);
    expect(outputs).toMatchObject({ ...imported.outputs, key: secret(key) });
    expect(takeRequests(emulator)).toEqual([]);

    const state = { id, inputs: supplied.inputs, outputs };
    const kept = await next(urn, state, { ...declared, existing: { id, key: secret(key) } });
    expect(kept.diff.changes).toBe(false);
    expect(kept.inputs["existing"]).toEqual(secret({ id, key }));
    const removed = await next(urn, { ...state, inputs: kept.inputs }, declared);
    expect(removed.diff.changes).toBe(false);
    await host.delete(urn, id, outputs);
    expect(live()).toEqual([]);
  },
);

test.each<[ByHand, string, RegExp]>([
  ["ServiceKey", "description", /^pulumi test\/dev\/db #/],
  ["SshKey", "name", /^db-/],
])(
  "the text of an imported %s stays until the program says another; a text that is taken out of the program goes back to the default",
  async (className, input, automatic) => {
    const urn = urnOf(className);
    const { make, declared } = BY_HAND[className];
    const { id } = make(text);
    const imported = await host.read(urn, id);
    const silent = await next(urn, imported, declared);
    expect(silent.diff.changes).toBe(false);
    const state = { ...imported, inputs: silent.inputs };
    expect((await next(urn, state, { ...declared, [input]: "by hand" })).diff.changes).toBe(false);

    const said = await next(urn, state, { ...declared, [input]: "mine" });
    expect(said.diff.replaces).toEqual([input]);
    await host.delete(urn, id, imported.outputs);
    const replaced = { ...(await host.create(urn, said.inputs)), inputs: said.inputs };
    const removed = await next(urn, replaced, declared);
    expect(removed.diff.replaces).toEqual([input]);
    expect(removed.inputs[input]).toMatch(automatic);
  },
);

test.each<[ByHand, Properties]>([
  ["ServiceKey", { key: "wayscloud_x", createdAt: "2020-01-01T00:00:00Z" }],
  ["PersonalAccessToken", { expiresAt: "2020-01-01T00:00:00Z" }],
  ["SshKey", { createdAt: "2020-01-01T00:00:00Z", keyType: "x" }],
])("`get` of a %s is a look-up, whatever part of the state qualifies it", async (className, part) => {
  const urn = urnOf(className);
  const { id } = BY_HAND[className].make();
  const found = await host.read(urn, id);
  const qualified = await host.read(urn, id, part);
  expect(qualified).toEqual(found);
  await expect(host.read(urn, "nowhere", part)).rejects.toThrow(/with the id nowhere/);
});

test("a secret that is not of the imported key is refused, and not shown", async () => {
  const urn = urnOf("ServiceKey");
  const { id } = BY_HAND.ServiceKey.make();
  const imported = await host.read(urn, id);
  const key = "wayscloud_anothr_0123456789abcdef0123456789";
  const { inputs } = await next(urn, imported, { service: "dns", existing: { id, key: secret(key) } });
  const { message } = await failureOf(host.update(urn, id, imported.outputs, inputs));
  expect(message).toMatch(/`existing.key` is not the full key of/);
  expect(message).not.toContain(key);
});

const ROTATING = /^A rotating key cannot be imported: .* Let the resource create its own key/;
const LOST = /^There is no .* with the id unresolved\/abc1234: the account does not have it\.$/;

test.each([
  [
    "SshKey",
    "a public key that the account does not hold",
    sshKey,
    /no SSH key with the fingerprint SHA256:/,
  ],
  ["SshKey", "half a public key", "ssh-ed25519 AAAA", /looks like a public key/],
  ["ServiceKey", "an id that nobody has", "nowhere", /no service key with the id nowhere/],
  ["PersonalAccessToken", "an id of another kind", "dns-key", /no personal access token with the id dns-key/],
  ["RotatingServiceKey", "any id", "any", ROTATING],
  ["RotatingPersonalAccessToken", "any id", "any", ROTATING],
  // Only a state can hold it.
  ["SshKey", "the id of a lost attempt", "unresolved/abc1234", LOST],
  ["ServiceKey", "the id of a lost attempt", "unresolved/abc1234", LOST],
  ["PersonalAccessToken", "the id of a lost attempt", "unresolved/abc1234", LOST],
])("%s refuses the import of %s, and says what to do", async (className, _what, id, said) => {
  BY_HAND.ServiceKey.make({ id: "dns-key" });
  await expect(host.read(urnOf(className), id)).rejects.toThrow(said);
});

test("`recreateIfInvalid: false` of an imported key is stored by one update, and kept by a refresh", async () => {
  const urn = urnOf("ServiceKey");
  const { id } = BY_HAND.ServiceKey.make();
  const imported = await host.read(urn, id);
  const { inputs, diff } = await next(urn, imported, { service: "dns", recreateIfInvalid: false });
  expect(diff).toMatchObject({ changes: true, details: { recreateIfInvalid: "add" } });
  const outputs = await host.update(urn, id, imported.outputs, inputs);
  const read = await host.read(urn, id, outputs, inputs);
  for (const state of [outputs, read.outputs])
    expect((await host.diff(urn, id, state, inputs, inputs)).changes).toBe(false);
  emulator.account.deactivate(id);
  const inactive = await host.read(urn, id, outputs, inputs);
  expect((await host.diff(urn, id, inactive.outputs, inputs, inputs)).changes).toBe(false);
});

test("a token whose scopes the list does not show is imported without them, and not replaced by those of the program", async () => {
  const urn = urnOf("PersonalAccessToken");
  const declared = { scopes: ["services:read"], ...text };
  const { id, key } = emulator.account.addApiKey(declared);
  emulator.faults.add({ method: "GET", merge: { scopes: null }, times: "always" });
  const imported = await host.read(urn, id);
  expect(imported.inputs).toEqual({ description: "by hand", __imported: "by hand" });
  const { diff } = await next(urn, imported, declared);
  expect(diff.changes).toBe(false);

  await nextCommand();
  const supplied = await next(urn, imported, { ...declared, existing: { id, key: secret(key) } });
  const outputs = await host.update(urn, id, imported.outputs, supplied.inputs);
  const { inputs } = supplied;
  expect((await host.diff(urn, id, outputs, inputs, inputs)).changes).toBe(false);
  const others = await next(urn, { id, inputs, outputs }, { ...declared, scopes: ["ssh_keys:read"] });
  expect(others.diff.replaces).toEqual(["scopes"]);
});

test.each<[ByHand, string | undefined]>([
  ["ServiceKey", undefined],
  ["PersonalAccessToken", undefined],
  ["SshKey", undefined],
  ["SshKey", sshKey],
])("a %s that was imported under two names is deleted with neither alone", async (className, given) => {
  const { make, declared } = BY_HAND[className];
  const { id } = make();
  const [one, two] = [urnOf(className, "one"), urnOf(className, "two")];
  const states = { one: await host.read(one, given ?? id), two: await host.read(two, given ?? id) };
  const before = live();

  // The program declares both.
  await next(one, states.one, declared);
  await expect(next(two, states.two, declared)).rejects.toThrow(
    "Two resources of this program manage the same key",
  );

  // Then it declares one of them: the key stays, and goes with that one.
  await nextCommand();
  expect((await next(one, states.one, declared)).diff.changes).toBe(false);
  await host.delete(two, states.two.id, states.two.outputs);
  expect(live()).toEqual(before);
  await nextCommand();
  const refreshed = await host.read(one, states.one.id, states.one.outputs, states.one.inputs);
  expect(Object.keys(refreshed.outputs).sort()).toEqual(Object.keys(states.one.outputs).sort());
  await host.delete(one, states.one.id, refreshed.outputs);
  expect(live()).toEqual(before.filter((each) => each !== id));
});

test.each([
  ["was imported by that key with another comment", (urn: string) => host.read(urn, `${sshKey} anna@laptop`)],
  ["was imported by its id", (urn: string) => host.read(urn, emulator.account.sshKeys()[0]!.id)],
  [
    "was created",
    (urn: string) => {
      emulator.account.remove(emulator.account.sshKeys()[0]!.id);
      return host.up(urn, { publicKey: sshKey, name: "by hand" });
    },
  ],
])(
  "row 60: the option `import` names an SSH key that %s: the engine imports it again and deletes what was there, and the key lives",
  async (_how, before) => {
    const urn = urnOf("SshKey", "deploy");
    BY_HAND.SshKey.make();
    const old = await before(urn);
    const { id } = emulator.account.sshKeys()[0]!;
    await nextCommand();
    const again = await host.read(urn, `${sshKey} anna@new-laptop`);
    expect(again.id).toBe(id);
    await host.check(urn, again.inputs, { publicKey: `${sshKey} anna@new-laptop`, name: "by hand" });
    await host.delete(urn, old.id, old.outputs);
    expect(emulator.account.sshKeys().map((each) => each.id)).toEqual([id]);
    await nextCommand();
    await host.delete(urn, id, again.outputs);
    expect(emulator.account.sshKeys()).toEqual([]);
  },
);

describe.each(["ServiceKey", "SshKey"] as const)(
  "a %s that was made and imported a moment ago",
  (className) => {
    const urn = urnOf(className);

    /** The state of the next command, whose first list does not show the key. */
    async function importedInALag() {
      const found = await host.read(urn, BY_HAND[className].make().id);
      await nextCommand();
      let lists = 0;
      emulator.transform = ({ method, body }) =>
        method === "GET" && Array.isArray(body) && (lists += 1) === 1 ? { body: [] } : undefined;
      return found;
    }

    test("and the first list of a refresh lags: it is kept", async () => {
      const { id, outputs, inputs } = await importedInALag();
      expect((await host.read(urn, id, outputs, inputs)).id).toBe(id);
    });

    test("its deletion is answered 404, and the first list lags: an error, and it stays in the state", async () => {
      const { id, outputs } = await importedInALag();
      emulator.faults.add({ method: "DELETE", status: 404, times: "always" });
      await expect(host.delete(urn, id, outputs)).rejects.toThrow("still shows it");
    });
  },
);
