// One update of a rotating key: revoke the previous key if its overlap is over, create the next one if it is
// due, and leave a true state whatever fails in between.
import type { ApiKey } from "../../api/schemas";
import { parseApiTime } from "../../api/timing";
import { errorMessage, RefusedError } from "../../errors";
import { overlapOf } from "../../fields/api-key";
import { presenceIn } from "../../judge/presence";
import { capitalize } from "../../text/quote";
import { DAY_MS, rfc3339 } from "../../values";
import type { Known } from "../../values";
import type { Snapshot } from "../account-list";
import { createKey, describeKey } from "../api-key/create-key";
import { provenTime } from "../api-key/kind";
import type { KeyKind, LostKey } from "../api-key/kind";
import { apiKeyClaim, deleteUnlessHeld } from "../holders";
import type { Outcome } from "../lifecycle";
import type { Run } from "../run";
import { isOwnCredential } from "../api-key/guards";
import type { RotatingKeyInputs } from "./inputs";
import { findLeftovers, reportLeftovers } from "./leftovers";
import { asPrevious, planRotation, settingsOf, withSettings } from "./plan";
import type { RotationPlan } from "./plan";
import { nextMarker, withMarker } from "./state";
import type { HoldingKeys, PreviousKey } from "./state";

/** The facts about the account that an update knows. */
interface Look {
  list: Snapshot<ApiKey>;
  /** `doubtful`: not listed, but perhaps only not yet. */
  current: "live" | "inactive" | "gone" | "doubtful";
}

/** Brings the keys up to date, in this order, so that there are always one or two live keys. */
export class RotationUpdate {
  private state: HoldingKeys;

  constructor(
    private readonly kind: KeyKind,
    private readonly before: HoldingKeys,
    private readonly inputs: Known<RotatingKeyInputs>,
    private readonly context: Run,
  ) {
    this.state = withSettings(before, inputs);
  }

  async apply(): Promise<Outcome<HoldingKeys>> {
    try {
      const unfinished = await this.run();
      return { state: this.state, unfinished };
    } catch (error) {
      // Record the steps that succeeded; otherwise a later update would rely on a revoked key.
      return { state: this.state, unfinished: errorMessage(error) };
    }
  }

  /**
   * The local clock triggers the check; the server's decides. Returns a message if something is unfinished.
   */
  private async run(): Promise<string | undefined> {
    const local = this.plan(this.context.client.timing.now());
    if (!this.state.lost && local.rotate === undefined && !local.isOverlapOver && !local.isPostponed)
      return undefined;
    const look = await this.look();
    if (this.state.lost) await this.removeLeftovers(look.list);
    const { serverTime } = look.list;
    const plan = this.plan(serverTime ?? this.context.client.timing.now());
    const isRetired = plan.isOverlapOver && (await this.retire(look));
    // The reason why a previous key stays was logged before.
    if (plan.rotate === "due" && plan.isOverlapOver && !isRetired) return undefined;
    const { previous } = this.state;
    if (plan.isPostponed && previous)
      this.say(
        `rotation is due but postponed until ${previous.retireAt}, because the previous key ${previous.id} is still within its overlap.`,
        "info",
      );
    return plan.rotate === undefined ? undefined : this.rotate(look, plan.why);
  }

  /** `lost` is that of the old state: an attempt that this update cleaned up still keeps the previous key. */
  private plan(now: number): RotationPlan {
    const { kind, inputs, before } = this;
    return planRotation({ kind, inputs, state: { ...before, current: this.state.current } }, now);
  }

  /** Lists keys once per update, and refreshes `isActive`, which may have changed since the last refresh. */
  private async look(): Promise<Look> {
    const { current } = this.state;
    const { apiKeys, client } = this.context;
    const list = await apiKeys.fresh();
    const presence = await apiKeys.presenceIn(list, current.id, provenTime(current));
    const shown = presence.is === "gone" && presence.young ? "doubtful" : presence.is;
    // This update is authenticated with it, whatever the list shows.
    const is = isOwnCredential(current, client.connection) ? "live" : shown;
    const isActive = is === "live" || (is === "doubtful" && current.isActive);
    this.state = { ...this.state, current: { ...current, isActive } };
    return { list, current: is };
  }

  /** True if the previous key is revoked. */
  private async retire({ list }: Look): Promise<boolean> {
    const { previous } = this.state;
    if (!previous) return true;
    const reason = this.state.current.isActive
      ? reasonToKeep(previous, this.state, list, this.context)
      : "the current key is not active, and no new key exists yet";
    if (reason !== undefined) {
      this.say(`keeping the previous key ${previous.id}: ${reason}.`);
      return false;
    }
    await this.revokePrevious(previous);
    return true;
  }

  /** It is not younger than the key that came after it. */
  private async revokePrevious(previous: PreviousKey): Promise<void> {
    await this.revoke({ ...previous, createdAt: provenTime(this.before.current) }, "previous");
    this.state = { ...this.state, previous: null };
    if (this.context.apiKeys.wasRemoved(previous.id))
      this.say(`revoked the previous key ${previous.id}.`, "info");
  }

  private revoke(key: Revoked, which: string): Promise<void> {
    return revokeUnlessHeld(key, `the ${which} ${this.kind.label} ${key.id}`, this.context);
  }

