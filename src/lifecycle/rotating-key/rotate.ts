// One run of a rotating key: retire the predecessor, make the successor, and leave a state that is true whatever fails in between.
import { parseApiTime } from "../../api/timing";
import { without } from "../inputs";
import { PartialFailure } from "../lifecycle";
import type { Context, Properties } from "../lifecycle";
import { mint, nameOf, revokeMarked, rfc3339 } from "../api-key/mint";
import type { Minted } from "../api-key/mint";
import { messageOf, UnresolvedError } from "../create-once/create-once";
import {
  DAY_MS,
  marked,
  outputsOf,
  past,
  PREVIOUS,
  rotationDue,
  settings,
  successorMark,
  text,
} from "./state";
import type { RotatingKind } from "./state";
import { isOwnCredential } from "../api-key/self-lockout";
import { unsweptFailure } from "../create-once/unresolved";

/**
 * One run: retire the predecessor if its time has come, then rotate if that is due. In this order, so that no more than two keys live at once;
 * and a key that this run turns into a predecessor is never retired by the same run, however late it comes.
 */
export async function rotationRun(
  life: RotatingKind,
  id: string,
  olds: Properties,
  news: Properties,
  context: Context,
): Promise<Properties> {
  const now = context.client.timing.now();
  let state: Properties = { ...olds, ...settings(news, olds) };
  try {
    if (state.unresolved === true) state = await healed(life, state, context);
    // After a run that failed, nobody may have moved to its key yet: the predecessor stays for this one.
    else if (past(state.retireAt, now)) state = await retire(life, state, news, now, context);
    if (rotationDue(life, state, news, now)) state = await rotate(life, id, state, news, context);
    return state;
  } catch (error) {
    if (error instanceof PartialFailure) throw error;
    // What was done before the failure is done: the state must say so, or a later run would trust a key that is gone.
    throw new PartialFailure(id, state, messageOf(error));
  }
}

async function healed(life: RotatingKind, state: Properties, context: Context): Promise<Properties> {
  await revokeMarked(life.kind, text(state.unresolvedMark), context, text(state.keyId));
  return without(state, "unresolved", "unresolvedMark");
}

async function retire(
  life: RotatingKind,
  state: Properties,
  news: Properties,
  now: number,
  context: Context,
): Promise<Properties> {
  const id = text(state.previousKeyId);
  const held = await whyHeld(state, news, now, context);
  if (held !== undefined) {
    context.log(`${nameOf(life.kind, state)}: its predecessor ${id} stays for now, ${held}.`);
    return state;
  }
  await context.client.revokeApiKey(id, context.client.operation(`Retiring the ${life.kind.noun} ${id}`));
  return without(state, ...PREVIOUS);
}

async function whyHeld(
  state: Properties,
  news: Properties,
  now: number,
  context: Context,
): Promise<string | undefined> {
  const previous = { key: state.previousKey, keyPrefix: state.previousKeyPrefix };
  if (isOwnCredential(previous, context.client.connection)) return "since this very run is logged in with it";
  if (news.holdWhileUsed !== true) return undefined;
  const entry = (await context.apiKeys.fresh()).byId.get(text(state.previousKeyId));
  const used = parseApiTime(entry?.lastUsedAt ?? "");
  // In use means: used since half of the overlap, or the last day, had passed.
  const lately = now - Math.max(DAY_MS, (Number(news.overlapDays ?? 0) * DAY_MS) / 2);
  return used >= lately ? `since it was used at ${rfc3339(used)} (\`holdWhileUsed\`)` : undefined;
}

async function rotate(
  life: RotatingKind,
  id: string,
  state: Properties,
  news: Properties,
  context: Context,
): Promise<Properties> {
  if (state.previousKeyId !== undefined && state.isActive === true) {
    const why = `its predecessor ${text(state.previousKeyId)} is still in its overlap`;
    context.log(
      `${nameOf(life.kind, news)} is due for rotation, but ${why}; a run after ${text(state.retireAt)} rotates it.`,
    );
    return state;
  }
  const mark = successorMark(state.keyId);
  const sent = marked(news, mark);
  // A run that was killed here may have made the successor already; its secret is lost, so it goes.
  await revokeMarked(life.kind, mark, context);
  let minted: Minted;
  try {
    minted = await mint(life.kind, sent, true, context);
  } catch (error) {
    if (!(error instanceof UnresolvedError)) throw error;
    throw new PartialFailure(id, { ...state, unresolved: true, unresolvedMark: mark }, error.message);
  }
  const successor = { ...outputsOf(life, news, minted), ...predecessorOf(state, news, minted) };
  if (!minted.unswept) return successor;
  throw unsweptFailure(id, { ...successor, unresolvedMark: mark }, nameOf(life.kind, sent));
}

/** What the state says of the key that was current until now; nothing if it was dead already. */
function predecessorOf(state: Properties, news: Properties, successor: Minted): Properties {
  if (state.isActive !== true) {
    const { previousKey, previousKeyId, previousKeyPrefix, retireAt } = state;
    return { previousKey, previousKeyId, previousKeyPrefix, retireAt };
  }
  return {
    previousKey: state.key,
    previousKeyId: state.keyId,
    previousKeyPrefix: state.keyPrefix,
    retireAt: rfc3339(Date.parse(successor.createdAt) + Number(news.overlapDays ?? 0) * DAY_MS),
  };
}
