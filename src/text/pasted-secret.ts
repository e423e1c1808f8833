// Recognises a secret that was pasted where a public key belongs, so that nothing ever prints it.

const MARKS = new RegExp(
  [
    "BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY",
    "PuTTY-User-Key-File|Private-(?:Lines|MAC|Hash):",
    // `openssh-key-v1`, in clear and as the base64 that the body of every OpenSSH private key begins with.
    "openssh-key-v1|b3BlbnNzaC1rZXktdj",
    "AGE-SECRET-KEY-",
    // The last part is longer than a word, since `wayscloud_prod_deploy` may well be a comment.
    "wayscloud_[A-Za-z0-9]+_[A-Za-z0-9_-]{16}",
  ].join("|"),
  "i",
);
const PUBLIC_TYPE = /^(ssh|ecdsa|sk|x509|rsa|webauthn)-[\x21-\x7e]+$/;

/** Could this text be a secret that was pasted by mistake? When in doubt it is: a refusal costs less than a key in a log. */
export function looksSecret(text: string): boolean {
  if (MARKS.test(text)) return true;
  if (isPublicLine(text) || /BEGIN [A-Z0-9 ]{0,40}PUBLIC KEY/.test(text)) return false;
  if (/PRIVATE[ _-]?KEY/i.test(text)) return true;
  // The body of a key without its header lines, in whatever width it was wrapped.
  if (/^[A-Za-z0-9+/=\s]+$/.test(text) && isMaterial(text.replaceAll(/\s+/g, ""))) return true;
  return (text.match(/[A-Za-z0-9+/=_-]{40,}/g) ?? []).some(isMaterial);
}

/**
 * One line of a type and what may be its material, damaged or not; just no DER, the form of private keys (a SEQUENCE: `M…`). The comment is
 * free: even "my private key" is an honest one there.
 */
function isPublicLine(text: string): boolean {
  const line = text.trim();
  const [type = "", material = ""] = line.split(/[ \t]+/, 2);
  return PUBLIC_TYPE.test(type) && !/^M[A-I]/.test(material) && !/[\r\n]/.test(line);
}

/** Long and random enough for key material, and not that of a public key in SSH's own format. */
function isMaterial(run: string): boolean {
  if (run.length < 40 || saysPublic(run)) return false;
  return /^[0-9a-f]+$/i.test(run) || [/[a-z]/, /[A-Z]/, /[0-9]/].every((kind) => kind.test(run));
}

/** Does this base64 begin with the name of a public key's type, as all public keys and no private ones do? */
function saysPublic(base64: string): boolean {
  const head = Buffer.from(base64.slice(0, 96), "base64");
  if (head.length < 8) return false;
  return PUBLIC_TYPE.test(head.subarray(4, 4 + head.readUInt32BE(0)).toString("latin1"));
}
