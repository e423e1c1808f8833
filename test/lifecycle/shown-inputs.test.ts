// What each type's check makes of inputs that people see (names, descriptions, scopes) and of those that are only compared (rotation triggers).
import { Holders } from "../../src/lifecycle/holders";
import type { Properties } from "../../src/values";
import { resources } from "../support/engine-resources";
import type { ResourceName } from "../support/engine-resources";
import { DECLARED } from "../support/kinds";
import { publicKey as keyOf } from "../support/public-key";

const SECRET = `wayscloud_pat_abc12_${"Canary0123456789".repeat(3)}`;
const AUTO = "pulumi shop/prod/k #${hex(7)}";
const publicKey = keyOf(1);
const ofToken = (scopes: unknown) => resources.PersonalAccessToken.check({}, { scopes, description: AUTO });

describe("scopes", () => {
  test.each(["a:b:c", "*", "dns:read,write", "domain-verification", "DNS:Read", "dns:*"])(
    "of the form %j are left to the API",
    (scope) => {
      expect(ofToken([scope])).toMatchObject({ inputs: { scopes: [scope] }, failures: [] });
    },
  );

  test("are sorted and de-duplicated", () => {
    expect(ofToken(["b", "a", "b"]).inputs["scopes"]).toEqual(["a", "b"]);
  });

  test.each([
    "",
    " ",
    " dns:read ",
    "dns:read, vps:read",
    "dns:\u0007read",
    "dns:\u200bread",
    "dns:read\n",
    "\ud800",
    5,
    null,
  ])("such as %j are rejected by their place", (scope) => {
    expect(ofToken(["a:b", scope]).failures).toEqual([
      { property: "", reason: expect.stringContaining("`scopes[1]` must be a string without spaces") },
    ]);
  });

  test("as one string say how to read a list from the stack config", () => {
    expect(ofToken("dns:read").failures[0]?.reason).toMatch(
      /not a string of 8 characters; .*config\.getObject/,
    );
  });
});

test("an SSH key of two resources is rejected in the preview, but not the same resource that is checked again", () => {
  const holders = new Holders();
  const check = (name: string, olds: Properties = {}) =>
    resources.SshKey.check(olds, { publicKey, name }, holders).failures;
  expect(check("a-${hex(7)}", { publicKey, name: "a-1234567" })).toEqual([]);
  expect(check("a-${hex(7)}")).toEqual([]);
  expect(check("a-${hex(7), known after up}")).toEqual([]);
  expect(check("explicit")).toEqual([]);
  expect(check("b-${hex(7)}")).toEqual([
    {
      property: "",
      reason: expect.stringMatching(/`publicKey` is the same key as that of "a"\. .*Remove one/),
    },
  ]);
});

test.each<[unknown, string]>([
  [SECRET, `a string of ${SECRET.length} characters`],
  [{ id: "k-1", secret: SECRET }, "an object with other fields"],
])("`existing` of another form is rejected by its shape: %#", (existing, given) => {
  const { failures } = resources.ServiceKey.check({}, { service: "dns", existing });
  expect(failures).toEqual([
    { property: "", reason: `\`existing\` must be an object such as { id, key }, not ${given}` },
  ]);
});

test.each<[ResourceName, where: string, Properties]>([
  ["SshKey", "name", { name: SECRET }],
  ["ServiceKey", "description", { description: `of ${SECRET}` }],
  ["ServiceKey", "service", { service: SECRET }],
  ["PersonalAccessToken", "description", { description: SECRET }],
  ["PersonalAccessToken", "scopes[0]", { scopes: [SECRET] }],
  ["RotatingServiceKey", "description", { description: SECRET }],
  ["RotatingPersonalAccessToken", "description", { description: SECRET }],
])("a key in what people see is rejected, and neither shown nor kept: %s, %s", (type, where, given) => {
  const reason = expect.stringContaining(`\`${where}\` contains a key or another secret`);
  const { failures } = resources[type].check({}, { ...DECLARED[type], ...given });
  expect(failures).toEqual([{ property: "", reason }]);
  expect(JSON.stringify(failures)).not.toContain("Canary");
});

