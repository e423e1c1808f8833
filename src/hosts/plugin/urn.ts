// What a URN says: project, stack, type and logical name of a resource.

/** `urn:pulumi:<stack>::<project>::<type>::<name>`. */
export interface Urn {
  stack: string;
  project: string;
  /** The type tokens of the parents and its own, joined by `$`. */
  types: string;
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
    types,
    type: types.split("$").at(-1) ?? "",
    name: name.join("::"),
  };
}

/** `project/stack/name`, with the types of its parents before the name where it has some: no two resources have the same. */
export function ownerOfUrn({ project, stack, types, type, name }: Urn): string {
  const parents = types.slice(0, types.length - type.length);
  return `${project}/${stack}/${parents}${name}`;
}
