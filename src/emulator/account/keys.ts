// Generates API keys like the vendor's, and reads SSH public keys, without the client's parser.
import { createHash, randomInt } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

function randomString(length: number): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join("");
}

/** A service key, `wayscloud_<15 characters>_<36>`, or a personal access token, `wayscloud_pat_<5>_<36>`. */
export function newKey(keyType: "service" | "pat"): string {
  return `wayscloud_${keyType === "service" ? randomString(15) : `pat_${randomString(5)}`}_${randomString(36)}`;
}

/** The part of a key in lists: `wayscloud_pat_abc12` of a token, the first 17 characters of any other. */
export function prefixOf(key: string): string {
  return /^wayscloud_pat_[^_]{5}(?=_)/.exec(key)?.[0] ?? key.slice(0, 17);
}

const POINT_LENGTHS: Record<string, number> = { nistp256: 65, nistp384: 97, nistp521: 133 };

function fields(blob: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let rest = blob; rest.length > 0;) {
    const end = rest.length < 4 ? Infinity : 4 + rest.readUInt32BE();
    if (end > rest.length) throw new Error("the key data ends early");
    found.push(rest.subarray(4, end));
    rest = rest.subarray(end);
  }
  return found;
}

/** RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4. */
function isWellFormed(keyType: string, rest: Buffer[]): boolean {
  const [first, second] = rest;
  if (keyType === "ssh-ed25519") return rest.length === 1 && first?.length === 32;
  if (keyType === "ssh-rsa") return rest.length === 2 && first?.length !== 0 && second?.length !== 0;
  const curve = keyType.slice("ecdsa-sha2-".length);
  const isPoint = second?.length === POINT_LENGTHS[curve] && second?.[0] === 4;
  return rest.length === 2 && first?.toString("latin1") === curve && isPoint;
}

/**
 * The fields that the API stores of a public key in the one-line form `type base64 [comment]`. Throws an
 * Error with the reason if it has another form.
 */
export function parsePublicKey(text: string): { keyType: string; fingerprint: string } {
  const line = text.trim();
  if (/[\r\n]/.test(line)) throw new Error("expected one line");
  const [keyType = "", base64 = ""] = line.split(/[ \t]+/, 2);
  if (!/^(ssh-rsa|ssh-ed25519|ecdsa-sha2-nistp(256|384|521))$/.test(keyType)) {
    throw new Error("unsupported key type: RSA, Ed25519 and ECDSA are supported");
  }
  const blob = Buffer.from(base64, "base64");
  if (blob.length === 0 || blob.toString("base64") !== base64) throw new Error("the key data is not base64");
  const [named, ...rest] = fields(blob);
  if (named?.toString("latin1") !== keyType) throw new Error("the key data is of another type");
  if (!isWellFormed(keyType, rest)) throw new Error("the key data is malformed");
  const digest = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return { keyType, fingerprint: `SHA256:${digest}` };
}
