// The guard against revoking the key that this very run is logged in with.
import { ConfigurationError } from "../api/errors";
import type { Account } from "../api/transport";
import type { Properties } from "./lifecycle";

/** @throws ConfigurationError when the key of these outputs is the caller's own credential. */
export function refuseSelfLockout(noun: string, id: string, outputs: Properties, account: Account): void {
  const { key, keyPrefix } = outputs;
  const own =
    typeof key === "string"
      ? key === account.apiKey
      : typeof keyPrefix === "string" && keyPrefix !== "" && account.apiKey.startsWith(keyPrefix);
  if (!own) return;
  throw new ConfigurationError(
    `Refused to revoke the ${noun} ${id}: it is the credential of this very run (from ${account.apiKeySource}), which would lock itself out.` +
      " Configure another credential (after a replacement: the new key) and run the same command again; the old key is revoked then.",
  );
}
