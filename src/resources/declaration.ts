// Shared by the constructors: the constant provider code, properties and options, and early checks.
import * as pulumi from "@pulumi/pulumi";

import { classes, isRotating } from "../fields/classes";
import type { ClassName, ResourceClass } from "../fields/classes";
import { secretsAmong } from "../fields/field";
import { refuseForeign } from "../provider";
import { checkStackConfig } from "../stack-config";
import { outputLiteralIn, outputLiteralMessage } from "../text/output-literal";
import { looksSecret } from "../text/pasted-secret";
import { quoteForTerminal, shape } from "../text/quote";
import { scopeWarnings } from "../text/scopes";
import { unsafeEntry } from "../text/unsafe-entry";
import { isRecord } from "../values";
import type { Properties } from "../values";

type Options = pulumi.CustomResourceOptions | undefined;

/** What a host makes of the arguments of a resource to be created, or to be read (`get`: no `args`). */
export type Host = (
  ...resource: [className: ClassName, name: string, args: object | undefined, opts: Options]
) => { given: Properties; options: Options; warnings?: string[] };

interface ResourceConstructor {
  readonly __pulumiType: string;
  /** The dynamic provider, if absent. */
  readonly __host?: Host;
}

/** A state that `get` accepts: the outputs but the secret. */
export type StateOf<Class> = {
  [Name in Exclude<keyof Class, keyof pulumi.CustomResource | "key">]?:
    | (Class[Name] extends pulumi.Output<infer Value> ? pulumi.Input<WithInputs<NonNullable<Value>>> : never)
    | undefined;
};
type WithInputs<Value> = Value extends (infer Each)[] ? pulumi.Input<Each>[] : Value;

/**
 * The code that the engine keeps in the state of a resource and runs for it: a constant of about 60 bytes
 * that never changes. It loads the installed package, so an upgrade changes no state.
 */
function providerCode(className: ClassName): string {
  const runtime = className.charAt(0).toLowerCase() + className.slice(1);
  return `exports.handler = () => require("pulumi-wayscloud/runtime").${runtime}`;
}

export function typeToken(className: string): string {
  return `pulumi-nodejs:dynamic/wayscloud:${className}`;
}

/** Recognizes the objects of the class with this type token. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- a class cannot be inferred from within its own declaration
export function isInstanceOf<Class>(type: string): (obj: unknown) => obj is Class {
  return (obj): obj is Class => (obj as { __pulumiType?: unknown } | undefined)?.__pulumiType === type;
}

/** The first resources keep their traces (cheap), so that errors show a source location. */
const TRACED_RESOURCES = 50;
let constructed = 0;

/**
 * Checks all arguments, and disables stack traces until `complete` or `withStack`: the SDK captures one per
 * property, which takes two thirds of the time of a large program. Source positions are not affected, if each
 * class calls `super` itself.
 */
export function declaration(
  { __pulumiType, __host = dynamicHost }: ResourceConstructor,
  className: ClassName,
  name: string,
  args: object | undefined,
  opts: Options,
) {
  checkArguments(className, name, args, opts);
  const { given, options, warnings = [] } = __host(className, name, args, opts);
  const [properties, passed] = registration(className, given, options);
  const secrets = secretsAmong(classes[className].outputs);
  const limit = Error.stackTraceLimit;
  constructed += 1;
  if (constructed > TRACED_RESOURCES) Error.stackTraceLimit = 0;
  /** Adds a stack to an error thrown by `super`. */
  const withStack = (error: unknown): unknown => {
    Error.stackTraceLimit = limit;
    if (error instanceof Error && !/^ +at /m.test(error.stack ?? ""))
      Error.captureStackTrace(error, withStack);
    return error;
  };
  return {
    forSuper: [__pulumiType, name, properties, passed] as const,
    complete(resource: pulumi.Resource) {
      for (const output of secrets)
        Object.assign(resource, { [output]: pulumi.secret(Reflect.get(resource, output)) });
      for (const warning of warnings) void pulumi.log.warn(warning, resource);
      Error.stackTraceLimit = limit;
    },
    withStack,
  };
}

const dynamicHost: Host = (className, name, args, opts) => {
  checkDynamic(className, name, opts);
  const isPreview = pulumi.runtime.isDryRun();
  const [project, stack, parents] = [pulumi.getProject(), pulumi.getStack(), typesOf(opts?.parent)];
  const given: Properties =
    args === undefined
      ? {}
      : classes[className].withDefaults({ ...args }, { project, stack, parents, name }, { isPreview });
  given.__provider = providerCode(className);
  // The engine does not inform a dynamic provider that this is a preview, which announces a rotation.
  if (isRotating(className) && isPreview) given.__preview = true;
  return { given, options: opts, warnings: scopeWarnings(given.scopes) };
};

