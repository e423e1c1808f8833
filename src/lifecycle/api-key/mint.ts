// Making one API key, exactly once, and finding again what a lost attempt made: shared by all resources that hold keys.
import type { ApiKey, CreatedKey } from "../../api/schemas";
import type { KeyKind } from "./kind";
import type { Context, Properties } from "../lifecycle";
import { bearing } from "./marked-keys";
import { createOnce } from "../create-once/create-once";
import { mayHaveLeft } from "../create-once/words";

/** A new key. */
export interface Minted {
  id: string;
  /** `key`, `keyPrefix` and `keyType`. */
  shown: Properties;
  /** RFC 3339, by the server's clock. */
  createdAt: string;
  /** A twin of a lost first attempt could not be ruled out. */
  unswept: boolean;
}

/**
 * Creates a key by `inputs`, whose `description` is final. `provable`: the description ends in a mark of ours, so whatever bears it is
 * ours.
 */
export async function mint(
  kind: KeyKind,
  inputs: Properties,
  provable: boolean,
  context: Context,
): Promise<Minted> {
  const what = nameOf(kind, inputs);
  const operation = context.client.operation(`Creating ${what}`);
  const created = await createOnce<CreatedKey, ApiKey>(
    {
      what,
      post: () => kind.post(inputs, context, operation),
      list: () => context.apiKeys.fresh(operation),
      isKnown: context.apiKeys.knownBefore(),
      judge(entry, age) {
        if (entry.description !== inputs.description) return "foreign";
        // A mark of long ago is an old key's, whose description somebody copied into the program; or some clock is very wrong.
        if (provable) return age === "long ago" ? "possible" : "proven";
        return age === "since" && kind.mismatch(entry, inputs) === undefined ? "possible" : "foreign";
      },
      remove: (id) => context.client.revokeApiKey(id, operation),
    },
    context,
  );
  const { id, ...shown } = created.value;
  context.apiKeys.noteCreated(id);
  const createdAt = rfc3339(created.serverTime ?? context.client.timing.now());
  return { id, shown, createdAt, unswept: created.unswept };
}

/** `the service key "…"`, for messages. */
export function nameOf(kind: KeyKind, inputs: Properties): string {
  return `the ${kind.noun} ${JSON.stringify(inputs.description)}`;
}

/**
 * Revokes whatever a creation with this description left, but for `except`. Without a mark nothing can be proved, so what looks like it is
 * only named.
 */
export async function clearUp(
  kind: KeyKind,
  inputs: Properties,
  provable: boolean,
  context: Context,
  except?: string,
): Promise<void> {
  const operation = context.client.operation(`Clearing up ${nameOf(kind, inputs)}`);
  const entries = [...(await context.apiKeys.fresh(operation)).byId.values()];
  const left = entries.filter((entry) => entry.description === inputs.description && entry.id !== except);
  if (provable) {
    for (const entry of left) await context.client.revokeApiKey(entry.id, operation);
  } else if (left.length > 0) {
    context.log(mayHaveLeft(nameOf(kind, inputs), left));
  }
}

/**
 * Revokes the keys of this kind whose description ends in this mark, whatever stands before it, but for `except`: a run that was killed may
 * have been given another description than this one.
 */
export async function revokeMarked(
  kind: KeyKind,
  mark: string,
  context: Context,
  except?: string,
): Promise<void> {
  const operation = context.client.operation(`Clearing up the ${kind.noun}s marked #${mark}`);
  const { byId } = await context.apiKeys.fresh(operation);
  for (const entry of bearing(kind, [mark], byId)) {
    if (entry.id !== except) await context.client.revokeApiKey(entry.id, operation);
  }
}

/** RFC 3339 in UTC, whole seconds. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}
