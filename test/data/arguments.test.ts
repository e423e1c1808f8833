// What data functions refuse, mostly from JavaScript: arguments that would silently return the wrong entries or read another account.
import * as pulumi from "@pulumi/pulumi";
import * as wayscloud from "../../src";
import { auditApiKeys } from "../../src/data/audit";
import type { Emulator } from "../../src/emulator";
import { useAccount } from "../support/environment";
import { inText } from "../support/mocked";

let emulator: Emulator;
useAccount((fresh) => (emulator = fresh));

/** As JavaScript calls them. */
const functions = { ...wayscloud, audit: auditApiKeys } as unknown as Record<
  string,
  (...args: unknown[]) => Promise<unknown>
>;
/** Of a stack that was destroyed. */
const EMPTY = { version: 3, deployment: { manifest: {} } };

test.each<[string, [name: string, ...args: unknown[]], string]>([
  ["a number as the arguments", ["getApiKeys", 5], "the arguments must be an object, not a number."],
  [
    "a misspelt filter",
    ["getServices", { nmae: "x" }],
    'getServices: unknown filter `nmae`; did you mean "name"? Valid filters: serviceType, name, status, region.',
  ],
  [
    "a filter where there is none",
    ["getSshKeys", { name: "x" }],
    "getSshKeys: unknown filter `name`. There are no filters; use getSshKey to find one key.",
  ],
  [
    "an option among the filters",
    ["getApiKeys", { provider: 1 }],
    "getApiKeys: unknown filter `provider`. It is an option: pass it in the argument after the filters. Valid filters: keyType, service, isActive.",
  ],
  [
    "an Output as a filter",
    ["getApiKeys", { service: pulumi.output("dns") }],
    "getApiKeys: `service` is an Output. Use getApiKeysOutput, which accepts it.",
  ],
  [
    "an Output as the arguments",
    ["getApiKeys", pulumi.output({ service: "dns" })],
    "getApiKeys: the arguments are an Output. Use getApiKeysOutput, which accepts it.",
  ],
  [
    "a Promise as a filter",
    ["getApiKeys", { service: Promise.resolve("dns") }],
    "getApiKeys: `service` is a Promise. Use getApiKeysOutput, which accepts it.",
  ],
  [
    "an Output in a template literal",
    ["getApiKeys", { service: inText(pulumi.output("dns")) }],
    "getApiKeys: `service` contains an Output that was turned into a string. Use getApiKeysOutput with pulumi.interpolate.",
  ],
  [
    "a filter of another type",
    ["getApiKeys", { isActive: "true" }],
    "getApiKeys: `isActive` must be a boolean, not a string of 4 characters.",
  ],
  ["null as a filter", ["getServices", { region: null }], "`region` must be a string, not null."],
  ["null as the arguments", ["getServices", null], "the arguments must be an object, not null."],
  ["__proto__ as a filter", ["getServices", JSON.parse('{"__proto__":"x"}')], "unknown filter `__proto__`"],
  [
    "no arguments where one is required",
    ["getSshKey"],
    "getSshKey: specify exactly one of `id`, `name` and `fingerprint`.",
  ],
  ["two fields", ["getSshKey", { name: "a", id: "b" }], "specify exactly one of"],
  [
    "a misspelt option",
    ["getApiKeys", {}, { providr: 1 }],
    'getApiKeys: unknown option `providr`; did you mean "provider"?',
  ],
  ["options where a function takes nothing else", ["getProfile", { name: 1 }], "unknown option `name`."],
  [
    "dependsOn of a promise",
    ["getProfile", { dependsOn: [] }],
    "getProfile: a promise cannot wait for `dependsOn`. Use getProfileOutput, which can.",
  ],
  [
    "a provider of something else",
    ["getProfile", { provider: {} }],
    "getProfile: `provider` is not a Provider of pulumi-wayscloud: new wayscloud.Provider(name, { patToken }).",
  ],
  ["null as the options", ["getProfile", null], "`opts` must be an object such as { provider }, not null."],
  [
    "an unknown argument of the audit",
    ["audit", { orphans: true }],
    "unknown argument `orphans`. Valid arguments: unusedForDays, expiringWithinDays, stackExports, stacks.",
  ],
  ["null as the arguments of the audit", ["audit", null], "the arguments must be an object, not null."],
  [
    "days that are not a number",
    ["audit", { unusedForDays: "x" }],
    'must be a whole number of days, 0 or more, not the string "x".',
  ],
  [
    "negative days",
    ["audit", { expiringWithinDays: -1 }],
    "`expiringWithinDays` must be a whole number of days, 0 or more, not -1.",
  ],
  [
    "stack exports as text",
    ["audit", { stackExports: "{}" }],
    "must be an array of parsed stack exports, not a string of 2 characters.",
  ],
  ["stacks without exports", ["audit", { stacks: ["p/dev"] }], "`stacks` has names for `stackExports`"],
  ["a stack by its name alone", ["audit", { stackExports: [EMPTY], stacks: ["dev"] }], "as project/stack."],
  [
    "an export that names no stack",
    ["audit", { stackExports: [EMPTY] }],
    "Stack export 1 has no resources, so it",
  ],
])("%s is refused with a sentence, before any request", async (_, [name, ...args], message) => {
  const error: unknown = await functions[name]!(...args).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(wayscloud.ConfigurationError);
  const { message: said, stack } = error as Error;
  expect(said).toContain(message);
  expect(stack).toBe(`ConfigurationError: ${said}`);
  expect(emulator.requests).toEqual([]);
});

test("options that are undefined are none", async () => {
  const opts = { provider: undefined, parent: undefined };
  expect(await functions.getServices!({ name: undefined }, opts)).toHaveLength(1);
});
