// Previews over gRPC: they send nothing; what they show as known comes true, and what they show as unknown is what the update changes.
import { type ClassName, classes } from "../../src/fields/classes";
import { DAY_MS, rfc3339 } from "../../src/values";
import { emulator, host, next, urnOf } from "../support/plugin-host";
import { type Properties, secret, unknown } from "../support/provider-client";
import { publicKey } from "../support/public-key";
import { takeRequests } from "../support/requests";

interface Update {
  className: ClassName;
  declared: Properties;
  /** What has happened to the state meanwhile. */
  state?: Properties;
  /** The inputs as they are declared now. */
  now: Properties;
  /** The outputs that the preview does not know. */
  unknown: string[];
}

const daysAgo = (days: number): string => rfc3339(Date.now() - days * DAY_MS);

/** The key is that old; its dates are those of the state, which the account does not contradict. */
const aged = (days: number): Properties => ({
  createdAt: daysAgo(days),
  rotatedAt: daysAgo(days),
  nextRotationAt: daysAgo(days - 30),
});
const withPrevious = (retireAt: string): Properties => ({
  previousKey: secret("wayscloud_dns_before"),
  previousKeyId: "8f14e45f-ceea-467a-9575-0c3b1c1d8a01",
  previousKeyPrefix: "wayscloud_dns_be",
  retireAt,
});

const dns = { service: "dns", rotateEveryDays: 30, overlapDays: 7 };
const rotation = ["createdAt", "key", "keyId", "keyPrefix", "nextRotationAt"];
const previous = ["previousKey", "previousKeyId", "retireAt"];
const newKey = [...rotation, ...previous, "rotatedAt"];
const rotating = (now: Properties, unknown: string[], state: Properties = {}): Update => ({
  className: "RotatingServiceKey",
  declared: dns,
  now,
  unknown,
  // Else a key that is created now has the dates of the first one.
  state: { ...aged(1), ...state },
});
const overlapping = withPrevious(daysAgo(-3));

const UPDATES: Record<string, Update> = {
  "a rotating key by its triggers": rotating({ rotationTriggers: { quarter: "2" } }, newKey),
  "a rotating key by its description": rotating({ description: "ours" }, newKey),
  "a due rotating key": rotating({}, newKey, aged(31)),
  "a rotating key that is due by its new schedule": rotating({ rotateEveryDays: 14 }, newKey, aged(20)),
  "a rotating key that is not active": rotating({}, [...rotation, "rotatedAt"], { isActive: false }),
  "a due rotating key within an overlap": rotating({}, [], { ...aged(31), ...overlapping }),
  "a rotating key after its overlap": rotating({}, previous, withPrevious(daysAgo(3))),
  "the schedule of a rotating key": rotating({ rotateEveryDays: 60 }, []),
  "the overlap of a rotating key": rotating({ overlapDays: 5 }, [], overlapping),
  "the overlap of a rotating key without a previous key": rotating({ overlapDays: 5 }, []),
  "`holdWhileUsed` of a rotating key, in a stack that was renamed": rotating({ holdWhileUsed: true }, [], {
    description: "pulumi test/old/db",
  }),
  "the scopes of a rotating token": {
    className: "RotatingPersonalAccessToken",
    declared: { scopes: ["services:read"], rotateEveryDays: 30 },
    state: aged(1),
    now: { scopes: ["ssh_keys:read"] },
    unknown: newKey,
  },
  "the expiry of a rotating token": {
    className: "RotatingPersonalAccessToken",
    declared: { scopes: ["services:read"], rotateEveryDays: 30, expiresInDays: 60 },
    state: { ...aged(1), expiresAt: daysAgo(-59) },
    now: { expiresInDays: 90 },
    unknown: [...newKey, "expiresAt"],
  },
  "`rotateBeforeDays` of a token": {
    className: "PersonalAccessToken",
    declared: { scopes: ["services:read"], expiresInDays: 90 },
    now: { rotateBeforeDays: 14 },
    unknown: [],
  },
  "`recreateIfInvalid` of a service key": {
    className: "ServiceKey",
    declared: { service: "dns" },
    now: { recreateIfInvalid: false },
    unknown: [],
  },
  "a set of SSH keys": {
    className: "SshKeySet",
    declared: { publicKeys: { anna: publicKey(1), bjarne: publicKey(2), carl: publicKey(3) } },
    now: { publicKeys: { anna: publicKey(1), bjarne: publicKey(4), dora: publicKey(5) } },
    unknown: ["keys.bjarne", "keys.dora"],
  },
  "the prefix of a set of SSH keys": {
    className: "SshKeySet",
    declared: { publicKeys: { anna: publicKey(1) } },
    now: { namePrefix: "crew-" },
    unknown: ["keys.anna"],
  },
};

