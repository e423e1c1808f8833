// The fields of service keys, personal access tokens and rotating keys.
import { didYouMean } from "../text/did-you-mean";
import { quotesSecret } from "../text/pasted-secret";
import { quoted, shape } from "../text/quote";
import { UNKNOWN } from "../values";
import type { MaybeUnknown } from "../values";
import { checked, days, flag, objectOf, or, secret, text, texts, unless, valueMap, time } from "./field";
import type { ValuesOf } from "./field";
import type { InputCheck } from "./input-check";

export const SERVICES = ["database", "storage", "llm-api", "dns", "vps"] as const;
/** A hundred years: later dates have no meaning. */
const MAX_DAYS = 36_500;

/** The inputs that are fixed when a service key is created. */
export const serviceSpec = { service: checked(text, checkService) };
export type ServiceSpec = ValuesOf<typeof serviceSpec>;

/** The inputs that are fixed when a token is created. */
export const tokenSpec = {
  scopes: checked(or(texts, []), checkScopes),
  expiresInDays: or(days(1, MAX_DAYS), null),
};
export type TokenSpec = ValuesOf<typeof tokenSpec>;

export const description = or(text, null);

/** A live key whose secret we have. */
export const heldKey = {
  /** The full key; `null` if it was imported without its secret. */
  key: secret(or(text, null)),
  keyPrefix: text,
  keyType: text,
  description,
  isActive: or(flag, true),
  lastUsedAt: or(text, null),
};
/** Its fields that only the state has. */
export const heldKeyDetails = {
  /** `createdAt` is by the local clock, because no response had the server's time: it proves nothing. */
  createdByLocalClock: unless(flag, false),
};

/** Other fields of a resource that holds one key. */
export const singleKey = {
  rotationTriggers: valueMap,
  recreateIfInvalid: unless(flag, true),
  /** Of an imported key (`existing`): distinguishes resources with the same key. Empty for a created one. */
  holder: unless(text, ""),
  /** The description is the program's own, and only looks generated: its marker proves nothing. */
  pinned: unless(flag, false),
};

/** Fields of a token that a resource holds alone. */
const beforeExpiry = days(1, MAX_DAYS);
export const rotateBeforeDays = checked(or(beforeExpiry, undefined), checkRotation);

/** A key to import. Without `key`, the import is done, or the resource is being replaced by a new key. */
export interface Existing {
  id: MaybeUnknown<string>;
  key?: MaybeUnknown<string> | undefined;
}

export const apiKeyInputs = {
  description: checked(description),
  rotationTriggers: singleKey.rotationTriggers,
  recreateIfInvalid: singleKey.recreateIfInvalid,
  existing: checked(secret(or(objectOf<Existing>(), undefined))),
};
export const singleKeyInputs = { ...apiKeyInputs, rotateBeforeDays };
export const serviceKeyInputs = { ...serviceSpec, ...apiKeyInputs };
export const tokenInputs = { ...tokenSpec, ...singleKeyInputs };

/** The expiry of a key; `null` if it never expires. */
export const expiry = { expiresAt: or(time, null) };
/** A service key's scopes are those that the list shows. */
export const serviceKeyOutputs = {
  ...heldKey,
  ...serviceSpec,
  createdAt: text,
  scopes: or(texts, null),
};
export const tokenOutputs = {
  ...heldKey,
  ...tokenSpec,
  createdAt: text,
  ...expiry,
  rotateAt: or(time, null),
};

const mayLack = or(text, undefined);
/** A key that was looked up, as the account lists it. */
export const listedKey = {
  ...{ keyPrefix: mayLack, keyType: mayLack, service: mayLack, description: mayLack },
  ...{ scopes: or(texts, []), isActive: heldKey.isActive },
  ...{ createdAt: mayLack, lastUsedAt: mayLack, expiresAt: mayLack },
};

const MAX_ROTATION_DAYS = 3_650;

export const rotatingKeyInputs = {
  description: or(text, ""),
  rotationTriggers: valueMap,
  rotateEveryDays: days(1, MAX_ROTATION_DAYS, "the number of days after which a new key is created"),
  overlapDays: or(days(0, MAX_ROTATION_DAYS), undefined),
  holdWhileUsed: or(flag, undefined),
};

