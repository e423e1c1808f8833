// The plan that brings a set of SSH keys to what the program says. It changes only the entries that differ.
import { UNKNOWN } from "../../values";
import { sshKeyClaim } from "../holders";
import type { Diff } from "../lifecycle";
import { wantedEntries } from "./inputs";
import type { SshKeySetInputs, WantedEntry } from "./inputs";
import type { SetKey, SshKeySetState } from "./state";

/** A key of the state that no entry of the program has. */
export interface Surplus {
  entry: string;
  key: SetKey;
}

export interface Plan {
  /** Entries that stay as they are, and adopted keys whose entries were renamed. */
  kept: Map<string, SetKey>;
  add: WantedEntry[];
  surplus: Surplus[];
}

export function planOf(keys: SshKeySetState["keys"], wanted: readonly WantedEntry[]): Plan {
  const kept = new Map<string, SetKey>();
  for (const { entry, name, fingerprint } of wanted) {
    const key = keys.get(entry);
    if (key?.fingerprint === fingerprint && (key.adopted || key.name === name)) kept.set(entry, key);
  }
  // An adopted key keeps its name in the account, so it moves to another entry without a request.
  const movable = new Map<string, SetKey>();
  for (const [entry, key] of keys) if (key.adopted && !kept.has(entry)) movable.set(key.fingerprint, key);
  const add = wanted.filter(({ entry, fingerprint }) => {
    const moved = kept.get(entry) ?? movable.get(fingerprint);
    if (moved) kept.set(entry, moved);
    return moved === undefined;
  });
  const ids = new Set(Array.from(kept.values(), ({ id }) => id));
  const surplus = Array.from(keys, ([entry, key]) => ({ entry, key })).filter(({ key }) => !ids.has(key.id));
  return { kept, add, surplus };
}

type Claim = Pick<SetKey, "name" | "fingerprint">;

/** A test for what the account cannot hold beside these: it has each name and each key once. */
export function clashesWith(keys: readonly Claim[]): (key: Claim) => boolean {
  const names = new Set(keys.map(({ name }) => name));
  const fingerprints = new Set(keys.map(({ fingerprint }) => fingerprint));
  return ({ name, fingerprint }) => names.has(name) || fingerprints.has(fingerprint);
}

export function diffSshKeySet(state: SshKeySetState, inputs: SshKeySetInputs): Diff {
  const { publicKeys, namePrefix } = inputs;
  if (publicKeys === UNKNOWN || namePrefix === UNKNOWN) {
    const changed = namePrefix === UNKNOWN ? ["namePrefix"] : ["publicKeys"];
    return { replaces: [], changed, outputs: { keys: UNKNOWN } };
  }
  const entries = Object.entries(publicKeys);
  const known = entries.flatMap(([entry, given]) => (given === UNKNOWN ? [] : [[entry, given] as const]));
  const wanted = wantedEntries({ publicKeys: Object.fromEntries(known), namePrefix });
  const { kept, add, surplus } = planOf(state.keys, wanted);
  // The keys that stay are known, the others not yet.
  const keys = Object.fromEntries(entries.map(([entry]) => [entry, kept.get(entry) ?? UNKNOWN]));
  if (known.length < entries.length) return { replaces: [], changed: ["publicKeys"], outputs: { keys } };
  // The kept and the added entries are together those of the program.
  const added = new Map(add.map(({ entry, fingerprint }) => [entry, fingerprint]));
  const renamed = surplus.filter(({ entry, key }) => added.get(entry) === key.fingerprint).length;
  const gone = new Set(surplus.map(({ key }) => key));
  const moved = [...state.keys].some(([entry, key]) => kept.get(entry) !== key && !gone.has(key));
  const changed = [
    ...(moved || add.length > renamed || surplus.length > renamed ? ["publicKeys"] : []),
    ...(renamed > 0 ? ["namePrefix"] : []),
    ...(state.unresolved.size > 0 || state.leftovers.size > 0 ? ["unresolved"] : []),
  ];
  const releases = new Set(surplus.map(({ key }) => sshKeyClaim(key.id)));
  return { replaces: [], changed, releases, ...(changed.length > 0 && { outputs: { keys } }) };
}
