// The constructors of "pulumi-wayscloud/native": they pass the inputs unchanged, the plugin fills in
// defaults.
import * as pulumi from "@pulumi/pulumi";

import { checkArguments, isInstanceOf, registration, typeToken } from "../resources/dynamic-resource";
import type { ClassName } from "../resources/dynamic-resource";
import { checkProvider } from "./provider";
import { PLUGIN } from "./provider";

/** The type token of a resource class, or of a data function. */
export function nativeType(name: string): string {
  return `wayscloud-account:index:${name}`;
}

/** Lets the plugin serve a subclass of a dynamic class, with its own type token and `isInstance`. */
export function serveByPlugin(subclass: { readonly __pulumiType: string }): void {
  const type = nativeType(subclass.__pulumiType.replace(/^.*:/, ""));
  Object.assign(subclass, {
    __pulumiType: type,
    __declare: nativeDeclaration,
    isInstance: isInstanceOf(type),
  });
}

/** The last two arguments of `super`, for a resource to create or import, or to read (`get`: no `args`). */
function nativeDeclaration(
  className: ClassName,
  name: string,
  args: object | undefined,
  opts: pulumi.CustomResourceOptions | undefined,
): ReturnType<typeof registration> {
  checkArguments(className, name, args, opts);
  const provider = opts?.provider ?? opts?.parent?.getProvider(nativeType(className));
  checkProvider(`${className} "${name}"`, provider);
  // A state of the dynamic class moves over: the same key under the new type.
  const moved = { ...PLUGIN, aliases: [{ type: typeToken(className) }] };
  return registration(className, args, pulumi.mergeOptions(moved, opts));
}
