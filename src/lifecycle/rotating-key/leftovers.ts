// Keys that rotations left in the account beside those of the state, found by their markers. A copied state
// derives the same markers, so keys whose description does not have this stack's name are only reported.
import type { ApiKey } from "../../api/schemas";
import { judge, sortByOwner } from "../../judge/ownership";
import type { Sent, Sorted, Verdict } from "../../judge/ownership";
import { clockOf, isSameId, isYoung } from "../../judge/presence";
import { isDefaultDescription, markerOf } from "../../text/auto-name";
import type { Snapshot } from "../account-list";
import { describeKey, lostKey, markerIn } from "../api-key/create-key";
import type { KeyKind } from "../api-key/kind";
import { assertNothingHidden, hiddenIn, lookAgain } from "../create-once/clean-up";
import { possibleLeftover, unreadable } from "../create-once/messages";
import { startOf } from "../create-once/started";
import { apiKeyClaim } from "../holders";
import type { Run } from "../run";
import { nextMarker } from "./schedule";
import { firstMarker, heldIds, withMarker } from "./state";
import type { HoldingKeys } from "./state";

/** Description and owner used for the keys of a rotation. */
export interface Sender {
  /** Without the marker. */
  description: string | null;
  /** `project/stack/name`, if it is not in the description. */
  owner: string;
}

interface Attempt {
  sent: Sent;
  /** Its marker proves ownership: it is of this stack. */
  isOwn: boolean;
}

/** Description and owner of this state's last rotation. */
export function senderOf<Spec>({ current, owner }: HoldingKeys<Spec>): Sender {
  return { description: current.description, owner };
}

/** Attempts whose keys may be in no state: interrupted or lost rotations, duplicates of the current key. */
function attemptsOf<Spec extends object>(
  state: HoldingKeys<Spec>,
  sender: Sender,
  entries: readonly ApiKey[],
  list: Pick<Snapshot<ApiKey>, "serverTime" | "age">,
  run: Run,
): Attempt[] {
  const { current, previous, lost } = state;
  const before = senderOf(state);
  const [stack, stackBefore] = [stackOf(sender), stackOf(before)];
  const isMoved = stack !== undefined && stackBefore !== undefined && stack !== stackBefore;
  const at = current.createdByLocalClock ? undefined : Date.parse(current.createdAt);
  const attempt = ({ description }: Sender, marker: string, isOwn = !isMoved): Attempt => ({
    sent: { text: withMarker(description, marker), hasMarker: true, at },
    isOwn,
  });
  const own = entries.find(({ id }) => isSameId(id, current.id));
  const marker = own ? markerIn(own) : "";
  const markers = new Set([
    marker,
    firstMarker(state),
    ...(previous ? [nextMarker(previous.id, before.owner)] : []),
  ]);
  return [
    attempt(sender, nextMarker(current.id, sender.owner), true),
    attempt(before, nextMarker(current.id, before.owner)),
    ...otherSpellings(before).map((each) => attempt(each, nextMarker(current.id, each.owner))),
    ...[...markers].filter((each) => each !== "").map((each) => attempt(before, each)),
    ...(lost
      ? [
          {
            sent: {
              text: lost.description,
              hasMarker: true,
              ...startOf(lost, clockOf(list), run.client.timing.now()),
            },
            isOwn: !isMoved,
          },
        ]
      : []),
  ];
}

export interface Leftovers extends Sorted<ApiKey> {
  /** Ids of unreadable entries, which may be leftovers as well. */
  hidden: (string | undefined)[];
}

