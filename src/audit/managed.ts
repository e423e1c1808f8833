// What stacks hold, read from the output of `pulumi stack export`. Secrets in it, shown or not, are never looked at.
import { ConfigurationError } from "../errors";

/** A key of a stack. */
export interface Managed {
  /** The URN of its resource. */
  urn: string;
  isToken: boolean;
  /** The end of a token, RFC 3339; absent if it never expires. */
  expiresAt: string | undefined;
}

/** The keys of several stacks. */
export interface ManagedKeys {
  /** By their ids in the account. */
  byId: ReadonlyMap<string, Managed>;
  /** The stacks themselves, as `project/stack`. */
  stacks: ReadonlySet<string>;
}

interface Resource {
  urn?: unknown;
  type?: unknown;
  id?: unknown;
  outputs?: Record<string, unknown>;
}

const TYPE = /^pulumi-nodejs:dynamic\/wayscloud:(.+)$/;

/** @param exports Parsed outputs of `pulumi stack export`. @throws ConfigurationError when one is anything else. */
export function managedKeys(exports: readonly unknown[]): ManagedKeys {
  const byId = new Map<string, Managed>();
  const stacks = new Set<string>();
  for (const [index, exported] of exports.entries()) {
    for (const resource of resourcesOf(exported, index)) {
      const [, , stack, project] = /^(urn:pulumi):([^:]*)::([^:]*)::/.exec(String(resource.urn)) ?? [];
      if (stack !== undefined && project !== undefined) stacks.add(`${project}/${stack}`);
      addResource(byId, resource);
    }
  }
  return { byId, stacks };
}

function resourcesOf(exported: unknown, index: number): Resource[] {
  const { deployment } = (exported ?? {}) as { deployment?: { resources?: unknown } };
  const resources = deployment?.resources;
  if (Array.isArray(resources)) return resources as Resource[];
  // An empty stack has no resources at all.
  if (typeof deployment === "object") return [];
  throw new ConfigurationError(`Stack export ${index + 1} is not the output of \`pulumi stack export\`.`);
}

function addResource(byId: Map<string, Managed>, { urn, type, id, outputs = {} }: Resource): void {
  const name = TYPE.exec(String(type))?.[1];
  if (name === undefined) return;
  const managed: Managed = {
    urn: String(urn),
    isToken: name.endsWith("PersonalAccessToken"),
    expiresAt: text(outputs.expiresAt),
  };
  const ids = name.startsWith("Rotating") ? [outputs.keyId, outputs.previousKeyId] : [id];
  for (const one of ids) if (typeof one === "string") byId.set(one, managed);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