/** The overlap, with its default. An absent one stays absent, so that old states do not change. */
export function overlapOf<Days>({ overlapDays }: { overlapDays: Days | undefined }): Days | 0 {
  return overlapDays ?? 0;
}

/** Its state: inputs, and fields of its own. */
export const rotatingKey = {
  rotationTriggers: rotatingKeyInputs.rotationTriggers,
  nextRotationAt: text,
  overlapDays: rotatingKeyInputs.overlapDays,
  holdWhileUsed: rotatingKeyInputs.holdWhileUsed,
  /** `project/stack/name` if it is not in the description: part of the markers of this resource's keys. */
  owner: unless(text, ""),
};

/** Its previous key, under the names in the state. */
export const previousKey = {
  previousKeyId: or(text, null),
  previousKey: secret(or(text, null)),
  retireAt: or(time, null),
};
/** Its fields that only the state has. */
export const previousKeyDetails = {
  previousKeyPrefix: or(text, undefined),
  previousExpiresAt: or(time, undefined),
};

/** Its outputs, beside those of its kind. */
export const rotatingKeyOutputs = {
  ...heldKey,
  ...previousKey,
  ...{ keyId: text, createdAt: text, rotatedAt: text, nextRotationAt: text },
};

function checkService(check: InputCheck): void {
  if (!check.required("service", `one of ${SERVICES.join(", ")}`)) return;
  const service = check.string("service");
  if (service === undefined || (SERVICES as readonly string[]).includes(service)) return;
  const given = quoted(service) + didYouMean(service, SERVICES);
  check.fail("service", `\`service\` must be one of ${SERVICES.join(", ")}, not ${given}`);
}

/** The API decides which scopes exist. Sorted and without duplicates, since the API ignores both. */
function checkScopes(check: InputCheck): void {
  if (!check.required("scopes", 'a non-empty list such as ["ssh_keys:read"]')) return;
  const { scopes } = check.news;
  if (!Array.isArray(scopes) || scopes.length === 0) {
    const hint =
      typeof scopes === "string" ? "; read a list in the stack config with `config.getObject`" : "";
    check.fail(
      "scopes",
      `\`scopes\` must be a non-empty list such as ["ssh_keys:read"], not ${shape(scopes)}${hint}`,
    );
    return;
  }
  for (const [index, scope] of scopes.entries()) {
    if (scope === UNKNOWN) continue;
    if (
      typeof scope !== "string" ||
      scope === "" ||
      /[\s\p{Cc}\p{Cf}]/u.test(scope) ||
      !scope.isWellFormed()
    ) {
      check.fail(
        "scopes",
        `\`scopes[${index}]\` must be a string without spaces, such as "ssh_keys:read"; it is ${shape(scope)}`,
      );
    } else if (quotesSecret(scope)) {
      check.fail(
        "",
        `\`scopes[${index}]\` contains a key or another secret. Pass a scope such as "ssh_keys:read"`,
      );
    }
  }
  const known = scopes.filter((scope): scope is string => typeof scope === "string");
  check.inputs.scopes = known.length < scopes.length ? UNKNOWN : normalized(known);
}

function checkRotation(check: InputCheck): void {
  beforeExpiry.check?.(check, "rotateBeforeDays");
  const { rotateBeforeDays, expiresInDays } = check.news;
  if (typeof rotateBeforeDays !== "number") return;
  if (expiresInDays === undefined || expiresInDays === null) {
    check.fail(
      "rotateBeforeDays",
      "`rotateBeforeDays` requires `expiresInDays`: without it the token never expires. Set `expiresInDays`, or remove `rotateBeforeDays`",
    );
  } else if (typeof expiresInDays === "number" && rotateBeforeDays >= expiresInDays) {
    check.fail(
      "rotateBeforeDays",
      `\`rotateBeforeDays\` (${rotateBeforeDays}) must be smaller than \`expiresInDays\` (${expiresInDays}); otherwise the token would be due at once`,
    );
  }
}

/** Sorted and without duplicates. */
export function normalized(scopes: readonly string[]): string[] {
  return [...new Set(scopes)].sort();
}
