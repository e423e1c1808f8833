// How an account behaves: ways in which a real API may differ from its documentation, and provisioning.
import { z } from "zod";
import { atLeast, must, strict } from "../check";
import type { Optional } from "../check";

const QUIRKS = {
  /**
   * How the API stores the description of an API key: trimmed, not at all, in lower case, or only its first
   * characters.
   * @default as sent
   */
  descriptions: must(
    '"trimmed", "null", "lower-case" or { truncatedTo: number }',
    z.enum(["trimmed", "null", "lower-case"]).or(z.strictObject({ truncatedTo: z.int().nonnegative() })),
  ),
  /**
   * Milliseconds for which lists do not contain a new API key or SSH key, by the emulator's clock; may be
   * `Infinity`.
   * @default 0
   */
  listLag: must("0 ms or more", atLeast(0)),
  /** Whether lists contain revoked API keys, with `is_active: false`. @default false */
  listsRevokedKeys: must("true or false", z.boolean()),
  /** Milliseconds by which `created_at` differs from the `Date` header; negative: it is behind. @default 0 */
  createdAtSkew: must("a number of milliseconds", z.int()),
  /** The `service` of a token in lists, such as `""` or `"account"`. @default null */
  tokenService: must("a string", z.string()),
};

/** Deviations from the documented API. Unlike a fault, a quirk applies to every request while it is set. */
export interface Quirks extends Optional<typeof QUIRKS> {}

export const quirksSchema: z.ZodType<Quirks> = strict(QUIRKS);

const PROVISIONING = {
  /** Milliseconds since its creation, by the emulator's clock. @default 0 */
  ms: must("0 or more", atLeast(0)),
  /**
   * Responses (of the server, its status or a list with it) that still show it as provisioning.
   * @default 0
   */
  reads: must("a whole number of 0 or more", z.int().nonnegative()),
};

/** When a new server is active: once both have been reached. */
export interface Provisioning extends Optional<typeof PROVISIONING> {}

export const provisioningSchema: z.ZodType<Provisioning> = strict(PROVISIONING);

/** The description that the API stores. */
export function storedDescription(sent: string | null, { descriptions }: Quirks): string | null {
  if (sent === null || descriptions === undefined) return sent;
  if (descriptions === "trimmed") return sent.trim();
  if (descriptions === "lower-case") return sent.toLowerCase();
  return descriptions === "null" ? null : sent.slice(0, descriptions.truncatedTo);
}