  /** A rotation by the program does not wait for an overlap: it revokes the older key first. */
  private async makeRoom(previous: PreviousKey): Promise<void> {
    if (isOwnCredential(previous, this.context.client.connection)) {
      throw new RefusedError(
        `${this.what()} cannot be rotated now: this update is authenticated with its previous key ${previous.id}, which has to be revoked first.` +
          ` Configure another credential (such as the current key) and run \`pulumi up\` again.`,
      );
    }
    await this.revokePrevious(previous);
  }

  private async rotate({ list, current: is }: Look, why: string): Promise<string | undefined> {
    const { inputs, kind, context } = this;
    const { spec, owner, rotationTriggers } = inputs;
    const { current, previous } = this.state;
    // If the current key is not active, or may not be, its consumers may still use the previous one.
    if (previous && is === "live") await this.makeRoom(previous);
    const description = withMarker(inputs.description, nextMarker(current.id, owner));
    await this.removeLeftovers(list);
    const key = { spec, description, hasMarker: true, identity: description };
    const next = await createKey(kind, key, context);
    if (!next.key) {
      this.state = { ...this.state, lost: byServerClock(next.lost, list.serverTime) };
      return next.unfinished;
    }
    const isPrevious = current.isActive && (is === "live" || previous === null);
    const isReplaced = !isPrevious && is !== "gone";
    const old = asPrevious(this.state, next.key.createdAt);
    const kept = isPrevious ? old : this.state.previous;
    this.state = {
      ...this.state,
      ...settingsOf(inputs, next.key),
      ...{ rotationTriggers, owner },
      current: { ...next.key, description: inputs.description },
      // An inactive key may be activated again, an unlisted one may be live: until the end of its revocation
      // the state keeps it if it can.
      previous: isReplaced ? (kept ?? { ...old, retireAt: next.key.createdAt }) : kept,
      lost: next.lost ?? this.state.lost,
    };
    if (isReplaced) await this.revoke({ ...old, createdAt: provenTime(current) }, "replaced");
    this.state = { ...this.state, previous: kept };
    this.sayRotated(why);
    return next.unfinished;
  }

  private sayRotated(why: string): void {
    const { current, previous } = this.state;
    const overlap = previous
      ? ` The previous key ${previous.id} stays valid; the first \`pulumi up\` after ${previous.retireAt} revokes it.`
      : "";
    this.say(`rotated, because ${why}. The current key is ${current.id}.${overlap}`, "info");
  }

  /** An update that was killed may have created a key; its secret is lost, so it is revoked. */
  private async removeLeftovers(list: Snapshot<ApiKey>): Promise<void> {
    const { kind, context } = this;
    const left = await findLeftovers(kind, this.state, this.inputs, list, context);
    for (const entry of left.ours) {
      const what = `the ${kind.label} ${entry.id} of an interrupted update`;
      await revokeUnlessHeld({ ...entry, key: null }, what, context);
    }
    reportLeftovers(kind, this.state, left, context);
    if (!left.open) this.state = { ...this.state, lost: null };
    else if (left.hidden.length === 0) this.say(errorMessage(left.open));
  }

  private say(message: string, level?: "info"): void {
    this.context.log(`${this.what()}: ${message}`, level);
  }

  private what(): string {
    return capitalize(describeKey(this.kind, this.state.current.description));
  }
}

/** No response to the request showed the server's clock, but the list from before it did. */
function byServerClock(lost: LostKey, serverTime: number | undefined): LostKey {
  if (!lost.attemptedByLocalClock || serverTime === undefined) return lost;
  return { ...lost, attemptedAt: rfc3339(serverTime), attemptedByLocalClock: false };
}

/** Why the previous key stays although its overlap is over, if it does. */
function reasonToKeep(
  previous: PreviousKey,
  state: HoldingKeys,
  list: Snapshot<ApiKey>,
  { client: { connection } }: Run,
): string | undefined {
  const { serverTime } = list;
  if (serverTime === undefined)
    return "the API's response has no `Date` header, and the local clock does not count";
  if (isOwnCredential(previous, connection)) return "this update is authenticated with it";
  if (state.holdWhileUsed !== true) return undefined;
  const presence = presenceIn(list, previous.id, undefined, ({ isActive: active }) => active);
  if (presence.is === "unknown") throw presence.error;
  if (presence.is === "gone" || presence.entry.lastUsedAt === undefined) return undefined;
  const used = parseApiTime(presence.entry.lastUsedAt);
  if (Number.isNaN(used)) return "the API does not show when it was last used (`holdWhileUsed`)";
  // "Recently": within half the overlap, at least one day.
  const recently = serverTime - Math.max(DAY_MS, (overlapOf(state) * DAY_MS) / 2);
  return used >= recently ? `it was used at ${rfc3339(used)} (\`holdWhileUsed\`)` : undefined;
}

interface Revoked {
  id: string;
  key: string | null;
  keyPrefix?: string | null | undefined;
  createdAt?: string | undefined;
}

/** All revocations of a rotating key go through here. Keeps the key that this run is authenticated with. */
export async function revokeUnlessHeld(
  { id, key, keyPrefix = null, createdAt }: Revoked,
  what: string,
  run: Run,
): Promise<void> {
  if (isOwnCredential({ key, keyPrefix }, run.client.connection)) {
    run.log(`Keeping ${what}: this update is authenticated with it.`);
    return;
  }
  await deleteUnlessHeld(run, [{ what: apiKeyClaim(id), holder: "" }], what, "existing", () =>
    run.apiKeys.remove(id, `Revoking ${what}`, createdAt),
  );
}
