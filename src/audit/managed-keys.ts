// The keys that stacks hold, from the output of `pulumi stack export`. This never reads a secret.
import { ConfigurationError } from "../errors";
import { tokenSpec } from "../fields/api-key";
import { classes, classOf } from "../fields/classes";
import type { ClassName } from "../fields/classes";
import type { Field } from "../fields/field";
import { idKey } from "../judge/presence";
import { tokenKind, serviceKeyKind } from "../lifecycle/api-key/kind";
import { decodeApiKey } from "../lifecycle/api-key/state";
import type { ApiKeyState } from "../lifecycle/api-key/state";
import { decodeRotatingKey } from "../lifecycle/rotating-key/state";
import type { RotatingKeyState } from "../lifecycle/rotating-key/state";
import { decodeSshKeySet } from "../lifecycle/ssh-key-set/state";
import { decodeSshKey } from "../lifecycle/ssh-key/state";
import { isGiven, without } from "../values";
import type { Properties } from "../values";
import { resourcesIn } from "./stack-export";
import type { ExportedResource } from "./stack-export";

/** A key of a stack. */
export interface ManagedKey {
  /** The URN of its resource. */
  urn: string;
  /** The previous key of a rotating resource, which is revoked after the overlap. */
  isPrevious: boolean;
  /** When a token expires, by its stack, or its lifetime in days; null: never; undefined: unknown. */
  expires: string | number | null | undefined;
}

/** The API keys that the stacks hold, or the SSH keys. */
export interface Managed {
  /** By their ids in the account, as {@link idKey}. */
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

/**
 * @param exports Parsed outputs of `pulumi stack export`.
 * @param names The names of these exports in messages.
 * @throws ConfigurationError if one is not such an output.
 */
export function managedKeys(exports: readonly unknown[], names: readonly string[] = []): ManagedKeys {
  const none = (): Managed => ({ byId: new Map(), unconfirmed: new Map(), unreadable: [] });
  const keys: ManagedKeys = { apiKeys: none(), sshKeys: none(), stacks: new Set(), nameless: [] };
  for (const [index, exported] of exports.entries()) {
    const name = names[index] ?? `Stack export ${index + 1}`;
    const resources = resourcesIn(exported, name);
    if (resources.length === 0) keys.nameless.push(name);
    for (const one of resources) {
      // While an update moves a stack to another project, its resources are of both.
      keys.stacks.add(one.urn.replace(/^urn:pulumi:([^:]*)::([^:]*)::.*$/s, "$2/$1"));
      if (!one.external) addKeys(keys, one);
    }
  }
  return keys;
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
  const { urn, type, id, inputs, hidden } = resource;
  const name = classOf(type);
  if (name === undefined) return;
  const { byId, unconfirmed, unreadable } = name.startsWith("Ssh") ? keys.sshKeys : keys.apiKeys;
  const outputs = readableOutputs(name, resource);
  const state = tryTo(() => READERS[name](id, outputs));
  // A state that cannot be read proves nothing about its key.
  const days = state && outputs.expiresInDays;
  const lifetime = tokenSpec.expiresInDays.matches(days) ? days : null;
  const isImported = isGiven(inputs.existing);
  const isKnown = !isImported && !hidden.has("expiresAt") && !hidden.has("expiresInDays");
  for (const { id: held, expiresAt, isPrevious = false, isCreated = false } of state?.keys ?? [{ id }]) {
    const key = {
      urn,
      isPrevious,
      expires: expiresAt ?? lifetime ?? (isKnown && isCreated ? null : undefined),
    };
    const other = byId.get(idKey(held));
    // If two resources hold a key (an interrupted hand-over), the one that knows more counts.
    if (!other || rank(key) < rank(other)) byId.set(idKey(held), key);
  }
  for (const sent of state?.lost ?? []) if (sent !== "") unconfirmed.set(sent, urn);
  // Any other resource has only one key, with the resource's id.
  if (!("several" in classes[name])) return;
  const hiddenIds = ["keyId", "previousKeyId", "keys", "leftovers"].filter((each) => hidden.has(each));
  if (hiddenIds.length > 0) {
    const why = `its state has ${hiddenIds.join(" and ")} as a secret; \`pulumi stack export --show-secrets\` shows the ids`;
    unreadable.push({ urn, why });
  } else if (!state) unreadable.push({ urn, why: "its state cannot be read" });
}

/** The outputs, without hidden secrets that must be anything else than a string. */
function readableOutputs(name: ClassName, { outputs, hidden }: ExportedResource): Properties {
  const fields: Readonly<Record<string, Field<unknown>>> = classes[name].outputs;
  const isOmitted = (each: string): boolean =>
    hidden.has(each) && fields[each]?.matches(outputs[each]) !== true;
  return without(outputs, ...Object.keys(outputs).filter(isOmitted));
}

function tryTo<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The less, the more a resource knows about the expiry of the key. */
function rank({ expires, isPrevious }: ManagedKey): number {
  return ["string", "number", "object", "undefined"].indexOf(typeof expires) + (isPrevious ? 0.5 : 0);
}

/** The keys that a state holds. */
interface Holds {
  keys: { id: string; expiresAt?: string | null; isPrevious?: boolean; isCreated?: boolean }[];
  /** The descriptions or names of create requests that may have created a key. */
  lost: string[];
}

const READERS: Record<ClassName, (id: string, outputs: Properties) => Holds> = {
  ServiceKey: (id, outputs) => heldByKey(id, decodeApiKey(serviceKeyKind, id, outputs)),
  PersonalAccessToken: (id, outputs) => heldByKey(id, decodeApiKey(tokenKind, id, outputs)),
  RotatingServiceKey: (id, outputs) => heldByRotatingKey(decodeRotatingKey(serviceKeyKind, id, outputs)),
  RotatingPersonalAccessToken: (id, outputs) => heldByRotatingKey(decodeRotatingKey(tokenKind, id, outputs)),
  SshKey(id, outputs) {
    const state = decodeSshKey(id, outputs);
    const lost = "lost" in state && state.lost ? [state.lost.text] : [];
    return { keys: state.status === "unresolved" ? [] : [{ id }], lost };
  },
  SshKeySet(id, outputs) {
    const { keys, leftovers, unresolved } = decodeSshKeySet(id, outputs);
    // Leftovers were replaced by others, and are still to be deleted.
    const held = [...Array.from(keys.values(), (key) => key.id), ...leftovers];
    const lost = Array.from(unresolved.values(), ({ text }) => text);
    return { keys: held.map((each) => ({ id: each })), lost };
  },
};

function heldByKey(id: string, state: ApiKeyState): Holds {
  const lost = "lost" in state && state.lost ? [state.lost.text] : [];
  if (state.status === "unresolved") return { keys: [], lost };
  if (state.status !== "live") return { keys: [{ id }], lost };
  // The lifetime of a token that was created elsewhere is not known.
  return { keys: [{ id, expiresAt: state.expiresAt, isCreated: state.holder === "" }], lost };
}

function heldByRotatingKey(state: RotatingKeyState): Holds {
  const lost = state.lost ? [state.lost.text] : [];
  if (state.status === "unresolved") return { keys: [], lost };
  const { current, previous } = state;
  const { id, expiresAt } = current;
  // A state may lack its expiry: its lifetime is that of the current key unless the input changed.
  const older = previous ? [{ id: previous.id, expiresAt: previous.expiresAt, isPrevious: true }] : [];
  return { keys: [{ id, expiresAt, isCreated: true }, ...older], lost };
}
