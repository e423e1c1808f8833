// What an audit finds, as plain functions of lists and states: nothing here asks or changes anything.
import { parseApiTime } from "../api/timing";
import { bearsMark } from "../text/auto-name";
import type { ApiKeyInfo } from "../data/api-keys";
import type { SshKeyInfo } from "../data/ssh-keys";
import type { Managed, ManagedKeys } from "./managed";

/**
 * - `unused`: not used for a time (API keys), or on no VPS (SSH keys)
 * - `inactive`: listed as inactive
 * - `expiring`: a token whose end is near or past, as its stack knows
 * - `no-expiry`: a token of a stack that never expires
 * - `unmanaged`: in none of the given stacks
 * - `orphan`: made by one of the given stacks, as its mark says, but no longer in it
 */
export type FindingKind = "unused" | "inactive" | "expiring" | "no-expiry" | "unmanaged" | "orphan";

/** One thing that an audit found. Holds no secret. */
export interface Finding {
  finding: FindingKind;
  /** `service key`, `personal access token` or `SSH key`. */
  kind: string;
  /** Id in the account. */
  id: string;
  /** The description of an API key, the name of an SSH key. */
  name: string;
  /** What exactly, for a person. */
  detail: string;
}

/** The limits of an audit, in days. */
export interface AuditLimits {
  unusedForDays: number;
  expiringWithinDays: number;
}

/** The limits with their defaults. */
export function auditLimits(args: { [K in keyof AuditLimits]?: AuditLimits[K] | undefined }): AuditLimits {
  return { unusedForDays: args.unusedForDays ?? 90, expiringWithinDays: args.expiringWithinDays ?? 14 };
}

const DAY_MS = 86_400_000;

/** `managed`: what the given stacks hold; absent when none was given. `now`: ms since the epoch. */
export function findInApiKeys(
  keys: readonly ApiKeyInfo[],
  limits: AuditLimits,
  managed: ManagedKeys | undefined,
  now: number,
): Finding[] {
  return keys.flatMap((key) => {
    const base = {
      kind: key.service === undefined ? "personal access token" : "service key",
      id: key.id,
      name: key.description ?? "",
    };
    const found: Finding[] = [];
    const add = (finding: FindingKind, detail: string): void => void found.push({ finding, ...base, detail });
    if (!key.isActive) add("inactive", "the account lists it as inactive");
    const since = key.lastUsedAt ?? key.createdAt;
    if (key.isActive && days(now, since) >= limits.unusedForDays) {
      add("unused", key.lastUsedAt ? `last used ${key.lastUsedAt}` : `never used since ${key.createdAt}`);
    }
    const holder = managed?.byId.get(key.id);
    if (holder) findInHolder(holder, limits, now, add);
    else if (managed) findWithoutHolder(key.description, managed, add);
    return found;
  });
}

/** As {@link findInApiKeys}, for SSH keys. */
export function findInSshKeys(
  keys: readonly SshKeyInfo[],
  limits: AuditLimits,
  managed: ManagedKeys | undefined,
  now: number,
): Finding[] {
  return keys.flatMap((key) => {
    const base = { kind: "SSH key", id: key.id, name: key.name };
    const found: Finding[] = [];
    if (key.vmCount === 0 && days(now, key.createdAt) >= limits.unusedForDays) {
      found.push({ finding: "unused", ...base, detail: `on no VPS, added ${key.createdAt}` });
    }
    if (managed && !managed.byId.has(key.id)) {
      found.push({ finding: "unmanaged", ...base, detail: "in none of the given stacks" });
    }
    return found;
  });
}

type Add = (finding: FindingKind, detail: string) => void;

function findInHolder(holder: Managed, limits: AuditLimits, now: number, add: Add): void {
  if (!holder.isToken) return;
  if (holder.expiresAt === undefined) add("no-expiry", `it never expires (${holder.urn})`);
  else if (-days(now, holder.expiresAt) <= limits.expiringWithinDays) {
    add("expiring", `ends ${holder.expiresAt} (${holder.urn})`);
  }
}

function findWithoutHolder(description: string | undefined, managed: ManagedKeys, add: Add): void {
  const owner = bearsMark(description, "description")
    ? /^pulumi ([^/]+\/[^/]+)\//.exec(description)?.[1]
    : undefined;
  if (owner !== undefined && managed.stacks.has(owner)) {
    add("orphan", `made by the stack ${owner}, which does not hold it: revoke it, its secret is lost`);
  } else add("unmanaged", "in none of the given stacks");
}

/** Days from `at` until `now`; negative for the future; 0 for what is no date. */
function days(now: number, at: string): number {
  const time = parseApiTime(at);
  return Number.isNaN(time) ? 0 : (now - time) / DAY_MS;
}