test.each(["", " ", " ops", "ops ", "\u00a0ops", "ops\n", "a\nb", "a\u0007b", "a\ud800"])(
  "a name of an SSH key that an API may trim or not keep is rejected: %j",
  (name) => {
    expect(resources.SshKey.check({}, { publicKey, name }).failures).toEqual([
      { property: expect.any(String), reason: expect.stringMatching(/^`name` must not/) },
    ]);
  },
);

test("a name that the package generates is accepted, whatever the logical name begins with", () => {
  expect(resources.SshKey.check({}, { publicKey, name: " ops-${hex(7)}" })).toMatchObject({
    inputs: { name: expect.stringMatching(/^ ops-[0-9a-f]{7}$/) },
    failures: [],
  });
});

test.each(["GitHubActionsDeployRole-Prod2024A1B2", "qQC73gZQpUpHpZe87DDJcqE0sjswJffjdawE", "b".repeat(64)])(
  "a generated text is accepted, although %s looks like a key",
  (name) => {
    const rotating = { service: "dns", rotateEveryDays: 30, description: `pulumi shop/dev/${name}` };
    const key = { service: "dns", description: `pulumi shop/dev/${name} #\${hex(7)}` };
    const results = [
      resources.RotatingServiceKey.check({}, rotating),
      resources.ServiceKey.check({}, key),
      resources.ServiceKey.check({}, { service: "dns", description: `pulumi shop/dev/${name} #1a2b3c4` }),
      resources.SshKey.check({}, { publicKey, name: `${name}-\${hex(7)}` }),
      resources.SshKeySet.check({}, { publicKeys: { anna: publicKey }, namePrefix: `${name}-` }),
    ];
    expect(results.flatMap(({ failures }) => failures)).toEqual([]);
  },
);

describe("rotation triggers", () => {
  const args = { service: "dns", description: AUTO };
  const check = (rotationTriggers: unknown) => resources.ServiceKey.check({}, { ...args, rotationTriggers });

  test.each([{ a: 1 }, { a: true, b: null }, { a: { b: [1, { c: "x" }] } }, { key: SECRET }])(
    "may be %j, as given",
    (triggers) => {
      expect(check(triggers)).toMatchObject({ inputs: { rotationTriggers: triggers }, failures: [] });
    },
  );

  const held = { key: "k", keyPrefix: "k", keyType: "service", createdAt: "2026-01-01T00:00:00Z" };

  test.each([{ x: NaN }, { x: [1, NaN] }, { x: { y: NaN } }, { x: -0 }])(
    "that JSON does not know (%j) replace nothing",
    (triggers) => {
      const { inputs, failures } = check(triggers);
      expect(failures).toEqual([]);
      const again = resources.ServiceKey.check(inputs, { ...args, rotationTriggers: triggers }).inputs;
      expect(resources.ServiceKey.diff("id", { ...inputs, ...held }, again, 0).changes).toBe(false);
      const sent = JSON.parse(JSON.stringify(inputs)) as Properties;
      expect(resources.ServiceKey.diff("id", { ...sent, ...held }, sent, 0).changes).toBe(false);
    },
  );

  test("rotate by value, not by identity or order", () => {
    const inputs = { service: "dns", description: AUTO, rotationTriggers: { a: { b: [1, 2] }, c: true } };
    const diff = (triggers: unknown) =>
      resources.ServiceKey.diff("id", { ...inputs, ...held }, { ...inputs, rotationTriggers: triggers }, 0);
    expect(diff({ c: true, a: { b: [1, 2] } })).toMatchObject({ changes: false });
    for (const other of [
      { a: { b: [2, 1] }, c: true },
      { a: { b: [1, 2] }, c: "true" },
      { a: { b: [1, 2] } },
    ]) {
      expect(diff(other)).toMatchObject({ replaces: ["rotationTriggers"] });
    }
  });
});
