// `existing: { id, key }`: taking over a key made by hand. It happens once; a later replacement makes a new key like any other.
import { createHash } from "node:crypto";

import { ConfigurationError } from "../../errors";
import { sanitize } from "../../text/redact";
import { isTemplate } from "../../text/auto-name";
import { outputsOf } from "./kind";
import type { KeyKind } from "./kind";
import { InputCheck, isRecord, shape } from "../inputs";
import { UNKNOWN } from "../lifecycle";
import type { Context, Properties, State } from "../lifecycle";

/**
 * Programs of this run whose key is in the state already. The engine checks a resource that is to be replaced twice, the second time
 * without its old inputs; without this memory the replacement would take over the very key that it replaces.
 */
const taken = new Set<string>();

/** Keys that resources of this stack hold already, as far as this run has come by them. */
const held = new Set<string>();

/** To be told of every key that is in the state. */
export function noteHeld(id: string): void {
  held.add(id);
}

/** What a resource of this run claims when it takes over the key of this id. */
function claimOf(id: string): string {
  return `api-key ${id}`;
}

/** Has another resource of this run taken this key over? Under another name, say, while the one of the old name is removed. */
export function wasTakenOver(id: string, context: Context): boolean {
  return context.claims.holder(claimOf(id)) !== undefined;
}

/**
 * Checks the input. Once the state holds the key, only the id is kept: that says "done", and the secret stands in the state no longer
 * than it must. Failures name no property, since the engine would print its value.
 */
export function checkExisting(check: InputCheck, olds: Properties, news: Properties): void {
  if (!check.known("existing")) return;
  const { existing } = news;
  if (!isRecord(existing) || Object.keys(existing).some((name) => name !== "id" && name !== "key")) {
    check.fail("", "`existing` must be an object { id, key }");
    return;
  }
  const { id, key } = existing;
  if (id !== UNKNOWN && (typeof id !== "string" || !/^[A-Za-z0-9_-]+$/.test(id))) {
    check.fail("", `\`existing.id\` must be the id of a key as the key list shows it, not ${shape(id)}`);
  }
  if (key !== UNKNOWN && (typeof key !== "string" || !/^[\x21-\x7e]+$/.test(key))) {
    check.fail("", `\`existing.key\` must be the full key, without white space, not ${shape(key)}`);
  }
  const program = createHash("sha256").update(JSON.stringify(news)).digest("hex");
  if (isRecord(olds.existing) && olds.existing.id === id) taken.add(program);
  check.inputs.existing = taken.has(program) ? { id } : { id, key };
}

/** The key that a creation must take over, if its inputs ask for it and it has not happened yet. */
export function existingToTake(inputs: Properties): { id: unknown; key: unknown } | undefined {
  if (inputs.existing === UNKNOWN) return { id: UNKNOWN, key: UNKNOWN };
  if (!isRecord(inputs.existing) || inputs.existing.key === undefined) return undefined;
  return { id: inputs.existing.id, key: inputs.existing.key };
}

/** Takes the key over, after the list confirmed all that it can confirm. Nothing is created or changed in the account. */
export async function takeOver(kind: KeyKind, inputs: Properties, context: Context): Promise<State> {
  const { id, key } = existingToTake(inputs) as { id: string; key: string };
  const refuse = (why: string): never => {
    throw new ConfigurationError(
      `Taking over the ${kind.noun} ${id} (\`existing\`) was refused: ${why}. Nothing was created or changed.`,
    );
  };
  if (held.has(id)) return refuse("another resource of this stack holds it already");
  const entry = await context.apiKeys.find(id);
  if (!entry) return refuse("the account does not hold it; remove `existing` to have a new one created");
  if (!entry.isActive) return refuse("it is not active; remove `existing` to have a new one created");
  const wrong = kind.mismatch(entry, inputs);
  if (wrong !== undefined) return refuse(sanitize(wrong));
  if (entry.keyPrefix === "" || !key.startsWith(entry.keyPrefix) || key.length <= entry.keyPrefix.length) {
    // Of what the list shows no more than a prefix is printed, whatever it is.
    const begins = /^[\w-]{1,24}/.exec(entry.keyPrefix)?.[0] ?? "something else";
    return refuse(`\`existing.key\` is not the full key of this id, which begins with ${begins}`);
  }
  const explicit = !isTemplate(inputs.description, "description");
  if (explicit && inputs.description !== entry.description) {
    return refuse(
      `its description is ${JSON.stringify(sanitize(entry.description ?? "", [], 100))}, and the API cannot change it; give that one or leave \`description\` out`,
    );
  }
  // Last, and without a pause before it: a refused resource claims nothing.
  if (context.claims.take(claimOf(id), kind.noun) !== undefined) {
    throw new ConfigurationError(
      `The key ${id} is named by \`existing\` of two resources; only one can own it.`,
    );
  }
  const shown = {
    key,
    keyPrefix: entry.keyPrefix,
    keyType: entry.keyType,
    isActive: true,
    lastUsedAt: entry.lastUsedAt,
  };
  const declared = { ...inputs, description: entry.description };
  context.apiKeys.noteCreated(id);
  return { id, outputs: outputsOf(kind, declared, { ...shown, ...kind.listed(entry) }, entry.createdAt) };
}
