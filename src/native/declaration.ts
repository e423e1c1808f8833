// What the constructors of "pulumi-wayscloud/native" pass on: the program's inputs as they are, since the plugin fills in what is left out.
import * as pulumi from "@pulumi/pulumi";

import { checkEntries, checkLogicalName, typeToken } from "../resources/dynamic-resource";
import type { ResourceSpec } from "../resources/dynamic-resource";
import { checkStackConfig } from "../stack-config";
import { checkProvider } from "./configured";
import { PLUGIN } from "./provider";

/** The type token of a resource class. */
export function nativeType(className: string): string {
  return `wayscloud-account:index:${className}`;
}

/** Recognizes the objects of a resource class. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- a class cannot be inferred from within its own declaration
export function isInstanceOf<Class>(className: string): (obj: unknown) => obj is Class {
  const type = nativeType(className);
  return (obj): obj is Class => (obj as { __pulumiType?: unknown } | undefined)?.__pulumiType === type;
}

/** The last two arguments of `super`: of a resource to be created or imported, or of one to be read (`get`: no `args`). */
export function nativeDeclaration<A extends object>(
  spec: ResourceSpec<A>,
  name: string,
  args: A | undefined,
  opts: pulumi.CustomResourceOptions | undefined,
): [properties: Record<string, unknown>, options: pulumi.CustomResourceOptions] {
  const { className, inputOutputs, outputs, secrets } = spec;
  checkStackConfig();
  checkLogicalName(className, name);
  const what = `${className} "${name}"`;
  const type = nativeType(className);
  checkProvider(what, opts?.provider ?? opts?.parent?.getProvider(type));
  if (opts?.id === undefined && (typeof args !== "object" || args === null)) {
    throw new Error(`${what}: missing required argument \`args\`, an object with the resource's inputs.`);
  }
  checkEntries(className, name, args);
  const properties: Record<string, unknown> = {};
  for (const output of [...inputOutputs, ...outputs]) properties[output] = undefined;
  Object.assign(properties, args);
  // Its key is secret however it is given.
  if (properties.existing !== undefined) properties.existing = pulumi.secret(properties.existing);
  // A state of the dynamic class moves over: the same key under the new type.
  const moved = { aliases: [{ type: typeToken(className) }], additionalSecretOutputs: [...secrets] };
  return [properties, pulumi.mergeOptions({ ...PLUGIN, ...moved }, opts)];
}
