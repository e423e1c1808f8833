// The plugin as the host of the classes of "pulumi-wayscloud/native": it fills in the defaults itself.
import * as pulumi from "@pulumi/pulumi";

import { isInstanceOf, typeToken } from "../resources/declaration";
import type { Host } from "../resources/declaration";
import { checkProvider, PLUGIN } from "./provider";

/** The type token of a resource class, or of a data function. */
export function nativeType(name: string): string {
  return `wayscloud-account:index:${name}`;
}

/** Lets the plugin serve a subclass of a dynamic class, with its own type token and `isInstance`. */
export function serveByPlugin(subclass: { readonly __pulumiType: string }): void {
  const type = nativeType(subclass.__pulumiType.replace(/^.*:/, ""));
  Object.assign(subclass, { __pulumiType: type, __host: plugin, isInstance: isInstanceOf(type) });
}

const plugin: Host = (className, name, args, opts) => {
  const provider = opts?.provider ?? opts?.parent?.getProvider(nativeType(className));
  checkProvider(`${className} "${name}"`, provider);
  // A state of the dynamic class moves over: the same key under the new type.
  const moved = { ...PLUGIN, aliases: [{ type: typeToken(className) }] };
  return { given: { ...args }, options: pulumi.mergeOptions(moved, opts) };
};
