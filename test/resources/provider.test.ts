// Provider in a program, of both hosts: an explicit account that is named never becomes another one, and any copy of the package knows it.
import * as pulumi from "@pulumi/pulumi";
import * as wayscloud from "../../src";
import * as native from "../../src/native";
import { useEnvironment } from "../support/environment";
import { inText, recordRegistrations, valueOf } from "../support/mocked";

const registered = recordRegistrations({ customerId: "mocked" });
useEnvironment();
afterEach(() => pulumi.runtime.setAllConfig({}));

const args = { apiKey: "wayscloud_pat_x", endpoint: "https://api.example.com/" };

describe.each([
  ["dynamic", wayscloud.Provider, "wayscloud:"],
  ["native", native.Provider, ""],
] as const)("the Provider of the %s classes", (_host, Provider, namespace) => {
  /** As from JavaScript, where no compiler checks the arguments. */
  const construct = (given: object) => new Provider("p", given as wayscloud.ProviderArgs);

  /** The inputs that the engine gets. */
  async function inputsOf(given: object): Promise<Record<string, unknown>> {
    registered.length = 0;
    await valueOf(construct(given).urn);
    const inputs = Object.entries(registered[0]!.inputs as object);
    return Object.fromEntries(
      inputs.map(([name, value]) => [name.slice(namespace.length), value as unknown]),
    );
  }

  test.each<[string, object, string]>([
    [
      "is missing",
      { patToken: undefined },
      'Provider "p": `patToken` is required; explicit providers do not fall back to other credentials.',
    ],
    ["is null", { apiKey: null }, 'Provider "p": `apiKey` is required;'],
    ["is empty", { patToken: "" }, 'The value of `patToken` of the Provider "p" is blank.'],
    ["is blank", { apiKey: " \t\n" }, 'The value of `apiKey` of the Provider "p" is blank.'],
    [
      "is a number",
      { apiKey: 1 },
      'The value of `apiKey` of the Provider "p" must be a string, not a number.',
    ],
    [
      "is an Output in a template literal",
      { patToken: inText(pulumi.output("x")) },
      'Provider "p": `patToken` contains an Output that was turned into a string; use `pulumi.interpolate`, or `.apply` on the Output.',
    ],
    [
      "has two names",
      { patToken: "a", apiKey: "a" },
      'Provider "p": Both `patToken` and `apiKey` set the credential. Remove one of them.',
    ],
  ])("refuses a credential that %s", (_, credential, message) => {
    expect(() => construct({ endpoint: args.endpoint, ...credential })).toThrow(message);
  });

  test.each<[object, string]>([
    [{ customerId: " " }, 'The value of `customerId` of the Provider "p" is blank.'],
    [{ endpoint: "" }, 'The value of `endpoint` of the Provider "p" is blank.'],
    [{ endpoint: "  " }, 'The value of `endpoint` of the Provider "p" is blank.'],
    [{ endpoint: 42 }, 'The value of `endpoint` of the Provider "p" must be a string, not a number.'],
    [
      { endpoint: "https://a.example/v1" },
      'Invalid endpoint in `endpoint` of the Provider "p": it ends in /v1,',
    ],
    [{ customerID: "x" }, 'Provider "p": unknown argument `customerID`; did you mean "customerId"?'],
    [
      { url: "x" },
      'Provider "p": unknown argument `url`. The settings are patToken, apiKey, endpoint, customerId.',
    ],
    [{ endpoit: "x" }, 'Provider "p": unknown argument `endpoit`; did you mean "endpoint"?'],
  ])("refuses %j instead of using another endpoint or any account", (given, message) => {
    expect(() => construct({ ...args, ...given })).toThrow(message);
  });

  test("passes on what is given, the credential as a secret", async () => {
    expect(await inputsOf({ ...args, customerId: pulumi.output("c-1") })).toEqual({
      apiKey: expect.objectContaining({ value: args.apiKey }),
      endpoint: "https://api.example.com",
      customerId: "c-1",
    });
  });

  test("takes an endpoint that is left out from the stack config, then from the environment", async () => {
    const { apiKey } = args;
    process.env["WAYSCLOUD_ENDPOINT"] = "https://env.example/";
    expect(await inputsOf({ apiKey })).toMatchObject({ endpoint: "https://env.example" });
    pulumi.runtime.setAllConfig({ "wayscloud:endpoint": "https://both.example" });
    expect(await inputsOf({ patToken: apiKey })).toMatchObject({ endpoint: "https://both.example" });
    pulumi.runtime.setAllConfig({ "wayscloud-account:endpoint": "https://stack.example" });
    expect(await inputsOf({ apiKey })).toMatchObject({ endpoint: "https://stack.example" });
    expect(await inputsOf(args)).toMatchObject({ endpoint: "https://api.example.com" });
  });
});

test("a credential that is not named is an error; in the plugin's Provider it is that of the environment", async () => {
  expect(() => new wayscloud.Provider("p", {} as wayscloud.ProviderArgs)).toThrow("`patToken` is required;");
  registered.length = 0;
  await valueOf(new native.Provider("none", {}).urn);
  expect(registered[0]!.inputs).toEqual({ endpoint: "https://api.wayscloud.services" });
});

test("its outputs are those of its inputs, the credential a secret; without customerId there is none", async () => {
  const provider = new wayscloud.Provider("all", { ...args, customerId: pulumi.output("c-1") });
  expect(await valueOf(provider.apiKey)).toBe("wayscloud_pat_x");
  expect(await pulumi.isSecret(provider.apiKey)).toBe(true);
  expect(await valueOf(provider.endpoint)).toBe("https://api.example.com");
  expect(await pulumi.isSecret(provider.endpoint)).toBe(false);
  expect(await valueOf(provider.customerId)).toBe("c-1");
  const without = new wayscloud.Provider("without", args);
  expect(await valueOf(without.customerId)).toBeUndefined();
  await valueOf(without.urn);
  const { inputs } = registered.find(({ name }) => name === "without")!;
  expect(Object.keys(inputs as object)).toEqual(["wayscloud:apiKey", "wayscloud:endpoint"]);
});

/** The package loaded a second time, as two dependencies of a program may bring it. */
function secondCopy(): typeof wayscloud {
  let copy: typeof wayscloud | undefined;
  jest.isolateModules(() => {
    jest.doMock("@pulumi/pulumi", () => pulumi);
    copy = jest.requireActual<typeof wayscloud>("../../src");
  });
  return copy!;
}

test("isInstance and data functions know a Provider of any copy of the package, and nothing else", async () => {
  const other = secondCopy();
  expect(other.Provider).not.toBe(wayscloud.Provider);
  const provider = new wayscloud.Provider("mine", args);
  const theirs = new other.Provider("theirs", args);
  expect(wayscloud.Provider.isInstance(provider)).toBe(true);
  expect(wayscloud.Provider.isInstance(theirs)).toBe(true);
  expect(other.Provider.isInstance(provider)).toBe(true);
  expect((await wayscloud.getProfile({ provider: theirs })).customerId).toBe("mocked");
  class Foreign extends pulumi.ProviderResource {}
  const foreign = new Foreign("pulumi-nodejs", "foreign", {});
  const key = new wayscloud.ServiceKey("key", { service: "dns" });
  for (const none of [key, foreign, {}, null, undefined, "text"])
    expect(wayscloud.Provider.isInstance(none)).toBe(false);
  const getProfile = wayscloud.getProfile as (opts: object) => Promise<unknown>;
  await expect(getProfile({ provider: foreign })).rejects.toThrow(
    "getProfile: `provider` is not a Provider of pulumi-wayscloud",
  );
});
