// The identity of SSH keys: two of them are the same if their fingerprints are.
import { createHash } from "node:crypto";

import type { SshKeyRecord } from "../../api/schemas";
import { fingerprintOf as fingerprintOfBlob, readFingerprint } from "../../text/fingerprint";
import type { Run } from "../run";

/** Is it the same key, apart from the comment and white space? An unknown key equals no other. */
export function isSameMaterial(a: unknown, b: unknown): boolean {
  return typeof a === "string" && typeof b === "string" && fingerprintOf(a) === fingerprintOf(b);
}

/**
 * Does the account list this public key? `undefined` if its fingerprint is absent, or in a form that cannot
 * be read.
 */
export function isSameKey(record: SshKeyRecord, publicKey: string): boolean | undefined {
  const listed = listedFingerprint(record);
  return listed === "" ? undefined : digestsOf(publicKey).includes(listed);
}

/** The key of the account's shared list that is this public key, if there is one. */
export async function listedAs(publicKey: string, run: Run): Promise<SshKeyRecord | undefined> {
  for (const digest of digestsOf(publicKey)) {
    const [record] = await run.sshKeys.matching(listedFingerprint, digest);
    if (record) return record;
  }
  return undefined;
}

/** As `ssh-keygen -lf` prints it. */
export function fingerprintOf(publicKey: string): string {
  return fingerprintOfBlob(blobOf(publicKey));
}

/** In the form of {@link listedFingerprint}. */
function digestsOf(publicKey: string): string[] {
  const blob = blobOf(publicKey);
  return ["SHA256", "MD5"].map((name) => `${name} ${createHash(name).update(blob).digest("hex")}`);
}

/** A listed fingerprint in one form, however the API spells it; empty if it is not a fingerprint. */
function listedFingerprint({ fingerprint = "" }: SshKeyRecord): string {
  const read = readFingerprint(fingerprint);
  return read ? `${read.algorithm} ${read.digest}` : "";
}

function blobOf(publicKey: string): Buffer {
  return Buffer.from(publicKey.trim().split(/[ \t]+/, 2)[1] ?? "", "base64");
}
