// Finds public key material in a string, however it is wrapped or encoded, so that only the rest has to be judged.

/** The name of a key type, as SSH's public keys begin with it. */
export const PUBLIC_TYPE = /^(ssh|ecdsa|sk|x509|rsa|webauthn)-[\x21-\x7e]+$/;

/** Fields after the type name. A private key behind a public one must not be taken for one more field. */
const FIELDS: Record<string, number> = {
  "ssh-ed25519": 1,
  "ssh-rsa": 2,
  "ssh-dss": 4,
  "ecdsa-sha2-nistp256": 2,
  "ecdsa-sha2-nistp384": 2,
  "ecdsa-sha2-nistp521": 2,
  "sk-ssh-ed25519@openssh.com": 2,
  "sk-ecdsa-sha2-nistp256@openssh.com": 3,
};
const MAX_FIELDS = 24;
const MAX_FIELD_BYTES = 4_096;
/** Non-base64 characters in a row that still belong to a wrapped key: line breaks, indentation, quotes. */
const MAX_GAP = 12;

/** `AAAA…`, SSH's own format, or `MI…`, DER at the start of a word. */
const START = /A(?:[^A-Za-z0-9+/]{0,6}A){3}|(?<![A-Za-z0-9+/])M[^A-Za-z0-9+/]{0,6}[A-I]/g;
const FINGERPRINT = /\b(?:SHA(?:1|256|384|512)|MD5)[:=-][ ]?[A-Za-z0-9+/:]{20,128}={0,2}/gi;
const SSHFP = /\bSSHFP\s+\d+\s+\d+\s+[0-9a-f]{40,128}/gi;
const HASHED_HOST = /\|1\|[A-Za-z0-9+/]{27}=\|[A-Za-z0-9+/]{27}=/g;
const PEM_PUBLIC =
  /-{4,5} ?BEGIN[A-Z0-9\s]{0,40}?(?:PUBLIC\s{1,4}KEY(?:\s{1,4}BLOCK)?|CERTIFICATE(?:\s{1,4}REQUEST)?) ?-{4,5}/g;
/** With its dashes: base64 may contain the word. */
const PEM_END = /-{4,5}\s?END/;
/** The members of a JSON Web Key that anybody may see. */
const JWK_MEMBERS = /"(?:n|e|x|y|kid|x5t(?:#S256)?)"\s*:\s*"[A-Za-z0-9_-]*"/g;

/** The string without control and format characters, with ordinary spaces, and with escaped line breaks undone. */
export function visible(text: string): string {
  return text
    .replaceAll(/[\0\ufffd\p{Cf}]/gu, "")
    .replaceAll(/\\+[nrt]/g, " ")
    .replaceAll(/\p{Zs}/gu, " ");
}

/** The string without everything in it that is public beyond doubt: keys, certificates, fingerprints. */
export function withoutPublicMaterial(text: string): string {
  let rest = withoutPemBlocks(text);
  for (const form of [FINGERPRINT, SSHFP, HASHED_HOST]) rest = rest.replaceAll(form, " ");
  if (/"kty"\s*:/.test(rest)) rest = rest.replaceAll(JWK_MEMBERS, " ");
  return withoutKeys(rest);
}

/** Is this base64 of a public key, complete or cut? */
export function isPublicBase64(text: string): boolean {
  return publicEnd(text, 0) !== undefined;
}

function withoutKeys(text: string): string {
  let rest = "";
  let from = 0;
  for (const { index } of text.matchAll(START)) {
    const end = index < from ? undefined : publicEnd(text, index);
    if (end === undefined) continue;
    rest += `${text.slice(from, index)} `;
    from = end;
  }
  return rest + text.slice(from);
}

/** What is labeled public is public, unless its body is a private key's after all. */
function withoutPemBlocks(text: string): string {
  let rest = "";
  let from = 0;
  for (const { index, 0: header } of text.matchAll(PEM_PUBLIC)) {
    if (index < from) continue;
    const body = text.slice(index + header.length);
    const length = body.search(PEM_END);
    if (length < 0) break;
    if (holdsPrivateDer(body.slice(0, length))) continue;
    rest += `${text.slice(from, index)} `;
    from = index + header.length + length;
  }
  return rest + text.slice(from);
}

