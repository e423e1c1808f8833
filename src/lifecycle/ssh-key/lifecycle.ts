// The lifecycle of an SSH key, identified by material and name. Without a secret, a lost response loses
// nothing.
import { pathSegment } from "../../api/address";
import { shownSshKey } from "../../api/list";
import { decodeInputs } from "../../fields/field";
import { privateInputsIn } from "../../fields/input-check";
import { sshKeyInputs } from "../../fields/ssh-key";
import { isTemplate } from "../../text/auto-name";
import { same, UNKNOWN } from "../../values";
import { cleanUp } from "../create-once/clean-up";
import { REPLACES_UNRESOLVED } from "../lifecycle";
import type { Diff, Lifecycle } from "../lifecycle";
import type { Run } from "../run";
import { createSshKey } from "./create";
import { deleteSshKey, leaveSshKey, lostSshKey } from "./clean-up";
import { isSameKey, isSameMaterial } from "./identity";
import { checkSshKey } from "./inputs";
import type { SshKeyInputs } from "./inputs";
import { decodeSshKey, encodeSshKey, sshKeyHoldings } from "./state";
import type { SshKeyState } from "./state";

export const sshKeyLifecycle: Lifecycle<SshKeyInputs, SshKeyState> = {
  check: checkSshKey,
  decodeInputs: (given) => ({ ...decodeInputs(sshKeyInputs, given), ...privateInputsIn(given) }),
  decode: decodeSshKey,
  encode: encodeSshKey,
  holdings: sshKeyHoldings,
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
    if (state.status === "adopted") leaveSshKey(state, state.holder, run);
    // The engine never deletes a resource from `get`, so a key that was looked up was imported.
    else await deleteSshKey(state, sshKeyHoldings(state), run);
  },
};

function diffSshKey(state: SshKeyState, inputs: SshKeyInputs): Diff {
  if (state.status === "unresolved") return REPLACES_UNRESOLVED;
  if (state.status === "requested") return { replaces: [], changed: [] };
  const { publicKey, name } = inputs;
  const isSame =
    state.status === "looked-up"
      ? publicKey !== UNKNOWN && isSameKey(state, publicKey) === true
      : isSameMaterial(state.publicKey, publicKey);
  // The input is still a template only for adopted keys, which keep their name.
  const isSameName = isTemplate(name, "name") || same(state.name, name);
  const replaces = [...(isSame ? [] : ["publicKey"]), ...(isSameName ? [] : ["name"])];
  // The API rejects a second key with the same name or material, so only then must the old one go first.
  const deleteBeforeReplace = replaces.length > 0 && (isSame || same(state.name, name));
  const changed = [...replaces, ...(state.lost ? ["unresolved"] : [])];
  return { replaces, changed, deleteBeforeReplace };
}

async function readSshKey(state: SshKeyState, run: Run): Promise<SshKeyState | undefined> {
  if (state.status === "unresolved") return state;
  if (state.status === "requested") {
    const entry = await run.sshKeys.lookUp(state.id, "SSH key");
    const key = shownSshKey(entry);
    return { status: "looked-up", ...key, publicKey: undefined, holder: "", lost: null };
  }
  pathSegment(state.id);
  const entry = await run.sshKeys.find(state.id, state.createdAt);
  return entry && { ...state, vmCount: entry.vmCount };
}
