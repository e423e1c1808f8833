// The inputs of an SSH key: checked, and typed with the unknown values of a preview.
import { isTemplate, newMarker } from "../../text/auto-name";
import type { Properties, Checked } from "../../values";
import { InputCheck } from "../../fields/input-check";
import type { PrivateInputs } from "../../fields/input-check";
import { checkInputs } from "../../fields/field";
import type { Inputs, ValuesOf } from "../../fields/field";
import { sshKeyInputs } from "../../fields/ssh-key";
import { isSameMaterial } from "./identity";
import { Holders } from "../holders";
import { quoteForTerminal } from "../../text/quote";
import { parsePublicKey, PublicKeyError } from "./public-key";
import type { PublicKey } from "./public-key";

/** The advice if two resources of a program have the same key. */
export const ONCE =
  "An account has each public key once. Remove one of the two resources, and use the outputs of the other.";

export type SshKeyInputs = Inputs<ValuesOf<typeof sshKeyInputs>> & PrivateInputs;

/** A key to register, or to adopt if the account already has it. */
export interface SshKeyRequest {
  /** Its name in the account. */
  name: string;
  key: PublicKey;
  adoptExisting: boolean;
  /** Adopt it under any name. */
  adoptsAnyName: boolean;
  /** The name ends in a generated marker, so that it proves ownership. */
  hasMarker: boolean;
  /** The advice if the name is taken. */
  nameAdvice: string;
  /** See `Holding`. */
  holder: string;
  /** See `Creation`. */
  identity: string;
}

export function checkSshKey(olds: Properties, news: Properties, holders = new Holders()): Checked {
  const check = new InputCheck(news, Object.keys(sshKeyInputs));
  checkPublicKey(check, news, holders);
  checkInputs(sshKeyInputs, check);
  const renew = olds.publicKey !== undefined && !isSameMaterial(olds.publicKey, check.inputs.publicKey);
  check.autoName("name", olds, { adopting: check.inputs.adoptExisting === true, renew });
  checkName(check, news.name);
  return check.result();
}

function checkPublicKey(check: InputCheck, news: Properties, holders: Holders): void {
  if (!check.required("publicKey", "an OpenSSH public key, such as the content of id_ed25519.pub")) return;
  if (typeof news.publicKey !== "string") {
    check.string("publicKey");
    return;
  }
  const fail = (reason: string): void => check.fail("publicKey", reason);
  const key = readPublicKey(news.publicKey, "`publicKey`", fail);
  if (!key) return;
  check.inputs.publicKey = key.text;
  const other = holders.otherWithSshKey(key.fingerprint, news.name);
  if (other !== undefined)
    fail(`\`publicKey\` is the same key as that of ${quoteForTerminal(other)}. ${ONCE}`);
}

/** A public key of the program. `fail` reports a wrong one; `label`: its property. */
export function readPublicKey(
  given: string,
  label: string,
  fail: (reason: string) => void,
): PublicKey | undefined {
  try {
    return parsePublicKey(given);
  } catch (error) {
    if (!(error instanceof PublicKeyError)) throw error;
    fail(`${label} was rejected: ${error.message}`);
    return undefined;
  }
}

export const UNPRINTABLE = "line breaks, control characters or broken Unicode";

export function isUnprintable(name: string): boolean {
  return /[\u0000-\u001f\u007f-\u009f]/.test(name) || !name.isWellFormed();
}

function checkName(check: InputCheck, given: unknown): void {
  // The constructor always passes a name or a template for one.
  check.inputs.name ??= `ssh-key-${newMarker()}`;
  const { name } = check.inputs;
  if (typeof name !== "string") return;
  if (name.trim() === "") check.fail("name", "`name` must not be empty; omit it to have one generated");
  // An API that trims names would list it under another one, and the key would not be recognized.
  else if (name.trim() !== name && !isTemplate(given, "name"))
    check.fail("name", "`name` must not begin or end with white space");
  else if (isUnprintable(name)) check.fail("name", `\`name\` must not contain ${UNPRINTABLE}`);
}
