// The life of an API key, be it a service key or a personal access token; what differs between the two is a KeyKind.
import { NotFoundError } from "../../errors";
import { pathSegment } from "../../api/path-segment";
import { sanitize } from "../../text/redact";
import type { ApiKey } from "../../api/schemas";
import { bearsMark, drawMark, fillIn, isTemplate, markOf } from "../../text/auto-name";
import { checkExisting, existingToTake, noteHeld, takeOver, wasTakenOver } from "./take-over";
import { InputCheck, same, without } from "../inputs";
import { outputsOf, SETTINGS, settingsOf } from "./kind";
import type { KeyKind } from "./kind";
import type { Context, Diff, Lifecycle, Properties, State } from "../lifecycle";
import { keysMarked } from "./marked-keys";
import { clearUp, mint, nameOf } from "./mint";
import { mayHaveLeft } from "../create-once/words";
import { refuseSelfLockout } from "./self-lockout";
import {
  diffOfUnresolved,
  isUnresolved,
  keepingTrack,
  unresolvedState,
  unsweptFailure,
} from "../create-once/unresolved";

export function apiKeyLifecycle(kind: KeyKind): Lifecycle {
  return {
    check(olds, news) {
      const common = ["description", "rotationTriggers", "recreateIfInvalid", "existing"];
      const check = new InputCheck(news, [...kind.fixed, ...kind.changeable, ...common]);
      kind.check(check, news);
      check.auto("description", olds, { adopting: news.existing !== undefined, renew: false });
      check.textMap("rotationTriggers");
      check.flag("recreateIfInvalid");
      checkExisting(check, olds, news);
      return check.result();
    },
    diff(id, olds, news, now) {
      noteHeld(id);
      return diffOfUnresolved(id, olds, () => diffKey(kind, id, olds, news, now));
    },
    create: (inputs, context) => createKey(kind, inputs, context),
    read: (id, olds, context) => readKey(kind, id, olds, context),
    async update(id, olds, news, context) {
      if (olds.unresolved === true) await clearUpAfter(kind, olds, context, id);
      return { ...without(olds, "unresolved", ...SETTINGS), ...settingsOf(kind, news, olds) };
    },
    async delete(id, olds, context) {
      if (isUnresolved(id)) return clearUpAfter(kind, olds, context);
      // First of all: a twin's mark is the key's own as well.
      refuseSelfLockout(kind.noun, id, olds, context.client.connection);
      if (olds.unresolved === true) await clearUpAfter(kind, olds, context, id);
      if (wasTakenOver(id, context)) {
        context.log(`The ${kind.noun} ${id} stays: another resource of this run has taken it over.`);
        return;
      }
      await context.client.revokeApiKey(id, context.client.operation(`Revoking the ${kind.noun} ${id}`));
    },
  };
}

function diffKey(kind: KeyKind, id: string, olds: Properties, news: Properties, now: number): Diff {
  const replaces = [...kind.fixed, "rotationTriggers"].filter((name) => !same(olds[name], news[name]));
  if (!isTemplate(news.description, "description") && !same(olds.description, news.description)) {
    replaces.push("description");
  }
  const taking = existingToTake(news);
  if (taking && taking.id !== id) replaces.push("existing");
  replaces.push(...kind.due(olds, news, now));
  const settings = settingsOf(kind, news, olds);
  const changed = SETTINGS.some((name) => !same(olds[name], settings[name]));
  return { changes: changed || replaces.length > 0, replaces };
}

async function createKey(kind: KeyKind, inputs: Properties, context: Context): Promise<State> {
  if (existingToTake(inputs)) return takeOver(kind, inputs, context);
  const { description } = inputs;
  const settled = {
    ...inputs,
    description: isTemplate(description, "description") ? fillIn(description) : description,
  };
  const provable = bearsMark(settled.description, "description");
  const mark = markFor(settled.description);
  const minted = await keepingTrack(mark, settled, () => mint(kind, settled, provable, context));
  const outputs = outputsOf(kind, settled, { ...minted.shown, isActive: true }, minted.createdAt);
  if (minted.unswept) throw unsweptFailure(minted.id, outputs, nameOf(kind, settled));
  return { id: minted.id, outputs };
}

/** What an unresolved creation is known by: its mark, or one drawn for it. */
function markFor(description: unknown): string {
  return bearsMark(description, "description") ? markOf(description) : drawMark();
}

/** Revokes what a creation that was not cleared up may have left, but for `except`. */
function clearUpAfter(kind: KeyKind, olds: Properties, context: Context, except?: string): Promise<void> {
  return clearUp(kind, olds, bearsMark(olds.description, "description"), context, except);
}

async function readKey(
  kind: KeyKind,
  id: string,
  olds: Properties,
  context: Context,
): Promise<State | undefined> {
  if (isUnresolved(id)) return { id, outputs: olds };
  pathSegment(id);
  const entry = await context.apiKeys.find(id);
  if (olds.createdAt === undefined && olds.key === undefined) {
    return { id, outputs: outputsOfGet(kind, id, entry) };
  }
  // A key that was only looked up (`get`) is not ours to make anew: it is gone when the list says so, and not before.
  const counts = entry && (entry.isActive || olds.recreateIfInvalid === false || olds.key === undefined);
  // Gone, but for the twin that may live.
  if (!counts) return olds.unresolved === true ? unresolvedState(markFor(olds.description), olds) : undefined;
  await nameTwins(kind, id, olds, context);
  const kept = without(olds, "lastUsedAt");
  return {
    id,
    outputs: { ...kept, ...kind.listed(entry), isActive: entry.isActive, lastUsedAt: entry.lastUsedAt },
  };
}

/** An attempt that took place only after the last look left a twin, which nothing but its mark gives away. */
async function nameTwins(kind: KeyKind, id: string, olds: Properties, context: Context): Promise<void> {
  if (olds.key === undefined || !bearsMark(olds.description, "description")) return;
  const { byId } = await context.apiKeys.shared();
  const twins = keysMarked(markOf(olds.description), byId).filter(
    (entry) => entry.description === olds.description && entry.id !== id,
  );
  if (twins.length > 0) context.log(mayHaveLeft(nameOf(kind, olds), twins));
}

/** For `.get`: everything that the list shows; the key itself is shown by the API only at its creation. */
function outputsOfGet(kind: KeyKind, id: string, entry: ApiKey | undefined): Properties {
  const wrong = entry ? kind.mismatch(entry, {}) : "the account does not hold it";
  if (!entry || wrong !== undefined) {
    throw new NotFoundError({
      message: `There is no ${kind.noun} with the id ${id}: ${sanitize(wrong ?? "")}.`,
      outcome: "rejected",
    });
  }
  return without(entry, "id");
}
