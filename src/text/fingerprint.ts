// Fingerprints of SSH keys, printed and read. Tools print the same digest padded or not, with or without its
// name, in base64, base64url, or hexadecimal with and without colons: compare what `readFingerprint` returns.
import { createHash } from "node:crypto";

/** A digest, comparable by equality. */
export interface Fingerprint {
  algorithm: "SHA256" | "MD5";
  /** Lower-case hexadecimal. */
  digest: string;
}

const SHA256 = /^(?:SHA256:)?([A-Za-z0-9+/_-]{43})=?$/i;
const SHA256_HEX = /^(?:SHA256:)?([0-9a-f]{64})$/i;
const MD5_HEX = /^(?:MD5:)?([0-9a-f]{32})$/i;
/** A line of `ssh-keygen -l`: bits, fingerprint, comment, type. */
const LISTED = /^\d+ ((?:SHA256|MD5):\S+) .*\([\w-]+\)$/;

/** The fingerprint in a string, or undefined if it is not one. */
export function readFingerprint(text: string): Fingerprint | undefined {
  const trimmed = text.trim();
  const spelled = LISTED.exec(trimmed)?.[1] ?? trimmed;
  const hex = spelled.replace(/^(SHA256|MD5):/i, "").replaceAll(":", "");
  const named = /^(SHA256|MD5):/i.exec(spelled)?.[0] ?? "";
  const sha256 = SHA256_HEX.exec(named + hex)?.[1];
  if (sha256) return { algorithm: "SHA256", digest: sha256.toLowerCase() };
  const md5 = MD5_HEX.exec(named + hex)?.[1];
  if (md5) return { algorithm: "MD5", digest: md5.toLowerCase() };
  const base64 = SHA256.exec(spelled)?.[1];
  if (base64) return { algorithm: "SHA256", digest: Buffer.from(base64, "base64").toString("hex") };
  return undefined;
}

/** The fingerprint of a key in SSH's wire format, as `ssh-keygen -lf` prints it. */
export function fingerprintOf(material: Buffer): string {
  return `SHA256:${createHash("sha256").update(material).digest("base64").replace(/=+$/, "")}`;
}
