// The findings of an audit, as pure functions of lists and states.
import type { UnreadableEntry } from "../api/list";
import type { ApiKey, SshKeyRecord } from "../api/schemas";
import { parseApiTime } from "../api/timing";
import { isServiceKey } from "../lifecycle/api-key/kind";
import { endsInMarker } from "../text/auto-name";
import { DAY_MS } from "../values";
import { holderOf } from "./managed-keys";
import type { Managed, ManagedKey, ManagedKeys } from "./managed-keys";

/**
 * - `unused`: not used for some time (API keys), or not on any VPS (SSH keys)
 * - `inactive`: listed as inactive
 * - `expiring`: a token that expires soon or has expired, according to its stack
 * - `no-expiry`: a token created by a stack that never expires
 * - `unknown-expiry`: a token of a stack; neither its state nor the API says when it expires
 * - `unmanaged`: not in the given stacks
 * - `orphan`: created by one of the given stacks, according to its ownership marker, but not in its state
 * - `unjudged`: audit cannot decide one of the findings for this key; the detail says why
 */
export type FindingKind =
  "unused" | "inactive" | "expiring" | "no-expiry" | "unknown-expiry" | "unmanaged" | "orphan" | "unjudged";

/** The findings that only the states of stacks can show. */
export const STACK_FINDINGS: readonly FindingKind[] = [
  "expiring",
  "no-expiry",
  "unknown-expiry",
  "unmanaged",
  "orphan",
];

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

/** The findings about one key. */
class Findings {
  readonly all: AuditFinding[] = [];

  constructor(
    private readonly options: AuditOptions,
    private readonly key: Pick<AuditFinding, "kind" | "id" | "name">,
  ) {}

  add(finding: FindingKind, detail: string): this {
    if (this.isWanted(finding)) this.all.push({ finding, ...this.key, detail });
    return this;
  }

  /** The key may be one of these. */
  addUnjudged(findings: readonly FindingKind[], why: string): void {
    const isWanted = this.isWanted("unjudged") || findings.some((finding) => this.isWanted(finding));
    if (isWanted) this.all.push({ finding: "unjudged", ...this.key, detail: `cannot be judged: ${why}` });
  }

  private isWanted(finding: FindingKind): boolean {
    return this.options.only?.has(finding) ?? true;
  }
}

/** A key in the account's list, which may omit some fields. */
export type ListedApiKey = Partial<ApiKey> & Pick<ApiKey, "id" | "isActive">;
export type ListedSshKey = Partial<SshKeyRecord> & Pick<SshKeyRecord, "id" | "vmCount">;

export function findInApiKeys(keys: readonly ListedApiKey[], options: AuditOptions): AuditFinding[] {
  const own = ownCredentials(keys, options.credential);
  const managed = options.managed?.apiKeys;
  return keys.flatMap((key) => {
    const kind = isServiceKey(key) ? "service key" : "personal access token";
    const found = new Findings(options, { kind, id: key.id, name: key.description ?? "" });
    // Nobody can use it, so its expiry and the holder of its secret do not matter.
    if (!key.isActive) return found.add("inactive", "the account lists it as inactive").all;
    const holder = managed && holderOf(managed, key.id);
    // The credential of the audit itself is in use, and somebody has it.
    const isOwn = own.length === 1 && key === own[0];
    const command = `pulumi-wayscloud revoke ${key.id}`;
    if (!isOwn) {
      const { lastUsedAt: used, createdAt } = key;
      const since =
        used === undefined ? `never used since ${createdAt ?? "an unknown time"}` : `last used ${used}`;
      addUnused(found, since + advice(options, holder, command), used, createdAt, options);
    }
    if (holder) {
      if (!isServiceKey(key)) addExpiry(found, holder, key, options);
    } else if (options.managed && managed && !isOwn) {
      const owner = endsInMarker(key.description, "description")
        ? /^pulumi ([^/]+\/[^/]+)\//.exec(key.description)?.[1]
        : undefined;
      const isOurs = owner !== undefined && options.managed.stacks.has(owner);
      addUnmanaged(found, managed, { sent: key.description, owner: isOurs ? owner : undefined, command });
    }
    return found.all;
  });
}

export function findInSshKeys(keys: readonly ListedSshKey[], options: AuditOptions): AuditFinding[] {
  const managed = options.managed?.sshKeys;
  return keys.flatMap((key) => {
    const found = new Findings(options, { kind: "SSH key", id: key.id, name: key.name ?? "" });
    const holder = managed && holderOf(managed, key.id);
    const command = `pulumi-wayscloud revoke --ssh-key ${key.id}`;
    if (key.vmCount === 0) {
      const since = `not used by any VPS; added ${key.createdAt ?? "at an unknown time"}`;
      addUnused(found, since + advice(options, holder, command), undefined, key.createdAt, options);
    }
    if (managed && !holder) addUnmanaged(found, managed, { sent: key.name, owner: undefined, command });
    return found.all;
  });
}

