// Keys that rotations left in the account beside those of the state, found by their markers. A copied state
// derives the same markers, so keys whose description does not have this stack's name are only reported.
import type { ApiKey } from "../../api/schemas";
import { judge, sortByOwner } from "../../judge/ownership";
import type { Sent, Sorted, Verdict } from "../../judge/ownership";
import { clockOf, idKey, isYoung } from "../../judge/presence";
import { isDefaultDescription, markerOf } from "../../text/auto-name";
import type { Snapshot } from "../account-list";
import { describeKey, markerIn, shownBy } from "../api-key/create-key";
import type { KeyKind, LostKey } from "../api-key/kind";
import { hiddenIn, isAmong, lookAgain, whyHidden } from "../create-once/clean-up";
import { possibleLeftover, unreadable } from "../create-once/messages";
import { startOf } from "../create-once/started";
import type { Run } from "../run";
import { firstMarker, heldIds, nextMarker, withMarker } from "./state";
import type { HoldingKeys } from "./state";

/** Description and owner used for the keys of a rotation. */
export interface Sender {
  /** Without the marker. */
  description: string | null;
  /** `project/stack/name`, if it is not in the description. */
  owner: string;
}

type List = Pick<Snapshot<ApiKey>, "byId" | "unreadable" | "serverTime" | "age">;

interface Attempt {
  sent: Sent;
  /** Its marker proves ownership: it is of this stack. */
  isOwn: boolean;
}

/** Description and owner of this state's last rotation. */
export function senderOf({ current, owner }: HoldingKeys): Sender {
  return { description: current.description, owner };
}

/** Attempts whose keys may be in no state: interrupted or lost rotations, duplicates of the current key. */
function attemptsOf(state: HoldingKeys, sender: Sender, list: List, run: Run): Attempt[] {
  const { current, previous, lost } = state;
  const before = senderOf(state);
  const [stack, stackBefore] = [stackOf(sender), stackOf(before)];
  const isMoved = stack !== undefined && stackBefore !== undefined && stack !== stackBefore;
  const at = current.createdByLocalClock ? undefined : Date.parse(current.createdAt);
  const attempt = ({ description }: Sender, marker: string, isOwn = !isMoved): Attempt => ({
    sent: { text: withMarker(description, marker), hasMarker: true, at },
    isOwn,
  });
  const own = list.byId.get(idKey(current.id));
  const earlier = [
    own ? markerIn(own) : "",
    firstMarker(state),
    previous ? nextMarker(previous.id, before.owner) : "",
  ];
  return [
    attempt(sender, nextMarker(current.id, sender.owner), true),
    ...[before, ...otherSpellings(before)].map((each) => attempt(each, nextMarker(current.id, each.owner))),
    ...earlier.filter((each) => each !== "").map((each) => attempt(before, each)),
    ...(lost ? [{ sent: sentBy(lost, list, run), isOwn: !isMoved }] : []),
  ];
}

function sentBy(lost: LostKey, list: List, run: Run): Sent {
  const began = startOf(lost, clockOf(list), run.client.timing.now());
  return { text: lost.text, hasMarker: true, ...began };
}

function markersOf(attempts: readonly Attempt[]): Set<string> {
  return new Set(attempts.map(({ sent }) => markerOf(sent.text ?? "")));
}

export interface Leftovers extends Sorted<ApiKey> {
  /** Ids of unreadable entries, which may be leftovers as well. */
  hidden: (string | undefined)[];
}

/** The leftovers of this state's rotations in the shared list, where an index finds them. */
export async function leftInShared(kind: KeyKind, state: HoldingKeys, run: Run): Promise<Leftovers> {
  const list = await run.apiKeys.shared();
  const sender = senderOf(state);
  const own = list.byId.get(idKey(state.current.id));
  const byId = new Map<string, ApiKey>(own ? [[own.id, own]] : []);
  for (const marker of markersOf(attemptsOf(state, sender, list, run))) {
    for (const entry of await run.apiKeys.matching(markerIn, marker)) byId.set(entry.id, entry);
  }
  return leftIn(kind, state, sender, { ...list, byId }, run);
}

