// What an audit makes of stack exports: whose a key is, and when it expires.
import { DEFAULT_DAYS, findInApiKeys, findInSshKeys } from "../../src/audit/findings";
import type { AuditFinding, ListedApiKey } from "../../src/audit/findings";
import { managedKeys } from "../../src/audit/managed-keys";
import { ConfigurationError } from "../../src/errors";
import { dynamic, exportOf, type Resource } from "../support/cli";
import { recordedStates } from "../support/recorded-states";
import { idsOf } from "../support/story-stack";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const DAY = 86_400_000;
const ago = (days: number): string => new Date(NOW - days * DAY).toISOString();
const OPTIONS = { ...DEFAULT_DAYS, managed: undefined, credential: undefined, now: NOW };
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = { [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" };

/** The same, of `pulumi stack export --show-secrets`. */
const shownSecret = (value: unknown) => ({ ...SECRET, ciphertext: "", plaintext: JSON.stringify(value) });

/** What every state of a key has. */
const KEY = { key: SECRET, keyPrefix: "wayscloud_x", keyType: "service", service: "dns", createdAt: ago(1) };
const TOKEN = { ...KEY, keyType: "pat", service: undefined, scopes: ["a:read"] };
const ROTATING = { keyId: "key-0", rotatedAt: ago(1), nextRotationAt: ago(-29) };
const sshKey = (id: string) => ({ id, name: id, fingerprint: "x", keyType: "ssh-rsa", createdAt: ago(1) });

const plugin = (name: string): string => `wayscloud-account:index:${name}`;

/** An export of the stack p/dev with nothing of this package in it. */
const EMPTY = exportOf([{ type: "pulumi:pulumi:Stack" }]);
const OWNED = "pulumi p/dev/dns #0123abc";

const labels = (found: AuditFinding[]) => found.map(({ finding, id }) => `${finding} ${id}`);

/** The findings of these keys, as `finding id`. */
const audit = (exports: unknown[], ...keys: Partial<ListedApiKey>[]) => labels(findings(exports, ...keys));

function findings(exports: unknown[], ...keys: Partial<ListedApiKey>[]): AuditFinding[] {
  const listed = keys.map((key, index) => ({
    id: `key-${index}`,
    isActive: true,
    createdAt: ago(1),
    ...key,
  }));
  return findInApiKeys(listed, { ...OPTIONS, managed: managedKeys(exports) });
}

/** The findings of this number of SSH keys. */
function auditSsh(exports: unknown[], count: number): string[] {
  const listed = Array.from({ length: count }, (_, at) => ({
    ...sshKey(`key-${at}`),
    createdAt: ago(400),
    vmCount: 1,
  }));
  return labels(findInSshKeys(listed, { ...OPTIONS, managed: managedKeys(exports) }));
}

describe.each([
  ["dynamic classes", dynamic],
  ["the first-class provider", plugin],
])("states of %s", (_, type) => {
  const one = (name: string, outputs: object, rest: Omit<Resource, "type"> = {}): unknown =>
    exportOf([{ type: type(name), id: "key-0", outputs, ...rest }]);
  const token = ({ outputs = null, ...rest }: Omit<Resource, "type">): unknown =>
    exportOf([
      {
        type: type("PersonalAccessToken"),
        id: "key-0",
        ...rest,
        outputs: outputs && { ...TOKEN, ...outputs },
      },
    ]);

  const soon = { expiresInDays: 30, expiresAt: ago(-5) };
  const days = (expiresInDays: unknown, expiresAt?: unknown) => {
    return { inputs: { expiresInDays }, outputs: { expiresInDays, expiresAt } };
  };
  test.each<[string, Omit<Resource, "type">, createdDaysAgo: number | string, string[]]>([
    ["expires soon", { outputs: soon }, 25, ["expiring"]],
    ["expires later", { outputs: { ...soon, expiresAt: ago(-15) } }, 15, []],
    ["has its expiry as a secret: its lifetime tells it", days(30, SECRET), 25, ["expiring"]],
    ["has its expiry and its lifetime as secrets", days(SECRET, SECRET), 25, ["unknown-expiry"]],
    ["was created without a lifetime", { inputs: {}, outputs: { expiresAt: null } }, 1, ["no-expiry"]],
    ["was created elsewhere", { inputs: { existing: SECRET }, outputs: {} }, 1, ["unknown-expiry"]],
    [
      "was created elsewhere with a known lifetime",
      { ...days(30), inputs: { existing: { id: "key-0" } } },
      25,
      ["expiring"],
    ],
    ["was only looked up", { external: true, inputs: {}, outputs: {} }, 1, ["unmanaged"]],
    ["has no properties at all", { inputs: null, outputs: null }, 1, ["unknown-expiry"]],
    ["has an unreadable state", { outputs: { expiresInDays: 365, createdAt: {} } }, 1, ["unknown-expiry"]],
    ["expires at no readable time", { outputs: { expiresAt: "soon" } }, 1, ["unknown-expiry"]],
    ["was created at an unknown time", days(30), "a while ago", ["unjudged", "unknown-expiry"]],
    ["was imported, without the input now", { outputs: { holder: "p/dev/r" } }, 1, ["unknown-expiry"]],
  ])("a token that %s", (_case, resource, createdAt, found) => {
    const key = { createdAt: typeof createdAt === "number" ? ago(createdAt) : createdAt };
    expect(findings([token(resource)], key).map(({ finding }) => finding)).toEqual(found);
  });

  test("A22: a rotating token's keys expire each in its own time", () => {
    const outputs = { ...TOKEN, ...ROTATING, previousKeyId: "key-1", expiresInDays: 60, expiresAt: ago(-50) };
    const keys = [{ createdAt: ago(10) }, { createdAt: ago(50) }];
    const [found, ...more] = findings([one("RotatingPersonalAccessToken", outputs)], ...keys);
    expect([found, more]).toEqual([expect.objectContaining({ finding: "expiring", id: "key-1" }), []]);
    expect(found!.detail).toMatch(/^expires 2026-12-03T12:00:00Z \(urn:/);
    const recorded = { ...outputs, previousExpiresAt: ago(-40) };
    expect(audit([one("RotatingPersonalAccessToken", recorded)], ...keys)).toEqual([]);
  });

  test("a rotating token that never expires is said once, not of its previous key", () => {
    const outputs = { ...TOKEN, ...ROTATING, previousKeyId: "key-1" };
    expect(audit([one("RotatingPersonalAccessToken", outputs)], {}, {})).toEqual(["no-expiry key-0"]);
  });

  const set = (outputs: object) => one("SshKeySet", outputs, { id: "set-1" });

  test("every SSH key of a set is managed, and no other", () => {
    const keys = { anna: sshKey("key-0"), bjarne: sshKey("key-1") };
    expect(auditSsh([set({ keys })], 3)).toEqual(["unmanaged key-2"]);
    expect(auditSsh([set({ keys: {}, leftovers: ["key-0"] })], 1)).toEqual([]);
    expect(auditSsh([set({ keys: {} })], 1)).toEqual(["unmanaged key-0"]);
  });

  test("D2: a key that an encrypted output, or an unreadable state, may hold is not unmanaged, but cannot be judged", () => {
    const anna = sshKey("key-0");
    for (const keys of [
      SECRET,
      { anna: SECRET },
      { anna: { ...anna, id: SECRET } },
      { anna: null },
      null,
      "x",
    ])
      expect(auditSsh([set({ keys })], 1)).toEqual(["unjudged key-0"]);
    for (const leftovers of [SECRET, { ...SECRET, plaintext: null }])
      expect(auditSsh([set({ keys: { anna }, leftovers })], 2)).toEqual(["unjudged key-1"]);
    for (const name of ["keyId", "previousKeyId"]) {
      // Another output that is encrypted must not hide it.
      for (const more of [{}, { expiresAt: SECRET }]) {
        const outputs = { ...TOKEN, ...ROTATING, ...more, keyId: "none", [name]: SECRET };
        const [found] = findings([one("RotatingPersonalAccessToken", outputs)], { description: OWNED });
        expect(found).toMatchObject({ finding: "unjudged", id: "key-0" });
        expect(found!.detail).toBe(
          `cannot be judged: urn:pulumi:dev::p::${type("RotatingPersonalAccessToken")}::r may hold it, but its state has ${name} as a secret; \`pulumi stack export --show-secrets\` shows the ids`,
        );
      }
    }
  });

  test("D2: what `--show-secrets` shows is read, at any depth, and other secrets do not matter", () => {
    const anna = sshKey("key-0");
    for (const keys of [
      shownSecret({ anna }),
      { anna: shownSecret(anna) },
      shownSecret({ anna: shownSecret(anna) }),
    ])
      expect(auditSsh([set({ keys })], 2)).toEqual(["unmanaged key-1"]);
    const secrets = { ...KEY, ...ROTATING, description: SECRET, service: SECRET, keyPrefix: SECRET };
    const rotating = one("RotatingServiceKey", { ...secrets, keyId: shownSecret("key-0") });
    expect(audit([rotating], { service: "dns" })).toEqual([]);
  });

  test("D15: of two resources that hold a token, in either order, the one that knows its expiry counts", () => {
    const [first, other] = [token({ outputs: soon }), token({ inputs: { existing: {} }, outputs: {} })];
    for (const exports of [
      [first, other],
      [other, first],
    ])
      expect(audit(exports, { createdAt: ago(25) })).toEqual(["expiring key-0"]);
  });
});

test("D3: an inactive key is inactive and nothing else, whatever its description and its stack say", () => {
  for (const key of [{}, { service: "dns" }, { service: "dns", createdAt: ago(400) }])
    expect(audit([EMPTY], { ...key, description: OWNED, isActive: false })).toEqual(["inactive key-0"]);
});

test.each<[created: number, used: number | undefined, isUnused: boolean]>([
  [200, 1, false],
  [200, 89, false],
  [200, 91, true],
  [90, undefined, true],
  [89, undefined, false],
])("a key created %d days ago and used %p days ago is unused: %s", (created, used, isUnused) => {
  const lastUsedAt = used === undefined ? undefined : ago(used);
  const held = exportOf([{ type: dynamic("ServiceKey"), id: "key-0", outputs: KEY }]);
  const found = audit([held], { service: "dns", createdAt: ago(created), lastUsedAt });
  expect(found).toEqual(isUnused ? ["unused key-0"] : []);
});

test("D16: a lost request without a description says nothing about other keys without one", () => {
  const outputs = { service: "dns", description: "", unresolved: true };
  const lost = exportOf([{ type: dynamic("ServiceKey"), id: "unresolved/0123abc", outputs }]);
  const [found] = findings([lost], { service: "dns" });
  expect(found!.detail).toMatch(/^not managed by any given stack;/);
});

test("an end that the account shows counts, if it is earlier than the stack's", () => {
  const held = (outputs: object) =>
    exportOf([{ type: dynamic("PersonalAccessToken"), id: "key-0", outputs: { ...TOKEN, ...outputs } }]);
  expect(audit([held({ expiresAt: ago(-60) })], { expiresAt: ago(-5) })).toEqual(["expiring key-0"]);
  expect(audit([held({ expiresAt: ago(-5) })], { expiresAt: ago(-60) })).toEqual(["expiring key-0"]);
  expect(audit([held({})], { expiresAt: ago(-60) })).toEqual([]);
  expect(audit([held({})], { expiresAt: "some day" })).toEqual(["unknown-expiry key-0"]);
});

test("a UUID is the same id in any case", () => {
  const id = "f47ac10b-58cc-4372-a567-0e02b2c3d479";
  const exported = exportOf([{ type: dynamic("ServiceKey"), id: id.toUpperCase(), outputs: KEY }]);
  expect(audit([exported], { id, service: "dns" })).toEqual([]);
});

test("a key whose times cannot be read is not called used, unless it is too young to be anything else", () => {
  const [old, young] = [ago(200), ago(1)];
  expect(audit([exportOf([])], { createdAt: old, lastUsedAt: "yesterday" })).toEqual([
    "unjudged key-0",
    "unmanaged key-0",
  ]);
  expect(audit([exportOf([])], { createdAt: young, lastUsedAt: "yesterday" })).toEqual(["unmanaged key-0"]);
});

test("every finding that needs a decision ends in the command that carries it out", () => {
  const stack = exportOf([
    { type: "pulumi:pulumi:Stack" },
    { type: dynamic("PersonalAccessToken"), id: "key-2", outputs: { ...TOKEN, expiresAt: ago(-3) } },
    { type: dynamic("ServiceKey"), id: "key-3", outputs: KEY },
  ]);
  const found = findings(
    [stack],
    { service: "dns", createdAt: ago(100) },
    { service: "dns", description: OWNED },
    {},
    { service: "dns", createdAt: ago(100) },
  );
  expect(found.map(({ finding, detail }) => [finding, /`([^`]*)`$/.exec(detail)?.[1]])).toEqual([
    ["unused", "pulumi-wayscloud revoke key-0"],
    ["unmanaged", "pulumi-wayscloud revoke key-0"],
    ["orphan", "pulumi-wayscloud revoke key-1"],
    ["expiring", `pulumi up --replace 'urn:pulumi:dev::p::${dynamic("PersonalAccessToken")}::r'`],
    ["unused", "pulumi up"],
  ]);
  const ssh = { ...sshKey("key-0"), createdAt: ago(100), vmCount: 0 };
  expect(findInSshKeys([ssh], OPTIONS)[0]!.detail).toBe(
    `not used by any VPS; added ${ago(100)}; if no stack holds it and nothing needs it, run \`pulumi-wayscloud revoke --ssh-key key-0\``,
  );
});

test("the keys of every state that an earlier version wrote are managed, and no state is unreadable", () => {
  const states = [...recordedStates("1.0.0"), ...recordedStates("e725e63")];
  expect(states.length).toBeGreaterThan(30);
  for (const { type, name, id, inputs, outputs } of states) {
    const exported = exportOf([{ type: dynamic(type), name, id, inputs, outputs }]);
    const { apiKeys, sshKeys } = managedKeys([exported]);
    const held = [...apiKeys.byId.keys(), ...sshKeys.byId.keys()].sort();
    expect([name, held]).toEqual([name, idsOf({ id, outputs }).sort()]);
    expect([...apiKeys.unreadable, ...sshKeys.unreadable]).toEqual([]);
  }
});

test("a key is managed by the stack that holds it, whatever stack its description names; else it is an orphan, and another backend may hold it", () => {
  const key = { service: "dns", description: OWNED };
  const moved = exportOf([{ type: dynamic("ServiceKey"), id: "key-0" }], "q");
  expect(audit([EMPTY, moved], key)).toEqual([]);
  expect(audit([moved], key)).toEqual([]);
  const [found] = findings([EMPTY], key);
  expect(found).toMatchObject({ finding: "orphan", kind: "service key" });
  expect(found!.detail).toBe(
    "created by stack p/dev, but not in any state that you passed, so its secret may be lost; unless another stack holds it (after a move or an import, or in another backend) or an update is running, run `pulumi-wayscloud revoke key-0`",
  );
  const ofOther = { ...key, description: "pulumi q/dev/dns #0123abc" };
  expect(audit([EMPTY], ofOther)).toEqual(["unmanaged key-0"]);
  const ofBoth = exportOf([
    { type: "pulumi:pulumi:Stack" },
    { type: "a:b:C", urn: "urn:pulumi:dev::q::a:b:C::r" },
  ]);
  expect(audit([ofBoth], ofOther)).toEqual(["orphan key-0"]);
});

test("the audit's own credential is found only when it expires or is inactive, and only if it is surely the one", () => {
  const old = {
    id: "own",
    keyPrefix: "wayscloud_pat_abc",
    description: OWNED,
    createdAt: ago(400),
    isActive: true,
  };
  const other = { ...old, id: "other", keyPrefix: "wayscloud_pat_xyz" };
  const found = (keys: ListedApiKey[], exported = EMPTY): string[] => {
    const options = { ...OPTIONS, managed: managedKeys([exported]), credential: "wayscloud_pat_abcdef" };
    return labels(findInApiKeys(keys, options));
  };
  expect(found([old, other])).toEqual(["unused other", "orphan other"]);
  const outputs = { ...TOKEN, expiresAt: ago(-3) };
  const held = exportOf([{ type: dynamic("PersonalAccessToken"), id: "own", outputs }]);
  expect(found([old], held)).toEqual(["expiring own"]);
  expect(found([{ ...old, isActive: false }])).toEqual(["inactive own"]);
  // The longest prefix is the best proof, and one that several keys share is none.
  expect(found([old, { ...other, keyPrefix: "wayscloud_pat_" }])).toEqual(["unused other", "orphan other"]);
  expect(found([old, { ...other, keyPrefix: old.keyPrefix }])).toHaveLength(4);
});

test("resources of other packages manage nothing, whatever their names", () => {
  const names =
    "other:index:ServiceKey pulumi-nodejs:dynamic/other:ServiceKey xwayscloud-account:index:SshKey";
  const types = names.split(" ");
  expect(audit([exportOf(types.map((type) => ({ type, id: "key-0" })))], {})).toEqual(["unmanaged key-0"]);
});

test("a new stack has no resources, but a manifest", () => {
  for (const resources of [undefined, null, []])
    expect(managedKeys([{ deployment: { manifest: {}, resources } }]).nameless).toEqual(["Stack export 1"]);
});

const SECRET_TEXT = "wayscloud_secret_x";
const NO_EXPORTS: Record<string, unknown> = {
  null: null,
  "a list": [],
  "a string": "{}",
  "an object without a deployment": {},
  "a deployment that is none": { deployment: { hello: 1 } },
  "resources that are no list": { deployment: { resources: {} } },
  "a null among the resources": { deployment: { resources: [null] } },
  "a resource without a type": { deployment: { resources: [{ urn: "u" }] } },
  "outputs that are text": { deployment: { resources: [{ urn: "u", type: "t", outputs: SECRET_TEXT }] } },
};
test.each(Object.entries(NO_EXPORTS))("%s is not a stack export, which one sentence says", (_, exported) => {
  const refused = (): unknown => managedKeys([exportOf([]), exported]);
  expect(refused).toThrow(ConfigurationError);
  expect(refused).toThrow(/^Stack export 2 is not the output of `pulumi stack export`[^\n]*\.$/);
  expect(refused).not.toThrow(SECRET_TEXT);
});

test("the wrong place of an export is named", () => {
  const exported = { deployment: { resources: [{ urn: "u", type: "t" }, null] } };
  expect(() => managedKeys([exported], ["The stack export dev.json"])).toThrow(
    "The stack export dev.json is not the output of `pulumi stack export` (deployment.resources.1: Invalid input: expected object, received null).",
  );
});