/** Entries of a list that do not have the documented shape: audit cannot judge them. */
export function unreadableEntries(entries: readonly UnreadableEntry[], kind: string): AuditFinding[] {
  return entries.map(({ id, error }) => ({
    finding: "unjudged",
    kind,
    id: id ?? "",
    name: "",
    detail: `cannot be judged: ${error.summary}`,
  }));
}

/** The listed keys that may be the credential: those with the longest matching prefix. */
export function ownCredentials<Key extends ListedApiKey>(
  keys: readonly Key[],
  credential: string | undefined,
): Key[] {
  const fits = ({ keyPrefix = "" }: Key): number =>
    credential?.startsWith(keyPrefix) === true ? keyPrefix.length : 0;
  const longest = Math.max(0, ...keys.map(fits));
  return longest === 0 ? [] : keys.filter((key) => fits(key) === longest);
}

/** The advice about a key that nobody uses. */
function advice({ managed }: AuditOptions, holder: ManagedKey | undefined, command: string): string {
  if (holder) return `; a stack holds it (${holder.urn}): remove it there and run \`pulumi up\``;
  const whose = managed ? "" : "no stack holds it and ";
  return `; if ${whose}nothing needs it, run \`${command}\``;
}

function addUnused(
  found: Findings,
  detail: string,
  usedAt: string | undefined,
  createdAt: string | undefined,
  { now, unusedForDays }: AuditOptions,
): void {
  const daysSince = (time: string | undefined): number => (now - parseApiTime(time)) / DAY_MS;
  const unused = daysSince(usedAt ?? createdAt);
  if (unused >= unusedForDays) found.add("unused", detail);
  // A key that was created more recently cannot have been unused for so long.
  else if (Number.isNaN(unused) && !(daysSince(createdAt) < unusedForDays))
    found.addUnjudged(["unused"], "the account lists no readable time of its last use or creation");
}

/** A key that no state shows. */
interface Unmanaged {
  /** Its description or name, as a create request sent it. */
  sent: string | undefined;
  /** The stack in its description, if it is a given one. */
  owner: string | undefined;
  /** The command that revokes it. */
  command: string;
}

function addExpiry(found: Findings, holder: ManagedKey, key: ListedApiKey, options: AuditOptions): void {
  const { isPrevious, urn } = holder;
  const expiry = expiryOf(holder, key);
  if (typeof expiry === "number") {
    if ((expiry - options.now) / DAY_MS > options.expiringWithinDays) return;
    const at = new Date(expiry).toISOString().replace(/\.\d+Z$/, "Z");
    found.add(
      "expiring",
      `expires ${at} (${urn})${isPrevious ? "" : `; to renew it, run \`pulumi up --replace '${urn}'\``}`,
    );
    // A previous key is revoked after its overlap anyway.
  } else if (!isPrevious && expiry === "never") found.add("no-expiry", `never expires (${urn})`);
  else if (!isPrevious) found.add("unknown-expiry", `its expiry is not known (${urn})`);
}

/** Ms since the epoch, if it is known: the earlier one of what the stack and the account say. */
function expiryOf(
  { expiry }: ManagedKey,
  { createdAt, expiresAt }: ListedApiKey,
): number | "never" | "unknown" {
  const isCreationKnown = createdAt !== undefined && !Number.isNaN(parseApiTime(createdAt));
  const end = expiry.kind === "after" && isCreationKnown ? expiry.endOf(createdAt) : null;
  const ends = [expiresAt, expiry.kind === "at" ? expiry.at : (end ?? undefined)].map(parseApiTime);
  const known = ends.filter((time) => !Number.isNaN(time));
  if (known.length > 0) return Math.min(...known);
  return expiry.kind === "never" && expiresAt === undefined ? "never" : "unknown";
}

function addUnmanaged(found: Findings, { unconfirmed, unreadable }: Managed, of: Unmanaged): void {
  const lost = unconfirmed.get(of.sent ?? "");
  const [hidden] = unreadable;
  if (lost !== undefined) {
    // The request may have been carried out, and the update that follows finds out.
    const what = "a create request whose response was lost may have left it";
    found.add(
      of.owner === undefined ? "unmanaged" : "orphan",
      `${what} (${lost}); run \`pulumi up\`, which cleans it up, or says what it cannot prove`,
    );
  } else if (hidden !== undefined) {
    found.addUnjudged(["unmanaged", "orphan"], `${hidden.urn} may hold it, but ${hidden.why}`);
  } else if (of.owner === undefined) {
    found.add("unmanaged", `not managed by any given stack; if nothing needs it, run \`${of.command}\``);
  } else {
    found.add(
      "orphan",
      `created by stack ${of.owner}, but not in any state that you passed, so its secret may be lost; unless another stack holds it (after a move or an import, or in another backend) or an update is running, run \`${of.command}\``,
    );
  }
}
