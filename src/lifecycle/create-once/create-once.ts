// Creates one object exactly once: after a lost response, look, clean up, try once more, or report the rest.
import type { WithServerTime } from "../../api/client";
import { momentOf } from "../../api/timing";
import { ConflictError, errorMessage, LostResponseError, WaysCloudError } from "../../errors";
import { clockOf, idKey, isSameId } from "../../judge/presence";
import { judge, sortByOwner } from "../../judge/ownership";
import type { Sorted, Verdict } from "../../judge/ownership";
import type { Run } from "../run";
import { assertNothingHidden, lookAgain } from "./clean-up";
import { isAmbiguous, isConflict } from "./creation";
import type { Attempt, Created, Creation, Listed } from "./creation";
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

/** `elsewhere`: the account has it from somebody else, and cannot have it twice. */
type Look<Entry> = Sorted<Entry> & { elsewhere?: Entry };

/** The outcome of an attempt whose response was lost. */
type Resolution<Made> =
  | { is: "kept"; made: WithServerTime<Made> }
  /** The number of its objects that were found and removed. */
  | { is: "removed"; count: number }
  | { is: "open"; why: string };

class CreateOnce<Made extends { id: string }, Entry extends Listed> {
  /** When the first POST was sent. */
  private started: StartTime;
  private readonly isKnown: (id: string) => boolean;
  /** When the latest POST was sent: a list from before it does not show its work. */
  private posted: StartTime;
  private unseen: number;
  private serverTime: number | undefined;
  private listed: ReadonlyMap<string, Entry> = new Map();

  constructor(
    private readonly creation: Creation<Made, Entry>,
    private readonly run: Run,
  ) {
    this.started = creation.before?.started ?? new StartTime(run.client.timing);
    this.posted = creation.before?.posted ?? this.started;
    this.unseen = creation.before?.unseen ?? 1;
    this.isKnown = (id) => creation.isKnown(id);
  }

  async create(): Promise<Created<Made>> {
    const { before } = this.creation;
    if (!before) return this.firstAttempt();
    // This run has tried it before, and nobody kept the result: begin with the leftovers of that attempt.
    if (!before.made) return this.afterLostResponse(before.cause);
    const made = before.made as WithServerTime<Made>;
    return this.finish(made, await this.removeDuplicates(made.value.id), before.cause);
  }

  private async firstAttempt(): Promise<Created<Made>> {
    try {
      return { is: "created", ...(await this.post(false)) };
    } catch (error) {
      if (!isAmbiguous(error)) throw error;
      this.run.log(messages.responseLost(this.creation.what));
      return this.afterLostResponse(error);
    }
  }

  private async afterLostResponse(cause: WaysCloudError): Promise<Created<Made>> {
    try {
      const first = await this.resolve(cause);
      if (first.is === "kept") return { is: "created", ...first.made };
      if (first.is === "open") return this.unresolved(cause, first.why);
      this.unseen = Math.max(0, this.unseen - first.count);
      return await this.secondAttempt(first.count, cause);
    } catch (error) {
      // A repetition has to find the same candidates again.
      if (error instanceof LostResponseError) this.note(cause);
      throw error;
    }
  }

  /**
   * The single retry. Its leftovers are removed or reported. If nobody saw the outcome of an earlier attempt,
   * that attempt may still take effect, so the creation is recorded as unresolved.
   */
  private async secondAttempt(removed: number, cause: WaysCloudError): Promise<Created<Made>> {
    let made: WithServerTime<Made>;
    try {
      made = await this.post(true);
    } catch (error) {
      if (error instanceof ForeignConflictError) throw error;
      // Only a list proves what exists: the conflict may be with an object of the first attempt.
      if (isAmbiguous(error) || isConflict(error)) {
        if (isAmbiguous(error)) this.unseen += 1;
        const second = await this.resolve(error, true);
        if (second.is === "kept") return { is: "created", ...second.made };
        if (second.is === "open") return this.unresolved(error, second.why);
        this.unseen -= second.count;
      }
      if (this.unseen <= 0 || !(error instanceof WaysCloudError)) throw error;
      return this.unresolved(error, messages.MAY_BE_LATE);
    }
    if (this.unseen === 0) {
      this.run.log(messages.createdAgain(this.creation.what, removed), "info");
      return { is: "created", ...made };
    }
    return this.finish(made, await this.removeDuplicates(made.value.id), cause);
  }

  /** `removed`: the number of removed duplicates; `undefined` if that could not be checked. */
  private finish(
    made: WithServerTime<Made>,
    removed: number | undefined,
    cause: WaysCloudError,
  ): Created<Made> {
    const { what } = this.creation;
    if (removed !== undefined) {
      this.run.log(messages.createdAgain(what, removed), "info");
      return { is: "created", ...made };
    }
    this.note(cause, made);
    return { is: "created", ...made, unfinished: messages.possibleDuplicate(what) };
  }

  private async post(isSecond: boolean): Promise<WithServerTime<Made>> {
    const { creation, run } = this;
    const { timing } = run.client;
    const { operation } = creation;
    operation.posted = undefined;
    const asked = momentOf(timing);
    // A pause before it, and a try that never reached the API, are no part of the attempt.
    const sent = (): StartTime => new StartTime(timing, operation.posted ?? asked);
    const began: Attempt["began"] = (time) =>
      (isSecond ? this.started : sent()).byServer(time ?? this.serverTime);
    try {
      return await creation.post({ isSecond, began });
    } finally {
      this.posted = sent();
      if (!isSecond) this.started = this.posted;
    }
  }

