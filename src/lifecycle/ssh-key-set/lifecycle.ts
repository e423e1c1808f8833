// The lifecycle of a set of SSH keys: every change is an update in place of the entries that changed.
import { newMarker } from "../../text/auto-name";
import { known } from "../../values";
import type { Lifecycle, Outcome } from "../lifecycle";
import type { Run } from "../run";
import { wantedEntries } from "./inputs";
import type { SshKeySetInputs } from "./inputs";
import { diffSshKeySet } from "./plan";
import type { SshKeySetState } from "./state";
import { SshKeySetUpdate } from "./update";

export const sshKeySetLifecycle: Lifecycle<SshKeySetInputs, SshKeySetState> = {
  diff: diffSshKeySet,
  create: (inputs, run, identity) =>
    apply("Creating the SSH key set", emptySet(inputs.owner), inputs, run, identity),
  read: readSshKeySet,
  update: (state, inputs, run) => apply("Updating the SSH key set", state, inputs, run, state.id),
  async delete(state, run) {
    const deletion = new SshKeySetUpdate(state, false, run);
    await deletion.removeAll();
    if (deletion.failures.any) throw deletion.failures.error("Deleting the SSH key set");
  },
};

/** The id names the owner, so that a replacement is known for one: the holder of each key is the set. */
function emptySet(owner: string): SshKeySetState {
  const id = owner === "" ? `ssh-key-set-${newMarker()}` : `ssh-key-set/${owner}#${newMarker()}`;
  return { id, keys: new Map(), unresolved: new Map(), leftovers: new Set<string>() };
}

/** Sets as a run has left them, where it could not do all. */
const partial = new WeakMap<Run, Map<string, SshKeySetState>>();

/** A hook that asks again has thrown away what the first call reported, so the second goes on from there. */
async function apply(
  what: string,
  given: SshKeySetState,
  inputs: SshKeySetInputs,
  run: Run,
  identity: string,
): Promise<Outcome<SshKeySetState>> {
  const left = partial.get(run) ?? new Map<string, SshKeySetState>();
  partial.set(run, left);
  const state = (run.creations.isRepetition(identity) ? left.get(identity) : undefined) ?? given;
  left.delete(identity);
  const update = new SshKeySetUpdate(state, known(inputs.adoptExisting, "adoptExisting"), run);
  await update.apply(wantedEntries(inputs));
  if (!update.failures.any) return { state: update.state };
  // The engine does not tell whether this replaces another set. A part of it would then be in the old one's way at every later update.
  const now = isEmpty(state) && update.failures.anySameKey ? await undo(update.state, run) : update.state;
  // Nothing was done where nothing was there before and nothing is there now. What was removed must not stay in the state.
  if (isEmpty(state) && isEmpty(now)) throw update.failures.error(what);
  left.set(identity, now);
  return {
    state: now,
    unfinished: `${update.failures.message(what)}\nWhat was done is in the state; the next \`pulumi up\` does the rest.`,
  };
}

/** Deletes again what was added; returns what is left of it. */
async function undo(state: SshKeySetState, run: Run): Promise<SshKeySetState> {
  const deletion = new SshKeySetUpdate(state, false, run);
  await deletion.removeAll();
  return deletion.state;
}

function isEmpty({ keys, unresolved, leftovers }: SshKeySetState): boolean {
  return keys.size + unresolved.size + leftovers.size === 0;
}

/** A key that the account has no longer is missing from the set: the next update adds it again, alone. */
async function readSshKeySet(state: SshKeySetState, run: Run): Promise<SshKeySetState> {
  const entries = await Promise.all(
    Array.from(state.keys, async ([entry, key]) => {
      const found = await run.sshKeys.find(key.id, key.createdAt);
      return found ? [[entry, key] as const] : [];
    }),
  );
  return { ...state, keys: new Map(entries.flat()) };
}
