// What service keys and personal access tokens are made of, and rotating keys.
import { didYouMean } from "../text/did-you-mean";
import { quotesSecret } from "../text/pasted-secret";
import { quoted, shape } from "../text/quote";
import { UNKNOWN } from "../values";
import {
  checked,
  days,
  flag,
  number,
  object,
  or,
  secret,
  text,
  texts,
  unless,
  valueMap,
  time,
} from "./field";
import type { ValuesOf } from "./field";
import type { InputCheck } from "./input-check";

export const SERVICES = ["database", "storage", "llm-api", "dns", "vps"] as const;
/** A hundred years: beyond it dates lose their meaning. */
const MAX_DAYS = 36_500;

/** What is fixed when a service key is created. */
export const serviceSpec = { service: checked(text, checkService) };
export type ServiceSpec = ValuesOf<typeof serviceSpec>;

/** What is fixed when a token is created. */
export const tokenSpec = {
  scopes: checked(or(texts, []), checkScopes),
  expiresInDays: or(days(1, MAX_DAYS), null),
};
export type TokenSpec = ValuesOf<typeof tokenSpec>;

export const description = or(text, null);

/** A key that the account holds and whose secret we have. */
export const heldKey = {
  /** The full key; `null` if it was imported without its secret. */
  key: secret(or(text, null)),
  keyPrefix: text,
  keyType: text,
  description,
  isActive: or(flag, true),
  lastUsedAt: or(text, null),
};
/** What the state alone has of it. */
export const heldKeyDetails = {
  /** No response had shown the server's time: `createdAt` is the local clock's, so it proves nothing. */
  createdByLocalClock: unless(flag, false),
};

/** What a resource that holds one key has beside it. */
export const singleKey = {
  rotationTriggers: valueMap,
  recreateIfInvalid: unless(flag, true),
  /** Set if it was imported (`existing`): distinguishes this resource from another that holds the same key. Empty for a key that we created. */
  holder: unless(text, ""),
};

/** Of a token that its resource alone holds. */
export const rotateBeforeDays = checked(or(number, undefined), checkRotation);

export const apiKeyInputs = {
  description: checked(description),
  rotationTriggers: singleKey.rotationTriggers,
  recreateIfInvalid: singleKey.recreateIfInvalid,
  existing: secret(or(object, undefined)),
};
export const singleKeyInputs = { ...apiKeyInputs, rotateBeforeDays };
export const serviceKeyInputs = { ...serviceSpec, ...apiKeyInputs };
export const tokenInputs = { ...tokenSpec, ...singleKeyInputs };

/** When a key expires; `null` if never. */
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
/** A key as the account lists it, of a resource that was looked up. */
export const listedKey = {
  ...{ keyPrefix: mayLack, keyType: mayLack, service: mayLack, description: mayLack },
  ...{ scopes: or(texts, []), isActive: heldKey.isActive },
  ...{ createdAt: mayLack, lastUsedAt: mayLack, expiresAt: mayLack },
};

const MAX_ROTATION_DAYS = 3_650;

export const rotatingKeyInputs = {
  description,
  rotationTriggers: valueMap,
  rotateEveryDays: days(1, MAX_ROTATION_DAYS, "how many days a key serves before a new one is created"),
  overlapDays: or(days(0, MAX_ROTATION_DAYS), undefined),
  holdWhileUsed: or(flag, undefined),
};

/** The overlap, with its default. A state keeps an absent one absent, so that reading one written by an earlier version changes nothing. */
export function overlapOf<Days>({ overlapDays }: { overlapDays: Days | undefined }): Days | 0 {
  return overlapDays ?? 0;
}

/** What its state has of its inputs, and of itself. */
export const rotatingKey = {
  rotationTriggers: rotatingKeyInputs.rotationTriggers,
  nextRotationAt: text,
  overlapDays: rotatingKeyInputs.overlapDays,
  holdWhileUsed: rotatingKeyInputs.holdWhileUsed,
  /** `project/stack/name` where the description does not say it: part of the markers of this resource's keys. */
  owner: unless(text, ""),
};

/** Its previous key, by the names that these have in the state. */
export const previousKey = {
  previousKeyId: or(text, null),
  previousKey: secret(or(text, null)),
  retireAt: or(time, null),
};
/** What the state alone has of it. */
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

/** The API decides which scopes exist. Sorted and without duplicates, since neither means anything to it. */
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
        `\`scopes[${index}]\` must be a string without blanks, such as "ssh_keys:read"; it is ${shape(scope)}`,
      );
    } else if (quotesSecret(scope)) check.fail("", `\`scopes[${index}]\` contains a key or another secret`);
  }
  const known = scopes.filter((scope): scope is string => typeof scope === "string");
  check.inputs.scopes = known.length < scopes.length ? UNKNOWN : normalized(known);
}

function checkRotation(check: InputCheck): void {
  check.days("rotateBeforeDays", MAX_DAYS);
  const { rotateBeforeDays, expiresInDays } = check.news;
  if (typeof rotateBeforeDays !== "number") return;
  if (expiresInDays === undefined || expiresInDays === null) {
    check.fail(
      "rotateBeforeDays",
      "`rotateBeforeDays` needs `expiresInDays`: a token without an expiry has no day before it",
    );
  } else if (typeof expiresInDays === "number" && rotateBeforeDays >= expiresInDays) {
    check.fail(
      "rotateBeforeDays",
      `\`rotateBeforeDays\` (${rotateBeforeDays}) must be smaller than \`expiresInDays\` (${expiresInDays}), or the token would be due at once`,
    );
  }
}

/** Sorted and without duplicates. */
export function normalized(scopes: readonly string[]): string[] {
  return [...new Set(scopes)].sort();
}
