// The identity of SSH keys: when two of them are the same.
import { createHash } from "node:crypto";

import type { SshKeyRecord } from "../../api/schemas";
import { readFingerprint } from "../../text/fingerprint";
import { UNKNOWN } from "../../values";
import type { Run } from "../run";

/** Type and material of a public key: two resources of a run must not register the same. */
export function materialOf(publicKey: string): string {
  return publicKey
    .trim()
    .split(/[ \t]+/, 2)
    .join(" ");
}

/** Is it the same key, apart from the comment and white space? An unknown key equals no other. */
export function isSameMaterial(a: unknown, b: unknown): boolean {
  if (a === UNKNOWN || b === UNKNOWN || typeof a !== "string" || typeof b !== "string") return false;
  return materialOf(a) === materialOf(b);
}

/**
 * Does the account list this public key? `undefined` if its fingerprint is absent, or in a form that cannot
 * be read.
 */
export function isSameKey(record: SshKeyRecord, publicKey: string): boolean | undefined {
  const listed = listedFingerprint(record);
  return listed === "" ? undefined : fingerprintsOf(publicKey).includes(listed);
}

/** The key of the account's shared list that is this public key, if there is one. */
export async function listedAs(publicKey: string, run: Run): Promise<SshKeyRecord | undefined> {
  for (const fingerprint of fingerprintsOf(publicKey)) {
    const [record] = await run.sshKeys.matching(listedFingerprint, fingerprint);
    if (record) return record;
  }
  return undefined;
}

/** As `ssh-keygen -lf` prints it. */
export function fingerprintOf(publicKey: string): string {
  return `SHA256:${digest("sha256", publicKey).toString("base64").replace(/=+$/, "")}`;
}

/** In the form of {@link listedFingerprint}. */
function fingerprintsOf(publicKey: string): string[] {
  return (["SHA256", "MD5"] as const).map((name) => `${name} ${digest(name, publicKey).toString("hex")}`);
}

/** A listed fingerprint in one form, however the API spells it; empty if it is not a fingerprint. */
function listedFingerprint({ fingerprint = "" }: SshKeyRecord): string {
  const read = readFingerprint(fingerprint);
  return read ? `${read.algorithm} ${read.digest}` : "";
}

function digest(algorithm: string, publicKey: string): Buffer {
  const blob = Buffer.from(materialOf(publicKey).split(" ")[1] ?? "", "base64");
  return createHash(algorithm.toLowerCase()).update(blob).digest();
}
