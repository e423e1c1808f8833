// Refusals before a key is replaced or revoked: a token that only a wrong local clock shows as due, and the
// key that this run is authenticated with.
import type { Connection } from "../../api/transport";
import { RefusedError } from "../../errors";
import { clockOf } from "../../judge/presence";
import { isPast, rfc3339 } from "../../values";
import type { Run } from "../run";

/** Clocks differ a little, so a due token may be replaced this much earlier. */
const TOLERANCE_MS = 600_000;

/** @throws RefusedError before an update replaces a token that is not due by the server's clock. */
export async function refuseWrongClock(run: Run, label: string): Promise<void> {
  const { dueSince } = run.holders;
  if (dueSince.size === 0) return;
  const serverTime = clockOf(await run.apiKeys.shared());
  // Without the server's clock only the local one is left, which also computed all times in the state.
  if (serverTime === undefined) return;
  const early = [...dueSince].find((at) => !isPast(at, serverTime + TOLERANCE_MS));
  if (early === undefined) return;
  throw new RefusedError(
    `The ${label} was not replaced: by this machine's clock (${rfc3339(run.client.timing.now())}) it has been due since ${early}, but by the API's clock it is only ${rfc3339(serverTime)}.` +
      " Nothing was created or revoked. Correct this machine's clock, then run the command again.",
  );
}

interface Key {
  id: string;
  key: string | null;
  keyPrefix: string | null;
}

/** @throws RefusedError for the caller's own credential. Call only for keys that are about to be revoked. */
export function refuseSelfLockout(label: string, key: Key, connection: Connection): void {
  if (!isOwnCredential(key, connection)) return;
  throw new RefusedError(
    `Did not revoke the ${label} ${key.id}, because this update is authenticated with it (from ${connection.apiKeySource}). Configure another` +
      " credential (after a replacement, the new key) and run the same command again to revoke it. If it has leaked, see docs/leaked-key.md.",
  );
}

/** Is this run authenticated with this key? Compares the key, or its prefix if the key is unknown. */
export function isOwnCredential({ key, keyPrefix }: Omit<Key, "id">, connection: Connection): boolean {
  if (key !== null) return key === connection.apiKey;
  return keyPrefix !== null && keyPrefix !== "" && connection.apiKey.startsWith(keyPrefix);
}
