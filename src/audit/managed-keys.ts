// The keys that stacks hold, from the output of `pulumi stack export`. This never reads a secret.
import { ConfigurationError } from "../errors";
import { tokenKind, serviceKeyKind } from "../lifecycle/api-key/kind";
import type { KeyKind, HeldKey } from "../lifecycle/api-key/kind";
import { decodeApiKey } from "../lifecycle/api-key/state";
import { decodeRotatingKey } from "../lifecycle/rotating-key/state";
import { decodeSshKeySet } from "../lifecycle/ssh-key-set/state";
import { decodeSshKey } from "../lifecycle/ssh-key/state";
import { resourcesIn } from "./stack-export";
import type { ExportedResource } from "./stack-export";

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

/** When a token expires, according to its stack: the API does not return it. */
export type Expiry =
  | { kind: "at"; at: string }
  /** A lifetime: its end for a time of creation. */
  | { kind: "after"; endOf: (createdAt: string) => string | null }
  | { kind: "never" }
  | { kind: "unknown" };

/** The keys that a state holds. */
export interface Holds {
  keys: { id: string; expiry: Expiry; isPrevious?: boolean }[];
  /** The descriptions or names of create requests that may have created a key. */
  lost: string[];
  /** Why the state may hold other keys as well, if it may. */
  why?: string;
}

type Reader = (id: string, outputs: Record<string, unknown>, hidden: ReadonlySet<string>) => Holds;

const UNKNOWN: Expiry = { kind: "unknown" };

const READERS = new Map<string, Reader>([
  ["ServiceKey", readerOfKey(serviceKeyKind)],
  ["PersonalAccessToken", readerOfKey(tokenKind)],
  ["RotatingServiceKey", readerOfRotatingKey(serviceKeyKind)],
  ["RotatingPersonalAccessToken", readerOfRotatingKey(tokenKind)],
  ["SshKey", readSshKey],
  ["SshKeySet", readSshKeySet],
]);

/** The keys of a resource of this class; undefined for a class of another package. */
function heldBy(className: string, { id, outputs, hidden }: ExportedResource): Holds | undefined {
  const read = READERS.get(className);
  if (!read) return undefined;
  const hiddenIds = ["keyId", "previousKeyId", "keys", "leftovers"].filter((name) => hidden.has(name));
  const secret = `its state has ${hiddenIds.join(" and ")} as a secret; \`pulumi stack export --show-secrets\` shows the ids`;
  const why = hiddenIds.length > 0 ? { why: secret } : {};
  const isOmitted = (name: string): boolean => hidden.has(name) && !["key", "previousKey"].includes(name);
  const rest = Object.fromEntries(Object.entries(outputs).filter(([name]) => !isOmitted(name)));
  // A decoder requires some of the outputs, and some must not be the string of a hidden secret.
  for (const readable of [outputs, rest]) {
    try {
      return { ...read(id, readable, hidden), ...why };
    } catch {
      // Judged below.
    }
  }
  return { keys: [{ id, expiry: UNKNOWN }], lost: [], why: "its state cannot be read", ...why };
}

function readerOfKey<Spec extends object>(kind: KeyKind<Spec>): Reader {
  return (id, outputs, hidden) => {
    const state = decodeApiKey(kind, id, outputs);
    if (state.status === "unresolved") return { keys: [], lost: [state.lost.description] };
    if (state.status !== "live") return { keys: [{ id, expiry: UNKNOWN }], lost: [] };
    const expiry = expiryOf(kind, state, hidden);
    return {
      keys: [{ id, expiry: state.holder === "" ? expiry : unlessNever(expiry) }],
      lost: state.lost ? [state.lost.description] : [],
    };
  };
}

function readerOfRotatingKey<Spec extends object>(kind: KeyKind<Spec>): Reader {
  return (id, outputs, hidden) => {
    const state = decodeRotatingKey(kind, id, outputs);
    if (state.status === "unresolved") return { keys: [], lost: [state.lost.description] };
    const { current, previous, lost } = state;
    const keys: Holds["keys"] = [{ id: current.id, expiry: expiryOf(kind, current, hidden) }];
    if (previous) {
      // Not every state has it: the lifetime is that of the current key unless the input changed.
      const { spec } = current;
      const expiry = unlessNever(expiryOf(kind, { spec, expiresAt: previous.expiresAt }, hidden));
      keys.push({ id: previous.id, isPrevious: true, expiry });
    }
    return { keys, lost: lost ? [lost.description] : [] };
  };
}

function readSshKey(id: string, outputs: Record<string, unknown>): Holds {
  const state = decodeSshKey(id, outputs);
  if (state.status === "unresolved") return { keys: [], lost: [state.lost.name] };
  const lost = state.status === "created" && state.lost ? [state.lost.name] : [];
  return { keys: [{ id, expiry: UNKNOWN }], lost };
}

function readSshKeySet(id: string, outputs: Record<string, unknown>): Holds {
  const { keys, leftovers, unresolved } = decodeSshKeySet(id, outputs);
  // Leftovers were succeeded by others, and are still to be deleted.
  const ids = [...Array.from(keys.values(), (key) => key.id), ...leftovers];
  return {
    keys: ids.map((each) => ({ id: each, expiry: UNKNOWN })),
    lost: Array.from(unresolved.values(), ({ name }) => name),
  };
}

function expiryOf<Spec extends object>(
  kind: KeyKind<Spec>,
  { spec, expiresAt }: Pick<HeldKey<Spec>, "spec" | "expiresAt">,
  hidden: ReadonlySet<string>,
): Expiry {
  if (expiresAt !== null) return { kind: "at", at: expiresAt };
  if (kind.expires(spec)) return { kind: "after", endOf: (createdAt) => kind.expiresAt(spec, createdAt) };
  return hidden.has("expiresAt") || hidden.has("expiresInDays") ? UNKNOWN : { kind: "never" };
}

/** The lifetime of a token is unknown if the token was created elsewhere, or before the input changed. */
function unlessNever(expiry: Expiry): Expiry {
  return expiry.kind === "never" ? UNKNOWN : expiry;
}
