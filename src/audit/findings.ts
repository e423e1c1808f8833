// What an audit finds, as plain functions of lists and states: nothing here makes a request or changes anything.
import { parseApiTime } from "../api/timing";
import { endsInMarker } from "../text/auto-name";
import type { ManagedKey, ManagedKeys } from "./managed";

/**
 * - `unused`: not used for some time (API keys), or not on any VPS (SSH keys)
 * - `inactive`: listed as inactive
 * - `expiring`: a token that expires soon or has expired, according to its stack
 * - `no-expiry`: a token created by a stack that never expires
 * - `unknown-expiry`: a token of a stack whose expiry neither the stack nor the API returns
 * - `unmanaged`: not in the given stacks
 * - `orphan`: created by one of the given stacks, according to its ownership marker, but not in its state
 */
export type FindingKind =
  "unused" | "inactive" | "expiring" | "no-expiry" | "unknown-expiry" | "unmanaged" | "orphan";

export const FINDING_KINDS: readonly FindingKind[] = [
  "unused",
  "inactive",
  "expiring",
  "no-expiry",
  "unknown-expiry",
  "unmanaged",
  "orphan",
];

/** An audit finding. Contains no secrets. */
export interface AuditFinding {
  finding: FindingKind;
  /** `service key`, `personal access token` or `SSH key`. */
  kind: string;
  /** Id in the account. */
  id: string;
  /** The description of an API key, the name of an SSH key. */
  name: string;
  /** Human-readable details. */
  detail: string;
}

/** What an audit reads of an API key. */
export interface ListedApiKey {
  id: string;
  keyPrefix: string;
  keyType: string;
  service?: string | undefined;
  description?: string | undefined;
  isActive: boolean;
  createdAt: string;
  lastUsedAt?: string | undefined;
}

/** What an audit reads of an SSH key. */
export interface ListedSshKey {
  id: string;
  name: string;
  createdAt: string;
  vmCount: number;
}

/** What to look for. */
export interface AuditOptions {
  unusedForDays: number;
  expiringWithinDays: number;
  /** What the given stacks hold; undefined if none was given. */
  managed: ManagedKeys | undefined;
  /** The credential of the audit itself. */
  credential: string | undefined;
  /** Ms since the epoch. */
  now: number;
}

const DAY_MS = 86_400_000;

export function findInApiKeys(keys: readonly ListedApiKey[], options: AuditOptions): AuditFinding[] {
  const own = ownCredential(keys, options.credential);
  return keys.flatMap((key) => {
    const kind = isToken(key) ? "personal access token" : "service key";
    const base = { kind, id: key.id, name: key.description ?? "" };
    const findings: AuditFinding[] = [];
    const add = (finding: FindingKind, detail: string): void =>
      void findings.push({ finding, ...base, detail });
    if (!key.isActive) add("inactive", "the account lists it as inactive");
    else if (key !== own) addUnused(key, options, add);
    const holder = options.managed?.byId.get(key.id);
    if (holder) {
      if (isToken(key)) addExpiry(holder, key, options, add);
      // The audit's own credential is in somebody's hands, so it is neither forgotten nor lost.
    } else if (options.managed && key !== own) addUnmanaged(key.description, options.managed, add);
    return findings;
  });
}

export function findInSshKeys(keys: readonly ListedSshKey[], options: AuditOptions): AuditFinding[] {
  return keys.flatMap((key) => {
    const base = { kind: "SSH key", id: key.id, name: key.name };
    const findings: AuditFinding[] = [];
    if (key.vmCount === 0 && daysSince(key.createdAt, options.now) >= options.unusedForDays) {
      findings.push({ finding: "unused", ...base, detail: `not used by any VPS; added ${key.createdAt}` });
    }
    if (options.managed && !options.managed.byId.has(key.id)) {
      const detail = whyUnconfirmed(key.name, options.managed) ?? UNMANAGED;
      findings.push({ finding: "unmanaged", ...base, detail });
    }
    return findings;
  });
}

/** Some lists name a service of tokens as well: none, or the account itself. */
function isToken({ keyType, service }: ListedApiKey): boolean {
  return keyType === "pat" || !service || service === "account";
}

const UNMANAGED = "not managed by any given stack";

/** What is known of a key that no state holds, but that a lost create request of a given stack may have left. */
function whyUnconfirmed(sent: string | undefined, { unconfirmed }: ManagedKeys): string | undefined {
  const urn = unconfirmed.get(sent ?? "");
  return (
    urn &&
    `a create request whose response was lost may have left it; the next \`pulumi up\` settles that (${urn})`
  );
}

type Add = (finding: FindingKind, detail: string) => void;

/** The listed key that the audit is authenticated with, if exactly one can be it. */
function ownCredential(
  keys: readonly ListedApiKey[],
  credential: string | undefined,
): ListedApiKey | undefined {
  if (credential === undefined) return undefined;
  const fitting = keys.filter(({ keyPrefix }) => keyPrefix !== "" && credential.startsWith(keyPrefix));
  return fitting.length === 1 ? fitting[0] : undefined;
}

function addUnused(key: ListedApiKey, { now, unusedForDays }: AuditOptions, add: Add): void {
  if (daysSince(key.lastUsedAt ?? key.createdAt, now) < unusedForDays) return;
  add("unused", key.lastUsedAt ? `last used ${key.lastUsedAt}` : `never used since ${key.createdAt}`);
}

function addExpiry(holder: ManagedKey, key: ListedApiKey, options: AuditOptions, add: Add): void {
  const { expiry, isPrevious, urn } = holder;
  if (expiry.kind === "at" || expiry.kind === "after") {
    const at =
      expiry.kind === "at" ? parseApiTime(expiry.at) : parseApiTime(key.createdAt) + expiry.days * DAY_MS;
    if ((at - options.now) / DAY_MS <= options.expiringWithinDays) {
      add("expiring", `expires ${new Date(at).toISOString().replace(/\.\d+Z$/, "Z")} (${urn})`);
    }
    // A previous key is revoked after its overlap anyway.
  } else if (!isPrevious && expiry.kind === "never") add("no-expiry", `never expires (${urn})`);
  else if (!isPrevious) add("unknown-expiry", `its expiry is not known (${urn})`);
}

function addUnmanaged(description: string | undefined, managed: ManagedKeys, add: Add): void {
  const owner = endsInMarker(description, "description")
    ? /^pulumi ([^/]+\/[^/]+)\//.exec(description)?.[1]
    : undefined;
  const unconfirmed = whyUnconfirmed(description, managed);
  if (owner === undefined || !managed.stacks.has(owner)) add("unmanaged", unconfirmed ?? UNMANAGED);
  else {
    add(
      "orphan",
      unconfirmed ??
        `created by a stack ${owner}, but in no given state: its secret may be lost, unless a stack that was not given holds it (it may have been moved, imported, or belong to a stack of the same name in another backend) or an update is running`,
    );
  }
}

/** Days from `at` until `now`; negative for the future; 0 for what is not a date. */
function daysSince(at: string, now: number): number {
  const time = parseApiTime(at);
  return Number.isNaN(time) ? 0 : (now - time) / DAY_MS;
}
