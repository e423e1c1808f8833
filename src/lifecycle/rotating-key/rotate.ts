// One update of a rotating key: revoke the previous key if its time has come, create the next one if that is due, and leave a state that is true
// whatever fails in between.
import type { ApiKey } from "../../api/schemas";
import { errorMessage, RefusedError } from "../../errors";
import { createKey, describeKey } from "../api-key/create-key";
import { isOwnCredential } from "../api-key/self-lockout";
import { UnresolvedError } from "../create-once/failures";
import type { LostAttempt } from "../create-once/lost-attempt";
import { possibleDuplicateMessage } from "../create-once/messages";
import { knownSpec } from "../api-key/diff";
import { IncompleteError, known } from "../lifecycle";
import { entryOf, mayBeUnlisted } from "../listing";
import type { Snapshot } from "../listing";
import type { Run } from "../run";
import { isPast, rfc3339 } from "../time";
import type { RotatingKeyInputs } from "./inputs";
import {
  asPrevious,
  changedKeyInputs,
  isDueByTime,
  nextMarker,
  nextRotation,
  withSettings,
} from "./schedule";
import type { Rotation } from "./schedule";
import { cleanUpLostRotation, leftByRotation, reportLeftovers } from "./leftovers";
import { reasonToKeep, revokeUnlessHeld } from "./still-in-use";
import { withMarker } from "./state";
import type { HoldingKeys, PreviousKey } from "./state";

/** Brings the keys up to date. In this order, so that never more than two keys are live, and never none. */
export async function updateRotatingKey<Spec extends object>(
  rotation: Rotation<Spec>,
  state: HoldingKeys<Spec>,
  inputs: RotatingKeyInputs<Spec>,
  run: Run,
): Promise<HoldingKeys<Spec>> {
  const update = new RotationUpdate(rotation, state, inputs, run);
  try {
    await update.carryOut();
    return update.state;
  } catch (error) {
    if (error instanceof IncompleteError) throw error;
    // Record the steps that did succeed; otherwise a later update would rely on a revoked key.
    throw new IncompleteError(update.state, errorMessage(error));
  }
}

class RotationUpdate<Spec extends object> {
  state: HoldingKeys<Spec>;
  private snapshot: Snapshot<ApiKey> | undefined;

  constructor(
    private readonly rotation: Rotation<Spec>,
    private readonly before: HoldingKeys<Spec>,
    private readonly inputs: RotatingKeyInputs<Spec>,
    private readonly run: Run,
  ) {
    this.state = withSettings(before, inputs);
  }

  private get sender(): { description: string; owner: string } {
    return { description: known(this.inputs.description, "description"), owner: this.inputs.owner };
  }

  async carryOut(): Promise<void> {
    const { before, inputs, run } = this;
    const now = run.client.timing.now();
    const isAskedFor = changedKeyInputs(this.rotation, before, inputs).length > 0;
    if (this.state.lost) await this.cleanUp(this.state.lost);
    // After an update that failed, consumers may not have switched yet; and a changed overlap is not acted on by the update that changes it.
    else if (before.overlapDays === this.state.overlapDays) await this.retireIfDue(now);
    if (isAskedFor || !this.state.current.isActive || isDueByTime(this.state, now))
      await this.rotate(isAskedFor);
  }

  private async cleanUp(lost: NonNullable<HoldingKeys<Spec>["lost"]>): Promise<void> {
    await cleanUpLostRotation(this.rotation.kind, lost, this.before, this.sender, this.run);
    this.state = { ...this.state, lost: null };
  }

  /** A local clock may cause a look; only the server's own decides that the previous key's time is over. */
  private async retireIfDue(now: number): Promise<void> {
    const { previous } = this.state;
    if (!previous || !isPast(previous.retireAt, now)) return;
    const snapshot = await this.look();
    const { serverTime } = snapshot;
    if (serverTime === undefined || !isPast(previous.retireAt, serverTime)) return;
    const reason = this.state.current.isActive
      ? reasonToKeep(this.state, snapshot, serverTime, this.run.client.connection)
      : "the current key is not active, and no new key exists yet";
    if (reason === undefined) return this.revokePrevious(previous);
    this.run.log(`${this.what()}: keeping the previous key ${previous.id}: ${reason}.`);
  }

