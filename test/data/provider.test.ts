// Provider in a program: its outputs, and how it is told from other resources, across copies of the package.
import * as pulumi from "@pulumi/pulumi";
import * as wayscloud from "../../src";
import { recordRegistrations } from "../support/mocked";

const registered = recordRegistrations({ customerId: "mocked" });

function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => void output.apply(resolve));
}

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

/** What a template literal makes of an Output. */
function inText(output: { toString(): string }): string {
  return output.toString();
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
  const provider = new wayscloud.Provider("without", args);
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

test.each<[string, unknown, string]>([
  ["missing", undefined, "`apiKey` is required; explicit providers do not fall back to other credentials."],
  ["null", null, "`apiKey` is required;"],
  ["empty", "", "`apiKey` is required, but it is blank;"],
  ["blank", " \t\n", "`apiKey` is required, but it is blank;"],
  ["a number", 1, "`apiKey` must be a string, not a number."],
  [
    "an Output in a template literal",
    inText(pulumi.output("x")),
    "`apiKey` contains an Output that was turned into a string. Pass the Output itself, or use pulumi.interpolate.",
  ],
])("a credential that is %s is an error", async (_, apiKey, message) => {
  const construct = (value: unknown): wayscloud.Provider =>
    new wayscloud.Provider("empty", { ...args, apiKey: value as string });
  expect(() => construct(apiKey)).toThrow(`Provider "empty": ${message}`);
});

test("a blank customerId is an error, not any account", () => {
  expect(() => new wayscloud.Provider("blank", { ...args, customerId: " " })).toThrow(
    'Provider "blank": `customerId` is blank.',
  );
});
