// Creates one object exactly once: after a lost response, look, clean up, try once more, or report the rest.
import type { WithServerTime } from "../../api/client";
import { momentOf } from "../../api/timing";
import { ConflictError, errorMessage, LostResponseError, WaysCloudError } from "../../errors";
import { clockOf, idKey, isSameId } from "../../judge/presence";
import { judge, sortByOwner } from "../../judge/ownership";
import type { Sorted, Verdict } from "../../judge/ownership";
import type { Run } from "../run";
import { whyHidden, lookAgain } from "./clean-up";
import { isAmbiguous, isConflict } from "./creation";
import type { Attempt, Created, Creation, Listed, Progress } from "./creation";
import * as messages from "./messages";
import { StartTime } from "./started";

/**
 * A conflict with an entry that is known not to be ours: an identical first request created nothing either.
 */
export class ForeignConflictError extends ConflictError {}

/** Creates the object exactly once, even if responses are lost. */
export function createOnce<Made extends { id: string }, Entry extends Listed>(
  creation: Creation<Made, Entry>,
  run: Run,
): Promise<Created<Made>> {
  return new CreateOnce(creation, run).create();
}

interface Look<Entry> extends Sorted<Entry> {
  /** The list shows our own object, as far as it is known. */
  isShown: boolean;
  /** The account has it from somebody else, and cannot have it twice. */
  elsewhere?: Entry;
}

class CreateOnce<Made extends { id: string }, Entry extends Listed> {
  private readonly progress: Progress;
  private serverTime: number | undefined;

  constructor(
    private readonly creation: Creation<Made, Entry>,
    private readonly run: Run,
  ) {
    const started = new StartTime(run.client.timing);
    const isKnown = creation.list.knownBefore();
    this.progress = { started, posted: started, unseen: 1, isKnown, ...creation.before };
  }

  async create(): Promise<Created<Made>> {
    const { before, what } = this.creation;
    // This run has tried it before, and nobody kept the result: begin with the leftovers of that attempt.
    if (before?.made) return this.finish(before.made as WithServerTime<Made>, before.cause);
    if (before) return this.afterLostResponse(before.cause);
    try {
      return { is: "created", ...(await this.post(false)) };
    } catch (error) {
      if (!isAmbiguous(error)) throw error;
      this.run.log(messages.responseLost(what));
      return this.afterLostResponse(error);
    }
  }

  private async afterLostResponse(cause: WaysCloudError): Promise<Created<Made>> {
    const first = await this.resolve(cause);
    if (first.is !== "removed") return first;
    this.progress.unseen = Math.max(0, this.progress.unseen - first.count);
    return this.secondAttempt(first.count, cause);
  }

  /**
   * The single retry. Its leftovers are removed or reported. If nobody saw the outcome of an earlier attempt,
   * that attempt may still take effect, so the creation is recorded as unresolved.
   */
  private async secondAttempt(removed: number, cause: WaysCloudError): Promise<Created<Made>> {
    const { progress } = this;
    let made: WithServerTime<Made>;
    let all = removed;
    try {
      made = await this.post(true);
    } catch (error) {
      if (error instanceof ForeignConflictError) throw error;
      // Only a list proves what exists: the conflict may be with an object of the first attempt.
      if (isAmbiguous(error) || isConflict(error)) {
        if (isAmbiguous(error)) progress.unseen += 1;
        const second = await this.resolve(error, true);
        if (second.is !== "removed") return second;
        progress.unseen -= second.count;
        all += second.count;
      }
      if (progress.unseen > 0 && error instanceof WaysCloudError)
        return this.unresolved(error, messages.MAY_BE_LATE);
      if (progress.unseen <= 0 && all > 0)
        this.run.log(messages.nothingLeft(this.creation.what, all), "info");
      throw error;
    }
    if (progress.unseen > 0) return this.finish(made, cause);
    this.run.log(messages.createdAgain(this.creation.what, removed), "info");
    return { is: "created", ...made };
  }

  /** Removes a late duplicate of the first attempt, and reports a possible one. */
  private async finish(made: WithServerTime<Made>, cause: WaysCloudError): Promise<Created<Made>> {
    const { creation, run } = this;
    const { what } = creation;
    const isOther = ({ id }: Listed): boolean => !isSameId(id, made.value.id);
    try {
      const { ours, possibly } = await this.lookUntilShown(made.value.id);
      const duplicates = ours.filter(isOther);
      for (const entry of duplicates) await this.remove(entry);
      const others = possibly.filter(({ entry }) => isOther(entry));
      if (others.length > 0) run.log(messages.possibleLeftover(what, others));
      run.log(messages.createdAgain(what, duplicates.length), "info");
      return { is: "created", ...made };
    } catch (error) {
      run.log(messages.notChecked(what, error));
      this.note(cause, made);
      return { is: "created", ...made, unfinished: messages.possibleDuplicate(what) };
    }
  }

