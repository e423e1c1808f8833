// Ways in which a real API may differ from its documentation, for tests of clients that must cope with them.

/** Deviations from the documented API. Unlike a fault, a quirk applies to every request while it is set. */
export interface Quirks {
  /**
   * What the API stores of an API key's description: without white space at both ends, nothing, lower-cased, or its first
   * characters only.
   * @default as sent
   */
  descriptions?: "trimmed" | "null" | "lower-case" | { truncatedTo: number } | undefined;
  /** Milliseconds for which lists do not contain a new API key or SSH key, by the emulator's clock; may be `Infinity`. @default 0 */
  listLag?: number | undefined;
  /** Whether lists contain revoked API keys, with `is_active: false`. @default false */
  listsRevokedKeys?: boolean | undefined;
  /** Milliseconds by which `created_at` differs from the `Date` header; negative: it is behind. @default 0 */
  createdAtSkew?: number | undefined;
  /** What lists show as the `service` of a token, such as `""` or `"account"`. @default null */
  tokenService?: string | undefined;
}

const CHECKS: Record<keyof Quirks, [rule: string, holds: (value: unknown) => boolean]> = {
  descriptions: [
    'must be "trimmed", "null", "lower-case" or { truncatedTo: number }',
    (value) => ["trimmed", "null", "lower-case"].includes(String(value)) || lengthOf(value) >= 0,
  ],
  listLag: ["must be 0 ms or more", (value) => typeof value === "number" && value >= 0],
  listsRevokedKeys: ["must be true or false", (value) => typeof value === "boolean"],
  createdAtSkew: ["must be a number of milliseconds", Number.isSafeInteger],
  tokenService: ["must be a string", (value) => typeof value === "string"],
};

function lengthOf(value: unknown): number {
  const length: unknown =
    typeof value === "object" && value !== null ? Reflect.get(value, "truncatedTo") : undefined;
  return typeof length === "number" && Number.isSafeInteger(length) ? length : -1;
}

/** What is wrong with the quirks, if anything. */
export function problemOfQuirks(quirks: unknown): string | undefined {
  if (typeof quirks !== "object" || quirks === null) return "must be an object";
  for (const [name, value] of Object.entries(quirks) as [string, unknown][]) {
    if (!Object.hasOwn(CHECKS, name)) {
      return `has no ${JSON.stringify(name)} (known: ${Object.keys(CHECKS).join(", ")})`;
    }
    const [rule, holds] = CHECKS[name as keyof Quirks];
    if (value !== undefined && !holds(value)) return `.${name} ${rule}`;
  }
  return undefined;
}

/** The description that the API stores. */
export function storedDescription(sent: string | null, { descriptions }: Quirks): string | null {
  if (sent === null || descriptions === undefined) return sent;
  if (descriptions === "trimmed") return sent.trim();
  if (descriptions === "lower-case") return sent.toLowerCase();
  return descriptions === "null" ? null : sent.slice(0, descriptions.truncatedTo);
}
