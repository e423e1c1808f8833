// A complete list of the API, some of whose entries may be unreadable: what it proves, and for whom it is an error.
import type { MalformedResponseError } from "../errors";
import type { ApiKey, SshKeyRecord } from "./schemas";

/** An entry of a list that does not have the documented shape. */
export interface UnreadableEntry {
  /** `undefined` if not even that can be read: then it may be any entry. */
  id: string | undefined;
  /** Its description or name, if that can be read. */
  text?: string | undefined;
  /** What to throw where this entry is needed. */
  error: MalformedResponseError;
}

/** All entries of a list: those that can be read, and those that cannot. */
export interface ParsedList<T> {
  value: T[];
  unreadable: readonly UnreadableEntry[];
  /** What to throw where absence counts, if there may be more entries than these. */
  mayContinue?: MalformedResponseError;
}

/** The entries, for those who need each of them. @throws MalformedResponseError if one cannot be read. */
export function completeList<T>({ value, unreadable, mayContinue }: ParsedList<T>): T[] {
  const error = mayContinue ?? unreadable[0]?.error;
  if (error) throw error;
  return value;
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
