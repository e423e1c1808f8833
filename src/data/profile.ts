// getProfile: the profile of the account.
import type * as pulumi from "@pulumi/pulumi";

import { queries } from "../queries/queries";
import { call, callOutput } from "./data-function";
import type { DataOptions, DataOutputOptions } from "./options";

/** The account's profile. Contains personal data: export only what you need. */
export interface ProfileInfo {
  /** The customer's id, a UUID. */
  customerId: string;
  /** The e-mail address. */
  email: string;
  /** The customer's first name. */
  firstName?: string | undefined;
  /** The customer's last name. */
  lastName?: string | undefined;
  /** The company's name. */
  company?: string | undefined;
  /** `private` or `business`. */
  customerType: string;
  /** `active` and the like. */
  status: string;
  /** Time at which the account was opened (RFC 3339). */
  createdAt: string;
}

/**
 * Reads the account's profile: customer id, e-mail, account type. Requested once per program run and cached.
 *
 * @throws AuthenticationError or PermissionDeniedError, with the source of the credential; ConnectionError
 * without a response.
 * @example
 * ```ts
 * const { customerType } = await wayscloud.getProfile();
 * ```
 * @see GET /v1/account/profile
 */
export function getProfile(opts?: DataOptions): Promise<ProfileInfo> {
  return call(queries.getProfile, {}, opts);
}

/**
 * Like {@link getProfile}, as an output; waits for a Provider whose credential is not known yet.
 *
 * @example
 * ```ts
 * export const customer = wayscloud.getProfileOutput().customerId;
 * ```
 * @see GET /v1/account/profile
 */
export function getProfileOutput(opts?: DataOutputOptions): pulumi.Output<ProfileInfo> {
  return callOutput(queries.getProfile, {}, opts);
}
