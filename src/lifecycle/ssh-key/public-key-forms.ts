// Other forms of public keys: the name of each, and how to convert it to OpenSSH's one-line form.

const ONE_LINE = "pass one key in OpenSSH's one-line form, such as `ssh-ed25519 AAAA… comment`";

/** The first row that matches wins. */
const FORMS: readonly [form: RegExp, advice: string][] = [
  [/\0/, "it is UTF-16, as PowerShell's `>` writes it; save the file as UTF-8"],
  [
    /BEGIN\s+SSH2\s+PUBLIC/,
    "it is in RFC 4716 form, as PuTTYgen saves public keys; convert it with `ssh-keygen -i -f FILE`, or copy the text that PuTTYgen shows for authorized_keys",
  ],
  [
    /BEGIN\s+(?:RSA\s+)?PUBLIC\s+KEY/,
    "it is in PEM form; convert it with `ssh-keygen -i -m PKCS8 -f FILE` (`-m PEM` if it says RSA), or print the public key with `ssh-keygen -y -f PRIVATE-KEY-FILE`",
  ],
  [/BEGIN\s+[A-Z\s]{0,40}(?:PUBLIC\s+KEY|CERTIFICATE)/, `it is not an SSH key; ${ONE_LINE}`],
  [/^["'`\u2018\u201c\u201e\u00ab]/, `it is in quotes; remove them and ${ONE_LINE}`],
  [
    /^(?:~|\.{1,2}|[A-Za-z]:|\$\{?\w+\}?|%\w+%)?(?:[\\/][\p{L}\p{N}_ .@-]{1,100}){1,20}$|^\S{1,100}\.(?:pub|pem|ppk|key|txt)$|^id_\w{1,100}$/u,
    'it looks like the path of a file; pass the contents of the file, not its path (in JavaScript: `readFileSync(path, "utf8")`)',
  ],
  [
    /^(?:\d+ )?(?:SHA\d+|MD5):\S|^(?:[0-9a-f]{2}:){15}/i,
    "it is a fingerprint, from which no key can be recovered; pass the contents of the .pub file beside it",
  ],
  [
    /^[A-Za-z0-9+/_-]{40,}={0,2}$/,
    "it does not begin with a key type. Decode it if it is base64 of the whole file, or write the type, such as `ssh-ed25519`, before it",
  ],
];

// Spaces other than the ordinary one and the tab, and invisible characters.
const ODD_BLANK = /[^\P{Zs} ]|[\p{Cf}\v\f\u0085]/u;
/** A key behind something else. */
const KEY_WITHIN = /[\s"'`](?:ssh|ecdsa)-[a-z0-9-]+\s+AAAA/;

/** Describes a string that is not a key in one line, and how to convert it. Shows no part of it. */
export function otherForm(text: string): string | undefined {
  const form = FORMS.find(([each]) => each.test(text));
  if (form) return form[1];
  const blank = ODD_BLANK.exec(text)?.[0].codePointAt(0);
  if (blank !== undefined) {
    const code = blank.toString(16).toUpperCase().padStart(4, "0");
    return `it contains an unusual or invisible space (U+${code}); replace it with an ordinary one, or remove it`;
  }
  if (/[\r\n]/.test(text)) {
    const keys = text.split(/[\r\n]+/).filter((line) => /\sAAAA/.test(line)).length;
    return keys > 1
      ? `it has several lines with ${keys} keys; declare one SshKey for each`
      : `it has several lines; ${ONE_LINE}. Remove comment lines that begin with #, and join a key that was wrapped`;
  }
  return KEY_WITHIN.test(text)
    ? "there is a host, a name or options before the key type, as in known_hosts or authorized_keys; pass only type, key and comment"
    : undefined;
}
