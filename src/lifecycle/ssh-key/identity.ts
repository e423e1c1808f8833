// When two SSH keys are the same.
import { createHash } from "node:crypto";

import type { SshKeyRecord } from "../../api/schemas";
import { UNKNOWN } from "../lifecycle";

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
export function hasFingerprint({ fingerprint }: SshKeyRecord, publicKey: string): boolean {
  const blob = Buffer.from(materialOf(publicKey).split(" ")[1] ?? "", "base64");
  const md5 = /^(?:MD5:)?((?:[0-9a-f]{2}:){15}[0-9a-f]{2})$/i.exec(fingerprint.trim())?.[1];
  if (md5 !== undefined) return md5.toLowerCase().replaceAll(":", "") === digest("md5", blob, "hex");
  const sha256 = fingerprint
    .trim()
    .replace(/^SHA256:/i, "")
    .replace(/=+$/, "");
  return sha256 === digest("sha256", blob, "base64").replace(/=+$/, "");
}

function digest(algorithm: string, blob: Buffer, encoding: "hex" | "base64"): string {
  return createHash(algorithm).update(blob).digest(encoding);
}
