// When two SSH keys are the same, and what the list tells of one.
import type { SshKeyRecord } from "../../api/schemas";
import { UNKNOWN } from "../lifecycle";
import type { Properties } from "../lifecycle";

/** The outputs that the list shows. */
export function facts(record: SshKeyRecord): Properties {
  const { name, fingerprint, keyType, createdAt, vmCount } = record;
  return { name, fingerprint, keyType, createdAt, vmCount };
}

/** Compares with the server's, which may be padded. */
export function fingerprintIs(record: SshKeyRecord, fingerprint: string): boolean {
  return record.fingerprint.replace(/=+$/, "") === fingerprint;
}

/** Is it the same key, whatever the comment and white space? */
export function sameMaterial(a: unknown, b: unknown): boolean {
  if (a === UNKNOWN || b === UNKNOWN || typeof a !== "string" || typeof b !== "string") return false;
  return claimOf(a) === claimOf(b);
}

/** Type and material: what no two resources of a run may both own. */
export function claimOf(publicKey: string): string {
  return publicKey
    .trim()
    .split(/[ \t]+/, 2)
    .join(" ");
}

/** What a run notes of a key that one of its resources adopted: another that is deleted in the same run must leave it. */
export function adoptionOf(id: string): string {
  return `adopted ${id}`;
}
