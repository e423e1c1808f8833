// The keys that stacks hold, from the output of `pulumi stack export`. This never reads a secret.
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

/** The API keys that the stacks hold, or the SSH keys. */
export interface Managed {
  /** By their ids in the account, in lower case. */
  byId: Map<string, ManagedKey>;
  /**
   * Keys that lost create requests may have created: the sent description or name, and the URN of the
   * resource.
   */
  unconfirmed: Map<string, string>;
  /** Resources that may hold any other key: the URN, and why their state does not show which. */
  unreadable: { urn: string; why: string }[];
}

/** The keys of several stacks. */
export interface ManagedKeys {
  apiKeys: Managed;
  sshKeys: Managed;
  /** The stacks themselves, as `project/stack`. */
  stacks: Set<string>;
  /** Exports without resources, which do not say from which stack they are. */
  nameless: string[];
}

/** Tokens of the dynamic classes and of the first-class provider, whose outputs are the same. */
const TYPE = /^(?:pulumi-nodejs:dynamic\/wayscloud|wayscloud-account:index):(\w+)$/;

/**
 * @param exports Parsed outputs of `pulumi stack export`.
 * @param nameOf The name of the export at this position in messages.
 * @throws ConfigurationError if one is not such an output.
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

/** The key with this id, in upper or lower case. */
export function holderOf({ byId }: Managed, id: string): ManagedKey | undefined {
  return byId.get(id.toLowerCase());
}

function stackOf(urn: string): string | undefined {
  const [, stack, project] = /^urn:pulumi:([^:]*)::([^:]*)::/.exec(urn) ?? [];
  return stack !== undefined && project !== undefined ? `${project}/${stack}` : undefined;
}

/**
 * Adds stacks whose exports do not say their names, as `project/stack`, with or without an organization.
 *
 * @param option The option with these names, for messages.
 * @throws ConfigurationError if the stack of an export remains unknown.
 */
export function nameStacks(keys: ManagedKeys, names: readonly string[], option: string): void {
  for (const name of names) {
    const [, stack] = /^(?:[^/]+\/)?([^/]+\/[^/]+)$/.exec(name) ?? [];
    if (stack === undefined)
      throw new ConfigurationError(`${option} must be the name of a stack, as project/stack.`);
    keys.stacks.add(stack);
  }
  const [first] = keys.nameless.slice(names.length);
  if (first === undefined) return;
  throw new ConfigurationError(
    `${first} has no resources, so it does not say which stack it is from, and audit cannot recognize the keys of that stack. Pass the stack's name with ${option}, as project/stack.`,
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
    // If two resources hold a key (an interrupted hand-over), the one that knows more counts.
    if (!other || rank(key) < rank(other)) byId.set(id.toLowerCase(), key);
  }
  for (const sent of holds.lost) if (sent !== "") unconfirmed.set(sent, urn);
  // Any other resource has only one key, with the resource's id.
  if (holds.why !== undefined && /^Rotating|Set$/.test(name)) unreadable.push({ urn, why: holds.why });
}

function rank({ expiry, isPrevious }: ManagedKey): number {
  return ["at", "after", "never", "unknown"].indexOf(expiry.kind) + (isPrevious ? 0.5 : 0);
}
