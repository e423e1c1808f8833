// Deletes a managed SSH key, and the keys that lost attempts to register it left in the account.
import type { SshKeyRecord } from "../../api/schemas";
import type { Shown } from "../../judge/ownership";
import { quoteForTerminal } from "../../text/quote";
import { cleanUp } from "../create-once/clean-up";
import type { Lost } from "../create-once/clean-up";
import { deleteUnlessHeld, sshKeyClaim } from "../holders";
import type { Holding } from "../holders";
import type { Run } from "../run";
import { isSameKey } from "./identity";
import type { LostSshKey } from "./state";

/**
 * Latest time at which a delayed request may still take effect. A key created later belongs to someone else.
 */
const LATEST_EFFECT_MS = 600_000;

/** A key that a state holds. */
interface ManagedSshKey {
  id: string;
  createdAt?: string | undefined;
  fingerprint?: string | undefined;
  lost?: LostSshKey | null;
}

/** Deletes a managed SSH key and anything a lost create left behind. All deletions go through here. */
export function deleteSshKey(
  { id, createdAt, fingerprint = "", lost = null }: ManagedSshKey,
  holdings: Holding[],
  run: Run,
): Promise<void> {
  return deleteUnlessHeld(run, holdings, `the SSH key ${id}`, "adoptExisting", async () => {
    if (lost) await cleanUp(run.sshKeys, lostSshKey(lost), [id], run);
    await run.sshKeys.remove(id, `Deleting the SSH key ${id}`, createdAt);
    run.materials.delete(fingerprint);
  });
}

/** An adopted key is not ours: it stays in the account. */
export function leaveSshKey(
  { id, name, fingerprint }: Record<"id" | "name" | "fingerprint", string>,
  holder: string,
  run: Run,
): void {
  run.log(`Keeping the SSH key ${quoteForTerminal(name)} (id ${id}) in the account: it was adopted.`, "info");
  run.holders.release({ what: sshKeyClaim(id), holder });
  run.materials.delete(fingerprint);
}

export function lostSshKey(attempt: LostSshKey): Lost<SshKeyRecord> {
  const { text, publicKey, hasMarker, attemptedByLocalClock } = attempt;
  // A marker proves ownership however late the key was created, so a wrong local clock cannot hide the key.
  const isUnlimited = hasMarker && attemptedByLocalClock;
  return {
    what: `the SSH key ${quoteForTerminal(text)}`,
    attempt,
    ...(isUnlimited ? {} : { effectMs: LATEST_EFFECT_MS }),
    shown: (entry) => shownOf(entry, publicKey),
  };
}

/** An entry of the list, compared with this public key. */
export function shownOf(entry: SshKeyRecord, publicKey: string): Shown {
  return { text: entry.name, createdAt: entry.createdAt, sameKey: isSameKey(entry, publicKey) };
}
