// Reads from an exported state which keys a resource holds, with the decoders of the lifecycles.
import type { KeyKind, HeldKey } from "../lifecycle/api-key/kind";
import { decodeApiKey } from "../lifecycle/api-key/state";
import { decodeRotatingKey } from "../lifecycle/rotating-key/state";
import { decodeSshKeySet } from "../lifecycle/ssh-key-set/state";
import { decodeSshKey } from "../lifecycle/ssh-key/state";
import { tokenKind, serviceKeyKind } from "../lifecycle/api-key/kind";
import type { ExportedResource } from "./stack-export";

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
export function heldBy(className: string, { id, outputs, hidden }: ExportedResource): Holds | undefined {
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
export function unlessNever(expiry: Expiry): Expiry {
  return expiry.kind === "never" ? UNKNOWN : expiry;
}
