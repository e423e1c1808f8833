// The inputs of a service key or personal access token: checked, and typed with the unknown values of a preview.
import { createHash } from "node:crypto";

import { isRecord, UNKNOWN, defined } from "../../values";
import { shape } from "../../text/quote";
import type { MaybeUnknown, Properties } from "../../values";
import { apiKeyClaim } from "../holders";
import type { Holders } from "../holders";
import { InputCheck } from "../inputs";
import { inputOf } from "../properties";
import type { Checked } from "../inputs";
import type { KeyKind, SpecInputs } from "./kind";

/** A key to import. Without `key` the import is done, or the resource that did it is being replaced: a new key is created then. */
export interface Existing {
  id: MaybeUnknown<string>;
  key: MaybeUnknown<string> | undefined;
}

export interface ApiKeyInputs<Spec> {
  spec: SpecInputs<Spec>;
  description: MaybeUnknown<string> | undefined;
  rotationTriggers: unknown;
  recreateIfInvalid: MaybeUnknown<boolean>;
  rotateBeforeDays: MaybeUnknown<number> | undefined;
  existing: MaybeUnknown<Existing> | undefined;
  /** `project/stack/name` of the resource; given with `existing` only. */
  owner: string;
}

const COMMON = ["description", "rotationTriggers", "recreateIfInvalid", "existing", "__owner"];

export function checkApiKey<Spec extends object>(
  kind: KeyKind<Spec>,
  olds: Properties,
  news: Properties,
  holders: Holders,
): Checked {
  const check = new InputCheck(news, [...kind.specNames, ...kind.updatable, ...COMMON]);
  kind.check(check, news);
  checkExisting(check, olds, news, holders);
  check.autoName("description", olds, { adopting: isImport(check.inputs.existing), renew: false });
  check.valueMap("rotationTriggers");
  check.boolean("recreateIfInvalid");
  check.private("__owner");
  return check.result();
}

/**
 * Checks `existing`. What was imported is imported once: a replacement creates a new key, whatever `existing` still says. Failures name no
 * property, since the engine would print its value.
 */
function checkExisting(check: InputCheck, olds: Properties, news: Properties, holders: Holders): void {
  if (!check.isKnown("existing")) return;
  const { existing } = news;
  if (!isRecord(existing) || Object.keys(existing).some((name) => name !== "id" && name !== "key")) {
    check.fail("", "`existing` must be an object { id, key }");
    return;
  }
  const { id, key } = existing;
  const old = isRecord(olds.existing) && olds.existing.id === id ? olds.existing : undefined;
  if (id !== UNKNOWN && (typeof id !== "string" || !/^[A-Za-z0-9_-]+$/.test(id))) {
    check.fail("", `\`existing.id\` must be the id of a key as the key list shows it, not ${shape(id)}`);
  }
  const claim = apiKeyClaim(String(id));
  const program = createHash("sha256").update(JSON.stringify(news)).digest("hex");
  if (old) holders.noteProgram(claim, program);
  const isDone = old ? old.key === undefined : holders.isReplacement(claim, program);
  // With `ignoreChanges: ["existing"]` the engine hands back what the state has, which may be the id alone.
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

/** Only an imported key keeps the description that it has; a key that is created gets a marker, also in the place of an imported one. */
function isImport(existing: unknown): boolean {
  return existing === UNKNOWN || (isRecord(existing) && existing.key !== undefined);
}

export function heldByAnother(id: string): string {
  return `another resource of this program manages the key ${id} already; only one can. Remove \`existing\`, or the other resource`;
}

export function decodeApiKeyInputs<Spec extends object>(
  kind: KeyKind<Spec>,
  properties: Properties,
): ApiKeyInputs<Spec> {
  const existing = inputOf<Properties>(properties, "existing");
  return {
    spec: kind.decodeInputs(properties),
    description: inputOf(properties, "description"),
    rotationTriggers: properties.rotationTriggers,
    recreateIfInvalid: inputOf<boolean>(properties, "recreateIfInvalid") ?? true,
    rotateBeforeDays: inputOf(properties, "rotateBeforeDays"),
    existing:
      existing === undefined || existing === UNKNOWN
        ? existing
        : { id: inputOf<string>(existing, "id") ?? "", key: inputOf(existing, "key") },
    owner: known(inputOf<string>(properties, "__owner")),
  };
}

function known(value: MaybeUnknown<string> | undefined): string {
  return value === undefined || value === UNKNOWN ? "" : value;
}

/** The inputs as outputs of an unresolved creation, without the secret of `existing`. */
export function encodeInputs<Spec extends object>(
  kind: KeyKind<Spec>,
  inputs: ApiKeyInputs<Spec>,
): Properties {
  const { spec, description, rotationTriggers, recreateIfInvalid, rotateBeforeDays, existing } = inputs;
  return defined({
    ...Object.fromEntries(kind.specNames.map((name) => [name, spec[name] ?? undefined])),
    description,
    rotationTriggers,
    recreateIfInvalid: recreateIfInvalid === false ? false : undefined,
    rotateBeforeDays,
    existing: existing === undefined || existing === UNKNOWN ? undefined : { id: existing.id },
  });
}
