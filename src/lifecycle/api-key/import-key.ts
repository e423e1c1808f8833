// `existing: { id, key }`: importing a key that was created elsewhere. It happens once; a later replacement
// creates a new key like any other.
import { parseApiTime } from "../../api/timing";
import type { ApiKey } from "../../api/schemas";
import { RefusedError } from "../../errors";
import { sanitize } from "../../text/redact";
import { newMarker, isTemplate } from "../../text/auto-name";
import type { Known } from "../../values";
import { apiKeyClaim } from "../holders";
import type { Run } from "../run";
import { heldByAnother } from "./inputs";
import type { ApiKeyInputs } from "./inputs";
import { expires, heldKeyOf } from "./kind";
import type { KeyKind, HeldKey } from "./kind";

/**
 * Imports the key, after the list has confirmed all that it can, without changing the account. `undefined`:
 * there is none to import, or this run revoked it for the resource that this one replaces.
 */
export async function importKey(
  kind: KeyKind,
  inputs: Known<ApiKeyInputs>,
  run: Run,
): Promise<(HeldKey & { holder: string }) | undefined> {
  const { id = "", key } = inputs.existing ?? {};
  if (key === undefined) return undefined;
  const claim = apiKeyClaim(id);
  await run.holders.removalOf(claim);
  if (run.apiKeys.wasRemoved(id)) return undefined;
  const isTaken = (): boolean => run.holders.keeper(claim) !== undefined;
  const entry = isTaken() ? undefined : await run.apiKeys.find(id);
  const holder = `${inputs.owner}#${newMarker()}`;
  const isMine = await run.holders.takeOver({ what: claim, holder }, () => {
    const wrong = isTaken() ? heldByAnother(id) : whyNotImportable(kind, inputs, key, entry);
    if (wrong === undefined) return;
    throw new RefusedError(
      `Cannot import the ${kind.label} ${id} (\`existing\`): ${wrong}. Nothing was created or changed.`,
    );
  });
  // Another resource may have begun to revoke it in the meantime.
  if (!isMine || !entry) return importKey(kind, inputs, run);
  run.apiKeys.noteCreated(id);
  return { ...heldKeyOf(entry, key, inputs.spec), id, holder };
}

function whyNotImportable(
  kind: KeyKind,
  { spec, ...inputs }: Known<ApiKeyInputs>,
  key: string,
  entry: ApiKey | undefined,
): string | undefined {
  if (!entry)
    return "the account does not have it; check the id, and whether the credential is of the right account, or remove `existing` to have a new one created";
  if (!entry.isActive) return "it is not active; remove `existing` to have a new one created";
  const wrong = kind.whyMismatched(entry, spec);
  if (wrong !== undefined) return sanitize(wrong);
  const notTheKey = whyNotTheKey(key, entry.keyPrefix ?? "");
  if (notTheKey !== undefined) return notTheKey;
  const description = inputs.description ?? "";
  if (!isTemplate(description, "description") && description !== (entry.description ?? "")) {
    const shown =
      entry.description === undefined ? "empty" : JSON.stringify(sanitize(entry.description, [], 100));
    return `its description is ${shown} and cannot be changed; give that one, or omit \`description\``;
  }
  if (Number.isNaN(parseApiTime(entry.createdAt)) && expires(spec)) {
    return "the list does not show when it was created, so its expiry is not known; omit `expiresInDays`";
  }
  return undefined;
}

/** Why this is not the key that the list shows with this prefix, if it is not. */
export function whyNotTheKey(key: string, keyPrefix: string): string | undefined {
  if (keyPrefix !== "" && key.startsWith(keyPrefix) && key.length > keyPrefix.length) return undefined;
  // Print at most a short, safe prefix, in case the API returns a full key.
  const begins = /^[\w-]{1,24}/.exec(keyPrefix)?.[0] ?? "something else";
  return `\`existing.key\` is not the full key of this id, which begins with ${begins}`;
}
