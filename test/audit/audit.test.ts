// What an audit makes of stack exports: whose a key is, and when it expires.
import { findInApiKeys, findInSshKeys } from "../../src/audit/findings";
import type { AuditFinding } from "../../src/audit/findings";
import { managedKeys } from "../../src/audit/managed";
import { ConfigurationError } from "../../src/errors";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const DAY = 86_400_000;
const ago = (days: number): string => new Date(NOW - days * DAY).toISOString();
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" };

interface Resource {
  type: string;
  id?: string;
  inputs?: unknown;
  outputs?: unknown;
  external?: boolean;
  name?: string;
}

function exportOf(resources: Resource[], stack = "dev"): unknown {
  return {
    version: 3,
    deployment: {
      manifest: {},
      resources: resources.map(({ name = "r", type, ...rest }) => ({
        urn: `urn:pulumi:${stack}::p::${type}::${name}`,
        type,
        ...rest,
      })),
    },
  };
}

const dynamic = (name: string): string => `pulumi-nodejs:dynamic/wayscloud:${name}`;
const plugin = (name: string): string => `wayscloud-account:index:${name}`;

interface Key {
  id?: string;
  service?: string;
  description?: string;
  createdAt?: string;
}

/** The findings of these keys, as `finding id`. */
function audit(exports: unknown[], ...keys: Key[]): string[] {
  return findings(exports, ...keys).map(({ finding, id }) => `${finding} ${id}`);
}

function findings(exports: unknown[], ...keys: Key[]): AuditFinding[] {
  const listed = keys.map(({ service, ...key }, index) => ({
    id: `key-${index}`,
    keyPrefix: `wayscloud_pat_${index}`,
    keyType: service === undefined ? "pat" : "service",
    service,
    isActive: true,
    createdAt: ago(1),
    ...key,
  }));
  const managed = managedKeys(exports);
  const limits = { unusedForDays: 90, expiringWithinDays: 14 };
  return findInApiKeys(listed, { ...limits, managed, credential: undefined, now: NOW });
}

