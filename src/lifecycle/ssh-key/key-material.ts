// The key material of an OpenSSH public key: RSA, Ed25519 and ECDSA, in SSH's wire format, checked to the
// last byte.
import { createPublicKey } from "node:crypto";

/** Why a string is not a usable public key. The message shows no part of it that may be secret. */
export class PublicKeyError extends Error {}

const CURVES: Record<string, { name: string; jwk: string; bytes: number }> = {
  "ecdsa-sha2-nistp256": { name: "nistp256", jwk: "P-256", bytes: 32 },
  "ecdsa-sha2-nistp384": { name: "nistp384", jwk: "P-384", bytes: 48 },
  "ecdsa-sha2-nistp521": { name: "nistp521", jwk: "P-521", bytes: 66 },
};
export const SUPPORTED_TYPES: readonly string[] = ["ssh-ed25519", "ssh-rsa", ...Object.keys(CURVES)];
/** The names of SSH's algorithms; no other word that begins with `sk-`, which may be a token. */
const ALGORITHM = /^(?:ssh|ecdsa|sk-ssh|sk-ecdsa|x509v3|webauthn-sk)-[a-z0-9@.-]{1,50}$/;
const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 16_384;

/** The name of an algorithm in quotes; `undefined` for any other word. */
export function algorithm(type: string): string | undefined {
  return ALGORITHM.test(type) ? `"${type}"` : undefined;
}

/** The decoded base64, which must contain a key of this type. @throws PublicKeyError */
export function decodeMaterial(type: string, material: string): Buffer {
  const blob = decode(material);
  checkBlob(type, blob);
  return blob;
}

const CUT = "was it cut? Pass the whole line of the .pub file";

function decode(material: string): Buffer {
  if (material === "") throw new PublicKeyError("the key material after the type is missing");
  const blob = Buffer.from(material, "base64");
  // Re-encoding finds every stray character, missing padding and non-canonical end.
  if (blob.toString("base64") !== material)
    throw new PublicKeyError(`the key material is not valid base64; ${CUT}`);
  return blob;
}

function checkBlob(type: string, blob: Buffer): void {
  const fields = readFields(blob);
  const inner = fields.shift()?.toString("latin1") ?? "";
  if (inner !== type) {
    throw new PublicKeyError(
      `the type ${type} does not match the key material, which is of ${algorithm(inner) ?? "no known algorithm"}`,
    );
  }
  const curve = CURVES[type];
  if (curve) checkCurve(curve, fields);
  else if (type === "ssh-rsa") checkRsa(fields);
  else if (fields.length !== 1 || fields[0]?.length !== 32) {
    throw new PublicKeyError("the key material of an Ed25519 key must be 32 bytes");
  }
}

/** The length-prefixed strings of SSH's wire format (RFC 4251 §5). */
function readFields(blob: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let at = 0;
  while (at < blob.length) {
    const end = at + 4 <= blob.length ? at + 4 + blob.readUInt32BE(at) : Infinity;
    if (end > blob.length || fields.length >= 4)
      throw new PublicKeyError(`the key material has a wrong length; ${CUT}`);
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

function checkRsa(fields: Buffer[]): void {
  const [exponent, modulus] = fields.map(positive);
  if (fields.length !== 2 || !exponent || !modulus)
    throw new PublicKeyError("the RSA key material is malformed");
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
  if (bits < MIN_RSA_BITS)
    throw new PublicKeyError(`the RSA key has ${bits} bits; at least ${MIN_RSA_BITS} are needed`);
  if (bits > MAX_RSA_BITS)
    throw new PublicKeyError(`the RSA key has ${bits} bits; at most ${MAX_RSA_BITS} are usual`);
  const odd = (part: Buffer): boolean => ((part.at(-1) ?? 0) & 1) === 1;
  if (!odd(exponent) || !odd(modulus) || (exponent.length === 1 && exponent[0] === 1)) {
    throw new PublicKeyError("the RSA key material is malformed");
  }
}

/** A positive mpint in its shortest form, without the sign byte. */
function positive(field: Buffer): Buffer | undefined {
  const [first = 0, second = 0] = field;
  if (field.length === 0 || first >= 0x80) return undefined;
  if (first !== 0) return field;
  return field.length > 1 && second >= 0x80 ? field.subarray(1) : undefined;
}

function checkCurve(curve: { name: string; jwk: string; bytes: number }, fields: Buffer[]): void {
  const [name, point] = fields;
  if (fields.length !== 2 || !point || name?.toString("latin1") !== curve.name) {
    throw new PublicKeyError("the ECDSA key material is malformed: its curve does not match its type");
  }
  if (point.length !== 1 + 2 * curve.bytes || point[0] !== 4) {
    throw new PublicKeyError(`the ECDSA key material must be an uncompressed point of ${curve.name}`);
  }
  const [x, y] = [point.subarray(1, 1 + curve.bytes), point.subarray(1 + curve.bytes)];
  try {
    // OpenSSL rejects a point that is not on its curve.
    createPublicKey({
      format: "jwk",
      key: { kty: "EC", crv: curve.jwk, x: x.toString("base64url"), y: y.toString("base64url") },
    });
  } catch {
    throw new PublicKeyError(`the ECDSA key material is not a point on ${curve.name}`);
  }
}
