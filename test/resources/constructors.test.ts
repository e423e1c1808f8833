// What a program meets before the engine does: the constructors' own checks, `get` with its arguments, and what is passed on to the engine, in both hosts.
import { generateKeyPairSync } from "node:crypto";

import * as pulumi from "@pulumi/pulumi";
import * as wayscloud from "../../src";
import * as native from "../../src/native";
import { type ClassName, classes } from "../../src/fields/classes";
import { inText, recordRegistrations, REQUIRED_ARGS, valuesOf } from "../support/mocked";

const registered = recordRegistrations();
beforeEach(() => (registered.length = 0));

const classNames = Object.keys(REQUIRED_ARGS) as ClassName[];
const HOSTS = { dynamic: wayscloud, native };
type Host = keyof typeof HOSTS;
const everywhere = (Object.keys(HOSTS) as Host[]).flatMap((host) =>
  classNames.map((className): [Host, ClassName] => [host, className]),
);

const OWN = "Let the resource create its own key, and revoke the old one once nothing uses it";
const INSTEAD_OF_IMPORT: Record<ClassName, string> = {
  SshKey: "Declare it with `adoptExisting: true` instead to adopt the key that the account has",
  SshKeySet: "Declare it with `adoptExisting: true` instead to adopt the keys that the account has",
  ServiceKey: "Pass `existing: { id, key }` instead to import the key",
  PersonalAccessToken: "Pass `existing: { id, key }` instead to import the token",
  RotatingServiceKey: OWN,
  RotatingPersonalAccessToken: OWN,
};

/** As from JavaScript, where no compiler checks the arguments. */
function constructIn(host: Host, className: ClassName, ...args: unknown[]): pulumi.CustomResource {
  const Class = HOSTS[host][className] as unknown as new (...all: unknown[]) => pulumi.CustomResource;
  return new Class(...args);
}
const construct = (className: ClassName, ...args: unknown[]): pulumi.CustomResource =>
  constructIn("dynamic", className, ...args);

const OTHER = "pulumi:providers:pulumi-nodejs::other";
const otherAccount = (): wayscloud.Provider =>
  new wayscloud.Provider("other", { apiKey: "wayscloud_pat_x", endpoint: "https://api.example.com" });

describe.each(everywhere)("%s %s", (host, className) => {
  test.each([undefined, null, "dns", 5])("without its arguments (%p) says what is missing", (args) => {
    expect(() => constructIn(host, className, "k", args)).toThrow(
      `${className} "k": missing required argument \`args\`, an object with the resource's inputs.`,
    );
  });

  test.each([
    ["__proto__", "which would be lost"],
    ["toString", "which Pulumi's SDK cannot pass on"],
    ["4dabf18193072939515e22adb298388d", "which Pulumi's SDK cannot pass on"],
  ])("rejects an entry named `%s`, %s", (entry, why) => {
    const rotationTriggers = { deep: [Object.fromEntries([[entry, 1]])] };
    expect(() =>
      constructIn(host, className, "k", { ...REQUIRED_ARGS[className], rotationTriggers }),
    ).toThrow(
      `${className} "k": \`rotationTriggers\` has an entry named \`${entry}\`, ${why}; choose another name.`,
    );
  });

  test("rejects a logical name made of an Output, with what to do instead", () => {
    const name = `k-${inText(pulumi.output("x"))}`;
    expect(() => constructIn(host, className, name, REQUIRED_ARGS[className])).toThrow(
      `${className}: \`name\` contains an Output that was turned into a string; use \`pulumi.interpolate\``,
    );
  });

  test("rejects a provider that the SDK would ignore, since the default account would be used", () => {
    class Foreign extends pulumi.ProviderResource {}
    const isNative = host === "native";
    for (const provider of [new Foreign(isNative ? "pulumi-nodejs" : "random", "p", {}), {}, "wayscloud"]) {
      expect(() => constructIn(host, className, "k", REQUIRED_ARGS[className], { provider })).toThrow(
        `${className} "k": the \`provider\` option must be a Provider of pulumi-wayscloud${isNative ? "/native" : ""}, `,
      );
    }
  });
});

