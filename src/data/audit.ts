// auditApiKeys and auditSshKeys: what deserves a look, from a program.
import type { Finding } from "../audit/findings";
import { auditLimits, findInApiKeys, findInSshKeys } from "../audit/findings";
import { managedKeys } from "../audit/managed";
import { told } from "./account-data";
import type { DataOptions } from "./options";
import { getApiKeys } from "./api-keys";
import { getSshKeys } from "./ssh-keys";

/** What an audit looks for. */
export interface AuditArgs {
  /** Keys that were not used for this many days are found. @default 90 */
  unusedForDays?: number | undefined;
  /** Tokens that expire within this many days are found, as far as a given stack knows their end. @default 14 */
  expiringWithinDays?: number | undefined;
  /**
   * Parsed outputs of `pulumi stack export` of the stacks that manage this account. With them keys that no stack holds, orphans, and the ends of tokens
   * are found, too: the API itself tells no ends.
   * @default none
   */
  stackExports?: readonly unknown[] | undefined;
}

/**
 * Finds service keys and tokens that deserve a look: unused, inactive, expiring, never expiring, unmanaged, orphaned. Changes nothing.
 *
 * @throws ConfigurationError for a stack export that is none; AuthenticationError, PermissionDeniedError, ConnectionError.
 * @example
 * ```ts
 * const findings = await wayscloud.auditApiKeys({ unusedForDays: 30 });
 * ```
 * @see GET /v1/account/api-keys
 */
export function auditApiKeys(args: AuditArgs = {}, opts?: DataOptions): Promise<Finding[]> {
  return told(async () => {
    const managed = args.stackExports && managedKeys(args.stackExports);
    return findInApiKeys(await getApiKeys({}, opts), auditLimits(args), managed, Date.now());
  });
}

/**
 * Finds SSH keys that deserve a look: on no VPS for long, or in none of the given stacks. Changes nothing.
 *
 * @throws ConfigurationError for a stack export that is none; AuthenticationError, PermissionDeniedError, ConnectionError.
 * @example
 * ```ts
 * const findings = await wayscloud.auditSshKeys({ stackExports: [JSON.parse(exported)] });
 * ```
 * @see GET /v1/account/ssh-keys
 */
export function auditSshKeys(args: AuditArgs = {}, opts?: DataOptions): Promise<Finding[]> {
  return told(async () => {
    const managed = args.stackExports && managedKeys(args.stackExports);
    return findInSshKeys(await getSshKeys({}, opts), auditLimits(args), managed, Date.now());
  });
}