  /** Looks for the object of an ambiguous POST, and keeps or removes it. */
  private async resolve(cause: WaysCloudError, isLast = false): Promise<Resolution<Made>> {
    const { creation, run } = this;
    let found: Look<Entry>;
    try {
      found = await this.find();
    } catch (error) {
      return { is: "open", why: `the list could not be read: ${errorMessage(error)}` };
    }
    const { ours, possibly, elsewhere } = found;
    // A list may still show what an earlier command has removed, so one more request goes first.
    if (isLast && elsewhere && creation.elsewhere)
      return { is: "kept", made: { value: creation.elsewhere(elsewhere), serverTime: this.serverTime } };
    const [first] = ours;
    if (first && creation.keep) {
      run.log(messages.wasCreated(creation.what, first.id), "info");
      return { is: "kept", made: { value: creation.keep(first), serverTime: this.serverTime } };
    }
    if (ours.length === 0 && possibly.length > 0) {
      if (isConflict(cause)) return { is: "open", why: messages.candidatesRemain(possibly) };
      throw new LostResponseError(messages.unproven(creation.what, creation.sent.hasMarker, possibly, cause));
    }
    try {
      for (const entry of ours) await creation.remove(entry);
    } catch (error) {
      const left = messages.listCandidates(ours);
      return {
        is: "open",
        why: `the leftover of the lost attempt (${left}) could not be revoked: ${errorMessage(error)}`,
      };
    }
    if (possibly.length > 0) run.log(messages.possibleLeftover(creation.what, possibly));
    return { is: "removed", count: ours.length };
  }

  private async find(): Promise<Look<Entry>> {
    const found = await lookAgain<() => Look<Entry>>(this.run.client.timing, async () => {
      try {
        const sorted = await this.look();
        // A merely possible match may be somebody else's. Keep looking: our own may still appear.
        return { seen: () => sorted, mayLag: sorted.ours.length === 0 };
      } catch (error) {
        // Only the last list proves absence.
        const fail = (): never => {
          throw error;
        };
        return { seen: fail, mayLag: true };
      }
    });
    return found();
  }

  /** `own`: the id of what is known to be made, which does not stand for anything else. */
  private async look(own?: string): Promise<Look<Entry>> {
    const { creation } = this;
    const list = await creation.list();
    const clock = clockOf(list);
    this.serverTime = clock ?? this.serverTime;
    const sent = { ...creation.sent, ...this.started.byServer(clock) };
    if (this.posted.isAfter(list)) throw new Error(messages.OLDER_LIST);
    this.listed = list.byId;
    const all = [...list.byId.values()];
    const verdictOf = (entry: Entry): Verdict => judge(sent, creation.shown(entry));
    const found = sortByOwner(
      all.filter(({ id }) => !this.isKnown(id)),
      verdictOf,
    );
    const elsewhere = all.find(
      (entry) =>
        creation.shown(entry).sameKey === true &&
        (this.isKnown(entry.id) ? creation.isThere(entry.id) : verdictOf(entry).is === "other"),
    );
    if (elsewhere && found.ours.length === 0) return { ...found, elsewhere };
    // An unreadable entry may be the one that we look for.
    const isSeen = found.ours.some(({ id }) => own === undefined || !isSameId(id, own));
    // What the account cannot hold twice has no twin once our own is shown.
    const isOnly = creation.elsewhere !== undefined && own !== undefined && list.byId.has(idKey(own));
    if (!isSeen && !isOnly) assertNothingHidden(list, [sent], this.isKnown);
    return found;
  }

  /** A list that does not show our own object yet may lack a duplicate as well. */
  private async lookUntilShown(own: string): Promise<Sorted<Entry>> {
    const { found, isShown } = await lookAgain(this.run.client.timing, async () => {
      const found = await this.look(own);
      const isShown = this.listed.has(idKey(own)) || found.ours.length > 0;
      return { seen: { found, isShown }, mayLag: !isShown };
    });
    if (isShown) return found;
    throw new Error("the list does not show the new one yet");
  }

  /** Removes a late duplicate of the first attempt, or reports a possible one. `undefined`: not checked. */
  private async removeDuplicates(own: string): Promise<number | undefined> {
    const { creation, run } = this;
    try {
      const { ours, possibly } = await this.lookUntilShown(own);
      const duplicates = ours.filter(({ id }) => !isSameId(id, own));
      for (const entry of duplicates) await creation.remove(entry);
      const others = possibly.filter(({ entry }) => !isSameId(entry.id, own));
      if (others.length > 0) run.log(messages.possibleLeftover(creation.what, others));
      return duplicates.length;
    } catch (error) {
      run.log(messages.notChecked(creation.what, error));
      return undefined;
    }
  }

  private unresolved(cause: WaysCloudError, why: string): Created<Made> {
    this.note(cause);
    return {
      is: "unresolved",
      why: messages.unresolved(cause, why),
      started: this.started.at(this.run.client.serverNow() ?? this.serverTime),
    };
  }

  private note(cause: WaysCloudError, made?: WithServerTime<Made>): void {
    const { creation, started, posted, unseen, isKnown } = this;
    const lost = { sent: creation.sent, started, posted, cause, unseen, isKnown, ...(made && { made }) };
    this.run.creations.note(creation.identity, lost);
  }
}
