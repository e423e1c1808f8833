// Creates one thing exactly once: after a POST whose outcome is unknown, find out, clean up, try once more, or say exactly what is left.
import { errorMessage, LostResponseError, WaysCloudError } from "../../errors";
import { isAmbiguous, isConflict, UnresolvedError } from "./failures";
import type { WithServerTime } from "../../api/client";
import { assertNothingHidden } from "../../api/list";
import type { Run } from "../run";
import type { Created, Creation, Listed } from "./creation";
import { listCandidates, possibleLeftoverMessage, unprovenMessage, unresolvedMessage } from "./messages";
import { startedAt, StartTime } from "./start-time";

/** When the list is read after an ambiguous POST: at 0, 2 and 6 seconds. */
const READ_AFTER_MS = [0, 2_000, 4_000];

/** Creates it, whatever becomes of the responses. @throws UnresolvedError when that could not be brought to an end. */
export function createOnce<Made extends { id: string }, Entry extends Listed>(
  creation: Creation<Made, Entry>,
  run: Run,
): Promise<Created<Made>> {
  return new CreateOnce(creation, run).create();
}

/** What the list shows that is ours, or may be. */
interface Candidates<Entry> {
  owned: Entry[];
  maybe: Entry[];
  serverTime: number | undefined;
}

/** What became of an attempt whose response was lost: kept, or `removed` so many objects of it. */
interface Resolution<Made> {
  kept?: WithServerTime<Made>;
  removed: number;
}

class CreateOnce<Made extends { id: string }, Entry extends Listed> {
  private started: StartTime;
  private serverTime: number | undefined;
  /** Ids that were listed after the first attempt. */
  private readonly seen = new Set<string>();

  constructor(
    private readonly creation: Creation<Made, Entry>,
    private readonly run: Run,
  ) {
    this.started = new StartTime(run.client.timing);
  }

  async create(): Promise<Created<Made>> {
    const { creation, run } = this;
    const lost = run.lostCreations.take(creation.sameInputs);
    if (!lost) return this.firstAttempt();
    // This run has tried it before, and nobody kept the result: begin with what that attempt left.
    this.started = lost.started;
    if (!lost.made) return this.afterLostResponse(lost.cause);
    const made = lost.made as Created<Made>;
    return this.finish(
      { ...made, duplicatePossible: !(await this.removeDuplicates(made.value.id)) },
      lost.cause,
    );
  }

  private async firstAttempt(): Promise<Created<Made>> {
    try {
      return { ...(await this.post(false)), duplicatePossible: false };
    } catch (error) {
      if (!isAmbiguous(error)) throw error;
      this.run.log(
        `${this.creation.what}: the response to the create request was lost; checking whether it was created.`,
      );
      return this.afterLostResponse(error);
    }
  }

  private async afterLostResponse(cause: WaysCloudError): Promise<Created<Made>> {
    try {
      const first = await this.resolve(cause);
      if (first.kept) return { ...first.kept, duplicatePossible: false };
      return await this.secondAttempt(first.removed === 0, cause);
    } catch (error) {
      if (error instanceof UnresolvedError) {
        this.run.lostCreations.note(this.creation.sameInputs, { started: this.started, cause });
      }
      throw error;
    }
  }

  /**
   * The single retry. Anything it leaves behind is removed or reported. If an earlier attempt was never observed, it may still take effect, so
   * the creation is then recorded as unresolved.
   */
  private async secondAttempt(firstMayBeLate: boolean, cause: WaysCloudError): Promise<Created<Made>> {
    let made: WithServerTime<Made>;
    try {
      made = await this.post(true);
    } catch (error) {
      // What can be kept exists once in an account: a conflict over it proves that the identical first request created nothing else.
      if (isConflict(error) && this.creation.keep) throw error;
      let unseen = firstMayBeLate ? 1 : 0;
      // Only a look proves what exists: a conflict may be with what the first attempt has created by now.
      if (isAmbiguous(error) || isConflict(error)) {
        const second = await this.resolve(error);
        if (second.kept) return { ...second.kept, duplicatePossible: false };
        unseen += (isConflict(error) ? 0 : 1) - second.removed;
      }
      if (unseen <= 0 || !(error instanceof WaysCloudError)) throw error;
      throw this.unresolved(error, "an attempt whose response was lost may still take effect.");
    }
    const duplicatePossible = firstMayBeLate && !(await this.removeDuplicates(made.value.id));
    return this.finish({ ...made, duplicatePossible }, cause);
  }

