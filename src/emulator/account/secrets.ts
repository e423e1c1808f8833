// Generates secrets like those of the vendor's examples, and hides them. Shares no code with the client.
import { createHash, randomInt } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

function randomString(length: number): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join("");
}

/** A service key: `wayscloud_<15 characters>_<36 characters>`. */
export function newServiceKey(): string {
  return `wayscloud_${randomString(15)}_${randomString(36)}`;
}

/** A personal access token: `wayscloud_pat_<5 characters>_<36 characters>`. */
export function newToken(): string {
  return `wayscloud_pat_${randomString(5)}_${randomString(36)}`;
}

/** The part of a key in lists: `wayscloud_pat_abc12` of a token, the first 17 characters of any other. */
export function prefixOf(key: string): string {
  return /^wayscloud_pat_[^_]{5}(?=_)/.exec(key)?.[0] ?? key.slice(0, 17);
}

/** Represents a secret in the request log: equal secrets look equal, and none can be read back. */
export function fingerprintOfSecret(secret: string): string {
  return `sha256:${createHash("sha256").update(secret).digest("hex").slice(0, 12)}`;
}

/** Hides everything that looks like a credential in a string that is about to be printed. */
export function redact(text: string): string {
  return text.replace(/wayscloud_[A-Za-z0-9_-]*/g, "[redacted]");
}
