// What the resources' constructors share: the constant provider code, the properties and options that they pass, and mistakes found at once.
import * as pulumi from "@pulumi/pulumi";

import { checkStackConfig } from "../stack-config";
import { autoNameTemplate } from "../text/auto-name";
import { unsafeEntryIn, unsafeEntryMessage } from "../text/unsafe-entry";
import { outputLiteralIn, outputLiteralMessage } from "../text/output-literal";
import { scopeWarnings } from "../text/scopes";

/** The provider objects of "pulumi-wayscloud/runtime". */
export type RuntimeName =
  | "sshKey"
  | "sshKeySet"
  | "serviceKey"
  | "personalAccessToken"
  | "rotatingServiceKey"
  | "rotatingPersonalAccessToken";

/** What distinguishes one resource class from another to its constructor. */
export interface ResourceSpec<A> {
  className: string;
  runtime: RuntimeName;
  /** The inputs that are passed for these arguments; `parents`: see {@link ownerInput}. */
  inputs(name: string, args: A, parents: string): object;
  /** Outputs that are not inputs: they are named so that they exist at once. */
  outputs: readonly string[];
  /** Outputs that are inputs as well, of a resource that was obtained with `get`. */
  inputOutputs: readonly string[];
  /** Outputs that are secret wherever the engine stores them. */
  secrets: readonly string[];
  /** What to do instead of using the `import` option. */
  importInstead: string;
}

/**
 * The code that the engine keeps in the state and runs for a resource, for as long as it exists: a constant of about 60 bytes, never to be
 * changed. What it does lives in the installed package, so an upgrade changes no state.
 */
export function providerCode(name: RuntimeName): string {
  return `exports.handler = () => require("pulumi-wayscloud/runtime").${name}`;
}

/** The type token of a resource class. */
export function typeToken(className: string): string {
  return `pulumi-nodejs:dynamic/wayscloud:${className}`;
}

/** The last two arguments of `super`: of a resource to be created, or of one to be read (`get`: no `args`). Checks all arguments first. */
export function declaration<A extends object>(
  spec: ResourceSpec<A>,
  name: string,
  args: A | undefined,
  opts: pulumi.CustomResourceOptions | undefined,
): [properties: Record<string, unknown>, options: pulumi.CustomResourceOptions | undefined] {
  checkArguments(spec, name, args, opts);
  checkStackConfig();
  const found = opts?.id !== undefined;
  const properties: Record<string, unknown> = {};
  // Every property costs time and space in the state: only these are named, and `undefined` is not stored.
  for (const output of found ? [...spec.inputOutputs, ...spec.outputs] : spec.outputs)
    properties[output] = undefined;
  if (args) Object.assign(properties, spec.inputs(name, args, typesOf(opts?.parent)));
  properties.__provider = providerCode(spec.runtime);
  // The engine does not say to a dynamic provider that this is a preview, which announces a rotation. The provider's `check` drops it.
  if (spec.className.startsWith("Rotating") && pulumi.runtime.isDryRun()) properties.__preview = true;
  const { secrets } = spec;
  return [
    properties,
    secrets.length > 0 ? pulumi.mergeOptions(opts, { additionalSecretOutputs: [...secrets] }) : opts,
  ];
}

/** Catches mistakes for which the engine's own errors are misleading, or that it does not report at all. */
function checkArguments<A extends object>(
  { className, importInstead, inputOutputs }: ResourceSpec<A>,
  name: string,
  args: A | undefined,
  opts: pulumi.CustomResourceOptions | undefined,
): void {
  const fail = (why: string): never => {
    throw new Error(`${className} "${name}": ${why}.`);
  };
  checkLogicalName(className, name);
  if (opts?.import !== undefined) {
    fail(`the \`import\` option is not supported for dynamic resources. ${importInstead}`);
  }
  if (opts?.provider && !runsHere(opts.provider)) {
    fail(
      "the `provider` option must be a Provider of pulumi-wayscloud, new wayscloud.Provider(name, { apiKey }); this one would be ignored, and the default account be used",
    );
  }
  if (opts?.id !== undefined && inputOutputs.length === 0) {
    const what = className.startsWith("Rotating") ? "a rotating key" : "a set of keys";
    fail(`${what} cannot be looked up by \`id\``);
  }
  if (opts?.id === undefined && (typeof args !== "object" || args === null)) {
    fail("missing required argument `args`, an object with the resource's inputs");
  }
  checkEntries(className, name, args);
}

/** @throws when it holds an Output that was turned into a string; it is not shown, being a paragraph. */
export function checkLogicalName(className: string, name: string): void {
  if (outputLiteralIn("name", name) === undefined) return;
  throw new Error(
    `${className}: ${outputLiteralMessage("name")}. The logical name must be known when the program runs, so build it from other values.`,
  );
}