  /** A rotation that the program asks for does not wait for an overlap: the older key goes at once, so that no more than two are live. */
  private async makeRoom(previous: PreviousKey): Promise<void> {
    if (isOwnCredential(previous, this.run.client.connection)) {
      throw new RefusedError(
        `${this.what()} cannot be rotated now: this update is authenticated with its previous key ${previous.id}, which has to be revoked first.` +
          ` Configure another credential (such as the current key) and run \`pulumi up\` again.`,
      );
    }
    await this.revokePrevious(previous);
  }

  private async revokePrevious({ id }: PreviousKey): Promise<void> {
    await revokeUnlessHeld(id, `the previous ${this.rotation.kind.label} ${id}`, this.run);
    this.state = { ...this.state, previous: null };
  }

  private async rotate(isAskedFor: boolean): Promise<void> {
    const { rotation, run, inputs } = this;
    const snapshot = await this.look();
    const { byId, serverTime } = snapshot;
    const { current, previous } = this.state;
    if (!isAskedFor && current.isActive) {
      // The local clock may be wrong.
      if (!isDueByTime(this.state, serverTime ?? run.client.timing.now())) return;
      if (previous) {
        run.log(
          `${this.what()}: rotation is due but postponed until ${previous.retireAt}, because the previous key ${previous.id} is still within its overlap.`,
        );
        return;
      }
    }
    // The consumers of a key that is not active may still use the previous one.
    if (previous && current.isActive) await this.makeRoom(previous);
    const spec = knownSpec(rotation.kind, inputs);
    const { sender } = this;
    const description = withMarker(sender.description, nextMarker(current.id, sender.owner));
    const attempt = { description, hasMarker: true, service: rotation.kind.serviceOf(spec) };
    await this.removeLeftovers(snapshot);
    // It may be activated again, or have been live all along in an account whose lists lag.
    if (!current.isActive && (byId.has(current.id) || mayBeUnlisted(current.createdAt, serverTime))) {
      await revokeUnlessHeld(current.id, `the inactive ${rotation.kind.label} ${current.id}`, run);
    }
    const startedAt = serverTime === undefined ? null : rfc3339(serverTime);
    const next = await this.create(spec, { ...attempt, startedAt });
    this.state = {
      ...this.state,
      current: { ...next, description: sender.description },
      previous: current.isActive ? asPrevious(this.state, next.createdAt) : this.state.previous,
      rotationTriggers: inputs.rotationTriggers,
      nextRotationAt: known(nextRotation(inputs.rotateEveryDays, next.createdAt), "rotateEveryDays"),
      owner: inputs.owner,
      lost: next.duplicatePossible ? { ...attempt, startedAt } : null,
    };
    if (next.duplicatePossible) {
      throw new IncompleteError(
        this.state,
        possibleDuplicateMessage(describeKey(rotation.kind, description)),
      );
    }
  }

  private async create(spec: Spec, attempt: LostAttempt) {
    try {
      return await createKey(this.rotation.kind, { ...attempt, spec }, this.run);
    } catch (error) {
      if (!(error instanceof UnresolvedError)) throw error;
      const isKnown = attempt.startedAt !== null && error.started.byLocalClock === true;
      const lost = { ...attempt, ...(isKnown ? {} : error.started) };
      throw new IncompleteError({ ...this.state, lost }, error.message);
    }
  }

  /** An update that was killed here may have created the key already; its secret is lost, so it is revoked. */
  private async removeLeftovers(list: Snapshot<ApiKey>): Promise<void> {
    const { rotation, run, sender } = this;
    const others = [...list.byId.values()].filter(({ id }) => !run.apiKeys.wasRemoved(id));
    const { owned, maybe } = leftByRotation(rotation.kind, this.state, sender, others);
    for (const { id } of owned) {
      await revokeUnlessHeld(id, `the ${rotation.kind.label} ${id} of an interrupted update`, run);
    }
    reportLeftovers(this.what(), maybe, list, run);
  }

  /** One list for the whole update, and it decides whether the current key is active: since the last refresh, that may have changed in either direction. */
  private async look(): Promise<Snapshot<ApiKey>> {
    if (this.snapshot) return this.snapshot;
    const snapshot = await this.run.apiKeys.fresh();
    const { current } = this.state;
    const entry =
      entryOf(snapshot, current.id) ??
      (await this.run.apiKeys.findUnlisted(current.id, current.createdAt, snapshot.serverTime));
    this.state = { ...this.state, current: { ...current, isActive: entry?.isActive === true } };
    return (this.snapshot = snapshot);
  }

  private what(): string {
    return describeKey(this.rotation.kind, this.state.current.description ?? undefined);
  }
}
