// The lifecycle of an SSH key, identified by material and name. Without a secret, a lost response loses
// nothing.
import { pathSegment } from "../../api/address";
import { NotFoundError } from "../../errors";
import { isTemplate } from "../../text/auto-name";
import { same, UNKNOWN } from "../../values";
import { cleanUp } from "../create-once/clean-up";
import { isUnresolvedId } from "../create-once/started";
import { REPLACES_UNRESOLVED } from "../lifecycle";
import type { Diff, Lifecycle } from "../lifecycle";
import type { Run } from "../run";
import { createSshKey } from "./create";
import { deleteSshKey, leaveSshKey, lostSshKey } from "./clean-up";
import { isSameKey, isSameMaterial } from "./identity";
import type { SshKeyInputs } from "./inputs";
import { sshKeyHoldings } from "./state";
import type { SshKeyState } from "./state";

export const sshKeyLifecycle: Lifecycle<SshKeyInputs, SshKeyState> = {
  diff: diffSshKey,
  create: createSshKey,
  read: readSshKey,
  async update(state, _inputs, run) {
    if (state.status !== "created" || !state.lost) return { state };
    await cleanUp(run.sshKeys, lostSshKey(state.lost), [state.id], run);
    return { state: { ...state, lost: null } };
  },
  async delete(state, run) {
    if (state.status === "unresolved") return cleanUp(run.sshKeys, lostSshKey(state.lost), [], run);
    // The engine never deletes a resource from `get`, so a key that was looked up was imported.
    const key = state.status === "looked-up" ? state.entry : state;
    if (state.status === "adopted") leaveSshKey(state, state.holder, run);
    else await deleteSshKey(key, sshKeyHoldings(state), run);
  },
};

function diffSshKey(state: SshKeyState, inputs: SshKeyInputs): Diff {
  switch (state.status) {
    case "unresolved":
      return REPLACES_UNRESOLVED;
    case "requested":
      return { changes: false, replaces: [], changed: [] };
    case "looked-up": {
      const { entry } = state;
      const isSame = inputs.publicKey !== UNKNOWN && isSameKey(entry, inputs.publicKey) === true;
      return diffOf(isSame, entry.name ?? "", inputs);
    }
    case "created":
    case "adopted": {
      const diff = diffOf(isSameMaterial(state.publicKey, inputs.publicKey), state.name, inputs);
      return state.lost ? { ...diff, changes: true, changed: [...diff.replaces, "unresolved"] } : diff;
    }
  }
}

function diffOf(sameKey: boolean, name: string, inputs: SshKeyInputs): Diff {
  // The input is still a template only for adopted keys, which keep their name.
  const sameName = isTemplate(inputs.name, "name") || same(name, inputs.name);
  const replaces = [...(sameKey ? [] : ["publicKey"]), ...(sameName ? [] : ["name"])];
  // The API rejects a second key with the same name or material, so only then must the old one go first.
  const deleteBeforeReplace = replaces.length > 0 && (sameKey || same(name, inputs.name));
  return { changes: replaces.length > 0, replaces, changed: replaces, deleteBeforeReplace };
}

async function readSshKey(state: SshKeyState, run: Run): Promise<SshKeyState | undefined> {
  switch (state.status) {
    case "unresolved":
      return state;
    case "requested": {
      // The id of a lost attempt that no state holds: the account has no such id.
      if (!isUnresolvedId(state.id)) pathSegment(state.id);
      const entry = await run.sshKeys.find(state.id);
      if (entry) return { status: "looked-up", entry, holder: "" };
      throw new NotFoundError({
        message: `There is no SSH key with the id ${state.id}: the account does not have it.`,
        outcome: "rejected",
      });
    }
    case "looked-up": {
      const entry = await run.sshKeys.find(state.entry.id, state.entry.createdAt);
      return entry && { ...state, entry: { ...state.entry, vmCount: entry.vmCount } };
    }
    case "created":
    case "adopted": {
      pathSegment(state.id);
      const entry = await run.sshKeys.find(state.id, state.createdAt);
      return entry && { ...state, vmCount: entry.vmCount };
    }
  }
}
