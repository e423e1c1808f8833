// Recognizes a secret that was pasted where a public value belongs, so that nothing ever prints it.
import {
  holdsPrivateDer,
  isPublicBase64,
  PUBLIC_TYPE,
  visible,
  withoutPublicMaterial,
} from "./public-material";

/** Secrets that say what they are. */
const MARKS = new RegExp(
  [
    String.raw`(?:BEGIN|END)[A-Z0-9\s]{0,40}PRIVATE\s{1,4}KEY`,
    "PuTTY-User-Key-File|Private-(?:Lines|MAC|Hash):",
    // `openssh-key-v1`, in clear and as the base64 that the body of every OpenSSH private key begins with.
    "openssh-key-v1|b3BlbnNzaC1rZXktdj",
    "AGE-SECRET-KEY-",
    // The last part is longer than a word, since `wayscloud_prod_deploy` may well be a comment.
    "wayscloud_[A-Za-z0-9]+_[A-Za-z0-9_-]{16}",
  ].join("|"),
  "i",
);
/** Tokens of other services that are shorter than {@link MIN_MATERIAL}, or of one kind of character. */
const FOREIGN_TOKENS =
  /\b(?:gh[opusr]_[A-Za-z0-9]{30}|glpat-[\w-]{20}|xox[abeprs]-[\w-]{10}|A[KS]IA[A-Z0-9]{16}|pul-[0-9a-f]{40}|eyJ[\w-]{10,}\.eyJ[\w-]{10})/;
const MIN_MATERIAL = 40;
/** Longer ones are not searched, and so not shown either. */
const MAX_LENGTH = 65_536;
/** Pieces that may be a key that was wrapped: of a file, and of prose, where shorter ones are words and versions. */
const PIECES = { file: /[A-Za-z0-9+/=_-]{6,}/g, prose: /[A-Za-z0-9+/=_-]{12,}/g };

/** `private`: it says so itself; `opaque`: it may be one, as long and random as key material, and nothing says that it is public. */
export type Secrecy = "private" | "opaque";

/** What secret this string could be that was pasted by mistake. When in doubt it is one: a rejection costs less than a key in a log. */
export function secretIn(text: string): Secrecy | undefined {
  if (text.length > MAX_LENGTH) return "opaque";
  const clear = visible(text);
  if (saysPrivate(clear)) return "private";
  if (isPublicLine(clear)) return undefined;
  const inner = decodedText(clear);
  if (inner !== undefined) return secretIn(inner);
  const rest = withoutPublicMaterial(clear);
  const named = /PRIVATE[ _-]?KEY/i.test(mapPaths(rest, () => " "));
  if (!holdsMaterial(rest, "file")) return named ? "opaque" : undefined;
  return named || holdsPrivateDer(rest) ? "private" : "opaque";
}

export function looksSecret(text: string): boolean {
  return secretIn(text) !== undefined;
}

/** Does this prose (a name, a description) hold a key? Unlike a pasted file it may speak of private keys, and name a commit. */
export function quotesSecret(text: string): boolean {
  if (text.length > MAX_LENGTH) return true;
  const clear = visible(text);
  if (saysPrivate(clear) || FOREIGN_TOKENS.test(clear)) return true;
  const inner = decodedText(clear);
  if (inner !== undefined) return quotesSecret(inner);
  return holdsMaterial(withoutPublicMaterial(clear).replaceAll(/\b[0-9a-f]{40}\b/g, " "), "prose");
}

function saysPrivate(text: string): boolean {
  return (
    MARKS.test(text) || /b3BlbnNzaC1rZXktdj|AGE-SECRET-KEY-/.test(text.replaceAll(/[^A-Za-z0-9+/-]+/g, ""))
  );
}

/**
 * True for `type base64 [comment]`, even if damaged, unless the base64 has another beginning than a public key's. The comment may contain
 * anything, including "private key".
 */
function isPublicLine(text: string): boolean {
  const line = text.trim();
  const [type = "", material = ""] = line.split(/[ \t]+/, 2);
  if (!PUBLIC_TYPE.test(type) || /[\r\n]/.test(line) || /^M[A-I]/.test(material)) return false;
  return material.startsWith("AAAA") || /^[A-Za-z0-9+/=]*$/.test(material);
}

/** The text that was encoded in base64 or hex, if it is text: the secret in a Kubernetes manifest, for instance. */
function decodedText(wrapped: string): string | undefined {
  const run = wrapped.replaceAll(/[^A-Za-z0-9+/_-]+/g, "");
  if (run.length < MIN_MATERIAL) return undefined;
  const bytes = Buffer.from(run, isHex(run) ? "hex" : "base64");
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  const text = Buffer.from(bytes.subarray(utf16 ? 2 : 0).filter((byte) => byte !== 0)).toString("utf8");
  return /^[\t\r\n\P{C}]+$/u.test(text) && !text.includes("\ufffd") ? text : undefined;
}

function mapPaths(text: string, change: (path: string) => string): string {
  return text.replaceAll(/\S+/g, (word) => (isPath(word) ? change(word) : word));
}

function partsOfPaths(text: string): string[] {
  return text
    .split(/\s+/)
    .filter(isPath)
    .flatMap((path) => path.split(/[^A-Za-z0-9+=_-]+/));
}

function isPath(word: string): boolean {
  if (/^["'(]?(?:~|\.{1,2}|[A-Za-z]:|[a-z][a-z0-9+.-]{1,20}:\/)[\\/]/.test(word)) return true;
  // Base64 has no dot.
  return /[\\/]/.test(word) && /\.[A-Za-z]{2,5}["')]?$/.test(word.slice(-8));
}

/** In one piece, or wrapped in whatever width. The slashes of a path or URL are not base64's, and its parts do not belong together. */
function holdsMaterial(text: string, kind: keyof typeof PIECES): boolean {
  const pieces = mapPaths(text, () => " ").match(PIECES[kind]) ?? [];
  // Of wrapped hex no single line says what it is.
  if (!pieces.every(isHex) && pieces.some(isMaterial)) return true;
  return isMaterial(pieces.join("")) || partsOfPaths(text).some(isMaterial);
}

/** Long and random enough for key material, and not an encoded text or public key. */
function isMaterial(run: string): boolean {
  if (run.length < MIN_MATERIAL) return false;
  const hex = isHex(run);
  const mixed = [/[a-z]/, /[A-Z]/, /[0-9]/].every((kind) => kind.test(run));
  if (!hex && (!mixed || isWordy(run))) return false;
  const inner = decodedText(run);
  if (inner !== undefined) return secretIn(inner) !== undefined;
  return !isPublicBase64(hex ? Buffer.from(run, "hex").toString("base64") : run);
}

function isHex(run: string): boolean {
  return /^[0-9a-f]+$/i.test(run);
}

/** Words change seldom between small letters, capitals and digits; of random characters two in three do. */
const MAX_CHANGES = 0.3;

function isWordy(run: string): boolean {
  const kinds = run
    .replaceAll(/[^A-Za-z0-9]/g, "")
    .replaceAll(/[a-z]/g, "a")
    .replaceAll(/[A-Z]/g, "A")
    .replaceAll(/[0-9]/g, "0");
  const changes = kinds.replaceAll(/(.)\1*/g, "$1").length - 1;
  return changes <= MAX_CHANGES * (kinds.length - 1);
}
