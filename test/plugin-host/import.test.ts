// Import: what the account has comes into the state as a program would declare it, and the next update changes nothing.
import type { Emulator } from "../../src/emulator";
import { useFreshPlugin } from "../support/fresh-plugin";
import { type PluginHost, secret, urnOf, type Properties } from "../support/plugin-host";
import { publicKey } from "../support/public-key";
import { takeRequests } from "../support/requests";

let emulator: Emulator;
let host: PluginHost;
const restart = useFreshPlugin((...fresh) => ([emulator, host] = fresh));

/** A key of the account that no stack knows, made by an ordinary request. */
async function made(path: string, body: Properties): Promise<Properties> {
  const response = await fetch(`${emulator.url}/v1/account/${path}`, {
    method: "POST",
    headers: { "x-api-key": emulator.apiKey, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Properties;
  takeRequests(emulator);
  return answer;
}

/** The next `up` of a program that declares this: what `check` makes of it, and what `diff` says. */
async function next(
  urn: string,
  state: { id: string; inputs: Properties; outputs: Properties },
  declared: Properties,
) {
  const { inputs, failures } = await host.check(urn, state.inputs, declared);
  expect(failures).toEqual([]);
  return { inputs, diff: await host.diff(urn, state.id, state.outputs, state.inputs, inputs) };
}

const sshKey = publicKey("by hand");

/** A key of each class: how an ordinary request makes it, and how a program declares it. */
const BY_HAND = {
  ServiceKey: { path: "api-keys/service", body: { service: "dns" }, declared: { service: "dns" } },
  PersonalAccessToken: {
    path: "api-keys/pat",
    body: { scopes: ["dns:read"] },
    declared: { scopes: ["dns:read"] },
  },
  SshKey: {
    path: "ssh-keys",
    body: { name: "by hand", public_key: sshKey },
    declared: { publicKey: sshKey },
  },
} as const;
type ByHand = keyof typeof BY_HAND;

test.each([
  ["its public key", () => `${sshKey} me@example`],
  ["its id", (id: string) => id],
])("an SSH key is imported by %s", async (_by, idOf) => {
  const urn = urnOf("SshKey", "deploy");
  const { id, fingerprint } = await made("ssh-keys", { name: "by hand", public_key: sshKey });
  const state = await host.read(urn, idOf(id));
  expect(state).toMatchObject({ id, outputs: { name: "by hand", fingerprint, adopted: false } });
  expect(takeRequests(emulator)).toEqual(["GET /v1/account/ssh-keys"]);
  const { inputs, diff } = await next(urn, state, { publicKey: sshKey });
  expect(inputs).toEqual({ name: "by hand", publicKey: sshKey, __imported: "by hand" });
  expect(diff.changes).toBe(false);
  const refreshed = await host.read(urn, id, state.outputs, inputs);
  expect(refreshed.outputs["publicKey"]).toMatch(sshKey);
  await restart();
  await host.delete(urn, id, refreshed.outputs);
  expect(emulator.account.sshKeys()).toEqual([]);
});

test("another public key than the one that was imported by id replaces it", async () => {
  const urn = urnOf("SshKey");
  const { id } = await made("ssh-keys", { name: "by hand", public_key: sshKey });
  const state = await host.read(urn, id);
  const { diff } = await next(urn, state, { publicKey: publicKey("another"), name: "by hand" });
  expect(diff).toMatchObject({ changes: true, replaces: ["publicKey"], deleteBeforeReplace: true });
});

test("a public key that the account does not hold is not imported, and says what to do", async () => {
  await expect(host.read(urnOf("SshKey"), sshKey)).rejects.toThrow(
    /has no SSH key with the fingerprint SHA256:/,
  );
  await expect(host.read(urnOf("SshKey"), "ssh-ed25519 AAAA")).rejects.toThrow(/looks like a public key/);
});

const KEYS: [className: string, path: string, body: Properties, declared: Properties][] = [
  ["ServiceKey", "service", { service: "dns", description: "by hand" }, { service: "dns" }],
  ["ServiceKey", "service", { service: "dns" }, { service: "dns" }],
  [
    "PersonalAccessToken",
    "pat",
    { scopes: ["ssh_keys:read", "services:read"], description: "by hand" },
    { scopes: ["ssh_keys:read", "services:read"] },
  ],
];

test.each(KEYS)(
  "%s made by %s %j is imported by id; `existing` supplies its secret in place",
  async (className, path, body, declared) => {
    const urn = urnOf(className);
    const { id, key } = await made(`api-keys/${path}`, body);
    const imported = await host.read(urn, id);
    expect(imported.outputs).toMatchObject({ key: null, description: body["description"] ?? "" });
    const unchanged = await next(urn, imported, declared);
    expect(unchanged.inputs).toEqual(imported.inputs);
    expect(unchanged.diff.changes).toBe(false);

    takeRequests(emulator);
    await restart();
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
    expect(emulator.account.liveApiKeys()).toEqual([]);
  },
);

test.each<[ByHand, Properties, string, RegExp]>([
  ["ServiceKey", { description: "by hand" }, "description", /^pulumi test\/dev\/db #/],
  ["SshKey", {}, "name", /^db-/],
])(
  "the text of an imported %s stays until the program says another; a text that is taken out of the program goes back to the default",
  async (className, more, text, automatic) => {
    const urn = urnOf(className);
    const { path, body, declared } = BY_HAND[className];
    const { id } = await made(path, { ...body, ...more });
    const imported = await host.read(urn, id);
    const silent = await next(urn, imported, declared);
    expect(silent.diff.changes).toBe(false);
    const state = { ...imported, inputs: silent.inputs };
    expect((await next(urn, state, { ...declared, [text]: "by hand" })).diff.changes).toBe(false);

    const said = await next(urn, state, { ...declared, [text]: "mine" });
    expect(said.diff.replaces).toEqual([text]);
    await host.delete(urn, id, imported.outputs);
    const replaced = { ...(await host.create(urn, said.inputs)), inputs: said.inputs };
    const removed = await next(urn, replaced, declared);
    expect(removed.diff.replaces).toEqual([text]);
    expect(removed.inputs[text]).toMatch(automatic);
  },
);

test.each<[ByHand, Properties]>([
  ["ServiceKey", { key: "wayscloud_x", createdAt: "2020-01-01T00:00:00Z" }],
  ["PersonalAccessToken", { expiresAt: "2020-01-01T00:00:00Z" }],
  ["SshKey", { createdAt: "2020-01-01T00:00:00Z", keyType: "x" }],
])("`get` of a %s is a look-up, whatever part of the state qualifies it", async (className, part) => {
  const urn = urnOf(className);
  const { path, body } = BY_HAND[className];
  const { id } = await made(path, body);
  const found = await host.read(urn, id);
  const qualified = await host.read(urn, id, part);
  expect(qualified).toEqual(found);
  await expect(host.read(urn, "nowhere", part)).rejects.toThrow(/with the id nowhere/);
});

test("a secret that is not of the imported key is refused, and not shown", async () => {
  const urn = urnOf("ServiceKey");
  const { id } = await made("api-keys/service", { service: "dns" });
  const imported = await host.read(urn, id);
  const key = "wayscloud_anothr_0123456789abcdef0123456789";
  const { inputs } = await next(urn, imported, { service: "dns", existing: { id, key: secret(key) } });
  const failure: unknown = await host
    .update(urn, id, imported.outputs, inputs)
    .catch((error: unknown) => error);
  expect(String(failure)).toMatch(/`existing.key` is not the full key of/);
  expect(String(failure)).not.toContain(key);
});

test("an id of the wrong kind, or of none, is not imported", async () => {
  const { id } = await made("api-keys/service", { service: "dns" });
  await expect(host.read(urnOf("PersonalAccessToken"), id)).rejects.toThrow(
    /no personal access token with the id/,
  );
  await expect(host.read(urnOf("ServiceKey"), "nowhere")).rejects.toThrow(
    /no service key with the id nowhere/,
  );
});

test.each(["RotatingServiceKey", "RotatingPersonalAccessToken"])(
  "%s refuses an import, and says what to do",
  async (className) => {
    await expect(host.read(urnOf(className), "any")).rejects.toThrow(
      /^A rotating key cannot be imported: .* Let the resource create its own key/,
    );
    expect(takeRequests(emulator)).toEqual([]);
  },
);

test.each(["SshKey", "ServiceKey", "PersonalAccessToken"])(
  "the id of a lost attempt, which only a state can hold, is not imported as a %s",
  async (className) => {
    await expect(host.read(urnOf(className), "unresolved/abc1234")).rejects.toThrow(
      /^There is no .* with the id unresolved\/abc1234: the account does not have it\.$/,
    );
  },
);

test("`recreateIfInvalid: false` of an imported key is stored by one update, and kept by a refresh", async () => {
  const urn = urnOf("ServiceKey");
  const { id } = await made("api-keys/service", { service: "database" });
  const imported = await host.read(urn, id);
  const { inputs, diff } = await next(urn, imported, { service: "database", recreateIfInvalid: false });
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
  const declared = { scopes: ["services:read"], description: "by hand" };
  const { id, key } = await made("api-keys/pat", declared);
  emulator.faults.add({ method: "GET", merge: { scopes: null }, times: "always" });
  const imported = await host.read(urn, id);
  expect(imported.inputs).toEqual({ description: "by hand", __imported: "by hand" });
  const { diff } = await next(urn, imported, declared);
  expect(diff.changes).toBe(false);

  await restart();
  const supplied = await next(urn, imported, { ...declared, existing: { id, key: secret(key) } });
  const outputs = await host.update(urn, id, imported.outputs, supplied.inputs);
  const { inputs } = supplied;
  expect((await host.diff(urn, id, outputs, inputs, inputs)).changes).toBe(false);
  const others = await next(urn, { id, inputs, outputs }, { ...declared, scopes: ["ssh_keys:read"] });
  expect(others.diff.replaces).toEqual(["scopes"]);
});

test.each<[ByHand, (key: Properties) => unknown]>([
  ["ServiceKey", (key) => key["id"]],
  ["PersonalAccessToken", (key) => key["id"]],
  ["SshKey", (key) => key["id"]],
  ["SshKey", () => sshKey],
])("a %s that was imported under two names is deleted with neither alone", async (className, idOf) => {
  const { path, body, declared } = BY_HAND[className];
  const key = await made(path, body);
  const id = String(idOf(key));
  const [one, two] = [urnOf(className, "one"), urnOf(className, "two")];
  const states = { one: await host.read(one, id), two: await host.read(two, id) };
  const live = (): string[] =>
    [...emulator.account.liveApiKeys(), ...emulator.account.sshKeys()].map((each) => each.id);
  const before = live();

  // The program declares both.
  await next(one, states.one, declared);
  await expect(next(two, states.two, declared)).rejects.toThrow(
    "Two resources of this program manage the same key",
  );

  // Then it declares one of them: the key stays, and goes with that one.
  await restart();
  expect((await next(one, states.one, declared)).diff.changes).toBe(false);
  await host.delete(two, states.two.id, states.two.outputs);
  expect(live()).toEqual(before);
  await restart();
  const refreshed = await host.read(one, states.one.id, states.one.outputs, states.one.inputs);
  expect(Object.keys(refreshed.outputs).sort()).toEqual(Object.keys(states.one.outputs).sort());
  await host.delete(one, states.one.id, refreshed.outputs);
  expect(live()).toEqual(before.filter((each) => each !== key["id"]));
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
    await made("ssh-keys", { name: "by hand", public_key: sshKey });
    const old = await before(urn);
    const { id } = emulator.account.sshKeys()[0]!;
    await restart();
    const again = await host.read(urn, `${sshKey} anna@new-laptop`);
    expect(again.id).toBe(id);
    await host.check(urn, again.inputs, { publicKey: `${sshKey} anna@new-laptop`, name: "by hand" });
    await host.delete(urn, old.id, old.outputs);
    expect(emulator.account.sshKeys().map((each) => each.id)).toEqual([id]);
    await restart();
    await host.delete(urn, id, again.outputs);
    expect(emulator.account.sshKeys()).toEqual([]);
  },
);
