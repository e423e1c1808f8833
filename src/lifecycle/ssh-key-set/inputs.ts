// The inputs of a set of SSH keys: every entry checked, all mistakes at once, and typed with the unknown
// values of a preview.
import { quotesSecret } from "../../text/pasted-secret";
import { quoteForTerminal, quoted } from "../../text/quote";
import { isRecord, UNKNOWN } from "../../values";
import type { Known, Properties, Checked } from "../../values";
import { InputCheck } from "../../fields/input-check";
import type { PrivateInputs } from "../../fields/input-check";
import { checkInputs } from "../../fields/field";
import type { Inputs, ValuesOf } from "../../fields/field";
import { sshKeySetInputs } from "../../fields/ssh-key";
import { fingerprintOf } from "../ssh-key/identity";
import { isUnprintable, readPublicKey, UNPRINTABLE } from "../ssh-key/inputs";
import type { PublicKey } from "../ssh-key/public-key";

export type SshKeySetInputs = Inputs<ValuesOf<typeof sshKeySetInputs>> & PrivateInputs;

/** An entry of the program, and the name that its key has in the account unless it was adopted. */
export interface WantedEntry {
  entry: string;
  name: string;
  publicKey: string;
  fingerprint: string;
}

type Wanted = Pick<Known<SshKeySetInputs>, "publicKeys" | "namePrefix">;

export function wantedEntries({ publicKeys, namePrefix }: Wanted): WantedEntry[] {
  return Object.entries(publicKeys).map(([entry, publicKey]) => {
    return { entry, name: namePrefix + entry, publicKey, fingerprint: fingerprintOf(publicKey) };
  });
}

export function checkSshKeySet(news: Properties): Checked {
  const check = new InputCheck(news, Object.keys(sshKeySetInputs));
  checkPublicKeys(check, news.publicKeys);
  // The constructor always passes one.
  check.inputs.namePrefix = "ssh-key-";
  const prefix = check.string("namePrefix");
  if (prefix !== undefined && isUnprintable(prefix)) {
    check.fail("namePrefix", `\`namePrefix\` must not contain ${UNPRINTABLE}`);
  } else if (prefix !== undefined && prefix.trimStart() !== prefix) {
    check.fail("namePrefix", "`namePrefix` must not begin with white space");
  }
  checkInputs(sshKeySetInputs, check);
  return check.result();
}

const PUBLIC_KEYS = "an object of OpenSSH public keys by name, such as { anna: … }";

function checkPublicKeys(check: InputCheck, given: unknown): void {
  if (!check.required("publicKeys", PUBLIC_KEYS)) return;
  if (!isRecord(given)) {
    check.fail("publicKeys", `\`publicKeys\` must be ${PUBLIC_KEYS}, not ${quoted(given)}`);
    return;
  }
  const entryOf = new Map<string, string>();
  const checked = Object.entries(given).map(([entry, value]) => {
    checkEntryName(check, entry);
    if (value === UNKNOWN) return [entry, UNKNOWN];
    const key = checkedPublicKey(check, entry, value);
    const other = key && entryOf.get(key.fingerprint);
    if (other !== undefined)
      fail(check, `${label(other)} and ${label(entry)} are the same key; remove one of them`);
    else if (key) entryOf.set(key.fingerprint, entry);
    return [entry, key?.text];
  });
  check.inputs.publicKeys = Object.fromEntries(checked);
}

function checkEntryName(check: InputCheck, entry: string): void {
  if (quotesSecret(entry)) {
    fail(check, "the name of an entry of `publicKeys` contains a key or another secret: choose another name");
  } else if (entry.trim() === "") {
    fail(check, "the name of an entry of `publicKeys` is empty: use the name of its key's owner");
  } else if (entry.trimEnd() !== entry) {
    fail(check, `${label(entry)}: the name of an entry must not end with white space`);
  } else if (isUnprintable(entry)) {
    fail(check, `${label(entry)}: the name of an entry must not contain ${UNPRINTABLE}`);
  }
}

function checkedPublicKey(check: InputCheck, entry: string, value: unknown): PublicKey | undefined {
  if (typeof value === "string") return readPublicKey(value, label(entry), (reason) => fail(check, reason));
  fail(check, `${label(entry)} must be a string, not ${quoted(value)}`);
  return undefined;
}

/** The engine prints the whole value of a failure's property, so a failure about one entry has none. */
function fail(check: InputCheck, reason: string): void {
  check.fail("", reason);
}

function label(entry: string): string {
  return `\`publicKeys[${quoteForTerminal(quotesSecret(entry) ? "…" : entry, 80)}]\``;
}
