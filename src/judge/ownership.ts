// Whose is an entry of a list? One judgment for every object that a request of ours may have created.
import { parseApiTime } from "../api/timing";

/** When a request began, by the server's clock (ms). */
export interface Began {
  /** At the earliest; `undefined` if that is not known. */
  at: number | undefined;
  /** At the latest; absent if both are the same. */
  notAfter?: number | undefined;
  /** The latest time at which it can still have taken effect; absent if there is no limit. */
  until?: number | undefined;
}

export interface SentText {
  /** The description or name, in full; `undefined` if none was sent. */
  text: string | undefined;
  /** The text ends in a marker that this package generated for this resource. */
  hasMarker: boolean;
}

/** A request that creates one object, with the facts that a list can confirm. */
export interface Sent extends SentText, Began {}

/** An entry, as a list shows it. */
export interface Shown {
  text: string | undefined;
  createdAt: string | undefined;
  /** How it differs from the request (its service, its scopes), if it does. */
  mismatch?: string | undefined;
  /** SSH keys only: is this the public key that was sent? `undefined` if the list does not tell. */
  sameKey?: boolean | undefined;
}

/**
 * *Ours* needs a proof: our marker, or our public key, in an entry created in the time of the request. An
 * entry with the marker but with differences is *possibly ours*: it is reported, and never revoked or
 * adopted.
 */
export type Verdict = { is: "ours" } | { is: "possibly ours"; why: string } | { is: "other" };

const OURS: Verdict = { is: "ours" };
const OTHER: Verdict = { is: "other" };
const possibly = (why: string): Verdict => ({ is: "possibly ours", why });

export function judge(sent: Sent, shown: Shown): Verdict {
  const text = textMatch(sent, shown.text);
  const made = whenMade(sent, shown.createdAt);
  // The API may spell a name in any way, but it holds a public key once.
  if (text === "other" && shown.sameKey === true && isAfter(made)) return possibly("it has another name");
  if (text === "other" || shown.sameKey === false) return OTHER;
  if (shown.sameKey === true) return judgeSshKey(sent.hasMarker, text, made);
  return sent.hasMarker ? judgeMarked(text, made, shown.mismatch) : judgeUnmarked(text, made, shown.mismatch);
}

/** The account holds a public key once, so the key itself is the proof, together with its time or marker. */
function judgeSshKey(hasMarker: boolean, text: TextMatch, made: Made): Verdict {
  if (made === "long before") return hasMarker && text === "same" ? possibly(WHY[made]) : OTHER;
  const isProved = made === "in time" || (hasMarker && text === "same" && made !== "later");
  return isProved ? OURS : possibly(made === "no start" ? "its name proves nothing" : WHY[made]);
}

function judgeMarked(text: TextMatch, made: Made, mismatch: string | undefined): Verdict {
  if (text === "altered") return isAfter(made) ? possibly("its description may be altered") : OTHER;
  if (mismatch !== undefined) return possibly(mismatch);
  if (text === "marked") return possibly("its description is altered");
  return made === "long before" || made === "unreadable" ? possibly(WHY[made]) : OURS;
}

function judgeUnmarked(text: TextMatch, made: Made, mismatch: string | undefined): Verdict {
  if (made === "long before") return OTHER;
  const isExact = text === "same" && mismatch === undefined;
  // The API may spell either of them otherwise, but not both.
  const isClose = (text === "same" || mismatch === undefined) && isAfter(made);
  return isExact || isClose ? possibly(mismatch ?? "its description proves nothing") : OTHER;
}

/**
 * The creation time of an entry beside the request. Clocks may explain `shortly before`, not `long before`.
 * `perhaps`: between the earliest and the latest beginning of the request.
 */
type Made = "in time" | "perhaps" | "shortly before" | "long before" | "later" | "no start" | "unreadable";

const WHY: Readonly<Record<Made, string>> = {
  "in time": "its name proves nothing",
  perhaps: "it may be older than the request: the local clock jumped, or the machine slept",
  "shortly before": "its creation time is shortly before the request",
  "long before": "it is older than the request",
  later: "it was created long after the request",
  "no start": "the time of the request is not known",
  unreadable: "its creation time cannot be read",
};

/** Tolerance for clock skew and timestamps rounded to seconds. */
const CLOCK_SLACK_MS = 5_000;
/** An entry that is older by this much is not of the request, even with the marker: somebody copied it. */
const LONG_BEFORE_MS = 600_000;

function whenMade({ at, notAfter = at, until }: Began, createdAt: string | undefined): Made {
  if (at === undefined || notAfter === undefined) return "no start";
  const created = parseApiTime(createdAt);
  if (Number.isNaN(created)) return "unreadable";
  if (until !== undefined && created > until) return "later";
  if (created >= notAfter - CLOCK_SLACK_MS) return "in time";
  if (created >= at - CLOCK_SLACK_MS) return "perhaps";
  return created >= at - CLOCK_SLACK_MS - LONG_BEFORE_MS ? "shortly before" : "long before";
}

/** Is the record of a POST older than the POST? Then it was not created, whatever the status says. */
export function isOlderThan(began: Began, createdAt: string | undefined): boolean {
  return whenMade(began, createdAt) === "long before";
}

function isAfter(made: Made): boolean {
  return made === "in time" || made === "perhaps" || made === "no start" || made === "unreadable";
}

type TextMatch = "same" | "marked" | "altered" | "other";

/** Fewer letters in common prove nothing. */
const MIN_PREFIX = 10;

/** `marked`: with the marker, but otherwise changed; `altered`: trimmed, cut, escaped, or not shown. */
function textMatch({ text, hasMarker }: SentText, shown: string | undefined): TextMatch {
  const [seen, sent] = [trimmed(shown), trimmed(text)];
  if (seen === sent) return "same";
  if (hasMarker && bearsMarker(seen, sent.slice(-MARKER_LENGTH))) return "marked";
  if (seen === "" || (sent !== "" && seen.includes(sent))) return "altered";
  const [bare, ours] = [letters(seen), letters(sent)];
  if (bare === ours && bare !== "") return "altered";
  return bare.length >= MIN_PREFIX && ours.startsWith(bare) ? "altered" : "other";
}

const MARKER_LENGTH = 7;

/** Does this text, in lower case, have this marker? */
function bearsMarker(text: string | undefined, marker: string): boolean {
  return new RegExp(`(^|[^0-9a-z])${marker}($|[^0-9a-z])`).test(text ?? "");
}

/** Does the text of an unreadable entry show that the entry is not ours? */
export function isOthersText(sent: SentText, shown: string | undefined): boolean {
  return shown !== undefined && textMatch(sent, shown) === "other";
}

function trimmed(text: string | undefined): string {
  return (text ?? "").trim().toLowerCase();
}

/** The letters and digits, which stay the same however an API escapes or replaces other characters. */
function letters(text: string): string {
  const unescaped = text.replace(/&(?:[a-z]+|#\d+|#x[0-9a-f]+);/g, "");
  return unescaped.normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "");
}

/** Entries by their owner. */
export interface Sorted<T> {
  ours: T[];
  possibly: { entry: T; why: string }[];
}

export function sortByOwner<T>(entries: Iterable<T>, verdictOf: (entry: T) => Verdict): Sorted<T> {
  const sorted: Sorted<T> = { ours: [], possibly: [] };
  for (const entry of entries) {
    const verdict = verdictOf(entry);
    if (verdict.is === "ours") sorted.ours.push(entry);
    else if (verdict.is === "possibly ours") sorted.possibly.push({ entry, why: verdict.why });
  }
  return sorted;
}
