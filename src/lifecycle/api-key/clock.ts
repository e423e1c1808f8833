// The guard against a local clock that is ahead: by it a token seems due, and would be replaced and revoked long before its time.
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
