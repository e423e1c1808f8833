// The inputs of a set of SSH keys: every entry checked, all mistakes at once, and typed with the unknown
// values of a preview.
import { quotesSecret } from "../../text/pasted-secret";
import { quoteForTerminal, quoted } from "../../text/quote";
import { isRecord, known, UNKNOWN } from "../../values";
import type { MaybeUnknown, Properties, Checked } from "../../values";
import { InputCheck, ownerIn } from "../../fields/input-check";
import { checkInputs, decodeInputs } from "../../fields/field";
import { sshKeySetInputs } from "../../fields/ssh-key";
import { materialOf } from "../ssh-key/identity";
import { parsePublicKey, PublicKeyError } from "../ssh-key/public-key";

export interface SshKeySetInputs {
  publicKeys: MaybeUnknown<ReadonlyMap<string, MaybeUnknown<string>>>;
  namePrefix: MaybeUnknown<string>;
  adoptExisting: MaybeUnknown<boolean>;
  /** `project/stack/name` of the resource, or empty. */
  owner: string;
}

/** An entry of the program, and the name that its key has in the account unless it was adopted. */
export interface WantedEntry {
  entry: string;
  name: string;
  publicKey: string;
}

/** @throws TypeError when an input is still unknown. */
export function wantedEntries({ publicKeys, namePrefix }: SshKeySetInputs): WantedEntry[] {
  return Array.from(known(publicKeys, "publicKeys"), ([entry, publicKey]) => ({
    entry,
    name: `${known(namePrefix, "namePrefix")}${entry}`,
    publicKey: known(publicKey, `publicKeys.${entry}`),
  }));
}

export function checkSshKeySet(news: Properties): Checked {
  const check = new InputCheck(news, Object.keys(sshKeySetInputs));
  checkPublicKeys(check, news.publicKeys);
  // The constructor always passes one.
  check.inputs.namePrefix = "ssh-key-";
  const prefix = check.string("namePrefix");
  if (prefix !== undefined && hasControls(prefix)) {
    check.fail("namePrefix", `\`namePrefix\` must not contain ${CONTROLS}`);
  } else if (prefix !== undefined && prefix.trimStart() !== prefix) {
    check.fail("namePrefix", "`namePrefix` must not begin with white space");
  }
  checkInputs(sshKeySetInputs, check);
  return check.result();
}

const CONTROLS = "line breaks, control characters or broken Unicode";

function hasControls(text: string): boolean {
  return /[\u0000-\u001f\u007f-\u009f]/.test(text) || !text.isWellFormed();
}

function checkPublicKeys(check: InputCheck, given: unknown): void {
  if (!check.required("publicKeys", "an object of OpenSSH public keys by name, such as { anna: … }")) return;
  if (!isRecord(given)) {
    check.fail("publicKeys", `\`publicKeys\` must be an object of public keys by name, not ${quoted(given)}`);
    return;
  }
  const entryOf = new Map<string, string>();
  const checked = Object.entries(given).map(([entry, value]) => {
    checkEntryName(check, entry);
    const publicKey = value === UNKNOWN ? UNKNOWN : checkedPublicKey(check, entry, value);
    if (typeof publicKey === "string") {
      const other = entryOf.get(materialOf(publicKey));
      if (other === undefined) entryOf.set(materialOf(publicKey), entry);
      else fail(check, `${label(other)} and ${label(entry)} are the same key; remove one of them`);
    }
    return [entry, publicKey] as const;
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
  } else if (hasControls(entry)) {
    fail(check, `${label(entry)}: the name of an entry must not contain ${CONTROLS}`);
  }
}

function checkedPublicKey(check: InputCheck, entry: string, value: unknown): string | undefined {
  if (typeof value !== "string") {
    fail(check, `${label(entry)} must be a string, not ${quoted(value)}`);
    return undefined;
  }
  try {
    return parsePublicKey(value).text;
  } catch (error) {
    if (!(error instanceof PublicKeyError)) throw error;
    fail(check, `${label(entry)} was rejected: ${error.message}`);
    return undefined;
  }
}

/** The engine prints the whole value of a failure's property, so a failure about one entry has none. */
function fail(check: InputCheck, reason: string): void {
  check.fail("", reason);
}

function label(entry: string): string {
  return `\`publicKeys[${quoteForTerminal(quotesSecret(entry) ? "…" : entry, 80)}]\``;
}

export function decodeSshKeySetInputs(properties: Properties): SshKeySetInputs {
  const { publicKeys, ...inputs } = decodeInputs(sshKeySetInputs, properties);
  return {
    ...inputs,
    publicKeys: publicKeys === UNKNOWN ? UNKNOWN : new Map(Object.entries(publicKeys)),
    owner: ownerIn(properties),
  };
}
