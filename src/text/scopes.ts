// The known scopes of tokens, and a warning about a mistyped one. The API decides which scopes exist.
import { nearest } from "./did-you-mean";
import { quoteForTerminal } from "./quote";

/** The scopes that the package's own requests need. The API may have others. */
export type KnownScope =
  "api_keys:read" | "api_keys:write" | "ssh_keys:read" | "ssh_keys:write" | "services:read";

export const KNOWN_SCOPES: readonly KnownScope[] = [
  "api_keys:read",
  "api_keys:write",
  "ssh_keys:read",
  "ssh_keys:write",
  "services:read",
];

/** Two typing errors: `sshkey:read`, or two swapped letters. */
const MOST_CHANGES = 2;

/** Of the input `scopes`, as far as it is known. */
export function scopeWarnings(scopes: unknown): string[] {
  if (!Array.isArray(scopes)) return [];
  return scopes.flatMap((scope: unknown) => {
    if (typeof scope !== "string" || KNOWN_SCOPES.some((known) => known === scope)) return [];
    const meant = nearest(scope, KNOWN_SCOPES, MOST_CHANGES);
    if (meant === undefined) return [];
    return `Unknown scope ${quoteForTerminal(scope)}; did you mean "${meant}"? The package sends it unchanged: the API decides which scopes exist.`;
  });
}
