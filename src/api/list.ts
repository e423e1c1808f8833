// A complete list of the API. An unreadable entry is an error only for callers that need it.
import type { MalformedResponseError } from "../errors";
import type { ApiKey, SshKeyRecord } from "./schemas";

/** An entry of a list that does not have the documented shape. */
export interface UnreadableEntry {
  /** `undefined` if the id cannot be read either: then it may be any entry. */
  id: string | undefined;
  /** Its description or name, if that can be read. */
  text?: string | undefined;
  /** The error to throw if this entry is needed. */
  error: MalformedResponseError;
}

/** All entries of a list: those that can be read, and those that cannot. */
export interface ParsedList<T> {
  value: T[];
  unreadable: readonly UnreadableEntry[];
  /** The error to throw if absence matters, in case the list may have more entries. */
  mayContinue?: MalformedResponseError;
}

/** All entries, for callers that need each of them. @throws MalformedResponseError if one cannot be read. */
export function completeList<T>({ value, unreadable, mayContinue }: ParsedList<T>): T[] {
  const error = mayContinue ?? unreadable[0]?.error;
  if (error) throw error;
  return value;
}

/** The entry as users see it in a list: a string that the API leaves out is empty. */
export function shownApiKey(key: ApiKey) {
  const { keyPrefix = "", keyType = "", createdAt = "" } = key;
  return { ...key, keyPrefix, keyType, createdAt };
}

export function shownSshKey(key: SshKeyRecord) {
  const { name = "", fingerprint = "", keyType = "", createdAt = "" } = key;
  return { ...key, name, fingerprint, keyType, createdAt };
}
export type ShownSshKey = ReturnType<typeof shownSshKey>;
