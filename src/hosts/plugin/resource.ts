// The resource that a call is about: its lifecycle, its table in the schema, and the names that its URN gives to it.
import type { Resource } from "../resource";
import { resources } from "../resources";
import { resourceTables } from "./schema/tables";
import type { Table } from "./schema/tables";
import { parseUrn } from "./urn";
import type { Urn } from "./urn";

export interface PluginResource {
  className: string;
  urn: Urn;
  lifecycle: Resource;
  table: Table;
}

const lifecycles: Readonly<Record<string, Resource>> = resources;

/** @throws when the provider has no resource of this type. */
export function resourceOf(urn: string): PluginResource {
  const parsed = parseUrn(urn);
  const className = /^wayscloud-account:index:(\w+)$/.exec(parsed.type)?.[1] ?? "";
  const lifecycle = Object.hasOwn(lifecycles, className) ? lifecycles[className] : undefined;
  const table = resourceTables[className];
  if (lifecycle && table) return { className, urn: parsed, lifecycle, table };
  throw new Error(
    `The provider wayscloud-account has no resource of the type ${parsed.type}; there are ${Object.keys(resources).join(", ")}.`,
  );
}
