// The findings of an audit, as pure functions of lists and states.
import type { UnreadableEntry } from "../api/list";
import type { ApiKey, SshKeyRecord } from "../api/schemas";
import { parseApiTime } from "../api/timing";
import { ConfigurationError } from "../errors";
import { isServiceKey } from "../lifecycle/api-key/kind";
import { idKey } from "../judge/presence";
import { endsInMarker } from "../text/auto-name";
import { quoted } from "../text/quote";
import { DAY_MS, rfc3339 } from "../values";
import type { Managed, ManagedKey, ManagedKeys } from "./managed-keys";

/**
 * - `unused`: not used for some time (API keys), or not on any VPS (SSH keys)
 * - `inactive`: listed as inactive
 * - `expiring`: a token that expires soon or has expired, according to its stack
 * - `no-expiry`: a token that never expires, created by a stack
 * - `unknown-expiry`: a token of a stack; neither its state nor the API says when it expires
 * - `unmanaged`: not in the given stacks
 * - `orphan`: created by one of the given stacks, according to its ownership marker, but not in its state
 * - `unjudged`: audit cannot decide one of the findings for this key; the detail says why
 */
export type FindingKind =
  "unused" | "inactive" | "expiring" | "no-expiry" | "unknown-expiry" | "unmanaged" | "orphan" | "unjudged";

/** The findings that only the states of stacks can show. */
export const STACK_FINDINGS = ["expiring", "no-expiry", "unknown-expiry", "unmanaged", "orphan"] as const;

export const FINDING_KINDS: readonly FindingKind[] = ["unused", "inactive", ...STACK_FINDINGS, "unjudged"];

/** An audit finding. Contains no secrets. */
export interface AuditFinding {
  finding: FindingKind;
  /** `service key`, `personal access token`, `API key` (one that cannot be read) or `SSH key`. */
  kind: string;
  /** Id in the account; empty for an entry of a list whose id cannot be read. */
  id: string;
  /** The description of an API key, the name of an SSH key. */
  name: string;
  /** Human-readable details; they end with the command to run. */
  detail: string;
}

/** The findings to look for. */
export interface AuditOptions {
  unusedForDays: number;
  expiringWithinDays: number;
  /** The keys of the given stacks; undefined if none was given. */
  managed: ManagedKeys | undefined;
  /** The credential of the audit itself. */
  credential: string | undefined;
  /** The only findings to report, with `unjudged` for each key that may be one of them. @default all */
  only?: ReadonlySet<FindingKind> | undefined;
  /** Ms since the epoch. */
  now: number;
}

export const DEFAULT_DAYS = { unusedForDays: 90, expiringWithinDays: 14 };

/** The days of an option. @throws ConfigurationError, which names the option as `name`. */
export function daysOf(option: keyof typeof DEFAULT_DAYS, given: number | undefined, name: string): number {
  const value = given ?? DEFAULT_DAYS[option];
  if (Number.isInteger(value) && value >= 0) return value;
  throw new ConfigurationError(
    `${name} must be a whole number of days, 0 or more, not ${typeof value === "number" ? value : quoted(value)}.`,
  );
}

/** A finding about a key. `mayBe`: what a key that cannot be judged may be. */
type Found = Pick<AuditFinding, "finding" | "detail"> & { mayBe?: readonly FindingKind[] };

function unjudged(mayBe: readonly FindingKind[], why: string): Found {
  return { finding: "unjudged", detail: `cannot be judged: ${why}`, mayBe };
}

/** The findings about a key that are asked for. */
function report(
  key: Pick<AuditFinding, "kind" | "id" | "name">,
  found: readonly Found[],
  { only }: AuditOptions,
): AuditFinding[] {
  return found
    .filter(({ finding, mayBe = [] }) => !only || [finding, ...mayBe].some((each) => only.has(each)))
    .map(({ finding, detail }) => ({ finding, ...key, detail }));
}

/** A key in the account's list, which may omit some fields. */
export type ListedApiKey = Partial<ApiKey> & Pick<ApiKey, "id" | "isActive">;
export type ListedSshKey = Partial<SshKeyRecord> & Pick<SshKeyRecord, "id" | "vmCount">;

export function findInApiKeys(keys: readonly ListedApiKey[], options: AuditOptions): AuditFinding[] {
  const [own, ...others] = ownCredentials(keys, options.credential);
  return keys.flatMap((key) => {
    const { id, description: name = "" } = key;
    // The credential of the audit itself is in use, and somebody has it.
    const isOwn = key === own && others.length === 0;
    return report({ kind: kindOf(key), id, name }, findInApiKey(key, isOwn, options), options);
  });
}

export function kindOf(key: Pick<ListedApiKey, "service">): string {
  return isServiceKey(key) ? "service key" : "personal access token";
}

function findInApiKey(key: ListedApiKey, isOwn: boolean, options: AuditOptions): Found[] {
  // Nobody can use it, so its expiry and the holder of its secret do not matter.
  if (!key.isActive) return [{ finding: "inactive", detail: "the account lists it as inactive" }];
  const { id, description, lastUsedAt, createdAt } = key;
  const managed = options.managed?.apiKeys;
  const holder = managed?.byId.get(idKey(id));
  const command = `pulumi-wayscloud revoke ${id}`;
  const found: Found[] = [];
  if (!isOwn) {
    const never = `never used since ${createdAt ?? "an unknown time"}`;
    const since = lastUsedAt === undefined ? never : `last used ${lastUsedAt}`;
    const detail = since + advice(options, holder, command);
    found.push(...unused(detail, lastUsedAt ?? createdAt, createdAt, options));
  }
  if (holder && !isServiceKey(key)) found.push(...expiring(holder, key, options));
  if (managed && !holder && !isOwn) {
    const owner = endsInMarker(description, "description")
      ? /^pulumi ([^/]+\/[^/]+)\//.exec(description)?.[1]
      : undefined;
    const isGiven = options.managed?.stacks.has(owner ?? "");
    found.push(unmanaged(managed, description, command, isGiven ? owner : undefined));
  }
  return found;
}

