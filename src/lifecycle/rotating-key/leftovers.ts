// What an interrupted rotation has left in the account: it bears the marker that follows from the current key. Of a state that was copied, the other
// stack's next key does so too; what does not say this stack is only reported.
import type { ApiKey } from "../../api/schemas";
import { cleanUpLostAttempt } from "../api-key/create-key";
import type { KeyKind } from "../api-key/kind";
import { leftBy } from "../api-key/matching";
import type { LostAttempt } from "../create-once/lost-attempt";
import { isDefaultDescription } from "../../text/auto-name";
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

/** What rotations of this state have left: `owned` is the work of this sender, `maybe` bears the marker but another description, or is too old. */
export function leftByRotation<Spec extends object>(
  kind: KeyKind<Spec>,
  state: HoldingKeys<Spec>,
  { description, owner }: Sender,
  entries: readonly ApiKey[],
): { owned: ApiKey[]; maybe: ApiKey[] } {
  const { current } = state;
  const service = kind.serviceOf(current.spec);
  const others = entries.filter(
    (entry) => !heldIds(state).includes(entry.id) && (service === null || entry.service === service),
  );
  const sent = withMarker(description, nextMarker(current.id, owner));
  const { owned } = leftBy(
    kind,
    { description: sent, hasMarker: true, service, startedAt: current.createdAt },
    others,
  );
  const endings = [owner, state.owner].map((each) => withMarker("", nextMarker(current.id, each)));
  const maybe = others.filter(
    (entry) =>
      entry.isActive &&
      !owned.includes(entry) &&
      kind.whyMismatched(entry) === undefined &&
      endings.some((ending) => entry.description?.trim().toLowerCase().endsWith(ending) === true),
  );
  return { owned, maybe };
}

/** Revokes what a lost rotation of this state left. In a stack to which the state was copied, that may be what the other stack has made since. */
export function cleanUpLostRotation<Spec extends object>(
  kind: KeyKind<Spec>,
  lost: LostAttempt,
  state: HoldingKeys<Spec>,
  sender: Sender,
  run: Run,
): Promise<void> {
  const before = stackOf({ description: state.current.description, owner: state.owner });
  const now = stackOf(sender);
  const isProved = before === undefined || now === undefined || before === now;
  return cleanUpLostAttempt(kind, isProved ? lost : { ...lost, hasMarker: false }, run, heldIds(state));
}

/** `project/stack`, if the sender says it. */
function stackOf({ description, owner }: Sender): string | undefined {
  const said =
    owner !== "" ? owner : isDefaultDescription(description) ? description?.slice("pulumi ".length) : "";
  return /^[^/]+\/[^/]+(?=\/)/.exec(said ?? "")?.[0];
}
