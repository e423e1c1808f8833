// The guard against revoking the key that this very run is authenticated with.
import type { Connection } from "../../api/transport";
import { RefusedError } from "../../errors";

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