describe.each([
  ["dynamic classes", dynamic],
  ["the first-class provider", plugin],
])("states of %s", (_, type) => {
  const token = (resource: Omit<Resource, "type">): unknown =>
    exportOf([{ type: type("PersonalAccessToken"), id: "key-0", ...resource }]);

  test.each<[string, Omit<Resource, "type">, string, string[]]>([
    ["expires soon", { outputs: { expiresInDays: 30, expiresAt: ago(-5) } }, ago(25), ["expiring key-0"]],
    ["expires later", { outputs: { expiresInDays: 30, expiresAt: ago(-15) } }, ago(15), []],
    [
      "has its expiry as a secret: its lifetime tells it",
      { inputs: { expiresInDays: 30 }, outputs: { expiresInDays: 30, expiresAt: SECRET } },
      ago(25),
      ["expiring key-0"],
    ],
    [
      "has its expiry and its lifetime as secrets",
      { inputs: { expiresInDays: SECRET }, outputs: { expiresInDays: SECRET, expiresAt: SECRET } },
      ago(25),
      ["unknown-expiry key-0"],
    ],
    [
      "was created without a lifetime",
      { inputs: {}, outputs: { expiresAt: null } },
      ago(1),
      ["no-expiry key-0"],
    ],
    [
      "was created elsewhere, nobody knows with which lifetime",
      { inputs: { existing: SECRET }, outputs: {} },
      ago(1),
      ["unknown-expiry key-0"],
    ],
    [
      "was created elsewhere with a known lifetime",
      { inputs: { existing: { id: "key-0" }, expiresInDays: 30 }, outputs: { expiresInDays: 30 } },
      ago(25),
      ["expiring key-0"],
    ],
    ["was only looked up", { external: true, inputs: {}, outputs: {} }, ago(1), ["unmanaged key-0"]],
    ["has no properties at all", { inputs: null, outputs: null }, ago(1), ["no-expiry key-0"]],
  ])("a token that %s", (_case, resource, createdAt, found) => {
    expect(audit([token(resource)], { createdAt })).toEqual(found);
  });

  test("A22: a rotating token's keys expire each in its own time", () => {
    const outputs = { keyId: "key-0", previousKeyId: "key-1", expiresInDays: 60, expiresAt: ago(-50) };
    const exported = exportOf([{ type: type("RotatingPersonalAccessToken"), id: "rotating-1", outputs }]);
    expect(findings([exported], { createdAt: ago(10) }, { createdAt: ago(50) })).toEqual([
      expect.objectContaining({
        finding: "expiring",
        id: "key-1",
        detail: expect.stringMatching(/^expires 2026-12-03T12:00:00Z \(urn:/),
      }),
    ]);
    const recorded = exportOf([
      {
        type: type("RotatingPersonalAccessToken"),
        outputs: { ...outputs, previousExpiresAt: ago(-40) },
      },
    ]);
    expect(audit([recorded], { createdAt: ago(10) }, { createdAt: ago(50) })).toEqual([]);
  });

  test("a rotating token that never expires is said once, not of its previous key", () => {
    const outputs = { keyId: "key-0", previousKeyId: "key-1" };
    const exported = exportOf([{ type: type("RotatingPersonalAccessToken"), outputs }]);
    expect(audit([exported], {}, {})).toEqual(["no-expiry key-0"]);
  });

  test("every SSH key of a set is managed, and no other", () => {
    const keys = { anna: { id: "ssh-0", name: "anna" }, bjarne: { id: "ssh-1" }, broken: null };
    const managed = managedKeys([exportOf([{ type: type("SshKeySet"), id: "set-1", outputs: { keys } }])]);
    const listed = ["ssh-0", "ssh-1", "ssh-2"].map((id) => ({ id, name: id, createdAt: ago(1), vmCount: 1 }));
    const options = { unusedForDays: 90, expiringWithinDays: 14, managed, credential: undefined, now: NOW };
    expect(findInSshKeys(listed, options).map(({ finding, id }) => `${finding} ${id}`)).toEqual([
      "unmanaged ssh-2",
    ]);
  });

  test("an SSH key that a set could not delete yet is managed", () => {
    const outputs = { keys: { anna: { id: "ssh-0" } }, leftovers: ["ssh-1"] };
    const { byId } = managedKeys([exportOf([{ type: type("SshKeySet"), id: "set-1", outputs }])]);
    expect([...byId.keys()]).toEqual(["ssh-0", "ssh-1"]);
  });

  test("a set without keys, or with keys that are a secret, is an empty one", () => {
    for (const outputs of [{}, { keys: SECRET }, { keys: null }, { keys: "x" }])
      expect(managedKeys([exportOf([{ type: type("SshKeySet"), outputs }])]).byId.size).toBe(0);
  });
});

test("A21: a key is managed by the stack that holds it, whatever stack its description names; where that one was not given, nobody is told to revoke it", () => {
  const description = "pulumi p/dev/dns #0123abc";
  const [original, moved] = [
    exportOf([{ type: "pulumi:pulumi:Stack" }], "dev"),
    exportOf([{ type: dynamic("ServiceKey"), id: "key-0" }], "prod"),
  ];
  expect(audit([original, moved], { service: "dns", description })).toEqual([]);
  expect(audit([moved], { service: "dns", description })).toEqual([]);
  const [found] = findings([original], { service: "dns", description });
  expect(found?.detail).toContain(
    "unless a stack that was not given holds it (it may have been moved, imported,",
  );
  expect(found?.detail).not.toContain("revoke");
});

test("an orphan is reported without an order to revoke it: another backend may hold it", () => {
  const stack = exportOf([{ type: "pulumi:pulumi:Stack" }]);
  const [orphan] = findings([stack], { service: "dns", description: "pulumi p/dev/dns #0123abc" });
  expect(orphan).toMatchObject({ finding: "orphan", kind: "service key" });
  expect(orphan!.detail).toBe(
    "created by a stack p/dev, but in no given state: its secret may be lost, unless a stack that was not given holds it (it may have been moved, imported, or belong to a stack of the same name in another backend) or an update is running",
  );
  expect(audit([stack], { service: "dns", description: "pulumi q/dev/dns #0123abc" })).toEqual([
    "unmanaged key-0",
  ]);
});

test("the audit's own credential is found only when it expires or is inactive, and only if it is surely the one", () => {
  const description = "pulumi p/dev/ci #0123abc";
  const key = { id: "own", keyPrefix: "wayscloud_pat_abc", keyType: "pat", description, isActive: true };
  const old = { ...key, createdAt: ago(400) };
  const other = { ...old, id: "other", keyPrefix: "wayscloud_pat_xyz" };
  const found = (keys: (typeof old)[], held: Resource[] = [{ type: "pulumi:pulumi:Stack" }]): string[] => {
    const managed = managedKeys([exportOf(held)]);
    const credential = "wayscloud_pat_abcdef";
    const options = { unusedForDays: 90, expiringWithinDays: 14, managed, credential, now: NOW };
    return findInApiKeys(keys, options).map(({ finding, id }) => `${finding} ${id}`);
  };
  expect(found([old, other])).toEqual(["unused other", "orphan other"]);
  const held = { type: dynamic("PersonalAccessToken"), id: "own", outputs: { expiresAt: ago(-3) } };
  expect(found([old], [held])).toEqual(["expiring own"]);
  expect(found([{ ...old, isActive: false }])).toEqual(["inactive own"]);
  // A prefix that several keys share proves nothing.
  expect(found([old, { ...other, keyPrefix: "wayscloud_pat_" }])).toHaveLength(4);
});

test("resources of other packages manage nothing, whatever their names", () => {
  const types = [
    "other:index:ServiceKey",
    "pulumi-nodejs:dynamic/other:ServiceKey",
    "xwayscloud-account:index:SshKey",
  ];
  expect(managedKeys([exportOf(types.map((type) => ({ type, id: "key-0" })))]).byId.size).toBe(0);
});

test("a new stack has no resources, but a manifest", () => {
  for (const deployment of [
    { manifest: {} },
    { manifest: {}, resources: null },
    { manifest: {}, resources: [] },
  ])
    expect(managedKeys([{ version: 3, deployment }]).byId.size).toBe(0);
});

test.each<[string, unknown]>([
  ["null", null],
  ["a list", []],
  ["a string", "{}"],
  ["an object without a deployment", {}],
  ["a deployment that is none", { deployment: { hello: 1 } }],
  ["resources that are no list", { deployment: { resources: {} } }],
  ["a null among the resources", { deployment: { resources: [null] } }],
  ["a resource without a type", { deployment: { resources: [{ urn: "u" }] } }],
  [
    "outputs that are text",
    { deployment: { resources: [{ urn: "u", type: "t", outputs: "wayscloud_secret_x" }] } },
  ],
])("%s is not a stack export, which is said in one sentence without its content", (_, exported) => {
  const refused = (): unknown => managedKeys([exportOf([]), exported]);
  expect(refused).toThrow(ConfigurationError);
  expect(refused).toThrow(/^Stack export 2 is not the output of `pulumi stack export`[^\n]*\.$/);
  expect(refused).not.toThrow(/wayscloud_secret/);
});

test("the wrong place of an export is named", () => {
  const resources = [{ urn: "u", type: "t" }, null];
  expect(() => managedKeys([{ deployment: { resources } }], () => "The stack export dev.json")).toThrow(
    "The stack export dev.json is not the output of `pulumi stack export` (deployment.resources.1: Invalid input: expected object, received null).",
  );
});
