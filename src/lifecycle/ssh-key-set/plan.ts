// The plan that brings a set of SSH keys to what the program says. It changes only the entries that differ.
import { UNKNOWN } from "../../values";
import { sshKeyClaim } from "../holders";
import type { Diff } from "../lifecycle";
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
  add: WantedEntry[];
  /** To be deleted before anything is added: the API refuses two keys of the same name or material. */
  first: Surplus[];
  /** To be deleted once their successors exist. */
  last: Surplus[];
  /** Adopted keys that stay in the account. */
  leave: Surplus[];
}

export function planOf(keys: SshKeySetState["keys"], wanted: readonly WantedEntry[]): Plan {
  const kept = new Map<string, SetKey>();
  for (const { entry, name, fingerprint } of wanted) {
    const key = keys.get(entry);
    if (key?.fingerprint === fingerprint && (key.adopted || key.name === name)) kept.set(entry, key);
  }
  const open = wanted.filter(({ entry }) => !kept.has(entry));
  const surplus = Array.from(keys, ([entry, key]) => ({ entry, key })).filter(
    ({ entry }) => !kept.has(entry),
  );
  const adopted = surplus.filter(({ key }) => key.adopted);
  // An adopted key keeps its name in the account, so it moves to another entry without a request.
  const movable = new Map(adopted.map(({ key }) => [key.fingerprint, key]));
  const add = open.filter(({ entry, fingerprint }) => {
    const moved = movable.get(fingerprint);
    if (moved) kept.set(entry, moved);
    return moved === undefined;
  });
  const ids = new Set(Array.from(kept.values(), ({ id }) => id));
  const ours = surplus.filter(({ key }) => !key.adopted);
  const isInTheWay = clashesWith(add);
  return {
    kept,
    stale: adopted.filter(({ entry, key }) => ids.has(key.id) && !kept.has(entry)).map(({ entry }) => entry),
    add,
    first: ours.filter(({ key }) => isInTheWay(key)),
    last: ours.filter(({ key }) => !isInTheWay(key)),
    leave: adopted.filter(({ key }) => !ids.has(key.id)),
  };
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
    return { changes: true, replaces: [], changed, outputs: { keys: UNKNOWN } };
  }
  const entries = Object.entries(publicKeys);
  const known = entries.flatMap(([entry, given]) => (given === UNKNOWN ? [] : [[entry, given] as const]));
  const wanted = wantedEntries({ publicKeys: Object.fromEntries(known), namePrefix });
  const { kept, stale, add, first, last, leave } = planOf(state.keys, wanted);
  // The keys that stay are known, the others not yet.
  const keys = Object.fromEntries(entries.map(([entry]) => [entry, kept.get(entry) ?? UNKNOWN]));
  if (known.length < entries.length)
    return { changes: true, replaces: [], changed: ["publicKeys"], outputs: { keys } };
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
  return { changes, replaces: [], changed, releases, ...(changes && { outputs: { keys } }) };
}
