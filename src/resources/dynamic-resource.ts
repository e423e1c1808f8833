// What the resources' constructors share: the constant provider text, and the properties and options that every one of them passes.
import * as pulumi from "@pulumi/pulumi";

import { autoText } from "../text/auto-name";

/** The provider objects of "pulumi-wayscloud/runtime". */
export type RuntimeName =
  "sshKey" | "serviceKey" | "personalAccessToken" | "rotatingServiceKey" | "rotatingPersonalAccessToken";

/**
 * The code that the engine keeps in the state and runs for a resource, for ever: a constant of 60-odd bytes, never to be changed. What it
 * does lives in the installed package, so an upgrade changes no state.
 */
export function providerText(name: RuntimeName): string {
  return `exports.handler = () => require("pulumi-wayscloud/runtime").${name}`;
}

/** The type token of a resource class. */
export function typeToken(className: string): string {
  return `pulumi-nodejs:dynamic/wayscloud:${className}`;
}

/** Properties of a resource to be created, or of one to be looked up (`args` absent). Outputs are named so that they exist at once. */
export function propertiesOf(
  runtime: RuntimeName,
  args: object | undefined,
  outputs: readonly string[],
): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const name of outputs) properties[name] = undefined;
  return Object.assign(properties, args, { __provider: providerText(runtime) });
}

/** The default description of a key: tells a person its owner, and ends in a mark that proves it. */
export function defaultDescription(name: string): string {
  return autoText(`${ownerDescription(name)} #`, pulumi.runtime.isDryRun());
}

/** The default description of a rotating key: each of its keys adds a mark of its own. */
export function ownerDescription(name: string): string {
  return `pulumi ${pulumi.getProject()}/${pulumi.getStack()}/${name}`;
}

/** The default name of an SSH key. */
export function defaultName(name: string): string {
  return autoText(`${name}-`, pulumi.runtime.isDryRun());
}

/** The options with the key outputs kept secret wherever the engine stores them. */
export function withSecretOutputs(
  opts: pulumi.CustomResourceOptions | undefined,
  ...names: string[]
): pulumi.CustomResourceOptions {
  return pulumi.mergeOptions(opts, { additionalSecretOutputs: names });
}

/** What else to do where the `import` option is given. */
const IMPORT_INSTEAD = {
  sshKey: "Declare it with `adoptExisting: true` instead, which takes over the key that the account has",
  apiKey: "Pass `existing: { id, key }` instead, which takes over the key that you have",
  rotating: "Let it make a key of its own instead, and revoke the old one when nothing uses it any more",
};

/**
 * Mistakes that the engine would answer with riddles ("code must be a string, not undefined"): an argument object that is missing, which only
 * JavaScript lets pass, and the option `import`.
 */
export function requireArgs(
  className: string,
  name: string,
  args: unknown,
  opts: pulumi.CustomResourceOptions | undefined,
  importInstead: keyof typeof IMPORT_INSTEAD,
): void {
  if (opts?.import !== undefined) {
    throw new Error(
      `${className} "${name}": \`import\` cannot work for dynamic resources, since the engine has no code to read them with. ${IMPORT_INSTEAD[importInstead]}.`,
    );
  }
  if (opts?.id !== undefined && importInstead === "rotating") {
    throw new Error(`${className} "${name}": a rotating key cannot be looked up by \`id\`.`);
  }
  if (opts?.id !== undefined || (typeof args === "object" && args !== null)) return;
  throw new Error(
    `${className} "${name}": the second argument must be an object with the resource's properties.`,
  );
}

/** So many resources of a program cost next to nothing with traces, and what goes wrong with them is shown with its place. */
const MOST_TRACED = 50;
let constructed = 0;

/**
 * Keeps the SDK from taking stack traces until `restore` is called: it takes one for each property of each resource, which is two thirds of
 * the time of a program with many keys. The position of the resource in the program it takes in spite of this. Used around `super` itself, since
 * a constructor or function between would shift that position. What `super` throws gets the trace that it lacks by `located`.
 */
export function withoutStackTraces(): { located: (error: unknown) => unknown; restore: () => void } {
  const limit = Error.stackTraceLimit;
  const restore = (): void => {
    Error.stackTraceLimit = limit;
  };
  const located = (error: unknown): unknown => {
    restore();
    if (error instanceof Error && !/^ +at /m.test(error.stack ?? "")) Error.captureStackTrace(error, located);
    return error;
  };
  constructed += 1;
  if (constructed > MOST_TRACED) Error.stackTraceLimit = 0;
  return { located, restore };
}
