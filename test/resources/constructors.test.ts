// What a program meets before the engine does: the constructors' own checks, `get` with its arguments, and what is passed on to the engine.
import { generateKeyPairSync } from "node:crypto";

import * as pulumi from "@pulumi/pulumi";
import * as wayscloud from "../../src";
import { type ClassName, classes } from "../../src/fields/classes";
import { inText, recordRegistrations, REQUIRED_ARGS, valuesOf } from "../support/mocked";

const registered = recordRegistrations();
beforeEach(() => (registered.length = 0));

const classNames = Object.keys(REQUIRED_ARGS) as ClassName[];
/** As from JavaScript, where no compiler checks the arguments. */
const construct = (
  className: ClassName,
  name: string,
  args: unknown,
  opts?: unknown,
): pulumi.CustomResource =>
  new (wayscloud[className] as unknown as new (...all: unknown[]) => pulumi.CustomResource)(name, args, opts);

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

  test.each([undefined, null, "dns", 5])("without its arguments (%p) says what is missing", (args) => {
    expect(() => construct(className, "k", args)).toThrow(
      `${className} "k": missing required argument \`args\`, an object with the resource's inputs.`,
    );
  });

  test("says what to do instead of the `import` option", () => {
    expect(() => construct(className, "k", REQUIRED_ARGS[className], { import: "1" })).toThrow(
      /^\w+ "k": the `import` option is not supported for dynamic resources\. .+\.$/,
    );
  });

  test("rejects a provider that the SDK would ignore, since the default account would be used", () => {
    class Foreign extends pulumi.ProviderResource {}
    for (const provider of [new Foreign("random", "p", {}), {}, "wayscloud"]) {
      expect(() => construct(className, "k", REQUIRED_ARGS[className], { provider })).toThrow(
        `${className} "k": the \`provider\` option must be a Provider of pulumi-wayscloud`,
      );
    }
  });

  test("goes with a Provider of the package", async () => {
    const provider = new wayscloud.Provider("other", {
      apiKey: "wayscloud_pat_x",
      endpoint: "https://api.example.com",
    });
    await valuesOf(construct(className, "k", REQUIRED_ARGS[className], { provider }).urn);
    expect(registered.find(({ name }) => name === "k")?.provider).toContain(
      "pulumi:providers:pulumi-nodejs::other",
    );
  });

  test.each(["__proto__", "toString", "4dabf18193072939515e22adb298388d"])(
    "rejects an entry named `%s`, which the SDK would lose without a word or break on",
    (entry) => {
      const rotationTriggers = { deep: [Object.fromEntries([[entry, 1]])] };
      expect(() => construct(className, "k", { ...REQUIRED_ARGS[className], rotationTriggers })).toThrow(
        `${className} "k": \`rotationTriggers\` has an entry named \`${entry}\``,
      );
    },
  );

  test("rejects a logical name made of an Output, with what to do instead", () => {
    const name = `k-${inText(pulumi.output("x"))}`;
    expect(() => construct(className, name, REQUIRED_ARGS[className])).toThrow(
      `${className}: \`name\` contains an Output that was turned into a string; use \`pulumi.interpolate\``,
    );
  });
});

test("a private key given to an SshKey is neither shown nor passed on", () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const publicKey = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const secret = publicKey.split("\n")[1]!;
  let thrown: unknown;
  try {
    new wayscloud.SshKey("k", { publicKey });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({
    message: expect.stringContaining('SshKey "k": `publicKey` was given a private key'),
  });
  expect(String((thrown as Error).stack)).not.toContain(secret.slice(20, 40));
  expect(registered).toEqual([]);
});

test("a set's names begin with its logical name, and a private key in it stops the program before anything is registered", async () => {
  const team = new wayscloud.SshKeySet("team", { publicKeys: { anna: "ssh-ed25519 AAAA" } });
  await valuesOf(team.urn);
  expect(registered[0]?.inputs).toMatchObject({
    namePrefix: "team-",
    publicKeys: { anna: "ssh-ed25519 AAAA" },
  });
  registered.length = 0;
  const secret = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n";
  const add = (): unknown => new wayscloud.SshKeySet("team", { publicKeys: { anna: secret } });
  expect(add).toThrow('SshKeySet "team": `publicKeys["anna"]` was given a private key');
  expect(add).not.toThrow("b3Blbn");
  expect(registered).toEqual([]);
});

test("a rotating key or a set of keys cannot be looked up", () => {
  for (const className of ["RotatingServiceKey", "RotatingPersonalAccessToken", "SshKeySet"] as const) {
    expect(() => construct(className, "k", undefined, { id: "1" })).toThrow("cannot be looked up by `id`");
  }
});

describe.each(["SshKey", "ServiceKey", "PersonalAccessToken"] as const)("%s.get", (className) => {
  const get = (...args: unknown[]): pulumi.CustomResource =>
    (wayscloud[className].get as unknown as (...all: unknown[]) => pulumi.CustomResource)(...args);
  const state = { createdAt: "2026-01-01T00:00:00Z" };
  const provider = (): wayscloud.Provider =>
    new wayscloud.Provider("other", { apiKey: "wayscloud_pat_x", endpoint: "https://api.example.com" });

  test.each<[string, (opts: pulumi.CustomResourceOptions) => unknown[]]>([
    ["(name, id, opts)", (opts) => ["k", "the-id", opts]],
    ["(name, id, undefined, opts)", (opts) => ["k", "the-id", undefined, opts]],
    ["(name, id, null, opts)", (opts) => ["k", "the-id", null, opts]],
    ["(name, id, {}, opts)", (opts) => ["k", "the-id", {}, opts]],
    ["(name, id, state, opts)", (opts) => ["k", "the-id", state, opts]],
  ])("%s never drops the options", async (_, args) => {
    const found = get(...args({ provider: provider() }));
    expect(await valuesOf(found.id)).toEqual(["the-id"]);
    const { inputs, provider: used } = registered.find(({ name }) => name === "k")!;
    expect(used).toContain("pulumi:providers:pulumi-nodejs::other");
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

  test("rejects an id made of an Output", () => {
    expect(() => get("k", "Calling [toString] on an [Output<T>] is not supported.")).toThrow(
      `${className}.get("k"): \`id\` contains an Output that was turned into a string`,
    );
  });
});
