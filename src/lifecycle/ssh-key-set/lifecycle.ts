// The lifecycle of a set of SSH keys: every change is an update in place of the entries that changed.
import { errorMessage } from "../../errors";
import { decodeInputs } from "../../fields/field";
import { privateInputsIn } from "../../fields/input-check";
import { sshKeySetInputs } from "../../fields/ssh-key";
import { newMarker } from "../../text/auto-name";
import type { Known } from "../../values";
import type { Lifecycle, Outcome } from "../lifecycle";
import type { Run } from "../run";
import { checkSshKeySet, wantedEntries } from "./inputs";
import type { SshKeySetInputs } from "./inputs";
import { diffSshKeySet } from "./plan";
import { decodeSshKeySet, encodeSshKeySet, sshKeySetHoldings } from "./state";
import type { SshKeySetState } from "./state";
import { SshKeySetUpdate } from "./update";

export const sshKeySetLifecycle: Lifecycle<SshKeySetInputs, SshKeySetState> = {
  check: (_olds, news) => checkSshKeySet(news),
  decodeInputs: (given) => ({ ...decodeInputs(sshKeySetInputs, given), ...privateInputsIn(given) }),
  decode: decodeSshKeySet,
  encode: encodeSshKeySet,
  holdings: sshKeySetHoldings,
  // The names of the entries and of the keys are in both, and in one of them the public keys.
  repeats: { publicKeys: ["keys", "unresolved"], namePrefix: ["keys", "unresolved"] },
  diff: diffSshKeySet,
  create: (inputs, run, identity) =>
    apply("Creating the SSH key set", emptySet(inputs.owner), inputs, run, identity),
  read: readSshKeySet,
  update: (state, inputs, run) => apply("Updating the SSH key set", state, inputs, run, state.id),
  async delete(state, run) {
    const deletion = new SshKeySetUpdate(state, false, run);
    await deletion.apply([]);
    if (deletion.failures.any) throw deletion.failures.error("Deleting the SSH key set");
  },
};

/** The id contains the owner, by which a replacement is recognized: the set is the holder of each key. */
function emptySet(owner: string): SshKeySetState {
  const id = owner === "" ? `ssh-key-set-${newMarker()}` : `ssh-key-set/${owner}#${newMarker()}`;
  return { id, keys: new Map(), unresolved: new Map(), leftovers: new Set<string>() };
}

/** The states of sets that a run could not complete. */
const partial = new WeakMap<Run, Map<string, SshKeySetState>>();

/** A hook that retries has dropped the result of the first call, so the second call continues from here. */
async function apply(
  what: string,
  given: SshKeySetState,
  inputs: Known<SshKeySetInputs>,
  run: Run,
  identity: string,
): Promise<Outcome<SshKeySetState>> {
  const left = partial.get(run) ?? new Map<string, SshKeySetState>();
  partial.set(run, left);
  const state = (run.creations.isRepetition(identity) ? left.get(identity) : undefined) ?? given;
  left.delete(identity);
  const update = new SshKeySetUpdate(state, inputs.adoptExisting, run);
  await update.apply(wantedEntries(inputs));
  if (!update.failures.any) return { state: update.state };
  // The engine does not say whether this replaces another set, whose later updates a part of it would block.
  const now = isEmpty(given) && update.failures.anySameKey ? await undo(update.state, run) : update.state;
  // If there are no keys before and after, nothing was done. Removed keys must not stay in the state.
  if (isEmpty(given) && isEmpty(now)) throw update.failures.error(what);
  left.set(identity, now);
  return {
    state: now,
    unfinished: `${errorMessage(update.failures.error(what))}\nThe state has the completed part; the next \`pulumi up\` does the rest.`,
  };
}

/** Deletes the added keys; returns those that are left. */
async function undo(state: SshKeySetState, run: Run): Promise<SshKeySetState> {
  const deletion = new SshKeySetUpdate(state, false, run);
  await deletion.apply([]);
  const { keys, leftovers, ...left } = deletion.state;
  // A deletion without a response may have taken effect: the next update deletes these again, and adds them.
  const doubtful = [...keys.values()];
  for (const { fingerprint } of doubtful) run.materials.delete(fingerprint);
  return { ...left, keys: new Map(), leftovers: new Set([...leftovers, ...doubtful.map(({ id }) => id)]) };
}

function isEmpty({ keys, unresolved, leftovers }: SshKeySetState): boolean {
  return keys.size + unresolved.size + leftovers.size === 0;
}

/** Leaves out a key that the account no longer has: the next update adds only that one again. */
async function readSshKeySet(state: SshKeySetState, run: Run): Promise<SshKeySetState> {
  const entries = await Promise.all(
    Array.from(state.keys, async ([entry, key]) => {
      const found = await run.sshKeys.find(key.id, key.createdAt);
      return found ? [[entry, key] as const] : [];
    }),
  );
  return { ...state, keys: new Map(entries.flat()) };
}