test.each<[Host, ClassName, string]>([
  ["dynamic", "SshKey", "publicKey"],
  ["native", "SshKey", "publicKey"],
  ["dynamic", "SshKeySet", 'publicKeys["anna"]'],
  ["native", "SshKeySet", 'publicKeys["anna"]'],
])("a private key given to a %s %s is neither shown nor passed on", (host, className, input) => {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const args = className === "SshKey" ? { publicKey: pem } : { publicKeys: { anna: pem } };
  let thrown: unknown;
  try {
    constructIn(host, className, "k", args);
  } catch (error) {
    thrown = error;
  }
  const { message, stack } = thrown as Error;
  expect(message).toContain(`${className} "k": \`${input}\` was given a private key`);
  expect(String(stack)).not.toContain(pem.split("\n")[1]!.slice(20, 40));
  expect(registered).toEqual([]);
});

test.each(classNames)(
  "native %s passes on what the program says alone: the plugin fills in the rest",
  async (className) => {
    const args = REQUIRED_ARGS[className];
    const created = constructIn("native", className, "k", args);
    await valuesOf(created.urn);
    const type = `wayscloud-account:index:${className}`;
    expect(registered.map((each) => [each.type, each.inputs])).toEqual([[type, args]]);
    expect(native[className].isInstance(created)).toBe(true);
  },
);

test("row 53: all parents belong to the owner, not only the next one", async () => {
  for (const type of ["acme:index:Shop", "acme:index:Blog"]) {
    const outer = new pulumi.ComponentResource(type, "outer");
    const parent = new pulumi.ComponentResource("acme:index:Site", "site", {}, { parent: outer });
    const key = construct("RotatingServiceKey", "db", REQUIRED_ARGS.RotatingServiceKey, { parent });
    await valuesOf(key.urn);
    expect(registered.at(-1)?.inputs["__owner"]).toContain(`/${type}$acme:index:Site$db`);
  }
});

describe.each(classNames)("%s", (className) => {
  test("passes its inputs, the constant provider code, and nothing else", async () => {
    const created = construct(className, "k", REQUIRED_ARGS[className]);
    await valuesOf(created.urn);
    const [one, ...others] = registered;
    expect(others).toEqual([]);
    const generated = { SshKey: ["name"], SshKeySet: ["namePrefix", "__owner"] }[className as string] ?? [
      "description",
    ];
    expect(Object.keys(one?.inputs ?? {}).sort()).toEqual(
      [...Object.keys(REQUIRED_ARGS[className]), ...generated, "__provider"].sort(),
    );
    const runtime = className.charAt(0).toLowerCase() + className.slice(1);
    expect(one?.inputs["__provider"]).toBe(
      `exports.handler = () => require("pulumi-wayscloud/runtime").${runtime}`,
    );
  });

  test("has every documented output at once", () => {
    const created = construct(className, "k", REQUIRED_ARGS[className]) as unknown as Record<string, unknown>;
    const documented = Object.keys(classes[className].outputs);
    expect(documented.filter((name) => !pulumi.Output.isInstance(created[name]))).toEqual([]);
  });

  test("says what to do instead of the `import` option", () => {
    expect(() => construct(className, "k", REQUIRED_ARGS[className], { import: "1" })).toThrow(
      `${className} "k": the \`import\` option is not supported for dynamic resources. ${INSTEAD_OF_IMPORT[className]}.`,
    );
  });

  test("goes with a Provider of the package", async () => {
    await valuesOf(construct(className, "k", REQUIRED_ARGS[className], { provider: otherAccount() }).urn);
    expect(registered.find(({ name }) => name === "k")?.provider).toContain(OTHER);
  });
});

test("a set's names begin with its logical name", async () => {
  await valuesOf(construct("SshKeySet", "team", REQUIRED_ARGS.SshKeySet).urn);
  expect(registered[0]?.inputs).toMatchObject({ namePrefix: "team-", ...REQUIRED_ARGS.SshKeySet });
});

