// What is refused before a key is replaced or revoked: by a local clock that is ahead a token seems due long before its time, and no run
// revokes the key that it is authenticated with.
import type { Connection } from "../../api/transport";
import { RefusedError } from "../../errors";
import { isPast, rfc3339 } from "../../values";
import type { Run } from "../run";

/** Clocks differ a little; so much earlier a due token may be replaced. */
const TOLERANCE_MS = 600_000;

/** @throws RefusedError if this update replaces a token whose time has not come by the server's clock. Nothing was created or revoked then. */
export async function refuseWrongClock(run: Run, label: string): Promise<void> {
  const { dueSince } = run.holders;
  if (dueSince.size === 0) return;
  const { serverTime } = await run.apiKeys.shared();
  // Without the server's clock there is only the local one, by which all times in the state were computed as well.
  if (serverTime === undefined) return;
  const early = [...dueSince].find((at) => !isPast(at, serverTime + TOLERANCE_MS));
  if (early === undefined) return;
  throw new RefusedError(
    `The ${label} was not replaced: by this machine's clock (${rfc3339(run.client.timing.now())}) it is due since ${early}, but by the API's clock it is only ${rfc3339(serverTime)}.` +
      " Nothing was created or revoked. Correct this machine's clock, then run the command again.",
  );
}

interface Key {
  id: string;
  key: string | null;
  keyPrefix: string | null;
}

/** @throws RefusedError when this key is the caller's own credential. To be asked of what would really be revoked, and of nothing else. */
export function refuseSelfLockout(label: string, key: Key, connection: Connection): void {
  if (!isOwnCredential(key, connection)) return;
  throw new RefusedError(
    `Did not revoke the ${label} ${key.id}, because this update is authenticated with it (from ${connection.apiKeySource}). Configure another` +
      " credential (after a replacement, the new key) and run the same command again to revoke it.",
  );
}

/** Is this the key that this run is authenticated with? By the key itself, or by its prefix where the key is not known. */
export function isOwnCredential({ key, keyPrefix }: Omit<Key, "id">, connection: Connection): boolean {
  if (key !== null) return key === connection.apiKey;
  return keyPrefix !== null && keyPrefix !== "" && connection.apiKey.startsWith(keyPrefix);
}
