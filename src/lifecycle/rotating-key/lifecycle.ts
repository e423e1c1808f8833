// The life of a rotating key: one resource that holds a key and, for an overlap, its predecessor. Due times come from the state; nothing due, no request.
import type { ApiKey } from "../../api/schemas";
import { drawMark } from "../../text/auto-name";
import type { KeyKind } from "../api-key/kind";
import { InputCheck, same, without } from "../inputs";
import type { Checked, Context, Diff, Lifecycle, Properties, State } from "../lifecycle";
import { bearing } from "../api-key/marked-keys";
import { clearUp, mint, nameOf } from "../api-key/mint";
import { rotationRun } from "./rotate";
import { marked, outputsOf, past, PREVIOUS, rotationDue, schedule, successorMark, text } from "./state";
import type { RotatingKind } from "./state";
import { refuseSelfLockout } from "../api-key/self-lockout";
import { diffOfUnresolved, isUnresolved, keepingTrack, unsweptFailure } from "../create-once/unresolved";

const MOST_DAYS = 3_650;
/** `identity`: the fixed inputs that name another thing when they change; a change of the others rotates. */
export function rotatingLifecycle(kind: KeyKind, identity: readonly string[]): Lifecycle {
  const life: RotatingKind = {
    kind,
    identity,
    rotating: [...kind.fixed.filter((name) => !identity.includes(name)), "description", "rotationTriggers"],
  };
  return {
    check: (_olds, news) => check(life, news),
    diff: (id, olds, news, now) => diffOfUnresolved(id, olds, () => diff(life, olds, news, now)),
    create: (inputs, context) => create(life, inputs, context),
    read: (id, olds, context) => read(life, id, olds, context),
    update: (id, olds, news, context) => rotationRun(life, id, olds, news, context),
    delete: (id, olds, context) => remove(life, id, olds, context),
  };
}

function check({ kind }: RotatingKind, news: Properties): Checked {
  const own = ["description", "rotationTriggers", "rotateEveryDays", "overlapDays", "holdWhileUsed"];
  const check = new InputCheck(news, [...kind.fixed, ...own]);
  kind.check(check, news);
  check.text("description");
  check.textMap("rotationTriggers");
  if (check.required("rotateEveryDays", "how many days a key serves before its successor is made")) {
    check.days("rotateEveryDays", MOST_DAYS);
  }
  check.days("overlapDays", MOST_DAYS, 0);
  check.flag("holdWhileUsed");
  const { rotateEveryDays: every, overlapDays: overlap, expiresInDays: end } = news;
  if (typeof every === "number" && typeof overlap === "number" && overlap >= every) {
    check.fail(
      "overlapDays",
      `\`overlapDays\` (${overlap}) must be smaller than \`rotateEveryDays\` (${every}), or more than two keys would live at once`,
    );
  }
  if (
    typeof every === "number" &&
    typeof end === "number" &&
    end < every + (typeof overlap === "number" ? overlap : 0)
  ) {
    check.fail(
      "expiresInDays",
      `\`expiresInDays\` (${end}) must be at least \`rotateEveryDays\` and \`overlapDays\` together, or a key would end while it is in use`,
    );
  }
  return check.result();
}

function diff(life: RotatingKind, olds: Properties, news: Properties, now: number): Diff {
  const replaces = life.identity.filter((name) => !same(olds[name], news[name]));
  if (replaces.length > 0) return { changes: true, replaces };
  const times = schedule(news, olds);
  const changes =
    rotationDue(life, olds, news, now) ||
    past(olds.retireAt, now) ||
    olds.nextRotationAt !== times.nextRotationAt ||
    !same(olds.overlapDays, news.overlapDays) ||
    !same(olds.holdWhileUsed, news.holdWhileUsed);
  return { changes, replaces: [] };
}

async function create(life: RotatingKind, inputs: Properties, context: Context): Promise<State> {
  const mark = drawMark();
  const sent = marked(inputs, mark);
  const minted = await keepingTrack(mark, sent, () => mint(life.kind, sent, true, context));
  const outputs = outputsOf(life, inputs, minted);
  const id = `rotating-${mark}`;
  if (minted.unswept) throw unsweptFailure(id, { ...outputs, unresolvedMark: mark }, nameOf(life.kind, sent));
  return { id, outputs };
}

async function read(
  { kind }: RotatingKind,
  id: string,
  olds: Properties,
  context: Context,
): Promise<State | undefined> {
  if (isUnresolved(id)) return { id, outputs: olds };
  const current = await context.apiKeys.find(text(olds.keyId));
  const previous =
    olds.previousKeyId === undefined ? undefined : await context.apiKeys.find(text(olds.previousKeyId));
  const alive = (entry: ApiKey | undefined): boolean => entry?.isActive === true;
  const { byId } = await context.apiKeys.shared();
  const left = bearing(kind, marksOf(olds), byId).filter(
    (entry) => entry.id !== olds.keyId && entry.id !== olds.previousKeyId,
  );
  if (!alive(current) && !alive(previous) && left.length === 0) return undefined;
  const kept = { ...(alive(previous) ? olds : without(olds, ...PREVIOUS)), ...unresolvedBy(left, olds) };
  return { id, outputs: { ...kept, isActive: alive(current), lastUsedAt: current?.lastUsedAt } };
}

/** Revokes all keys of the resource, the predecessor first, with whatever a killed run may have made. */
async function remove(life: RotatingKind, id: string, olds: Properties, context: Context): Promise<void> {
  if (isUnresolved(id)) return clearUp(life.kind, olds, true, context);
  const { connection } = context.client;
  refuseSelfLockout(life.kind.noun, text(olds.keyId), olds, connection);
  refuseSelfLockout(
    life.kind.noun,
    text(olds.previousKeyId),
    { key: olds.previousKey, keyPrefix: olds.previousKeyPrefix },
    connection,
  );
  const left = bearing(life.kind, marksOf(olds), (await context.apiKeys.shared()).byId);
  const ids = [text(olds.previousKeyId), ...left.map((entry) => entry.id), text(olds.keyId)];
  for (const keyId of ids.filter((known) => known !== "")) {
    await context.client.revokeApiKey(
      keyId,
      context.client.operation(`Revoking the ${life.kind.noun} ${keyId}`),
    );
  }
}

/** What a killed run left is revoked by the next `up`, whether a rotation is due or not. */
function unresolvedBy(left: readonly ApiKey[], olds: Properties): Properties {
  if (left.length === 0 || olds.unresolved === true) return {};
  return { unresolved: true, unresolvedMark: successorMark(olds.keyId) };
}

/** The marks of whatever a killed or failed run of this resource may have left. */
function marksOf(olds: Properties): string[] {
  return [successorMark(olds.keyId), ...(olds.unresolved === true ? [text(olds.unresolvedMark)] : [])];
}
