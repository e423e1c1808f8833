// The other forms in which a public key reaches people: what each is called, and how to turn it into OpenSSH's one-line form.
import { isPublicBase64, PUBLIC_TYPE, visible } from "../../text/public-material";
import { SUPPORTED_TYPES } from "./key-material";

const ONE_LINE = "pass one key in OpenSSH's one-line form, such as `ssh-ed25519 AAAA… comment`";
const READ_FILE = 'pass its contents: `readFileSync(path, "utf8")`';

interface Form {
  is: (text: string) => boolean;
  /** Completes "`publicKey` was rejected: …". */
  advice: string | ((text: string) => string);
}

/** The first that fits is the answer. */
const FORMS: readonly Form[] = [
  {
    is: (text) => text.includes("\0") || text.startsWith("\ufffd"),
    advice: "it is UTF-16, as PowerShell's `>` writes it; save the file as UTF-8",
  },
  {
    is: (text) => /^(?:undefined|null|NaN|\[object \w+\]|(?:async )?(?:function\b|\(.*\) ?=>).*)$/.test(text),
    advice: (text) =>
      text === "[object Promise]"
        ? "a promise was turned into a string; `await` it first"
        : "a value that is not a string was turned into one; pass the contents of a .pub file",
  },
  {
    is: (text) => /BEGIN\s+SSH2\s+PUBLIC\s+KEY/.test(text),
    advice:
      "it is in RFC 4716 form, as PuTTYgen saves public keys; convert it with `ssh-keygen -i -f FILE`, or copy the text that PuTTYgen shows for authorized_keys",
  },
  {
    is: (text) => /BEGIN\s+RSA\s+PUBLIC\s+KEY/.test(text),
    advice: "it is in PEM form (PKCS#1); convert it with `ssh-keygen -i -m PEM -f FILE`",
  },
  {
    is: (text) => /BEGIN\s+PGP\s+PUBLIC\s+KEY/.test(text),
    advice: "it is an OpenPGP key; `gpg --export-ssh-key KEY-ID` prints its SSH key",
  },
  {
    is: (text) => /BEGIN\s+(?:[A-Z]+\s+)?CERTIFICATE/.test(text),
    advice:
      "it is a certificate; extract its public key with `openssl x509 -in FILE -noout -pubkey`, then convert that with `ssh-keygen -i -m PKCS8 -f FILE`",
  },
  {
    is: (text) => /BEGIN\s+(?:[A-Z0-9]+\s+){0,3}PUBLIC\s+KEY/.test(text),
    advice: fromPkcs8,
  },
  { is: isQuoted, advice: `it is in quotes; remove them and ${ONE_LINE}` },
  {
    is: (text) => /^[[{]/.test(text) && /"kty"/.test(text),
    advice: `it is a JSON Web Key; convert it to OpenSSH's form and ${ONE_LINE}`,
  },
  {
    is: (text) => /^(?:\{|\[\s*["{\]])/.test(text),
    advice: `it is JSON; take the key out of it and ${ONE_LINE}`,
  },
  {
    is: (text) => /^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(text),
    advice: "it is a URL; download the file and pass its contents",
  },
  { is: isPath, advice: `it looks like the path of a file; ${READ_FILE}` },
  {
    is: (text) =>
      /^(?:\d+ )?(?:SHA(?:1|256|384|512)|MD5):\S+|^(?:[0-9a-f]{2}:){15,}[0-9a-f]{2}\b|\bSSHFP\s+\d/i.test(
        text,
      ),
    advice: "it is a fingerprint, from which no key can be recovered; pass the contents of the .pub file",
  },
  {
    is: (text) => /^(?:0x)?[0-9a-f\s]{40,}$/i.test(text),
    advice: `it is in hexadecimal; ${ONE_LINE}`,
  },
  { is: hasOddBlanks, advice: oddBlanks },
  { is: (text) => /[\r\n]/.test(text), advice: severalLines },
  {
    is: (text) => isPublicBase64(text),
    advice: typeMissing,
  },
  {
    is: (text) => /^[A-Za-z0-9+/_-]{40,}={0,2}$/.test(text),
    advice: `it does not begin with a key type. It is base64, perhaps of the whole file; decode it and ${ONE_LINE}`,
  },
  { is: (text) => typeWithin(text) > 0, advice: beforeType },
];

/** What this string is instead of a key in one line, and how to convert it; `undefined` if no known form. */
export function otherForm(text: string): string | undefined {
  const form = FORMS.find(({ is }) => is(text));
  return typeof form?.advice === "function" ? form.advice(text) : form?.advice;
}

// SPKI of Ed25519 up to the 32 bytes of the key (RFC 8410), and SSH's format up to them.
const SPKI_ED25519 = /MCowBQYDK2VwAyEA([A-Za-z0-9+/]{43}=)/;
const SSH_ED25519 = Buffer.from("0000000b7373682d6564323535313900000020", "hex");

function fromPkcs8(text: string): string {
  const [, point] = SPKI_ED25519.exec(visible(text).replaceAll(/\s+/g, "")) ?? [];
  if (point === undefined) {
    return "it is in PEM form (PKCS#8); convert it with `ssh-keygen -i -m PKCS8 -f FILE`";
  }
  const material = Buffer.concat([SSH_ED25519, Buffer.from(point, "base64")]).toString("base64");
  return `it is in PEM form (PKCS#8), which ssh-keygen cannot convert for Ed25519; in OpenSSH's form it is \`ssh-ed25519 ${material}\``;
}

function isQuoted(text: string): boolean {
  return /^["'`\u2018\u201c\u201e\u00ab]/.test(text) && typeWithin(text.slice(1)) >= 0;
}

function isPath(text: string): boolean {
  if (/[\r\n]/.test(text) || text.length > 4_096 || typeWithin(text) >= 0) return false;
  return (
    /^(?:~|\.{1,2}|[A-Za-z]:|\$\{?\w+\}?|%\w+%)?[\\/]./.test(text) ||
    /^\S+\.(?:pub|pem|key|ppk|txt|crt|cer|der)$/i.test(text) ||
    /(?:^|\/)(?:id_(?:rsa|ed25519|ecdsa|dsa)|authorized_keys|known_hosts)\S*$/.test(text)
  );
}

// Blanks other than the ordinary one and the tab, and characters that nobody sees.
const ODD_BLANK = /[^\P{Zs} ]|[\p{Cf}\v\f\u0085]/u;

function hasOddBlanks(text: string): boolean {
  return ODD_BLANK.test(text) && PUBLIC_TYPE.test(visible(text).trim().split(/\s+/)[0] ?? "");
}

function oddBlanks(text: string): string {
  const code = ODD_BLANK.exec(text)?.[0].codePointAt(0) ?? 0;
  return `it contains an unusual or invisible blank (U+${code.toString(16).toUpperCase().padStart(4, "0")}); replace it by an ordinary one, or remove it`;
}

function severalLines(text: string): string {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim());
  const keys = lines.filter((line) => typeWithin(line) >= 0).length;
  if (keys > 1) return `it has several lines with ${keys} keys; declare one SshKey for each`;
  if (lines.every((line) => line === "" || line.startsWith("#") || isComplete(line))) {
    return "it has several lines; remove the lines that begin with #, and pass only that of the key";
  }
  if (PUBLIC_TYPE.test(text.split(/\s+/)[0] ?? "") || isPublicBase64(text)) {
    return "it has several lines: the key is wrapped; join them into one, without blanks inside the base64";
  }
  return `it has several lines; ${ONE_LINE}`;
}

function isComplete(line: string): boolean {
  return typeWithin(line) >= 0 && /\sAAAA\S{40}/.test(line);
}

function typeMissing(text: string): string {
  const type = /^\x00\x00\x00.([a-z][\x21-\x7e]+?)\x00/s.exec(
    Buffer.from(text.slice(0, 96), "base64").toString("latin1"),
  )?.[1];
  return `it does not begin with a key type, but with the base64 after it; ${
    type === undefined ? ONE_LINE : `write \`${type} \` before it`
  }`;
}

/** Where a supported type stands as a word of its own; -1: nowhere. */
function typeWithin(text: string): number {
  return text.split(/[\s,"'`]+/).findIndex((word) => SUPPORTED_TYPES.includes(word));
}

function beforeType(text: string): string {
  const first = text.split(/\s+/)[0] ?? "";
  const only = "pass only type, key and comment";
  if (/^[\w-]+[=:]$/.test(first)) return `a name stands before the key type; ${only}`;
  if (isHost(first)) return `a host name stands before the key type, as in known_hosts; ${only}`;
  return `options stand before the key type, as in authorized_keys; ${only}`;
}

/** `host.example`, `user@host:`, `[host]:2222`, `|1|…` and lists of them; options have none of these signs outside of quotes. */
function isHost(word: string): boolean {
  return /^(?:\||@)|^[^"=]*[.@:[\]][^"=]*$/.test(word) && !/^(?:cert-authority|@cert-authority$)/.test(word);
}
