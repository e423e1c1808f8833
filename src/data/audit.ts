// "pulumi-wayscloud/audit": auditApiKeys and auditSshKeys, the findings of the command `audit` for a program.
import { daysOf, findInApiKeys, findInSshKeys } from "../audit/findings";
import type { AuditFinding, AuditOptions, DEFAULT_DAYS } from "../audit/findings";
import { managedKeys, nameStacks } from "../audit/managed-keys";
import { ConfigurationError } from "../errors";
import { didYouMean } from "../text/did-you-mean";
import { shape } from "../text/quote";
import { withoutStack } from "../text/without-stack";
import { credentialOf, getApiKeys, getSshKeys } from "./dynamic";
import type { DataOptions } from "./functions";

export type { AuditFinding, FindingKind } from "../audit/findings";

/** Arguments for {@link auditApiKeys} and {@link auditSshKeys}. */
export interface AuditArgs {
  /** Report keys that were not used for this many days. @default 90 */
  unusedForDays?: number | undefined;
  /** Report tokens that expire within this many days, according to the given stacks. @default 14 */
  expiringWithinDays?: number | undefined;
  /**
   * Parsed outputs of `pulumi stack export`. Required to detect unmanaged and orphaned keys and token expiry,
   * which the API does not return.
   * @default none
   */
  stackExports?: readonly unknown[] | undefined;
  /**
   * The names, as `project/stack`, of the stacks whose exports have no resources: such an export does not say
   * its stack.
   * @default none
   */
  stacks?: readonly string[] | undefined;
}

/**
 * Finds service keys and tokens that are unused, inactive, expiring, never expiring, unmanaged or orphaned,
 * and those that cannot be judged (`unjudged`). Changes nothing.
 *
 * @throws ConfigurationError if an entry of `stackExports` is not a stack export, or one names no stack;
 * AuthenticationError, PermissionDeniedError, ConnectionError.
 * @example
 * ```ts
 * import { auditApiKeys } from "pulumi-wayscloud/audit";
 *
 * const findings = await auditApiKeys({ unusedForDays: 30 });
 * ```
 * @see GET /v1/account/api-keys
 */
export function auditApiKeys(args: AuditArgs = {}, opts: DataOptions = {}): Promise<AuditFinding[]> {
  return withoutStack(async () => {
    const options = auditOptions("auditApiKeys", args);
    const keys = await getApiKeys({}, opts);
    const credential = await credentialOf("auditApiKeys", opts);
    return findInApiKeys(keys, { ...options, credential });
  });
}

/**
 * Finds SSH keys that have not been on any VPS for a long time, or are not in the given stacks. Changes
 * nothing.
 *
 * @throws ConfigurationError if an entry of `stackExports` is not a stack export, or one names no stack;
 * AuthenticationError, PermissionDeniedError, ConnectionError.
 * @example
 * ```ts
 * import { auditSshKeys } from "pulumi-wayscloud/audit";
 *
 * const findings = await auditSshKeys({ stackExports: [JSON.parse(exported)] });
 * ```
 * @see GET /v1/account/ssh-keys
 */
export function auditSshKeys(args: AuditArgs = {}, opts: DataOptions = {}): Promise<AuditFinding[]> {
  return withoutStack(async () => {
    const options = auditOptions("auditSshKeys", args);
    return findInSshKeys(await getSshKeys({}, opts), options);
  });
}

const NAMES = ["unusedForDays", "expiringWithinDays", "stackExports", "stacks"];

function auditOptions(name: string, args: AuditArgs): AuditOptions {
  const fail = (why: string): never => {
    throw new ConfigurationError(`${name}: ${why}`);
  };
  if (typeof args !== "object" || args === null)
    return fail(`the arguments must be an object, not ${shape(args)}.`);
  for (const given of Object.keys(args)) {
    if (!NAMES.includes(given)) {
      fail(`unknown argument \`${given}\`${didYouMean(given, NAMES)} Valid arguments: ${NAMES.join(", ")}.`);
    }
  }
  const days = (argument: keyof typeof DEFAULT_DAYS): number =>
    daysOf(argument, args[argument], `${name}: \`${argument}\``);
  const { stackExports, stacks = [] } = args;
  if (stackExports !== undefined && !Array.isArray(stackExports))
    fail(`\`stackExports\` must be an array of parsed stack exports, not ${shape(stackExports)}.`);
  if (!(Array.isArray(stacks) && stacks.every((stack) => typeof stack === "string")))
    fail("`stacks` must be an array of names of stacks.");
  if (args.stacks && !stackExports) fail("`stacks` has names for `stackExports`, which is missing.");
  const managed = stackExports && managedKeys(stackExports);
  if (managed) nameStacks(managed, stacks, "`stacks`");
  const [unusedForDays, expiringWithinDays] = [days("unusedForDays"), days("expiringWithinDays")];
  return { unusedForDays, expiringWithinDays, managed, credential: undefined, now: Date.now() };
}
