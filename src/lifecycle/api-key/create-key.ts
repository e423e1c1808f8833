// Creates one API key exactly once, and finds keys of lost attempts: shared by all resources that hold keys.
import type { ApiKey, CreatedKey } from "../../api/schemas";
import { judge, sortByOwner } from "../../judge/ownership";
import type { Shown, Sorted } from "../../judge/ownership";
import { isSameId } from "../../judge/presence";
import { markerOf } from "../../text/auto-name";
import { quoteForTerminal } from "../../text/quote";
import { rfc3339 } from "../../values";
import type { Lost } from "../create-once/clean-up";
import { createOnce } from "../create-once/create-once";
import { conflictWith } from "../create-once/creation";
import type { LostCreation } from "../create-once/creation";
import { possibleLeftover } from "../create-once/messages";
import { UNKNOWN_START } from "../create-once/started";
import type { Run } from "../run";
import { heldKeyOf } from "./kind";
import type { HeldKey, KeyKind, LostKey, Spec } from "./kind";

export interface KeyToCreate {
  spec: Spec;
  /** Sent unchanged. */
  description: string | undefined;
  /** The description ends in a generated marker. */
  hasMarker: boolean;
  /** See `Creation`. */
  identity: string;
  before?: LostCreation | undefined;
}

/** `lost`: the attempt that may have left a key that nobody holds. `unfinished`: its message for the user. */
export type NewKey =
  | { key: HeldKey; lost: LostKey | null; unfinished?: string | undefined }
  | { key: undefined; lost: LostKey; unfinished: string };

export async function createKey(
  kind: KeyKind,
  { spec, description, hasMarker, identity, before }: KeyToCreate,
  run: Run,
): Promise<NewKey> {
  const what = describeKey(kind, description);
  const operation = run.client.operation(`Creating ${what}`);
  const created = await createOnce<CreatedKey, ApiKey>(
    {
      ...{ what, identity, before, operation },
      sent: { text: description, hasMarker },
      shown: shownBy(kind, spec),
      list: run.apiKeys,
      async post({ isKnown }) {
        const made = await kind.post(spec, description, run, operation);
        if (!isKnown(made.value.id)) return made;
        throw conflictWith(`the key ${made.value.id}`, operation);
      },
    },
    run,
  );
  const attempt = { text: description ?? "", hasMarker, service: spec.service };
  if (created.is === "unresolved")
    return { key: undefined, lost: { ...attempt, ...created.started }, unfinished: created.why };
  const { value, serverTime, unfinished } = created;
  run.apiKeys.noteCreated(value.id);
  const createdAt = rfc3339(serverTime ?? run.client.timing.now());
  const createdByLocalClock = serverTime === undefined;
  const held = heldKeyOf({ ...value, description }, value.key, spec, createdAt);
  const key = { ...held, createdByLocalClock };
  if (unfinished === undefined) return { key, lost: null };
  const start = { ...UNKNOWN_START, attemptedAt: createdAt, attemptedByLocalClock: createdByLocalClock };
  return { key, lost: { ...attempt, ...start }, unfinished };
}

/** `the service key "…"`, for messages. */
export function describeKey(kind: KeyKind, description: string | null | undefined): string {
  return `the ${kind.label} ${quoteForTerminal(description ?? "")}`;
}

/** Entries of the list, compared with a key of this kind and of these inputs. */
export function shownBy(
  kind: KeyKind,
  spec?: Parameters<KeyKind["whyMismatched"]>[1],
): (entry: ApiKey) => Shown {
  return (entry) => ({
    text: entry.description,
    createdAt: entry.createdAt,
    mismatch: kind.whyMismatched(entry, spec),
  });
}

/** The attempt for `cleanUp`. Its scopes may differ from today's, but not its service. */
export function lostKey(kind: KeyKind, attempt: LostKey): Lost<ApiKey> {
  const { text, service } = attempt;
  return { what: describeKey(kind, text), attempt, shown: shownBy(kind, { service }) };
}

/** Reports other keys with the marker: a lost request may have taken effect after our last check. */
export async function reportDuplicates(
  kind: KeyKind,
  own: string,
  description: string,
  run: Run,
): Promise<void> {
  const marked = await run.apiKeys.matching(markerIn, markerOf(description));
  const others = marked.filter(({ id }) => !isSameId(own, id));
  const sent = { text: description, hasMarker: true, at: undefined };
  const shown = shownBy(kind);
  const candidates = reportable(sortByOwner(others, (entry) => judge(sent, shown(entry))));
  if (candidates.length > 0) run.log(possibleLeftover(describeKey(kind, description), candidates));
}

/** Those that a person should know of, and why. */
export function reportable({ ours, possibly }: Sorted<ApiKey>): Sorted<ApiKey>["possibly"] {
  const all = [...ours.map((entry) => ({ entry, why: "it has the same description" })), ...possibly];
  return all.filter(({ entry }) => entry.isActive);
}

/** The marker with which the description of an entry ends, if any. */
export function markerIn({ description }: ApiKey): string {
  return /(?:^|[^0-9a-z])([0-9a-f]{7})[^0-9a-z]*$/i.exec(description ?? "")?.[1]?.toLowerCase() ?? "";
}
