// The inputs of a service key or personal access token: checked, and typed with the unknown values of a
// preview.
import { createHash } from "node:crypto";

import { isRecord, UNKNOWN } from "../../values";
import { shape } from "../../text/quote";
import type { Known, Properties, Checked } from "../../values";
import { apiKeyClaim } from "../holders";
import type { Holders } from "../holders";
import { singleKeyInputs } from "../../fields/api-key";
import { checkInputs, decodeInputs, encodeGiven } from "../../fields/field";
import type { Inputs, ValuesOf } from "../../fields/field";
import { InputCheck, privateInputsIn } from "../../fields/input-check";
import type { PrivateInputs } from "../../fields/input-check";
import type { KeyKind, Spec } from "./kind";

export type ApiKeyInputs = Inputs<ValuesOf<typeof singleKeyInputs>> & PrivateInputs & { spec: Inputs<Spec> };

export function checkApiKey(kind: KeyKind, olds: Properties, news: Properties, holders: Holders): Checked {
  const check = new InputCheck(news, Object.keys(kind.inputs));
  checkInputs(kind.inputs, check);
  checkExisting(check, olds, news, holders);
  check.autoName("description", olds, { adopting: isImport(check.inputs.existing), renew: false });
  return check.result();
}

/**
 * Checks `existing`. A key is imported only once: a replacement creates a new key, even if `existing` is
 * still there. Failures have no property, since the engine would print its value.
 */
function checkExisting(check: InputCheck, olds: Properties, news: Properties, holders: Holders): void {
  if (!check.isKnown("existing")) return;
  const { existing } = news;
  if (!isRecord(existing) || Object.keys(existing).some((name) => name !== "id" && name !== "key")) {
    const given = isRecord(existing) ? "an object with other fields" : shape(existing);
    check.fail("", `\`existing\` must be an object such as { id, key }, not ${given}`);
    return;
  }
  const { id, key } = existing;
  const old = isRecord(olds.existing) && olds.existing.id === id ? olds.existing : undefined;
  if (id !== UNKNOWN && (typeof id !== "string" || !/^[A-Za-z0-9_-]+$/.test(id))) {
    check.fail("", `\`existing.id\` must be the id of a key as the key list shows it, not ${shape(id)}`);
  }
  const claim = apiKeyClaim(String(id));
  const program = `${claim} ${createHash("sha256").update(JSON.stringify(news)).digest("hex")}`;
  if (old) holders.programs.add(program);
  const isDone = old ? old.key === undefined : holders.programs.has(program);
  // With `ignoreChanges: ["existing"]` the engine passes the value of the state, which may be the id alone.
  if (
    !(isDone && key === undefined) &&
    key !== UNKNOWN &&
    (typeof key !== "string" || !/^[\x21-\x7e]+$/.test(key))
  ) {
    check.fail("", `\`existing.key\` must be the full key, without whitespace, not ${shape(key)}`);
  }
  const other = old || isDone ? undefined : holders.keeper(claim);
  if (other !== undefined) check.fail("", heldByAnother(String(id)));
  check.inputs.existing = isDone ? { id } : { id, key };
}

/**
 * An imported key keeps its description. A created key gets a marker, even if it replaces an imported one.
 */
function isImport(existing: unknown): boolean {
  return existing === UNKNOWN || (isRecord(existing) && existing.key !== undefined);
}

export function heldByAnother(id: string): string {
  return `another resource of this program already manages the key ${id}; only one can. Remove \`existing\`, or the other resource`;
}

export function decodeApiKeyInputs(kind: KeyKind, properties: Properties): ApiKeyInputs {
  const spec = decodeInputs(kind.spec, properties);
  return { ...decodeInputs(singleKeyInputs, properties), spec, ...privateInputsIn(properties) };
}

/** The inputs as outputs of an unresolved creation, without the secret of `existing`. */
export function encodeInputs(kind: KeyKind, { existing, ...inputs }: Known<ApiKeyInputs>): Properties {
  const given = { ...inputs, existing: existing && { id: existing.id } };
  return { ...encodeGiven(kind.spec, inputs.spec), ...encodeGiven(singleKeyInputs, given) };
}