/** @throws when an entry has a name that does not survive the way to the engine. */
export function checkEntries(className: string, name: string, args: object | undefined | null): void {
  const unsafe = unsafeEntryIn(args ?? {});
  if (unsafe) throw new Error(`${className} "${name}": ${unsafeEntryMessage(unsafe)}.`);
}

/** The SDK silently ignores a provider of another package than the resource's. */
function runsHere(provider: unknown): boolean {
  return (
    pulumi.ProviderResource.isInstance(provider) &&
    "__pulumiType" in provider &&
    provider.__pulumiType === "pulumi:providers:pulumi-nodejs"
  );
}

/**
 * The options of a `get`, which is called as in Pulumi's own SDKs, `(name, id, state?, opts?)`, or without the state. Everything is read
 * from the account, so the state is only checked.
 */
export function lookupOptions<A>(
  { className, outputs, inputOutputs }: ResourceSpec<A>,
  name: string,
  id: pulumi.Input<pulumi.ID>,
  stateOrOptions: object | undefined,
  opts: pulumi.CustomResourceOptions | undefined,
): pulumi.CustomResourceOptions {
  const call = `${className}.get("${name}")`;
  if (outputLiteralIn("id", id) !== undefined) throw new Error(`${call}: ${outputLiteralMessage("id")}.`);
  const state = [...inputOutputs, ...outputs];
  const given = Object.keys(stateOrOptions ?? {});
  const others = given.filter((key) => !state.includes(key));
  if (others.length > 0 && (opts !== undefined || others.length < given.length)) {
    throw new Error(
      `${call}: the third argument is the state, the fourth the resource options; \`${others[0] ?? ""}\` is not an output of ${className}.`,
    );
  }
  return { ...(others.length > 0 ? stateOrOptions : opts), id };
}

/** Warns at a token about scopes that look mistyped. Where the plugin serves it, the plugin does so itself, in every language. */
export function warnOfScopes(token: pulumi.Resource, args: { scopes: unknown } | undefined): void {
  for (const warning of scopeWarnings(args?.scopes)) void pulumi.log.warn(warning, token);
}

/** The default description of a key: it names its owner, and ends in a marker that proves ownership. */
export function defaultDescription(name: string): string {
  return autoNameTemplate(`${defaultRotatingDescription(name)} #`, pulumi.runtime.isDryRun());
}

/**
 * Private input: which resource of which stack this is, where no description or name says so. With it a key that was handed over, or
 * copied with a stack's state, is known for whose it is. `parents`: the types of its parents, as in its URN: two resources may have one
 * logical name if those differ.
 */
export function ownerInput(name: string, parents: string): { __owner: string } {
  return { __owner: `${pulumi.getProject()}/${pulumi.getStack()}/${parents}${name}` };
}

/** The types of a parent and its own parents, each followed by `$`. The URN leaves out the stack itself. */
function typesOf(parent: unknown): string {
  if (!pulumi.Resource.isInstance(parent)) return "";
  const { __pulumiType: type, __parentResource: above } = parent as {
    __pulumiType?: unknown;
    __parentResource?: unknown;
  };
  return typeof type !== "string" || type === "pulumi:pulumi:Stack" ? "" : `${typesOf(above)}${type}$`;
}

/** The default description of a rotating key: each of its keys adds a marker of its own. */
export function defaultRotatingDescription(name: string): string {
  return `pulumi ${pulumi.getProject()}/${pulumi.getStack()}/${name}`;
}

/** The default name of an SSH key. */
export function defaultName(name: string): string {
  return autoNameTemplate(`${name}-`, pulumi.runtime.isDryRun());
}

/** The first resources keep their traces (cheap), so that errors show a source location. */
const TRACED_RESOURCES = 50;
let constructed = 0;

/**
 * Disables stack traces until `restore()`: the SDK captures one per property, which takes two thirds of the time of a large program. Source
 * positions are not affected. Used around `super` itself, since a constructor or function in between would shift that position. `withStack`
 * adds a stack to an error thrown by `super`.
 */
export function suppressStackTraces(): { withStack: (error: unknown) => unknown; restore: () => void } {
  const limit = Error.stackTraceLimit;
  const restore = (): void => {
    Error.stackTraceLimit = limit;
  };
  const withStack = (error: unknown): unknown => {
    restore();
    if (error instanceof Error && !/^ +at /m.test(error.stack ?? ""))
      Error.captureStackTrace(error, withStack);
    return error;
  };
  constructed += 1;
  if (constructed > TRACED_RESOURCES) Error.stackTraceLimit = 0;
  return { withStack, restore };
}
