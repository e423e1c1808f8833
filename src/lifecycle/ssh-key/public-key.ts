// OpenSSH public keys: one line in, a normalized key and its fingerprint out; RSA, Ed25519 and ECDSA only.
import { fingerprintOf } from "../../text/fingerprint";
import { looksSecret } from "../../text/pasted-secret";
import { algorithm, decodeMaterial, PublicKeyError, SUPPORTED_TYPES } from "./key-material";
import { otherForm } from "./public-key-forms";

export { PublicKeyError };

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

const SUPPORTED = "supported are RSA (2048 bits or more), Ed25519 and ECDSA (nistp256, nistp384, nistp521)";
const MAX_LENGTH = 20_000;
/** `type base64 comment`; no other form begins like this. */
const ONE_LINE = /^[a-z][a-z0-9@.-]+[ \t]+AAAA[A-Za-z0-9+/]+=*(?:[ \t].*)?$/;
/** Characters that could redraw a terminal or hide a part of the comment. A tab may stay. */
const CONTROL = /(?!\t)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

const PRIVATE =
  "this is a private key or another secret, not a public key. It was not sent anywhere; pass the contents of the .pub file beside it" +
  " (and replace the key if it was shown to anyone)";

/** Parses and normalizes. @throws PublicKeyError that shows only the name of an algorithm from the string. */
export function parsePublicKey(given: string): PublicKey {
  const line = given.trim();
  if (looksSecret(line)) throw new PublicKeyError(PRIVATE);
  if (line.length > MAX_LENGTH) throw new PublicKeyError(`it is too long (${line.length} characters)`);
  checkForm(line);
  const [type = "", material = ""] = line.split(/[ \t]+/, 2);
  checkType(type);
  const blob = decodeMaterial(type, material);
  const comment = line.slice(line.indexOf(material, type.length) + material.length).trim();
  if (CONTROL.test(comment) || !comment.isWellFormed()) {
    throw new PublicKeyError("its comment contains control characters or broken Unicode; remove them");
  }
  return {
    type,
    material,
    comment,
    fingerprint: fingerprintOf(blob),
    text: comment ? `${type} ${material} ${comment}` : `${type} ${material}`,
  };
}

function checkForm(line: string): void {
  if (line === "") throw new PublicKeyError("it is empty; pass the contents of a .pub file");
  if (ONE_LINE.test(line)) return;
  const form = otherForm(line);
  if (form !== undefined) throw new PublicKeyError(form);
}

function checkType(type: string): void {
  if (SUPPORTED_TYPES.includes(type)) return;
  const name = algorithm(type);
  if (name !== undefined) throw new PublicKeyError(`the algorithm ${name} is not supported; ${SUPPORTED}`);
  throw new PublicKeyError(
    `it does not begin with a key type; ${SUPPORTED}, in OpenSSH's one-line form, as in a .pub file`,
  );
}
