// Other forms of public keys: the name of each, and how to convert it to OpenSSH's one-line form.
import { visible } from "../../text/pasted-secret";
import { SUPPORTED_TYPES } from "./key-material";

const ONE_LINE = "pass one key in OpenSSH's one-line form, such as `ssh-ed25519 AAAA… comment`";
const PUB_FILE = "pass the contents of the .pub file beside it";

/** The first line of a file, and how to convert the file to one line. */
const PEM: readonly [label: RegExp, advice: string][] = [
  [
    /BEGIN\s+SSH2\s+PUBLIC\s+KEY/,
    "it is in RFC 4716 form, as PuTTYgen saves public keys; convert it with `ssh-keygen -i -f FILE`, or copy the text that PuTTYgen shows for authorized_keys",
  ],
  [
    /BEGIN\s+RSA\s+PUBLIC\s+KEY/,
    "it is in PEM form (PKCS#1); convert it with `ssh-keygen -i -m PEM -f FILE`",
  ],
  [
    /BEGIN\s+PUBLIC\s+KEY/,
    "it is in PEM form (PKCS#8); convert it with `ssh-keygen -i -m PKCS8 -f FILE`, or print the public key with `ssh-keygen -y -f PRIVATE-KEY-FILE`",
  ],
  [/BEGIN\s+[A-Z\s]{0,40}(?:PUBLIC\s+KEY|CERTIFICATE)/, `it is not an SSH key; ${ONE_LINE}`],
];

// Spaces other than the ordinary one and the tab, and invisible characters.
const ODD_BLANK = /[^\P{Zs} ]|[\p{Cf}\v\f\u0085]/u;

/** Describes a string that is not a key in one line, and how to convert it. Shows no part of it. */
export function otherForm(text: string): string | undefined {
  if (text.includes("\0") || text.startsWith("\ufffd")) {
    return "it is UTF-16, as PowerShell's `>` writes it; save the file as UTF-8";
  }
  const pem = PEM.find(([label]) => label.test(text));
  if (pem) return pem[1];
  if (/^["'`\u2018\u201c\u201e\u00ab]/.test(text)) return `it is in quotes; remove them and ${ONE_LINE}`;
  if (isPath(text)) {
    return 'it looks like the path of a file; pass the contents of the file, not its path (in JavaScript: `readFileSync(path, "utf8")`)';
  }
  if (/^(?:\d+ )?(?:SHA\d+|MD5):\S+|^(?:[0-9a-f]{2}:){15}/i.test(text)) {
    return `it is a fingerprint, from which no key can be recovered; ${PUB_FILE}`;
  }
  const blank = ODD_BLANK.exec(text)?.[0].codePointAt(0);
  if (blank !== undefined && typeWithin(visible(text)) >= 0) {
    const code = blank.toString(16).toUpperCase().padStart(4, "0");
    return `it contains an unusual or invisible space (U+${code}); replace it with an ordinary one, or remove it`;
  }
  if (/[\r\n]/.test(text)) return severalLines(text);
  if (/^[A-Za-z0-9+/_-]{40,}={0,2}$/.test(text)) return base64(text);
  if (typeWithin(text) <= 0) return undefined;
  return "there is a host, a name or options before the key type, as in known_hosts or authorized_keys; pass only type, key and comment";
}

function isPath(text: string): boolean {
  if (/[\r\n]|:\/\//.test(text) || text.length > 4_096 || typeWithin(text) >= 0) return false;
  return (
    /^(?:~|\.{1,2}|[A-Za-z]:|\$\{?\w+\}?|%\w+%)?[\\/]./.test(text) ||
    /^\S+\.(?:pub|pem|key|ppk|txt)$/i.test(text) ||
    /(?:^|\/)(?:id_(?:rsa|ed25519|ecdsa|dsa)|authorized_keys|known_hosts)\S*$/.test(text)
  );
}

function severalLines(text: string): string {
  const keys = text.split(/[\r\n]+/).filter((line) => typeWithin(line) >= 0).length;
  if (keys > 1) return `it has several lines with ${keys} keys; declare one SshKey for each`;
  return `it has several lines; ${ONE_LINE}. Remove comment lines that begin with #, and join a key that was wrapped`;
}

/** A key without a type before it. */
function base64(text: string): string {
  const start = Buffer.from(text.slice(0, 48), "base64").toString("latin1");
  const type = SUPPORTED_TYPES.find((name) => start.startsWith(name, 4));
  return type === undefined
    ? `it does not begin with a key type. It may be base64 of the whole file; decode it and ${ONE_LINE}`
    : `it does not begin with a key type, but with the base64 after it; write \`${type} \` before it`;
}

/** The index of the word that is a supported type; -1: none. */
function typeWithin(text: string): number {
  return text.split(/[\s,"'`]+/).findIndex((word) => SUPPORTED_TYPES.includes(word));
}
