// A key that is known by its id alone: for `get`, and for an import.
import { pathSegment } from "../../api/path-segment";
import { NotFoundError } from "../../errors";
import { sanitize } from "../../text/redact";
import { isUnresolvedId } from "../create-once/started";
import type { Run } from "../run";
import type { KeyKind } from "./kind";
import type { LookedUpKey } from "./state";

/** Everything that the list shows; the key itself is shown by the API only at its creation. @throws NotFoundError */
export async function lookUpKey<Spec extends object>(
  kind: KeyKind<Spec>,
  id: string,
  run: Run,
): Promise<LookedUpKey> {
  // The id of a lost attempt that no state holds: the account has none like it.
  if (!isUnresolvedId(id)) pathSegment(id);
  const entry = await run.apiKeys.find(id);
  const wrong = entry ? kind.whyMismatched(entry) : "the account does not have it";
  if (entry && wrong === undefined)
    return { status: "looked-up", entry, recreateIfInvalid: true, holder: "" };
  throw new NotFoundError({
    message: `There is no ${kind.label} with the id ${id}: ${sanitize(wrong ?? "")}.`,
    outcome: "rejected",
  });
}