test("a rotating key or a set of keys cannot be looked up", () => {
  for (const className of ["RotatingServiceKey", "RotatingPersonalAccessToken", "SshKeySet"] as const) {
    expect(() => construct(className, "k", undefined, { id: "1" })).toThrow("cannot be looked up by `id`");
  }
});

// The compiler checks the types.
test("the state that `get` accepts may be what another resource outputs, and is as narrow as the inputs", async () => {
  const { createdAt, isActive, keyType } = wayscloud.ServiceKey.get("a", "1");
  const { adopted, vmCount } = wayscloud.SshKey.get("b", "2");
  const key: wayscloud.ServiceKeyState = { isActive, service: "dns", scopes: [keyType] };
  const token: wayscloud.PersonalAccessTokenState = { isActive, lastUsedAt: createdAt, expiresInDays: 30 };
  const service: pulumi.Input<wayscloud.ServiceName> = key.service!;
  const lastUsedAt: pulumi.Input<string> = token.lastUsedAt!;
  const found = [
    wayscloud.SshKey.get("c", "3", { adopted, vmCount }),
    wayscloud.ServiceKey.get("d", "4", { ...key, service }),
    wayscloud.PersonalAccessToken.get("e", "5", { ...token, lastUsedAt, scopes: pulumi.output([keyType]) }),
  ];
  expect(await valuesOf(...found.map(({ id }) => id))).toEqual(["3", "4", "5"]);
});

describe.each(["SshKey", "ServiceKey", "PersonalAccessToken"] as const)("%s.get", (className) => {
  const get = (...args: unknown[]): pulumi.CustomResource =>
    (wayscloud[className].get as unknown as (...all: unknown[]) => pulumi.CustomResource)(...args);
  const state = { createdAt: "2026-01-01T00:00:00Z" };

  test.each<[string, (opts: pulumi.CustomResourceOptions) => unknown[]]>([
    ["(name, id, opts)", (opts) => ["k", "the-id", opts]],
    ["(name, id, undefined, opts)", (opts) => ["k", "the-id", undefined, opts]],
    ["(name, id, null, opts)", (opts) => ["k", "the-id", null, opts]],
    ["(name, id, {}, opts)", (opts) => ["k", "the-id", {}, opts]],
    ["(name, id, state, opts)", (opts) => ["k", "the-id", state, opts]],
  ])("%s never drops the options", async (_, args) => {
    const found = get(...args({ provider: otherAccount() }));
    expect(await valuesOf(found.id)).toEqual(["the-id"]);
    const { inputs, provider: used } = registered.find(({ name }) => name === "k")!;
    expect(used).toContain(OTHER);
    expect(Object.keys(inputs)).toEqual(["__provider"]);
  });

  test.each([[], [undefined], [state]])("needs neither state nor options: %j", async (...rest) => {
    expect(await valuesOf(get("k", pulumi.output("the-id"), ...rest).id)).toEqual(["the-id"]);
    expect(registered[0]?.inputs).toEqual({ __provider: expect.any(String) });
  });

  test("says which argument is which when they are mixed up", () => {
    const opts = { protect: true };
    for (const args of [
      ["k", "1", opts, {}],
      ["k", "1", opts, state],
      ["k", "1", { ...state, ...opts }],
    ]) {
      expect(() => get(...args)).toThrow(
        `${className}.get("k"): the third argument is the state, the fourth the resource options; \`protect\` is not an output`,
      );
    }
  });

  test.each([undefined, null, "", " ", 7, { protect: true }])("requires an id: not %j", (id) => {
    expect(() => get("k", id)).toThrow(
      `${className}.get("k"): \`id\` must be the id of the key in the account, not `,
    );
  });

  test("rejects an id made of an Output", () => {
    expect(() => get("k", "Calling [toString] on an [Output<T>] is not supported.")).toThrow(
      `${className}.get("k"): \`id\` contains an Output that was turned into a string`,
    );
  });
});
