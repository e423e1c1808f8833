// The guard against revoking the key that this very run is logged in with.
import { ConfigurationError } from "../../errors";
import type { Connection } from "../../api/transport";
import type { Properties } from "../lifecycle";

/** @throws ConfigurationError when the key of these outputs is the caller's own credential. */
export function refuseSelfLockout(
  noun: string,
  id: string,
  outputs: Properties,
  connection: Connection,
): void {
  if (!isOwnCredential(outputs, connection)) return;
  throw new ConfigurationError(
    `Refused to revoke the ${noun} ${id}: it is the credential of this very run (from ${connection.apiKeySource}), which would lock itself out.` +
      " Configure another credential (after a replacement: the new key) and run the same command again; the old key is revoked then.",
  );
}

/** Is the key of these outputs the one that this run is logged in with? By the key itself, or by its prefix where the key is not known. */
export function isOwnCredential({ key, keyPrefix }: Properties, connection: Connection): boolean {
  if (typeof key === "string") return key === connection.apiKey;
  return typeof keyPrefix === "string" && keyPrefix !== "" && connection.apiKey.startsWith(keyPrefix);
}
