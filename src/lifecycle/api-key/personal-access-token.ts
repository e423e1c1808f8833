// What is specific to personal access tokens: scopes, and an expiry that is known in advance.
import { parseApiTime } from "../../api/timing";
import type { InputCheck } from "../inputs";
import { quotesSecret } from "../../text/pasted-secret";
import { same, UNKNOWN, DAY_MS, rfc3339 } from "../../values";
import { shape } from "../../text/quote";
import type { Properties } from "../../values";
import { inputOf } from "../properties";
import { isServiceKey } from "./kind";
import type { KeyKind } from "./kind";

/** A hundred years: beyond it dates lose their meaning. */
const MAX_DAYS = 36_500;

export interface TokenSpec {
  scopes: readonly string[];
  expiresInDays: number | null;
}

export const tokenKind: KeyKind<TokenSpec> = {
  label: "personal access token",
  specNames: ["scopes", "expiresInDays"],
  updatable: ["rotateBeforeDays"],
  check(check, news) {
    checkScopes(check, news);
    check.days("expiresInDays", MAX_DAYS);
    check.days("rotateBeforeDays", MAX_DAYS);
    checkRotation(check, news);
  },
  decodeInputs: (properties) => ({
    scopes: inputOf<string[]>(properties, "scopes") ?? [],
    expiresInDays: inputOf<number>(properties, "expiresInDays") ?? null,
  }),
  decodeSpec: (state) => ({
    scopes: state.stringsOrNull("scopes") ?? [],
    expiresInDays: state.numberOrNull("expiresInDays"),
  }),
  fixedOutputs: ({ spec, expiresAt }) => ({ ...spec, expiresAt }),
  singleKeyOutputs: (_key, rotateAt) => ({ rotateAt }),
  post: ({ scopes, expiresInDays }, description, run, operation) =>
    run.client.createPersonalAccessToken(
      {
        scopes,
        ...(description === undefined ? {} : { description }),
        ...(expiresInDays === null ? {} : { expiresInDays }),
      },
      operation,
    ),
  whyMismatched(entry, spec) {
    if (isServiceKey(entry)) {
      return `it is not a personal access token, but a service key for ${JSON.stringify(entry.service)}`;
    }
    // A list that does not show scopes cannot contradict them.
    if (spec === undefined || entry.scopes.length === 0) return undefined;
    if (same(normalized(entry.scopes), spec.scopes)) return undefined;
    return `its scopes are ${normalized(entry.scopes).join(", ")}`;
  },
  serviceOf: () => null,
  specOf: ({ scopes }, declared) => ({
    scopes: scopes.length > 0 || declared.scopes === UNKNOWN ? normalized(scopes) : declared.scopes,
    expiresInDays: null,
  }),
  expires: ({ expiresInDays }) => expiresInDays !== null,
  expiresAt: ({ expiresInDays }, createdAt) =>
    expiresInDays === null ? null : rfc3339(parseApiTime(createdAt) + expiresInDays * DAY_MS),
};

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
      "`rotateBeforeDays` needs `expiresInDays`: a token without an expiry has no day before it",
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
