// What a state remembers of an attempt whose outcome is unknown, and how its state's id says so.

/** An attempt to create something: whatever bears its description, is of its kind and is not older may be its work. */
export interface LostAttempt {
  /** The full description that was sent, with its marker if it has one. */
  description: string;
  /** The description ends in a generated marker, so that it proves whose work it is. */
  hasMarker: boolean;
  /** When it began, by the server's clock (RFC 3339); `null` where that clock was not known, or the state is one of 1.0.0. */
  startedAt: string | null;
}

const PREFIX = "unresolved/";

/** The id of a state that knows no real one. Kept in users' states: never changed. */
export function unresolvedId(marker: string): string {
  return PREFIX + marker;
}

export function isUnresolvedId(id: string): boolean {
  return id.startsWith(PREFIX);
}
