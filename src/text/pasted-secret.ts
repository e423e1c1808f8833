// Recognizes a secret in place of a public value, by its marks, and in prose by its randomness.

/** Private keys and WAYSCloud keys, anywhere in the text. */
const PRIVATE = new RegExp(
  [
    String.raw`(?:BEGIN|END)[A-Z0-9\s]{0,40}PRIVATE\s{1,4}KEY`,
    "PRIVATE KEY FILE FORMAT|PuTTY-User-Key-File|Private-(?:Lines|MAC|Hash):",
    // `openssh-key-v1`, in clear and as the base64 that the body of every OpenSSH private key begins with.
    "openssh-key-v1|b3BlbnNzaC1rZXktdj",
    "AGE-SECRET-KEY-",
    // The member of a JSON Web Key that only its owner may see.
    String.raw`"d"\s{0,4}:\s{0,4}"[\w-]{20}`,
    // The last part is longer than a word, since `wayscloud_prod_deploy` may well be a comment.
    "wayscloud_[A-Za-z0-9]{1,64}_[A-Za-z0-9_-]{16}",
  ].join("|"),
  "i",
);

/** The well-known beginnings of other services' tokens, and a password in a URL. */
const TOKEN = new RegExp(
  [
    String.raw`\b(?:gh[opusr]_|github_pat_|npm_|hf_|[rs]k_live_|sk_test_|whsec_|lin_api_)[A-Za-z0-9]{20}`,
    String.raw`\b(?:glpat-|sk-ant-|sk-proj-|hvs\.|SG\.|ATATT3|xox[abeprs]-\d|xapp-\d|pypi-Ag)[\w-]{10}`,
    String.raw`\b(?:pul-|dop_v1_|shpat_)[0-9a-f]{32}|\bAIza[\w-]{35}|\bA[KS]IA[A-Z0-9]{16}`,
    String.raw`\beyJ[\w-]{10,200}\.eyJ[\w-]{10}`,
    String.raw`hooks\.slack\.com/services/T\w{6}`,
    String.raw`://[^\s/:@]{0,100}:[^\s/@]{3,200}@`,
  ].join("|"),
);

/** SSH's own public keys and fingerprints, which are as random as a secret. */
const PUBLIC = /AAAA(?:[BC]3NzaC1|E2VjZHNh)[A-Za-z0-9+/]*={0,2}|\bSHA256:[A-Za-z0-9+/]{43}=?/g;
/** A longer text is not searched, and therefore rejected. */
const MAX_LENGTH = 65_536;
/** As long as the secret part of a WAYSCloud key. */
const RUNS = [/[A-Za-z0-9+/_-]{36,}/g, /[A-Za-z0-9]{36,}/g];

/** Is this marked as a private key or a WAYSCloud key, in clear or in base64, hexadecimal or UTF-16? */
export function looksSecret(text: string): boolean {
  const clear = visible(text.slice(0, MAX_LENGTH));
  const squashed = clear.replaceAll(/[^A-Za-z0-9+/_-]+/g, "");
  const runs = clear.match(/[A-Za-z0-9+/_-]{40,}/g) ?? [];
  return [clear, squashed, ...[squashed, ...runs].map(decoded)].some((form) => PRIVATE.test(form));
}

/** Does this name or description contain a secret? A logical name makes `generated` ones look like one. */
export function quotesSecret(text: string, generated = false): boolean {
  const clear = visible(text);
  if (text.length > MAX_LENGTH || looksSecret(text) || TOKEN.test(clear)) return true;
  const rest = clear.replaceAll(PUBLIC, " ");
  return !generated && RUNS.some((form) => (rest.match(form) ?? []).some(isRandom));
}

/**
 * The string without control and format characters, with ordinary spaces, and with escaped line breaks
 * undone.
 */
function visible(text: string): string {
  return text
    .replaceAll(/[\0\ufffd\p{Cf}]/gu, "")
    .replaceAll(/(?<!\\)\\+[nrt]/g, " ")
    .replaceAll(/\p{Zs}/gu, " ");
}

/** Decodes base64 and hexadecimal, such as the secret in a Kubernetes manifest. */
function decoded(run: string): string {
  return Buffer.from(run, /^[0-9a-f]+$/i.test(run) ? "hex" : "base64")
    .toString("latin1")
    .replaceAll("\0", "");
}

/** Letters of both cases and digits, hardly separated and in short runs, as in random text. */
function isRandom(run: string): boolean {
  const letters = run.replaceAll(/[^A-Za-z0-9]/g, "");
  if (run.length - letters.length > run.length / 12) return false;
  if (![/[a-z]/, /[A-Z]/, /[0-9]/].every((kind) => kind.test(run))) return false;
  const words = run.match(/[A-Z]?[a-z]+|[A-Z]+|[0-9]+/g) ?? [];
  return letters.length / words.length < 2.7;
}
