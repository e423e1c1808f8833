// What stacks hold, read from the output of `pulumi stack export`. Secrets in it, decrypted or not, are never looked at.
import { z } from "zod";

import { ConfigurationError } from "../errors";

/** When a token expires, as far as its stack shows: the API itself does not return it. */
export type Expiry =
  | { kind: "at"; at: string }
  | { kind: "after"; days: number } // counted from the creation of the key
  | { kind: "never" }
  | { kind: "unknown" };

/** A key of a stack. */
export interface ManagedKey {
  /** The URN of its resource. */
  urn: string;
  /** The previous key of a rotating resource, which lives on for the overlap. */
  isPrevious: boolean;
  /** Of a personal access token. */
  expiry: Expiry;
}

/** The keys of several stacks. */
export interface ManagedKeys {
  /** By their ids in the account. */
  byId: ReadonlyMap<string, ManagedKey>;
  /** What lost create requests may have left, by the description or name that was sent: the URN of the resource that the next update of its stack settles. */
  unconfirmed: ReadonlyMap<string, string>;
  /** The stacks themselves, as `project/stack`. */
  stacks: ReadonlySet<string>;
}

const properties = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => value ?? {});
const resource = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().nullish(),
  external: z.boolean().nullish(),
  inputs: properties,
  outputs: properties,
});
type Resource = z.output<typeof resource>;

/** An empty stack has no resources at all, but always a manifest. */
const stackExport = z.object({
  deployment: z.union([
    z.object({ resources: z.array(resource) }),
    z
      .object({ manifest: z.looseObject({}), resources: z.null().optional() })
      .transform(() => ({ resources: [] })),
  ]),
});

/** Tokens of the dynamic classes and of the first-class provider, whose outputs are the same. */
const TYPE = /^(?:pulumi-nodejs:dynamic\/wayscloud|wayscloud-account:index):(\w+)$/;

/**
 * @param exports Parsed outputs of `pulumi stack export`.
 * @param nameOf How a message calls the export at this position.
 * @throws ConfigurationError when one is anything else.
 */
export function managedKeys(
  exports: readonly unknown[],
  nameOf = (index: number): string => `Stack export ${index + 1}`,
): ManagedKeys {
  const byId = new Map<string, ManagedKey>();
  const unconfirmed = new Map<string, string>();
  const stacks = new Set<string>();
  for (const [index, exported] of exports.entries()) {
    for (const one of resourcesOf(exported, nameOf(index))) {
      const [, stack, project] = /^urn:pulumi:([^:]*)::([^:]*)::/.exec(one.urn) ?? [];
      if (stack !== undefined && project !== undefined) stacks.add(`${project}/${stack}`);
      // One that was only looked up (`.get`) is not held by the stack.
      if (one.external === true) continue;
      for (const [id, key] of keysOf(one)) byId.set(id, key);
      for (const sent of unconfirmedIn(one)) unconfirmed.set(sent, one.urn);
    }
  }
  return { byId, unconfirmed, stacks };
}

function resourcesOf(exported: unknown, name: string): Resource[] {
  const parsed = stackExport.safeParse(exported);
  if (parsed.success) return parsed.data.deployment.resources;
  throw new ConfigurationError(
    `${name} is not the output of \`pulumi stack export\`${placeOf(parsed.error.issues[0])}.`,
  );
}

/** Where the shape is wrong: positions and names of fields only, never a value. */
function placeOf(issue: z.core.$ZodIssue | undefined): string {
  const inner = issue?.code === "invalid_union" ? issue.errors[0]?.[0] : undefined;
  const path = [...(issue?.path ?? []), ...(inner?.path ?? [])];
  return path.length > 0 ? ` (${path.map(String).join(".")}: ${(inner ?? issue)?.message ?? ""})` : "";
}

function keysOf({ urn, type, id, inputs, outputs }: Resource): [id: string, key: ManagedKey][] {
  const name = TYPE.exec(type)?.[1];
  if (name === undefined) return [];
  const key = (one: unknown, expiry: Expiry, isPrevious = false): [string, ManagedKey][] =>
    typeof one === "string" ? [[one, { urn, isPrevious, expiry }]] : [];
  if (name === "SshKeySet") {
    const ids = Object.values(propertiesOf(outputs.keys)).map((entry) => propertiesOf(entry).id);
    // Succeeded by others, and still to be deleted.
    const leftovers: unknown[] = Array.isArray(outputs.leftovers) ? outputs.leftovers : [];
    return [...ids, ...leftovers].flatMap((each) => key(each, { kind: "unknown" }));
  }
  if (!name.startsWith("Rotating")) return key(id, expiryOf(inputs, outputs));
  return [
    ...key(outputs.previousKeyId, previousExpiryOf(inputs, outputs), true),
    ...key(outputs.keyId, expiryOf(inputs, outputs)),
  ];
}

/** The descriptions or names of create requests of which the state does not know what they left. */
function unconfirmedIn({ type, outputs }: Resource): string[] {
  const { unresolved, name, description, unresolvedMark, lostDescription } = outputs;
  if (!TYPE.test(type) || unresolved === undefined) return [];
  const isMarked = typeof description === "string" && typeof unresolvedMark === "string";
  const ofSet = Object.values(propertiesOf(unresolved)).map((lost) => propertiesOf(lost).name);
  const sent = [
    name,
    lostDescription ?? (isMarked ? `${description} #${unresolvedMark}` : description),
    ...ofSet,
  ];
  return sent.filter((each) => typeof each === "string");
}

function expiryOf(inputs: Resource["inputs"], outputs: Resource["outputs"]): Expiry {
  const { expiresAt } = outputs;
  if (isTime(expiresAt)) return { kind: "at", at: expiresAt };
  const days = outputs.expiresInDays ?? inputs.expiresInDays;
  if (typeof days === "number") return { kind: "after", days };
  // A secret or unknown value is there, but cannot be read; and what was set when a key was made elsewhere, nobody knows.
  const unreadable = [days, expiresAt, inputs.existing].some(
    (value) => value !== undefined && value !== null,
  );
  return { kind: unreadable ? "unknown" : "never" };
}

/** The lifetime that the previous key was made with, which is not in every state: it is that of the current one unless the input changed. */
function previousExpiryOf(inputs: Resource["inputs"], outputs: Resource["outputs"]): Expiry {
  const { previousExpiresAt } = outputs;
  if (isTime(previousExpiresAt)) return { kind: "at", at: previousExpiresAt };
  const days = outputs.expiresInDays ?? inputs.expiresInDays;
  return typeof days === "number" ? { kind: "after", days } : { kind: "unknown" };
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function propertiesOf(value: unknown): Record<string, unknown> {
  const parsed = properties.safeParse(value);
  return parsed.success ? parsed.data : {};
}