/** The leftovers of this state's rotations in this list, without the keys of other resources. */
export function leftIn<Spec extends object>(
  kind: KeyKind<Spec>,
  state: HoldingKeys<Spec>,
  sender: Sender,
  list: Pick<Snapshot<ApiKey>, "byId" | "unreadable" | "serverTime" | "age">,
  run: Run,
): Leftovers {
  run.holders.listen();
  const isKnown = (id: string): boolean =>
    heldIds(state).some((held) => isSameId(held, id)) ||
    run.holders.isHeld(apiKeyClaim(id)) ||
    run.apiKeys.wasRemoved(id);
  const entries = [...list.byId.values()];
  const attempts = attemptsOf(state, sender, entries, list, run);
  const { shown } = lostKey(kind, {
    description: "",
    hasMarker: true,
    service: kind.serviceOf(state.current.spec),
    startedAt: null,
  });
  const markers = new Set(attempts.map(({ sent }) => markerOf(sent.text ?? "")));
  // If the API shows our own description in full, it does not alter others of ours.
  const own = list.byId.get(state.current.id);
  const isAltered = own !== undefined && markerIn(own) === "";
  // An entry that shows only its id may be of an attempt that the state knows.
  const mayBe = (entry: ApiKey): boolean =>
    isAltered || bearsAny(entry, markers) || (state.lost !== null && showsNothing(entry));
  const candidates = entries.filter((entry) => !isKnown(entry.id) && mayBe(entry));
  const verdictOf = (entry: ApiKey): Verdict =>
    strongest(
      attempts.map(({ sent, isOwn }) => {
        const verdict = judge(sent, shown(entry));
        return verdict.is === "ours" && !isOwn
          ? { is: "possibly ours", why: "it may be another stack's" }
          : verdict;
      }),
    );
  const { ours, possibly } = sortByOwner(candidates, verdictOf);
  return {
    ours,
    possibly: possibly.filter(({ entry }) => entry.isActive),
    hidden: hiddenIn(
      list,
      attempts.map(({ sent }) => sent),
      isKnown,
    ).map(({ id }) => id),
  };
}

/**
 * What rotations of this state have left, by this list, and by later ones where it may lag behind a lost
 * attempt. `open`: why that attempt may have left a key that no list shows.
 */
export async function findLeftovers<Spec extends object>(
  kind: KeyKind<Spec>,
  state: HoldingKeys<Spec>,
  sender: Sender,
  first: Snapshot<ApiKey>,
  run: Run,
): Promise<Leftovers & { open?: Error }> {
  const { lost } = state;
  if (!lost) return leftIn(kind, state, sender, first, run);
  const { timing } = run.client;
  const { list, left, sent } = await lookAgain(timing, async (isFirst) => {
    const list = isFirst ? first : await run.apiKeys.fresh();
    const left = leftIn(kind, state, sender, list, run);
    const sent = { ...lostKey(kind, lost).sent, ...startOf(lost, clockOf(list), timing.now()) };
    return { seen: { list, left, sent }, mayLag: left.ours.length === 0 && isYoung(clockOf(list), sent.at) };
  });
  if (left.ours.length > 0) return left;
  const isKnown = (id: string): boolean =>
    heldIds(state).some((held) => isSameId(held, id)) || run.holders.isHeld(apiKeyClaim(id));
  try {
    assertNothingHidden(list, [sent], isKnown);
  } catch (error) {
    if (error instanceof Error) return { ...left, open: error };
    throw error;
  }
  return left;
}

function bearsAny({ description }: ApiKey, markers: ReadonlySet<string>): boolean {
  return (
    description !== undefined &&
    (description.toLowerCase().match(/[0-9a-f]{7}/g) ?? []).some((each) => markers.has(each))
  );
}

function showsNothing({ description, createdAt }: ApiKey): boolean {
  return description === undefined && createdAt === undefined;
}

function strongest(verdicts: readonly Verdict[]): Verdict {
  const find = (is: Verdict["is"]): Verdict | undefined => verdicts.find((each) => each.is === is);
  return find("ours") ?? find("possibly ours") ?? { is: "other" };
}

/** Reports possible keys of an interrupted rotation, and unreadable entries that may be one. */
export function reportLeftovers<Spec extends object>(
  kind: KeyKind<Spec>,
  { current }: HoldingKeys<Spec>,
  { possibly, hidden }: Pick<Leftovers, "possibly" | "hidden">,
  run: Run,
): void {
  const what = describeKey(kind, current.description ?? undefined);
  if (possibly.length > 0) run.log(possibleLeftover(what, possibly));
  if (hidden.length > 0) run.log(unreadable(what, hidden));
}

/** The same resource with its default description, or with one of the program's: its markers then differ. */
export function otherSpellings({ description, owner }: Sender): Sender[] {
  if (owner !== "") return [{ description: `pulumi ${owner}`, owner: "" }];
  return isDefaultDescription(description)
    ? [{ description, owner: (description ?? "").slice("pulumi ".length) }]
    : [];
}

/** `project/stack`, if the sender has it. */
function stackOf({ description, owner }: Sender): string | undefined {
  const said =
    owner !== "" ? owner : isDefaultDescription(description) ? description?.slice("pulumi ".length) : "";
  return /^[^/]+\/[^/]+(?=\/)/.exec(said ?? "")?.[0];
}
