// What an interrupted rotation has left in the account: it bears the marker that follows from the current key. Of a state that was copied, the other
// stack's next key does so too; what does not say this stack is only reported.
import type { ApiKey } from "../../api/schemas";
import { cleanUpLostAttempt } from "../api-key/create-key";
import type { KeyKind } from "../api-key/kind";
import { leftBy } from "../api-key/matching";
import { possibleLeftoverMessage, unreadableMessage } from "../create-once/messages";
import { apiKeyClaim } from "../holders";
import type { LostAttempt } from "../create-once/lost-attempt";
import { isDefaultDescription } from "../../text/auto-name";
import type { Snapshot } from "../listing";
import type { Run } from "../run";
import { nextMarker } from "./schedule";
import { heldIds, withMarker } from "./state";
import type { HoldingKeys } from "./state";

/** As whom a rotation sends its keys. */
export interface Sender {
  /** Without the marker. */
  description: string | null;
  /** `project/stack/name` where the description does not say it. */
  owner: string;
}

/**
 * What rotations of this state have left: `owned` is the work of this sender, or of the one before in the same stack; `maybe` bears the marker but another
 * description, or is too old, or the API may have altered its description.
 */
export function leftByRotation<Spec extends object>(
  kind: KeyKind<Spec>,
  state: HoldingKeys<Spec>,
  sender: Sender,
  entries: readonly ApiKey[],
): { owned: ApiKey[]; maybe: ApiKey[] } {
  const { current } = state;
  const service = kind.serviceOf(current.spec);
  const others = entries.filter(
    (entry) => !heldIds(state).includes(entry.id) && (service === null || entry.service === service),
  );
  const before = senderOf(state);
  const stack = stackOf(sender);
  const senders = stack !== undefined && stack === stackOf(before) ? [sender, before] : [sender];
  const found = senders.map(({ description, owner }) => {
    const sent = withMarker(description, nextMarker(current.id, owner));
    return leftBy(
      kind,
      { description: sent, hasMarker: true, service, startedAt: current.createdAt },
      others,
    );
  });
  const owned = others.filter((entry) => found.some((each) => each.owned.includes(entry)));
  const endings = [sender, before].map(({ owner }) => withMarker("", nextMarker(current.id, owner)));
  // What shows less than the API shows of our own key's description was not altered: it is somebody else's.
  const shown = entries.find(({ id }) => id === current.id)?.description ?? "";
  const mayBeAltered = (entry: ApiKey): boolean =>
    (entry.description ?? "").length >= shown.length && found.some((each) => each.maybe.includes(entry));
  const maybe = others.filter(
    (entry) =>
      entry.isActive &&
      !owned.includes(entry) &&
      kind.whyMismatched(entry) === undefined &&
      (mayBeAltered(entry) ||
        endings.some((ending) => entry.description?.trim().toLowerCase().endsWith(ending) === true)),
  );
  return { owned, maybe };
}

/** Names what may be the work of an interrupted rotation, and what in this list cannot be read, unless another resource holds it. */
export function reportLeftovers(
  what: string,
  maybe: readonly ApiKey[],
  list: Pick<Snapshot<ApiKey>, "unreadable">,
  run: Run,
): void {
  const isOpen = ({ id }: { id?: string | undefined }): boolean =>
    id === undefined || !run.holders.isHeld(apiKeyClaim(id));
  const others = maybe.filter(isOpen);
  if (others.length > 0) run.log(possibleLeftoverMessage(what, others));
  const hidden = list.unreadable.filter(isOpen).length;
  if (hidden > 0) run.log(unreadableMessage(what, hidden));
}

/** Revokes what a lost rotation of this state left. In a stack to which the state was copied, that may be what the other stack has made since. */
export function cleanUpLostRotation<Spec extends object>(
  kind: KeyKind<Spec>,
  lost: LostAttempt,
  state: HoldingKeys<Spec>,
  sender: Sender,
  run: Run,
): Promise<void> {
  const before = stackOf(senderOf(state));
  const now = stackOf(sender);
  const isProved = before === undefined || now === undefined || before === now;
  return cleanUpLostAttempt(kind, isProved ? lost : { ...lost, hasMarker: false }, run, heldIds(state));
}

/** As whom this state's last rotation has sent. */
export function senderOf<Spec>({ current, owner }: HoldingKeys<Spec>): Sender {
  return { description: current.description, owner };
}

/** `project/stack`, if the sender says it. */
function stackOf({ description, owner }: Sender): string | undefined {
  const said =
    owner !== "" ? owner : isDefaultDescription(description) ? description?.slice("pulumi ".length) : "";
  return /^[^/]+\/[^/]+(?=\/)/.exec(said ?? "")?.[0];
}