/** Where the public key that begins here ends, if one does. */
function publicEnd(text: string, index: number): number | undefined {
  const reader = new Base64Reader(text, index);
  const size = sshSize(reader) ?? derSize(reader);
  if (size === undefined) return undefined;
  reader.first(size);
  return reader.end;
}

/** Bytes of a public key in SSH's format (RFC 4253 §6.6), as far as its length fields make sense. */
function sshSize(reader: Base64Reader): number | undefined {
  const length = lengthAt(reader, 0);
  if (length === undefined || length < 4 || length > 64) return undefined;
  let size = 4 + length;
  const type = reader.first(size).subarray(4, size).toString("latin1");
  if (!PUBLIC_TYPE.test(type)) return undefined;
  for (let field = 0; field < (FIELDS[type] ?? MAX_FIELDS); field += 1) {
    const next = lengthAt(reader, size);
    if (next === undefined || next > MAX_FIELD_BYTES) break;
    size += 4 + next;
  }
  return size;
}

function lengthAt(reader: Base64Reader, offset: number): number | undefined {
  const bytes = reader.first(offset + 4);
  return bytes.length < offset + 4 ? undefined : bytes.readUInt32BE(offset);
}

// After the outer SEQUENCE: an algorithm that has public keys (SPKI), a long INTEGER (PKCS#1), or a certificate's version.
const DER_PUBLIC = new RegExp(
  [
    "^30(?:[0-7].|81..|82....)06(?:092a864886f70d010101|072a8648ce3d0201|072a8648ce380401|032b65(?:6e|6f|70|71))",
    "^02(?:4[01]|81|82)",
    "^30(?:81..|82....)a003020102",
  ].join("|"),
);
// A version number comes first: 0 or 1, and more only in PKCS#8 version 2.
const DER_PRIVATE = /^0201(?:00|01|02)/;

function derSize(reader: Base64Reader): number | undefined {
  const der = derHead(reader);
  return der && DER_PUBLIC.test(der.content) ? der.size : undefined;
}

/** Does a private key in DER begin at one of the first words? */
export function holdsPrivateDer(text: string): boolean {
  for (const { index } of text.slice(0, 1_000).matchAll(/(?<![A-Za-z0-9+/])M[^A-Za-z0-9+/]{0,6}[A-I]/g)) {
    const der = derHead(new Base64Reader(text, index));
    if (der && DER_PRIVATE.test(der.content)) return true;
  }
  return false;
}

/** The size of a DER SEQUENCE, and the beginning of its content in hex. */
function derHead(reader: Base64Reader): { size: number; content: string } | undefined {
  const head = reader.first(30);
  const [tag, first = 0] = head;
  if (tag !== 0x30 || head.length < 12) return undefined;
  const more = first < 0x80 ? 0 : first - 0x80;
  if (more > 2) return undefined;
  const length = more === 0 ? first : head.readUIntBE(2, more);
  return { size: 2 + more + length, content: head.subarray(2 + more).toString("hex") };
}

/** Reads base64 that may be interrupted by short gaps, no further than it is asked to. */
class Base64Reader {
  end: number;
  private data = "";

  constructor(
    private readonly text: string,
    index: number,
  ) {
    this.end = index;
  }

  /** The first `count` bytes, or all that there are. */
  first(count: number): Buffer {
    const wanted = Math.ceil((count * 4) / 3);
    let gap = 0;
    for (let at = this.end; this.data.length < wanted && at < this.text.length && gap <= MAX_GAP; at += 1) {
      const character = this.text.charAt(at);
      if (/[A-Za-z0-9+/_-]/.test(character)) {
        this.data += character;
        this.end = at + 1;
        gap = 0;
      } else gap += 1;
    }
    return Buffer.from(this.data, "base64");
  }
}
