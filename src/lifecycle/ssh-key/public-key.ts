// OpenSSH public keys: one line in, a normalised key and its fingerprint out; RSA, Ed25519 and ECDSA only.
import { createHash, createPublicKey } from "node:crypto";

import { looksSecret } from "../../text/pasted-secret";

export { looksSecret };

export interface PublicKey {
  /** `ssh-ed25519` and the like. */
  type: string;
  /** The key material in base64. */
  material: string;
  comment: string;
  /** `SHA256:…`, unpadded, as `ssh-keygen -lf` prints it. */
  fingerprint: string;
  /** `type material comment`. */
  text: string;
}

/** Why a text is no usable public key. `secret` tells that the text itself must not be shown. */
export class PublicKeyError extends Error {
  constructor(
    message: string,
    readonly secret = false,
  ) {
    super(message);
  }
}

const CURVES: Record<string, { name: string; jwk: string; bytes: number }> = {
  "ecdsa-sha2-nistp256": { name: "nistp256", jwk: "P-256", bytes: 32 },
  "ecdsa-sha2-nistp384": { name: "nistp384", jwk: "P-384", bytes: 48 },
  "ecdsa-sha2-nistp521": { name: "nistp521", jwk: "P-521", bytes: 66 },
};
const SUPPORTED = ["ssh-ed25519", "ssh-rsa", ...Object.keys(CURVES)];
const SUPPORTED_TEXT =
  "supported are RSA (2048 bits or more), Ed25519 and ECDSA (nistp256, nistp384, nistp521)";
const LONGEST_TEXT = 20_000;
const SMALLEST_RSA = 2048;
const LARGEST_RSA = 16_384;

/** Parses and normalises. @throws PublicKeyError with a reason that shows nothing of a private key. */
export function parsePublicKey(given: string): PublicKey {
  if (looksSecret(given)) {
    throw new PublicKeyError(
      "this is a private key or another secret, not a public key. It was not sent anywhere; give the content of the .pub file beside it" +
        " (and replace the key if it was shown to anyone)",
      true,
    );
  }
  const line = given.trim();
  if (line === "") throw new PublicKeyError("it is empty; give the content of a .pub file");
  if (line.length > LONGEST_TEXT) throw new PublicKeyError(`it is too long (${line.length} characters)`);
  if (/[\r\n]/.test(line))
    throw new PublicKeyError("it has several lines; give one key in OpenSSH's one-line form");
  const [type = "", material = "", ...comment] = line.split(/[ \t]+/);
  checkType(type, line);
  const blob = decode(material);
  checkBlob(type, blob);
  const rest =
    comment.length > 0 ? line.slice(line.indexOf(material, type.length) + material.length).trim() : "";
  return {
    type,
    material,
    comment: rest,
    fingerprint: `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`,
    text: rest ? `${type} ${material} ${rest}` : `${type} ${material}`,
  };
}

function checkType(type: string, line: string): void {
  if (SUPPORTED.includes(type)) return;
  const words = line.split(/[\s,"]+/);
  if (/BEGIN .*PUBLIC KEY/.test(line)) {
    throw new PublicKeyError("it is in PEM or RFC 4716 form; convert it with `ssh-keygen -i -f FILE`");
  }
  if (words.slice(1).some((word) => SUPPORTED.includes(word))) {
    throw new PublicKeyError("options stand before the key type; give only type, key and comment");
  }
  if (/^(ssh|ecdsa|sk|x509|rsa|webauthn)-/.test(type)) {
    throw new PublicKeyError(`the algorithm ${shown(type)} is not supported; ${SUPPORTED_TEXT}`);
  }
  throw new PublicKeyError(
    `it does not begin with a key type; ${SUPPORTED_TEXT}, in OpenSSH's one-line form`,
  );
}

/** The beginning of a type, in quotes and fit for a terminal. */
function shown(type: string): string {
  return JSON.stringify(type.slice(0, 60).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?"));
}

function decode(material: string): Buffer {
  if (material === "") throw new PublicKeyError("the key material after the type is missing");
  const blob = Buffer.from(material, "base64");
  // Re-encoding finds every stray character, missing padding and non-canonical end.
  if (blob.toString("base64") !== material)
    throw new PublicKeyError("the key material is not valid base64; was it cut?");
  return blob;
}

function checkBlob(type: string, blob: Buffer): void {
  const fields = readFields(blob);
  const inner = fields.shift()?.toString("latin1") ?? "";
  if (inner !== type) {
    throw new PublicKeyError(`the type ${type} does not match the key material, which says ${shown(inner)}`);
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
      throw new PublicKeyError("the key material has a wrong length; was it cut?");
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
  if (bits < SMALLEST_RSA)
    throw new PublicKeyError(`the RSA key has ${bits} bits; at least ${SMALLEST_RSA} are needed`);
  if (bits > LARGEST_RSA)
    throw new PublicKeyError(`the RSA key has ${bits} bits; at most ${LARGEST_RSA} are usual`);
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
    // OpenSSL refuses a point that is not on its curve.
    createPublicKey({
      format: "jwk",
      key: { kty: "EC", crv: curve.jwk, x: x.toString("base64url"), y: y.toString("base64url") },
    });
  } catch {
    throw new PublicKeyError(`the ECDSA key material is not a point on ${curve.name}`);
  }
}
