// The plan that brings a set of SSH keys to what the program says. It changes only the entries that differ.
import { UNKNOWN } from "../../values";
import type { MaybeUnknown, Properties } from "../../values";
import { sshKeyClaim } from "../holders";
import type { Diff } from "../lifecycle";
import { fingerprintOf } from "../ssh-key/identity";
import { wantedEntries } from "./inputs";
import type { SshKeySetInputs, WantedEntry } from "./inputs";
import type { SetKey, SshKeySetState } from "./state";

/** A key of the state that its entry must no longer hold. */
export interface Surplus {
  entry: string;
  key: SetKey;
}

export interface Plan {
  /** Entries that stay as they are, and adopted keys whose entries were renamed. */
  kept: Map<string, SetKey>;
  /** Entries whose adopted keys move to other entries. */
  stale: string[];
  add: (WantedEntry & { fingerprint: string })[];
  /** To be deleted before anything is added: the API refuses two keys of the same name or material. */
  first: Surplus[];
  /** To be deleted once their successors exist. */
  last: Surplus[];
  /** Adopted keys that stay in the account. */
  leave: Surplus[];
}

export function planOf(keys: SshKeySetState["keys"], wanted: readonly WantedEntry[]): Plan {
  const kept = new Map<string, SetKey>();
  const open: Plan["add"] = [];
  for (const each of wanted) {
    const key = keys.get(each.entry);
    const fingerprint = fingerprintOf(each.publicKey);
    if (key?.fingerprint === fingerprint && (key.adopted || key.name === each.name)) {
      kept.set(each.entry, key);
    } else open.push({ ...each, fingerprint });
  }
  const surplus = Array.from(keys, ([entry, key]) => ({ entry, key })).filter(
    ({ entry }) => !kept.has(entry),
  );
  // An adopted key keeps its name in the account, so it moves to another entry without a request.
  const adopted = new Map(
    surplus.filter(({ key }) => key.adopted).map(({ key }) => [key.fingerprint, key] as const),
  );
  const add = open.filter(({ entry, fingerprint }) => {
    const moved = adopted.get(fingerprint);
    if (moved) kept.set(entry, moved);
    return moved === undefined;
  });
  const names = new Set(add.map(({ name }) => name));
  const fingerprints = new Set(add.map(({ fingerprint }) => fingerprint));
  const blocks = ({ key }: Surplus): boolean => names.has(key.name) || fingerprints.has(key.fingerprint);
  const ours = surplus.filter(({ key }) => !key.adopted);
  const ids = new Set(Array.from(kept.values(), ({ id }) => id));
  const gone = surplus.filter(({ entry, key }) => key.adopted && !kept.has(entry));
  return {
    kept,
    stale: gone.filter(({ key }) => ids.has(key.id)).map(({ entry }) => entry),
    add,
    first: ours.filter(blocks),
    last: ours.filter((each) => !blocks(each)),
    leave: surplus.filter(({ key }) => key.adopted && !ids.has(key.id)),
  };
}

export function diffSshKeySet(state: SshKeySetState, inputs: SshKeySetInputs): Diff {
  const { publicKeys, namePrefix } = inputs;
  if (publicKeys === UNKNOWN || namePrefix === UNKNOWN || [...publicKeys.values()].includes(UNKNOWN)) {
    const changed = namePrefix === UNKNOWN ? ["namePrefix"] : ["publicKeys"];
    return { changes: true, replaces: [], changed, outputs: { keys: forecast(state, inputs) } };
  }
  const { kept, stale, add, first, last, leave } = planOf(state.keys, wantedEntries(inputs));
  // The kept and the added entries are together those of the program.
  const added = new Map(add.map(({ entry, fingerprint }) => [entry, fingerprint]));
  const surplus = [...first, ...last, ...leave];
  const renamed = surplus.filter(({ entry, key }) => added.get(entry) === key.fingerprint).length;
  const moved = stale.length > 0 || [...kept].some(([entry, key]) => state.keys.get(entry) !== key);
  const changed = [
    ...(moved || add.length > renamed || surplus.length > renamed ? ["publicKeys"] : []),
    ...(renamed > 0 ? ["namePrefix"] : []),
    ...(state.unresolved.size > 0 || state.leftovers.size > 0 ? ["unresolved"] : []),
  ];
  const releases = new Set(surplus.map(({ key }) => sshKeyClaim(key.id)));
  const changes = changed.length > 0;
  return {
    ...{ changes, replaces: [], changed, releases },
    ...(changes ? { outputs: { keys: keysAfter(publicKeys.keys(), kept) } } : {}),
  };
}

/** The keys that the account will hold, as far as the known inputs show. */
function forecast({ keys }: SshKeySetState, inputs: SshKeySetInputs): MaybeUnknown<Properties> {
  const { publicKeys, namePrefix } = inputs;
  if (publicKeys === UNKNOWN || namePrefix === UNKNOWN) return UNKNOWN;
  const isKnown = ([, publicKey]: [string, MaybeUnknown<string>]): boolean => publicKey !== UNKNOWN;
  const known = new Map([...publicKeys].filter(isKnown));
  return keysAfter(publicKeys.keys(), planOf(keys, wantedEntries({ ...inputs, publicKeys: known })).kept);
}

/** Keys that stay are known, the others not yet. */
function keysAfter(entries: Iterable<string>, kept: Plan["kept"]): Properties {
  return Object.fromEntries(Array.from(entries, (entry) => [entry, kept.get(entry) ?? UNKNOWN]));
}
