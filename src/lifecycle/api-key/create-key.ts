// Creates one API key exactly once, and finds keys of lost attempts: shared by all resources that hold keys.
import type { ApiKey, CreatedKey } from "../../api/schemas";
import { parseApiTime } from "../../api/timing";
import { judge, sortByOwner } from "../../judge/ownership";
import type { Shown } from "../../judge/ownership";
import { isSameId } from "../../judge/presence";
import { markerOf } from "../../text/auto-name";
import { quoteForTerminal } from "../../text/quote";
import { rfc3339 } from "../../values";
import type { Lost } from "../create-once/clean-up";
import { createOnce } from "../create-once/create-once";
import { conflictWith } from "../create-once/creation";
import type { LostCreation } from "../create-once/creation";
import { possibleLeftover } from "../create-once/messages";
import type { StartedAt } from "../create-once/started";
import type { Run } from "../run";
import type { HeldKey, KeyKind, LostAttempt } from "./kind";

export interface KeyToCreate<Spec> {
  spec: Spec;
  /** Sent unchanged. */
  description: string | undefined;
  /** The description ends in a generated marker. */
  hasMarker: boolean;
  /** See `Creation`. */
  identity: string;
  before?: LostCreation | undefined;
}

export type NewKey<Spec> =
  | { is: "created"; key: HeldKey<Spec> & { key: string }; unfinished?: string | undefined }
  | { is: "unresolved"; why: string; started: StartedAt };

export async function createKey<Spec extends object>(
  kind: KeyKind<Spec>,
  { spec, description, hasMarker, identity, before }: KeyToCreate<Spec>,
  run: Run,
): Promise<NewKey<Spec>> {
  const what = describeKey(kind, description);
  const operation = run.client.operation(`Creating ${what}`);
  const { apiKeys } = run;
  const created = await createOnce<CreatedKey, ApiKey>(
    {
      ...{ what, identity, before, operation },
      sent: { text: description, hasMarker },
      shown: shownBy(kind, spec),
      list: apiKeys,
      async post({ isKnown }) {
        const made = await kind.post(spec, description, run, operation);
        if (!isKnown(made.value.id)) return made;
        throw conflictWith(`the key ${made.value.id}`, operation);
      },
    },
    run,
  );
  if (created.is === "unresolved") return created;
  const { id, key, keyPrefix = "", keyType = "" } = created.value;
  apiKeys.noteCreated(id);
  const { serverTime } = created;
  const createdAt = rfc3339(serverTime ?? run.client.timing.now());
  const made = {
    ...{ id, key, keyPrefix, keyType, spec, createdAt, createdByLocalClock: serverTime === undefined },
    description: description ?? null,
    isActive: true,
    lastUsedAt: null,
    expiresAt: earlierEnd(kind.expiresAt(spec, createdAt), created.value.expiresAt),
    listedScopes: null,
  };
  return { is: "created", key: made, unfinished: created.unfinished };
}

/** The expiry that the API shows (RFC 3339), if it is earlier than the requested one. */
export function earlierEnd(end: string | null, shown: string | undefined): string | null {
  const at = parseApiTime(shown);
  return Number.isNaN(at) || (end !== null && Date.parse(end) <= at) ? end : rfc3339(at);
}

/** `the service key "…"`, for messages. */
export function describeKey<Spec extends object>(
  kind: KeyKind<Spec>,
  description: string | undefined,
): string {
  return `the ${kind.label} ${quoteForTerminal(description ?? "")}`;
}

function shownBy<Spec extends object>(kind: KeyKind<Spec>, spec?: Spec): (entry: ApiKey) => Shown {
  return (entry) => ({
    text: entry.description,
    createdAt: entry.createdAt,
    mismatch: kind.whyMismatched(entry, spec),
  });
}

/** The attempt for `cleanUp`. Its scopes may differ from today's, but not its service. */
export function lostKey<Spec extends object>(kind: KeyKind<Spec>, attempt: LostAttempt): Lost<ApiKey> {
  const { description, hasMarker, service } = attempt;
  const shown = shownBy(kind);
  return {
    what: describeKey(kind, description),
    attempt,
    sent: { text: description, hasMarker },
    shown(entry) {
      const isOtherService = service !== null && entry.service !== service;
      const other = isOtherService
        ? `it is for the service ${JSON.stringify(entry.service ?? "")}`
        : undefined;
      return { ...shown(entry), mismatch: kind.whyMismatched(entry) ?? other };
    },
  };
}

/** Reports keys with one of our markers: a lost request may have taken effect after our last check. */
export async function reportDuplicates<Spec extends object>(
  kind: KeyKind<Spec>,
  description: string,
  held: readonly string[],
  run: Run,
): Promise<void> {
  const marker = markerOf(description);
  const marked = await run.apiKeys.matching(markerIn, marker);
  const others = marked.filter(({ id, isActive }) => isActive && !held.some((each) => isSameId(each, id)));
  const sent = { text: description, hasMarker: true, at: undefined };
  const shown = shownBy(kind);
  const { ours, possibly } = sortByOwner(others, (entry) => judge(sent, shown(entry)));
  const candidates = [...ours.map((entry) => ({ entry, why: "it has the same description" })), ...possibly];
  if (candidates.length > 0) run.log(possibleLeftover(describeKey(kind, description), candidates));
}

/** The marker with which the description of an entry ends, if any. */
export function markerIn({ description }: ApiKey): string {
  return /(?:^|[^0-9a-z])([0-9a-f]{7})[^0-9a-z]*$/i.exec(description ?? "")?.[1]?.toLowerCase() ?? "";
}