/** All outputs, so that they exist at once; `undefined` is not stored. Secret inputs are always secret. */
function registration(
  className: ClassName,
  given: Properties,
  opts: Options,
): [properties: Properties, options: Options] {
  const { inputs, outputs } = classes[className];
  const properties: Properties = Object.fromEntries(Object.keys(outputs).map((name) => [name, undefined]));
  Object.assign(properties, given);
  for (const name of secretsAmong(inputs))
    if (properties[name] !== undefined) properties[name] = pulumi.secret(properties[name]);
  const additionalSecretOutputs = secretsAmong(outputs);
  const isSecret = additionalSecretOutputs.length > 0;
  return [properties, isSecret ? pulumi.mergeOptions(opts, { additionalSecretOutputs }) : opts];
}

/**
 * Catches mistakes that the engine's own errors explain badly or not at all: an Output as a string, an entry
 * that would be lost.
 */
function checkArguments(className: ClassName, name: string, args: object | undefined, opts: Options): void {
  // The message does not show the name itself, which is a paragraph.
  if (outputLiteralIn("name", name) !== undefined)
    throw new Error(
      `${className}: ${outputLiteralMessage("name")}. The logical name must be known when the program runs, so build it from other values.`,
    );
  const fail = failing(className, name);
  if (opts?.id === undefined && (typeof args !== "object" || args === null))
    fail("missing required argument `args`, an object with the resource's inputs");
  const unsafe = unsafeEntry(args ?? {});
  if (unsafe !== undefined) fail(unsafe);
  const input = privateKeyIn({ ...args });
  if (input !== undefined)
    fail(
      `\`${input}\` was given a private key or another secret. It is not shown here and was not sent anywhere. Pass the contents of the matching .pub file`,
    );
  checkStackConfig();
}

function failing(className: ClassName, name: string): (why: string) => never {
  return (why) => {
    throw new Error(`${className} "${name}": ${why}.`);
  };
}

/** The input that holds one as a plain string, which the engine would store and may print. */
function privateKeyIn({ publicKey, publicKeys }: Properties): string | undefined {
  const isPrivate = (value: unknown): boolean => typeof value === "string" && looksSecret(value);
  if (isPrivate(publicKey)) return "publicKey";
  if (!isRecord(publicKeys) || pulumi.Output.isInstance(publicKeys)) return undefined;
  const entry = Object.keys(publicKeys).find((name) => isPrivate(publicKeys[name]));
  return entry === undefined ? undefined : `publicKeys[${quoteForTerminal(entry, 80)}]`;
}

/** Options that do not work for dynamic resources. */
function checkDynamic(className: ClassName, name: string, opts: Options): void {
  const fail = failing(className, name);
  const { importInstead, several }: ResourceClass = classes[className];
  if (opts?.import !== undefined)
    fail(`the \`import\` option is not supported for dynamic resources. ${importInstead}`);
  if (opts?.provider) refuseForeign(`${className} "${name}"`, opts.provider, "pulumi-wayscloud");
  if (opts?.id !== undefined && several !== undefined) fail(`${several} cannot be looked up by \`id\``);
}

/**
 * A `get`, which is called as in Pulumi's own SDKs, `(name, id, state?, opts?)`, or without the state.
 * Everything is read from the account, so the state is only checked.
 */
export function lookUp<Class>(
  Resource: new (name: string, args: never, opts: pulumi.CustomResourceOptions) => Class,
  className: ClassName,
  name: string,
  id: pulumi.Input<pulumi.ID>,
  stateOrOptions?: object,
  opts?: Options,
): Class {
  const call = `${className}.get("${name}")`;
  if (outputLiteralIn("id", id) !== undefined) throw new Error(`${call}: ${outputLiteralMessage("id")}.`);
  const isId =
    typeof id === "string" ? id.trim() !== "" : pulumi.Output.isInstance(id) || id instanceof Promise;
  if (!isId) throw new Error(`${call}: \`id\` must be the id of the key in the account, not ${shape(id)}.`);
  const state = Object.keys(classes[className].outputs);
  const given = Object.keys(stateOrOptions ?? {});
  const others = given.filter((key) => !state.includes(key));
  if (others.length > 0 && (opts !== undefined || others.length < given.length)) {
    throw new Error(
      `${call}: the third argument is the state, the fourth the resource options; \`${others[0] ?? ""}\` is not an output of ${className}.`,
    );
  }
  // Only a look-up has no arguments, so no constructor offers that.
  return new Resource(name, undefined as never, { ...(others.length > 0 ? stateOrOptions : opts), id });
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
