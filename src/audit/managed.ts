// Which keys stacks hold, read from the output of `pulumi stack export`. No secret is looked at.
import { ConfigurationError } from "../errors";
import { resourcesIn } from "./stack-export";
import type { ExportedResource } from "./stack-export";
import { heldBy, unlessNever } from "./state-readers";
import type { Expiry } from "./state-readers";

/** A key of a stack. */
export interface ManagedKey {
  /** The URN of its resource. */
  urn: string;
  /** The previous key of a rotating resource, which is revoked after the overlap. */
  isPrevious: boolean;
  /** Of a personal access token. */
  expiry: Expiry;
}

/** What the stacks know about the account's API keys, or about its SSH keys. */
export interface Managed {
  /** By their ids in the account, in lower case. */
  byId: Map<string, ManagedKey>;
  /** What lost create requests may have left, by the description or name that was sent: the URN of the resource. */
  unconfirmed: Map<string, string>;
  /** Resources that may hold any other key as well: the URN, and why their state does not show which. */
  unreadable: { urn: string; why: string }[];
}

/** The keys of several stacks. */
export interface ManagedKeys {
  apiKeys: Managed;
  sshKeys: Managed;
  /** The stacks themselves, as `project/stack`. */
  stacks: Set<string>;
  /** Exports without resources, which do not say which stack it is. */
  nameless: string[];
}

/** Tokens of the dynamic classes and of the first-class provider, whose outputs are the same. */
const TYPE = /^(?:pulumi-nodejs:dynamic\/wayscloud|wayscloud-account:index):(\w+)$/;

/**
 * @param exports Parsed outputs of `pulumi stack export`.
 * @param nameOf How a message calls the export at this position.
 * @throws ConfigurationError if one is anything else.
 */
export function managedKeys(
  exports: readonly unknown[],
  nameOf = (index: number): string => `Stack export ${index + 1}`,
): ManagedKeys {
  const none = (): Managed => ({ byId: new Map(), unconfirmed: new Map(), unreadable: [] });
  const keys: ManagedKeys = { apiKeys: none(), sshKeys: none(), stacks: new Set(), nameless: [] };
  for (const [index, exported] of exports.entries()) {
    const resources = resourcesIn(exported, nameOf(index));
    const stacks = resources.flatMap(({ urn }) => stackOf(urn) ?? []);
    for (const stack of stacks) keys.stacks.add(stack);
    if (stacks.length === 0) keys.nameless.push(nameOf(index));
    for (const one of resources) if (!one.external) addKeys(keys, one);
  }
  return keys;
}

/** The key of this id, whatever its case is in the account's list. */
export function holderOf({ byId }: Managed, id: string): ManagedKey | undefined {
  return byId.get(id.toLowerCase());
}

function stackOf(urn: string): string | undefined {
  const [, stack, project] = /^urn:pulumi:([^:]*)::([^:]*)::/.exec(urn) ?? [];
  return stack !== undefined && project !== undefined ? `${project}/${stack}` : undefined;
}

/**
 * Adds stacks whose exports do not name them, as `project/stack`, with or without an organization in front.
 *
 * @param option Where `names` come from, for messages.
 * @throws ConfigurationError if an export remains that names no stack.
 */
export function nameStacks(keys: ManagedKeys, names: readonly string[], option: string): void {
  for (const name of names) {
    const [, stack] = /^(?:[^/]+\/)?([^/]+\/[^/]+)$/.exec(name) ?? [];
    if (stack === undefined) throw new ConfigurationError(`${option} must name a stack as project/stack.`);
    keys.stacks.add(stack);
  }
  const [first] = keys.nameless.slice(names.length);
  if (first === undefined) return;
  throw new ConfigurationError(
    `${first} has no resources, so it names no stack, and keys that this stack left behind cannot be recognized. Name the stack with ${option}, as project/stack.`,
  );
}

function addKeys(keys: ManagedKeys, resource: ExportedResource): void {
  const { urn, type, inputs } = resource;
  const name = TYPE.exec(type)?.[1] ?? "";
  const holds = heldBy(name, resource);
  if (!holds) return;
  const { byId, unconfirmed, unreadable } = name.startsWith("Ssh") ? keys.sshKeys : keys.apiKeys;
  const isImported = inputs.existing !== undefined && inputs.existing !== null;
  for (const { id, expiry, isPrevious = false } of holds.keys) {
    const key = { urn, isPrevious, expiry: isImported ? unlessNever(expiry) : expiry };
    const other = byId.get(id.toLowerCase());
    // Of two resources that hold a key (an interrupted hand-over), the one that knows more counts.
    if (!other || rank(key) < rank(other)) byId.set(id.toLowerCase(), key);
  }
  for (const sent of holds.lost) if (sent !== "") unconfirmed.set(sent, urn);
  // The id of any other resource is that of its only key.
  if (holds.why !== undefined && /^Rotating|Set$/.test(name)) unreadable.push({ urn, why: holds.why });
}

function rank({ expiry, isPrevious }: ManagedKey): number {
  return ["at", "after", "never", "unknown"].indexOf(expiry.kind) + (isPrevious ? 0.5 : 0);
}
