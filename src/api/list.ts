// A complete list of the API, some of whose entries may be unreadable: what it proves, and for whom it is an error.
import type { MalformedResponseError } from "../errors";
import type { ApiKey, SshKeyRecord } from "./schemas";

/** An entry of a list that does not have the documented shape. */
export interface UnreadableEntry {
  /** `undefined` if not even that can be read: then it may be any entry. */
  id: string | undefined;
  /** What to throw where this entry is needed. */
  error: MalformedResponseError;
}

/** All entries of a list: those that can be read, and those that cannot. */
export interface ParsedList<T> {
  value: T[];
  unreadable: readonly UnreadableEntry[];
}

/** The entries, for those who need each of them. @throws MalformedResponseError if one cannot be read. */
export function completeList<T>({ value, unreadable }: ParsedList<T>): T[] {
  const [first] = unreadable;
  if (first) throw first.error;
  return value;
}

/**
 * For those who conclude from the list that an id is not there: a list proves what it shows, but not that the id is none of the entries
 * that cannot be read.
 *
 * @throws MalformedResponseError if an unreadable entry may be the one of this id.
 */
export function assertNotHidden(list: Pick<ParsedList<unknown>, "unreadable">, id: string): void {
  assertNothingHidden(list, (other) => other !== id);
}

/**
 * The same for those who look for something whose id they do not know.
 *
 * @throws MalformedResponseError if an unreadable entry may be it: one without an id, or with an id that is not known to be another's.
 */
export function assertNothingHidden(
  { unreadable }: Pick<ParsedList<unknown>, "unreadable">,
  isKnown: (id: string) => boolean,
): void {
  const hidden = unreadable.find(({ id }) => id === undefined || !isKnown(id));
  if (hidden) throw hidden.error;
}

/** As users see it in a list: a string that the API leaves out is empty. */
export function shownApiKey(key: ApiKey) {
  const { keyPrefix = "", keyType = "", createdAt = "" } = key;
  return { ...key, keyPrefix, keyType, createdAt };
}

export function shownSshKey(key: SshKeyRecord) {
  const { name = "", fingerprint = "", keyType = "", createdAt = "" } = key;
  return { ...key, name, fingerprint, keyType, createdAt };
}
export type ShownSshKey = ReturnType<typeof shownSshKey>;
