// When two SSH keys are the same.
import { createHash } from "node:crypto";

import type { SshKeyRecord } from "../../api/schemas";
import { UNKNOWN } from "../lifecycle";
import type { Run } from "../run";

/** Type and material of a public key: what no two resources of a run may both register. */
export function materialOf(publicKey: string): string {
  return publicKey
    .trim()
    .split(/[ \t]+/, 2)
    .join(" ");
}

/** Is it the same key, whatever the comment and white space? Unknown is never the same as anything. */
export function isSameMaterial(a: unknown, b: unknown): boolean {
  if (a === UNKNOWN || b === UNKNOWN || typeof a !== "string" || typeof b !== "string") return false;
  return materialOf(a) === materialOf(b);
}

/** Does the account list this public key under this fingerprint? Either form counts: SHA256, padded or not, and MD5. */
export function hasFingerprint(record: SshKeyRecord, publicKey: string): boolean {
  return fingerprintsOf(publicKey).includes(listedFingerprint(record));
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
  return `SHA256:${digest("sha256", publicKey, "base64").replace(/=+$/, "")}`;
}

/** In the forms of {@link listedFingerprint}. */
function fingerprintsOf(publicKey: string): string[] {
  return [fingerprintOf(publicKey), digest("md5", publicKey, "hex")];
}

/** A listed fingerprint in one form for each algorithm: `SHA256:` and unpadded base64, or the bare hexadecimal of MD5. */
function listedFingerprint({ fingerprint = "" }: SshKeyRecord): string {
  const text = fingerprint.trim();
  const md5 = /^(?:MD5:)?((?:[0-9a-f]{2}:){15}[0-9a-f]{2})$/i.exec(text)?.[1];
  if (md5 !== undefined) return md5.toLowerCase().replaceAll(":", "");
  return `SHA256:${text.replace(/^SHA256:/i, "").replace(/=+$/, "")}`;
}

function digest(algorithm: string, publicKey: string, encoding: "hex" | "base64"): string {
  const blob = Buffer.from(materialOf(publicKey).split(" ")[1] ?? "", "base64");
  return createHash(algorithm).update(blob).digest(encoding);
}
