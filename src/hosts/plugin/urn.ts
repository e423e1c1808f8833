// What a URN says: project, stack, type and logical name of a resource.

/** `urn:pulumi:<stack>::<project>::<type>::<name>`. */
export interface Urn {
  stack: string;
  project: string;
  /** The type token, without those of the parents. */
  type: string;
  /** The logical name. */
  name: string;
}

export function parseUrn(urn: string): Urn {
  const [head = "", project = "", types = "", ...name] = urn.split("::");
  return {
    stack: head.replace(/^urn:pulumi:/, ""),
    project,
    type: types.split("$").at(-1) ?? "",
    name: name.join("::"),
  };
}