  private async post(isSecond: boolean): Promise<WithServerTime<Made>> {
    const { creation, run, progress } = this;
    const { timing } = run.client;
    const { operation } = creation;
    operation.posted = undefined;
    const asked = momentOf(timing);
    // A pause before it, and a try that never reached the API, are no part of the attempt.
    const sent = (): StartTime => new StartTime(timing, operation.posted ?? asked);
    const began: Attempt["began"] = (time) =>
      (isSecond ? progress.started : sent()).byServer(time ?? this.serverTime);
    try {
      return await creation.post({ isSecond, began, isKnown: progress.isKnown });
    } finally {
      progress.posted = sent();
      if (!isSecond) progress.started = progress.posted;
    }
  }

  /**
   * Looks for the object of an ambiguous POST, and keeps or removes it. `count`: of its objects that were
   * found.
   */
  private async resolve(
    cause: WaysCloudError,
    isLast = false,
  ): Promise<Created<Made> | { is: "removed"; count: number }> {
    const { creation, run } = this;
    const found = await this.find();
    if ("error" in found)
      return this.unresolved(cause, `the list could not be read: ${errorMessage(found.error)}`);
    const { ours, possibly, elsewhere } = found;
    const kept = (value: Made): Created<Made> => ({ is: "created", value, serverTime: this.serverTime });
    // A list may still show what an earlier command has removed, so one more request goes first.
    if (isLast && elsewhere && creation.elsewhere) return kept(creation.elsewhere(elsewhere));
    const [first] = ours;
    if (first && creation.keep) {
      run.log(messages.wasCreated(creation.what, first.id), "info");
      return kept(creation.keep(first));
    }
    if (ours.length === 0 && possibly.length > 0) {
      if (isConflict(cause)) return this.unresolved(cause, messages.candidatesRemain(possibly));
      // A repetition has to find the same candidates again.
      this.note(cause);
      throw new LostResponseError(messages.unproven(creation.what, creation.sent.hasMarker, possibly, cause));
    }
    try {
      for (const entry of ours) await this.remove(entry);
    } catch (error) {
      const left = `the leftover of the lost attempt (${messages.listCandidates(ours)})`;
      return this.unresolved(cause, `${left} could not be revoked: ${errorMessage(error)}`);
    }
    if (possibly.length > 0) run.log(messages.possibleLeftover(creation.what, possibly));
    return { is: "removed", count: ours.length };
  }

  private remove({ id, createdAt }: Entry): Promise<void> {
    const { list, operation } = this.creation;
    return list.remove(id, operation, createdAt);
  }

  /** By the last list that was needed: only that one proves absence. */
  private find(): Promise<Look<Entry> | { error: unknown }> {
    return lookAgain<Look<Entry> | { error: unknown }>(this.run.client.timing, async () => {
      try {
        const seen = await this.look();
        // A merely possible match may be somebody else's. Keep looking: our own may still appear.
        return { seen, mayLag: seen.ours.length === 0 };
      } catch (error) {
        return { seen: { error }, mayLag: true };
      }
    });
  }

  /** `own`: the id of what is known to be made, which does not stand for anything else. */
  private async look(own?: string): Promise<Look<Entry>> {
    const { creation, progress } = this;
    const { isKnown } = progress;
    const list = await creation.list.fresh(creation.operation);
    const clock = clockOf(list);
    this.serverTime = clock;
    const sent = { ...creation.sent, ...progress.started.byServer(clock) };
    if (progress.posted.isAfter(list)) throw new Error(messages.OLDER_LIST);
    const all = [...list.byId.values()];
    const verdictOf = (entry: Entry): Verdict => judge(sent, creation.shown(entry));
    const isShown = own !== undefined && list.byId.has(idKey(own));
    const others = all.filter(({ id }) => !isKnown(id));
    const found = { ...sortByOwner(others, verdictOf), isShown };
    const elsewhere = all.find(
      (entry) =>
        creation.shown(entry).sameKey === true &&
        // This command may have removed it, although the list still shows it.
        (isKnown(entry.id) ? !creation.list.wasRemoved(entry.id) : verdictOf(entry).is === "other"),
    );
    if (elsewhere && found.ours.length === 0) return { ...found, elsewhere };
    // An unreadable entry may be the one that we look for.
    const isSeen = found.ours.some(({ id }) => own === undefined || !isSameId(id, own));
    // What the account cannot hold twice has no twin once our own is shown.
    const isOnly = creation.elsewhere !== undefined && isShown;
    const hidden = isSeen || isOnly ? undefined : whyHidden(list, sent, isKnown);
    if (hidden) throw hidden;
    return found;
  }

  /** A list that does not show our own object yet may lack a duplicate as well. */
  private async lookUntilShown(own: string): Promise<Sorted<Entry>> {
    const found = await lookAgain(this.run.client.timing, async () => {
      const seen = await this.look(own);
      return { seen, mayLag: !seen.isShown && seen.ours.length === 0 };
    });
    if (found.isShown || found.ours.length > 0) return found;
    throw new Error("the list does not show the new one yet");
  }

  private unresolved(cause: WaysCloudError, why: string): Created<Made> {
    this.note(cause);
    return {
      is: "unresolved",
      why: messages.unresolved(cause, why),
      started: this.progress.started.at(this.run.client.serverNow() ?? this.serverTime),
    };
  }

  private note(cause: WaysCloudError, made?: WithServerTime<Made>): void {
    const { sent, identity } = this.creation;
    this.run.creations.note(identity, { ...this.progress, sent, cause, ...(made && { made }) });
  }
}