  private finish(created: Created<Made>, cause: WaysCloudError): Created<Made> {
    if (created.duplicatePossible) {
      this.run.lostCreations.note(this.creation.sameInputs, { started: this.started, cause, made: created });
    }
    return created;
  }

  private post(isSecond: boolean): Promise<WithServerTime<Made>> {
    return this.creation.post({ isSecond, seen: this.seen });
  }

  /** Looks for what an ambiguous POST left, and keeps or removes it. */
  private async resolve(cause: WaysCloudError): Promise<Resolution<Made>> {
    const { creation } = this;
    const { owned, maybe, serverTime } = await this.findCreated(cause);
    const [first] = owned;
    if (first && creation.keep) return { kept: { value: creation.keep(first), serverTime }, removed: 0 };
    if (owned.length === 0 && maybe.length > 0) {
      throw new LostResponseError(unprovenMessage(creation.what, maybe, cause));
    }
    try {
      for (const entry of owned) await creation.remove(entry.id);
    } catch (error) {
      const why = `what it left (${listCandidates(owned)}) could not be revoked: ${errorMessage(error)}`;
      throw this.unresolved(cause, why);
    }
    return { removed: owned.length };
  }

  private async findCreated(cause: WaysCloudError): Promise<Candidates<Entry>> {
    let candidates: Candidates<Entry> | undefined;
    let failure: unknown;
    for (const wait of READ_AFTER_MS) {
      if (wait > 0) await this.run.client.timing.sleep(wait);
      try {
        candidates = await this.listCandidates();
      } catch (error) {
        // Only the last look counts as proof of absence.
        candidates = undefined;
        failure = error;
        continue;
      }
      // A merely possible match may belong to someone else. Keep looking: our own may still appear, and the error must name it too.
      if (candidates.owned.length > 0) return candidates;
    }
    if (!candidates) throw this.unresolved(cause, `the list could not be read: ${errorMessage(failure)}`);
    return candidates;
  }

  private async listCandidates(): Promise<Candidates<Entry>> {
    const { serverTime, ...list } = await this.creation.list();
    this.serverTime = serverTime ?? this.serverTime;
    const candidates: Candidates<Entry> = { owned: [], maybe: [], serverTime };
    for (const entry of list.byId.values()) {
      this.seen.add(entry.id);
      if (this.creation.isKnown(entry.id)) continue;
      const ownership = this.creation.ownership(entry, this.started.relation(entry.createdAt, serverTime));
      if (ownership === "owned") candidates.owned.push(entry);
      else if (ownership === "maybe-owned") candidates.maybe.push(entry);
    }
    // An entry that cannot be read may be the one that we look for.
    if (candidates.owned.length === 0) assertNothingHidden(list, (id) => this.creation.isKnown(id));
    return candidates;
  }

  /** Removes a late duplicate of the first attempt, or reports what may be one. False when that could not be made sure. */
  private async removeDuplicates(own: string): Promise<boolean> {
    const { creation, run } = this;
    try {
      const { owned, maybe } = await this.listCandidates();
      for (const { id } of owned) if (id !== own) await creation.remove(id);
      const others = maybe.filter(({ id }) => id !== own);
      if (others.length > 0) run.log(possibleLeftoverMessage(creation.what, others));
      return true;
    } catch (error) {
      run.log(
        `${creation.what}: could not check for a duplicate from a lost attempt (${errorMessage(error)}).`,
      );
      return false;
    }
  }

  private unresolved(cause: WaysCloudError, why: string): UnresolvedError {
    return new UnresolvedError(
      unresolvedMessage(this.creation.what, cause, why),
      startedAt(this.started, this.serverTime),
    );
  }
}