/** The leftovers of this state's rotations in this list, without the keys of other resources. */
function leftIn(kind: KeyKind, state: HoldingKeys, sender: Sender, list: List, run: Run): Leftovers {
  run.holders.listen();
  const isKnown = isKnownTo(state, run);
  const attempts = attemptsOf(state, sender, list, run);
  const markers = markersOf(attempts);
  const shown = shownBy(kind, { service: state.current.spec.service });
  // If the API shows our own description in full, it does not alter others of ours.
  const own = list.byId.get(idKey(state.current.id));
  const isAltered = own !== undefined && markerIn(own) === "";
  // An entry that shows only its id may be of an attempt that the state knows.
  const mayBe = (entry: ApiKey): boolean =>
    isAltered || bearsAny(entry, markers) || (state.lost !== null && showsNothing(entry));
  const candidates = [...list.byId.values()].filter((entry) => !isKnown(entry.id) && mayBe(entry));
  const verdictOf = (entry: ApiKey): Verdict =>
    strongest(
      attempts.map(({ sent, isOwn }) => {
        const verdict = judge(sent, shown(entry));
        if (verdict.is !== "ours" || isOwn) return verdict;
        return { is: "possibly ours", why: "it may be another stack's" };
      }),
    );
  const { ours, possibly } = sortByOwner(candidates, verdictOf);
  const sent = attempts.map((each) => each.sent);
  return {
    ours,
    possibly: possibly.filter(({ entry }) => entry.isActive),
    hidden: hiddenIn(list, sent, isKnown).map(({ id }) => id),
  };
}

/**
 * What rotations of this state have left, by this list, and by later ones where it may lag behind a lost
 * attempt. `open`: why that attempt may have left a key that no list shows.
 */
export async function findLeftovers(
  kind: KeyKind,
  state: HoldingKeys,
  sender: Sender,
  first: Snapshot<ApiKey>,
  run: Run,
): Promise<Leftovers & { open?: Error | undefined }> {
  const { lost } = state;
  if (!lost) return leftIn(kind, state, sender, first, run);
  const { list, left, sent } = await lookAgain(run.client.timing, async (isFirst) => {
    const list = isFirst ? first : await run.apiKeys.fresh();
    const left = leftIn(kind, state, sender, list, run);
    const sent = sentBy(lost, list, run);
    return { seen: { list, left, sent }, mayLag: left.ours.length === 0 && isYoung(clockOf(list), sent.at) };
  });
  if (left.ours.length > 0) return left;
  return { ...left, open: whyHidden(list, sent, isKnownTo(state, run)) };
}

/** A test for ids that no rotation has left: this state or another resource holds them. */
function isKnownTo(state: HoldingKeys, run: Run): (id: string) => boolean {
  return (id) => isAmong(heldIds(state), id) || run.apiKeys.isTaken(id);
}

function bearsAny({ description }: ApiKey, markers: ReadonlySet<string>): boolean {
  return (description?.toLowerCase().match(/[0-9a-f]{7}/g) ?? []).some((each) => markers.has(each));
}

function showsNothing({ description, createdAt }: ApiKey): boolean {
  return description === undefined && createdAt === undefined;
}

function strongest(verdicts: readonly Verdict[]): Verdict {
  const find = (is: Verdict["is"]): Verdict | undefined => verdicts.find((each) => each.is === is);
  return find("ours") ?? find("possibly ours") ?? { is: "other" };
}

/** Reports possible keys of an interrupted rotation, and unreadable entries that may be one. */
export function reportLeftovers(
  kind: KeyKind,
  { current }: HoldingKeys,
  { possibly, hidden }: Pick<Leftovers, "possibly" | "hidden">,
  run: Run,
): void {
  const what = describeKey(kind, current.description);
  if (possibly.length > 0) run.log(possibleLeftover(what, possibly));
  if (hidden.length > 0) run.log(unreadable(what, hidden));
}

/** The same resource with its default description, or with one of the program's: its markers then differ. */
function otherSpellings(sender: Sender): Sender[] {
  const owner = ownerOf(sender);
  if (sender.owner !== "") return [{ description: `pulumi ${owner}`, owner: "" }];
  return owner === "" ? [] : [{ description: sender.description, owner }];
}

/** `project/stack/name`, if the sender has it. */
function ownerOf({ description, owner }: Sender): string {
  if (owner !== "" || !isDefaultDescription(description)) return owner;
  return (description ?? "").slice("pulumi ".length);
}

/** `project/stack`, if the sender has it. */
function stackOf(sender: Sender): string | undefined {
  return /^[^/]+\/[^/]+(?=\/)/.exec(ownerOf(sender))?.[0];
}
