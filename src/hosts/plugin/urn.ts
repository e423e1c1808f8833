// The URN of a call: the resource and its stack, class and type.
import { classOf } from "../../fields/classes";
import type { ClassName, Owner } from "../../fields/classes";
import { resourceTypes } from "../resource-type";
import type { ResourceType } from "../resource-type";

/** `urn:pulumi:<stack>::<project>::<type>::<name>`. */
export interface Urn extends Owner {
  /** The type token, without those of the parents. */
  type: string;
}

export interface PluginResource {
  className: ClassName;
  urn: Urn;
  type: ResourceType;
}

export function parseUrn(urn: string): Urn {
  const [head = "", project = "", types = "", ...name] = urn.split("::");
  const type = types.split("$").at(-1) ?? "";
  return {
    stack: head.replace(/^urn:pulumi:/, ""),
    project,
    parents: types.slice(0, types.length - type.length),
    type,
    name: name.join("::"),
  };
}

/** @throws when the provider has no resource of this type. */
export function resourceOf(urn: string): PluginResource {
  const parsed = parseUrn(urn);
  const className = classOf(parsed.type);
  if (className !== undefined) return { className, urn: parsed, type: resourceTypes[className] };
  throw new Error(
    `The provider wayscloud-account has no resource of the type ${parsed.type}; there are ${Object.keys(resourceTypes).join(", ")}.`,
  );
}
