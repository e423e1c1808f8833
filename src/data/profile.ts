// getProfile: who the account is.
import type * as pulumi from "@pulumi/pulumi";

import { readOnce, readOnceOutput } from "./account-data";
import type { DataOptions, DataOutputOptions } from "./options";

/** The account's profile. Holds personal data: export of it only what you need. */
export interface GetProfileResult {
  /** The customer's id, a UUID. */
  customerId: string;
  email: string;
  firstName?: string | undefined;
  lastName?: string | undefined;
  company?: string | undefined;
  /** `private` or `business`. */
  customerType: string;
  /** `active` and the like. */
  status: string;
  /** When the account was opened, RFC 3339. */
  createdAt: string;
}

/**
 * Reads the account's profile: customer id, e-mail, account type.
 *
 * @throws AuthenticationError or PermissionDeniedError, naming where the credential came from; ConnectionError without an answer.
 * @example
 * ```ts
 * const { customerType } = await wayscloud.getProfile();
 * ```
 * @see GET /v1/account/profile
 */
export function getProfile(opts?: DataOptions): Promise<GetProfileResult> {
  return readOnce("profile", (client) => client.getProfile(), opts);
}

/**
 * As {@link getProfile}, as an output; waits for a Provider whose credential is not known yet.
 *
 * @example
 * ```ts
 * export const customer = wayscloud.getProfileOutput().customerId;
 * ```
 * @see GET /v1/account/profile
 */
export function getProfileOutput(opts?: DataOutputOptions): pulumi.Output<GetProfileResult> {
  return readOnceOutput("profile", (client) => client.getProfile(), opts);
}
