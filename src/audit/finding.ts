// The kinds of findings of an audit, and the shape of a finding.
import type { ManagedKeys } from "./managed";

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

/** What to look for. */
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
export class Findings {
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
