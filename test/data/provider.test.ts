// Provider in a program: its outputs, and how it is told from other resources, across copies of the package.
import * as pulumi from "@pulumi/pulumi";
import * as wayscloud from "../../src";
import { inText, recordRegistrations, valueOf } from "../support/mocked";

const registered = recordRegistrations({ customerId: "mocked" });

const args = { apiKey: "wayscloud_pat_x", endpoint: "https://api.example.com/" };

/** The package loaded a second time, as two dependencies of a program may bring it. */
function secondCopy(): typeof wayscloud {
  let copy: typeof wayscloud | undefined;
  jest.isolateModules(() => {
    jest.doMock("@pulumi/pulumi", () => pulumi);
    copy = jest.requireActual<typeof wayscloud>("../../src");
  });
  return copy!;
}

test("its outputs are those of its inputs, the credential a secret", async () => {
  const provider = new wayscloud.Provider("all", { ...args, customerId: pulumi.output("c-1") });
  expect(await valueOf(provider.apiKey)).toBe("wayscloud_pat_x");
  expect(await pulumi.isSecret(provider.apiKey)).toBe(true);
  expect(await valueOf(provider.endpoint)).toBe("https://api.example.com");
  expect(await valueOf(provider.customerId)).toBe("c-1");
  expect(await pulumi.isSecret(provider.endpoint)).toBe(false);
  await valueOf(provider.urn);
  const { inputs } = registered.find(({ name }) => name === "all")!;
  expect(Object.keys(inputs as object).sort()).toEqual([
    "wayscloud:apiKey",
    "wayscloud:customerId",
    "wayscloud:endpoint",
  ]);
});

test("without customerId there is none, as an input and as an output", async () => {
  const { apiKey: patToken, endpoint } = args;
  const provider = new wayscloud.Provider("without", { patToken, endpoint });
  expect(await valueOf(provider.customerId)).toBeUndefined();
  await valueOf(provider.urn);
  const { inputs } = registered.find(({ name }) => name === "without")!;
  expect(Object.keys(inputs as object).sort()).toEqual(["wayscloud:apiKey", "wayscloud:endpoint"]);
});

test("isInstance knows a Provider of any copy of the package, and nothing else", () => {
  const other = secondCopy();
  expect(other.Provider).not.toBe(wayscloud.Provider);
  const provider = new wayscloud.Provider("mine", args);
  const theirs = new other.Provider("theirs", args);
  expect(wayscloud.Provider.isInstance(provider)).toBe(true);
  expect(wayscloud.Provider.isInstance(theirs)).toBe(true);
  expect(other.Provider.isInstance(provider)).toBe(true);
  class Foreign extends pulumi.ProviderResource {}
  const key = new wayscloud.ServiceKey("key", { service: "dns" });
  for (const none of [key, new Foreign("pulumi-nodejs", "foreign", {}), {}, null, undefined, "text"])
    expect(wayscloud.Provider.isInstance(none)).toBe(false);
});

test("a data function takes a Provider of another copy, with and without mocks", async () => {
  const provider = new (secondCopy().Provider)("theirs2", args);
  expect((await wayscloud.getProfile({ provider })).customerId).toBe("mocked");
  class Foreign extends pulumi.ProviderResource {}
  const foreign = new Foreign("pulumi-nodejs", "foreign2", {});
  const getProfile = wayscloud.getProfile as (opts: object) => Promise<unknown>;
  await expect(getProfile({ provider: foreign })).rejects.toThrow(
    "getProfile: `provider` is not a Provider of pulumi-wayscloud",
  );
});

/** As from JavaScript, where no compiler checks the arguments. */
function construct(given: object): wayscloud.Provider {
  return new wayscloud.Provider("p", given as wayscloud.ProviderArgs);
}

test.each<[string, object, string]>([
  [
    "is missing",
    { patToken: undefined },
    'Provider "p": `patToken` is required; explicit providers do not fall back to other credentials.',
  ],
  ["is not named", {}, 'Provider "p": `patToken` is required;'],
  ["is null", { apiKey: null }, 'Provider "p": `apiKey` is required;'],
  ["is empty", { patToken: "" }, 'The value of `patToken` of the Provider "p" is blank.'],
  ["is blank", { apiKey: " \t\n" }, 'The value of `apiKey` of the Provider "p" is blank.'],
  ["is a number", { apiKey: 1 }, 'The value of `apiKey` of the Provider "p" must be a string, not a number.'],
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
])("a credential that %s is an error", (_, credential, message) => {
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
])("%j is an error, not another endpoint or any account", (given, message) => {
  expect(() => construct({ ...args, ...given })).toThrow(message);
});
