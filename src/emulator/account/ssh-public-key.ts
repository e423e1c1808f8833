// Reads an OpenSSH public key (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4), without the client's parser.
import { createHash } from "node:crypto";

/** The fields that the API stores of a public key. */
export interface ParsedPublicKey {
  keyType: string;
  /** `SHA256:` and unpadded base64. */
  fingerprint: string;
}

const POINT_LENGTHS: Record<string, number> = { nistp256: 65, nistp384: 97, nistp521: 133 };

function fields(blob: Buffer): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  while (at < blob.length) {
    if (at + 4 > blob.length) throw new Error("the key data ends early");
    const length = blob.readUInt32BE(at);
    const end = at + 4 + length;
    if (end > blob.length) throw new Error("the key data ends early");
    found.push(blob.subarray(at + 4, end));
    at = end;
  }
  return found;
}

function isWellFormed(keyType: string, rest: Buffer[]): boolean {
  const [first, second] = rest;
  if (keyType === "ssh-ed25519") return rest.length === 1 && first?.length === 32;
  if (keyType === "ssh-rsa") return rest.length === 2 && first?.length !== 0 && second?.length !== 0;
  const curve = keyType.slice("ecdsa-sha2-".length);
  return (
    rest.length === 2 &&
    first?.toString("latin1") === curve &&
    second?.length === POINT_LENGTHS[curve] &&
    second?.[0] === 4
  );
}

/** Reads the one-line form `type base64 [comment]`; throws an Error with the reason when it is not one. */
export function parsePublicKey(text: string): ParsedPublicKey {
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