export function findInSshKeys(keys: readonly ListedSshKey[], options: AuditOptions): AuditFinding[] {
  const managed = options.managed?.sshKeys;
  return keys.flatMap(({ id, name = "", createdAt, vmCount }) => {
    const holder = managed?.byId.get(idKey(id));
    const command = `pulumi-wayscloud revoke --ssh-key ${id}`;
    const found: Found[] = [];
    if (vmCount === 0) {
      const since = `not used by any VPS; added ${createdAt ?? "at an unknown time"}`;
      found.push(...unused(since + advice(options, holder, command), createdAt, createdAt, options));
    }
    if (managed && !holder) found.push(unmanaged(managed, name, command));
    return report({ kind: "SSH key", id, name }, found, options);
  });
}

/** The entries of a list that do not have the documented shape. */
export function unreadableEntries(entries: readonly UnreadableEntry[], kind: string): AuditFinding[] {
  return entries.map(({ id = "", error }) => {
    return { finding: "unjudged", kind, id, name: "", detail: `cannot be judged: ${error.summary}` };
  });
}

/** The listed keys that may be the credential: those with the longest matching prefix. */
export function ownCredentials<Key extends ListedApiKey>(
  keys: readonly Key[],
  credential: string | undefined,
): Key[] {
  const prefixed = keys.filter(({ keyPrefix }) => keyPrefix && credential?.startsWith(keyPrefix));
  const longest = Math.max(...prefixed.map(({ keyPrefix = "" }) => keyPrefix.length));
  return prefixed.filter(({ keyPrefix }) => keyPrefix?.length === longest);
}

function advice({ managed }: AuditOptions, holder: ManagedKey | undefined, command: string): string {
  if (holder) return `; a stack holds it (${holder.urn}): remove it there and run \`pulumi up\``;
  const whose = managed ? "" : "no stack holds it and ";
  return `; if ${whose}nothing needs it, run \`${command}\``;
}

function unused(
  detail: string,
  usedAt: string | undefined,
  createdAt: string | undefined,
  { now, unusedForDays }: AuditOptions,
): Found[] {
  const daysSince = (time: string | undefined): number => (now - parseApiTime(time)) / DAY_MS;
  const days = daysSince(usedAt);
  if (days >= unusedForDays) return [{ finding: "unused", detail }];
  // A key that was created more recently cannot have been unused for so long.
  if (!Number.isNaN(days) || daysSince(createdAt) < unusedForDays) return [];
  return [unjudged(["unused"], "the account lists no readable time of its last use or creation")];
}

function expiring(holder: ManagedKey, key: ListedApiKey, options: AuditOptions): Found[] {
  const { isPrevious, urn, expires } = holder;
  const planned =
    typeof expires === "number"
      ? parseApiTime(key.createdAt) + expires * DAY_MS
      : parseApiTime(expires ?? undefined);
  const known = [planned, parseApiTime(key.expiresAt)].filter((time) => !Number.isNaN(time));
  if (known.length > 0) {
    // The earlier one of what the stack and the account say.
    const expiry = Math.min(...known);
    if ((expiry - options.now) / DAY_MS > options.expiringWithinDays) return [];
    const renewal = isPrevious ? "" : `; to renew it, run \`pulumi up --replace '${urn}'\``;
    return [{ finding: "expiring", detail: `expires ${rfc3339(expiry)} (${urn})${renewal}` }];
  }
  // A previous key is revoked after its overlap anyway.
  if (isPrevious) return [];
  if (expires === null && key.expiresAt === undefined) {
    return [{ finding: "no-expiry", detail: `never expires (${urn})` }];
  }
  return [{ finding: "unknown-expiry", detail: `its expiry is not known (${urn})` }];
}

/**
 * The finding about a key that no state shows. `sent`: its description or name, as a create request sent it.
 * `owner`: the stack in its description, if it is a given one. `command`: revokes it.
 */
function unmanaged(
  { unconfirmed, unreadable }: Managed,
  sent: string | undefined,
  command: string,
  owner?: string,
): Found {
  const finding = owner === undefined ? "unmanaged" : "orphan";
  const lost = unconfirmed.get(sent ?? "");
  if (lost !== undefined) {
    const what = `a create request whose response was lost may have left it (${lost})`;
    const detail = `${what}; run \`pulumi up\`, which cleans it up, or says what it cannot prove`;
    return { finding, detail };
  }
  const [hidden] = unreadable;
  if (hidden) return unjudged(["unmanaged", "orphan"], `${hidden.urn} may hold it, but ${hidden.why}`);
  const what =
    owner === undefined
      ? "not managed by any given stack; if nothing needs it"
      : `created by stack ${owner}, but not in any state that you passed, so its secret may be lost; unless another stack holds it (after a move or an import, or in another backend) or an update is running`;
  return { finding, detail: `${what}, run \`${command}\`` };
}
