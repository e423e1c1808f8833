// Which listed SSH keys are the work of an attempt of ours.
import type { SshKeyRecord } from "../../api/schemas";
import type { CreatedRelativeTo, Ownership } from "../create-once/creation";
import { hasFingerprint } from "./identity";
import type { StartedAt } from "../create-once/lost-attempt";
import type { LostSshKey } from "./state";

/** Whether a listed key is the work of an attempt to add this one under this name. */
export function sshKeyOwnership(
  lost: Omit<LostSshKey, keyof StartedAt>,
  entry: SshKeyRecord,
  created: CreatedRelativeTo,
): Ownership {
  if (entry.name !== lost.name || !hasFingerprint(entry, lost.publicKey)) return "other";
  if (created === "long-before") return lost.hasMarker ? "maybe-owned" : "other";
  // An explicit name does not prove ownership of a key that was there before.
  return lost.hasMarker || created === "after" ? "owned" : "maybe-owned";
}