test.each(Object.entries(UPDATES))(
  "an update of %s: its preview knows all that stays, and nothing that changes",
  async (_, { className, declared, state = {}, now, unknown: expected }) => {
    const urn = urnOf(className);
    const created = await host.up(urn, declared);
    const olds = { ...created.outputs, ...state };
    if (state.isActive === false) emulator.account.deactivate(String(created.outputs.keyId));
    takeRequests(emulator);
    const { inputs: news, diff } = await next(urn, { ...created, outputs: olds }, { ...declared, ...now });
    expect(diff).toMatchObject({ changes: true, replaces: [] });
    expect(host.news).toEqual([]);
    const shown = await host.update(urn, created.id, olds, news, true);
    expect(takeRequests(emulator)).toEqual([]);
    // A preview says of a rotation, and of nothing else, what its properties do not show.
    const rotates = shown.keyId === unknown;
    expect(host.news.splice(0)).toEqual(rotates ? [[urn, expect.stringContaining("creates a new key")]] : []);

    const updated = await host.update(urn, created.id, olds, news);
    if (rotates) expect(host.news).toEqual([[urn, expect.stringContaining(String(updated.keyId))]]);
    expect(host.warnings).toEqual([]);
    const [before, preview, after] = [olds, shown, updated].map((all) => flat(className, all));
    const unknowns = Object.keys(preview!).filter((name) => preview![name] === unknown);
    expect(unknowns.sort()).toEqual([...expected].sort());
    for (const name of new Set([...Object.keys(preview!), ...Object.keys(after!)])) {
      if (unknowns.includes(name))
        expect({ name, value: after![name] }).not.toEqual({ name, value: before![name] });
      else expect({ name, value: preview![name] }).toEqual({ name, value: after![name] });
    }
  },
);

/** The outputs of the schema, with secrets in the clear, and the entries of a set as outputs of their own. */
function flat(className: ClassName, outputs: Properties): Properties {
  const names = Object.keys(classes[className].outputs);
  const entries = names.flatMap((name): [string, unknown][] => {
    const wrapped = outputs[name];
    const value: unknown = wrapped?.[Object.keys(secret(""))[0]!] ? wrapped.value : wrapped;
    if (name !== "keys" || typeof value !== "object") return [[name, value]];
    return Object.entries(value!).map(([entry, key]) => [`keys.${entry}`, key]);
  });
  return Object.fromEntries(entries);
}

test("an update whose inputs are not known yet shows as unknown what may follow from them", async () => {
  const set = urnOf("SshKeySet", "team");
  const team = await host.up(set, { publicKeys: { anna: publicKey(1), bjarne: publicKey(2) } });
  const keys = { ...team.inputs, publicKeys: { anna: publicKey(1), bjarne: unknown, carl: publicKey(3) } };
  expect(await host.update(set, team.id, team.outputs, keys, true)).toEqual({
    keys: { anna: team.outputs["keys"].anna, bjarne: unknown, carl: unknown },
  });
  const all = { ...team.inputs, publicKeys: unknown };
  expect(await host.update(set, team.id, team.outputs, all, true)).toEqual({ keys: unknown });

  const urn = urnOf("RotatingServiceKey");
  const { id, inputs, outputs } = await host.up(urn, dns);
  const shown = await host.update(urn, id, outputs, { ...inputs, rotateEveryDays: unknown }, true);
  expect(shown).toMatchObject({ nextRotationAt: unknown, service: "dns" });

  const token = urnOf("PersonalAccessToken");
  const ci = await host.up(token, { scopes: ["services:read"], expiresInDays: 90 });
  const before = { ...ci.inputs, rotateBeforeDays: unknown };
  const later = await host.update(token, ci.id, ci.outputs, before, true);
  expect(later).toMatchObject({ key: ci.outputs["key"], rotateAt: unknown, expiresInDays: 90 });
});

test("the secret that is supplied after an import is known, and secret, in the preview", async () => {
  const urn = urnOf("ServiceKey");
  const { id, outputs } = await host.up(urn, { service: "dns" });
  const { value } = outputs["key"];
  const imported = await host.read(urn, id);
  const news = { ...imported.inputs, existing: secret({ id, key: value }) };
  const shown = await host.update(urn, id, imported.outputs, news, true);
  expect(shown).toEqual(await host.update(urn, id, imported.outputs, news));
  expect(shown["key"]).toEqual(secret(value));
});
