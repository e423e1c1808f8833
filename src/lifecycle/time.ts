// Times and durations of states and inputs.

export const DAY_MS = 86_400_000;

/** RFC 3339 in UTC, whole seconds. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** Has this time (RFC 3339) come, by a clock that shows `now`? */
export function isPast(at: string | null, now: number): boolean {
  return at !== null && Date.parse(at) <= now;
}
