// What is peculiar to a personal access token: scopes, and an end that is known in advance.
import { apiKeyLifecycle } from "./lifecycle";
import type { KeyKind } from "./kind";
import { same, shape } from "../inputs";
import type { InputCheck } from "../inputs";
import { UNKNOWN } from "../lifecycle";
import { quotesSecret } from "../../text/pasted-secret";
import { rfc3339 } from "./mint";
import type { Properties } from "../lifecycle";

const DAY_MS = 86_400_000;
/** A hundred years: beyond it dates lose their meaning. */
const MOST_DAYS = 36_500;

/** Also the kind of key that a rotating token holds. */
export const tokenKind: KeyKind = {
  noun: "personal access token",
  fixed: ["scopes", "expiresInDays"],
  changeable: ["rotateBeforeDays"],
  check(check, news) {
    checkScopes(check, news);
    check.days("expiresInDays", MOST_DAYS);
    check.days("rotateBeforeDays", MOST_DAYS);
    checkRotation(check, news);
  },
  post: (inputs, context, operation) =>
    context.client.createPersonalAccessToken(
      {
        scopes: inputs.scopes as string[],
        ...(inputs.description === undefined ? {} : { description: inputs.description as string }),
        ...(inputs.expiresInDays === undefined ? {} : { expires_in_days: inputs.expiresInDays as number }),
      },
      operation,
    ),
  mismatch(entry, inputs) {
    if (entry.service !== undefined)
      return `it is not a personal access token, but a service key for ${JSON.stringify(entry.service)}`;
    // A list that does not tell scopes cannot contradict them.
    if (inputs.scopes === undefined || entry.scopes.length === 0) return undefined;
    if (same(normalized(entry.scopes), inputs.scopes)) return undefined;
    return `its scopes are ${normalized(entry.scopes).join(", ")}`;
  },
  listed: () => ({}),
  facts(inputs, createdAt) {
    const { scopes, expiresInDays } = inputs;
    if (typeof expiresInDays !== "number") return { scopes };
    return { scopes, expiresInDays, expiresAt: rfc3339(Date.parse(createdAt) + expiresInDays * DAY_MS) };
  },
  settings: (inputs, facts) => {
    const at = rotateAt(inputs, facts);
    return at === undefined ? {} : { rotateAt: at };
  },
  due(olds, news, now) {
    const past = (at: unknown): boolean => typeof at === "string" && Date.parse(at) <= now;
    if (past(olds.expiresAt) && news.recreateIfInvalid !== false) return ["expiresAt"];
    return past(rotateAt(news, olds)) ? ["rotateAt"] : [];
  },
};

export const personalAccessToken = apiKeyLifecycle(tokenKind);

/** The API decides which scopes exist. Sorted and without duplicates, since neither means anything to it. */
function checkScopes(check: InputCheck, news: Properties): void {
  if (!check.required("scopes", 'a non-empty list such as ["ssh_keys:read"]')) return;
  const { scopes } = news;
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

function checkRotation(check: InputCheck, news: Properties): void {
  const { rotateBeforeDays, expiresInDays } = news;
  if (typeof rotateBeforeDays !== "number") return;
  if (expiresInDays === undefined || expiresInDays === null) {
    check.fail(
      "rotateBeforeDays",
      "`rotateBeforeDays` needs `expiresInDays`: a token without an end has no day before it",
    );
  } else if (typeof expiresInDays === "number" && rotateBeforeDays >= expiresInDays) {
    check.fail(
      "rotateBeforeDays",
      `\`rotateBeforeDays\` (${rotateBeforeDays}) must be smaller than \`expiresInDays\` (${expiresInDays}), or the token would be due at once`,
    );
  }
}

function normalized(scopes: readonly string[]): string[] {
  return [...new Set(scopes)].sort();
}

function rotateAt(inputs: Properties, facts: Properties): string | undefined {
  const { rotateBeforeDays } = inputs;
  if (typeof rotateBeforeDays !== "number" || typeof facts.expiresAt !== "string") return undefined;
  return rfc3339(Date.parse(facts.expiresAt) - rotateBeforeDays * DAY_MS);
}
