// The resource types for both hosts: plain properties in and out, typed states for the lifecycle in between.
import { RefusedError } from "../errors";
import { Holders } from "../lifecycle/holders";
import type { Holding } from "../lifecycle/holders";
import type { Diff, EncodedState, Lifecycle, Repeats } from "../lifecycle/lifecycle";
import type { Run } from "../lifecycle/run";
import { serviceKeyKind, tokenKind } from "../lifecycle/api-key/kind";
import { apiKeyLifecycle } from "../lifecycle/api-key/lifecycle";
import { rotatingKeyLifecycle } from "../lifecycle/rotating-key/lifecycle";
import { sshKeyLifecycle } from "../lifecycle/ssh-key/lifecycle";
import { sshKeySetLifecycle } from "../lifecycle/ssh-key-set/lifecycle";
import { nameAndId } from "../text/redact";
import { allKnown, isRecord } from "../values";
import type { Properties, Checked } from "../values";

export type { EncodedState };
export type ResourceDiff = Diff & { changes: boolean };

/** The state is always kept, so the next update can finish the rest. `unfinished`: the user's message. */
export type EncodedOutcome = EncodedState & { unfinished?: string | undefined };

/** `check` and `diff` never make a request; they record in `holders` who holds which key. */
export interface ResourceType {
  readonly repeats: Repeats;
  check(olds: Properties, news: Properties, holders?: Holders): Checked;
  /**
   * `now`: wall clock, ms since the epoch; {@link NEVER_DUE} for a diff that only looks for drift. During a
   * refresh the engine calls `diff` right after `read`, without `check`: then it is always that.
   */
  diff(id: string, olds: Properties, news: Properties, now: number, holders?: Holders): ResourceDiff;
  /** `holder`: of what the state itself does not give one. */
  create(inputs: Properties, run: Run, holder?: string): Promise<EncodedOutcome>;
  /** `undefined`: a complete list of the account proves that it is gone. */
  read(id: string, olds: Properties, run: Run): Promise<EncodedState | undefined>;
  /** Returns all outputs. */
  update(id: string, olds: Properties, news: Properties, run: Run, holder?: string): Promise<EncodedOutcome>;
  delete(id: string, olds: Properties, run: Run): Promise<void>;
}

/** A time at which nothing is due, for the diff of a refresh: a due rotation is not drift. */
export const NEVER_DUE = 0;

function resourceType<Inputs extends object, State>(
  className: string,
  lifecycle: Lifecycle<Inputs, State>,
): ResourceType {
  return {
    repeats: lifecycle.repeats ?? {},
    check(olds, news, holders = new Holders()) {
      holders.justRead.clear();
      const checked = lifecycle.check(olds, news, holders);
      // Without old inputs, this is a creation.
      if (Object.keys(olds).length === 0)
        holders.creations.noteDeclared(identityOf(className, checked.inputs));
      return checked;
    },
    diff(id, olds, news, now, holders = new Holders()) {
      const isForDrift = now === NEVER_DUE || holders.justRead.has(id);
      const state = lifecycle.decode(id, olds);
      const diff = lifecycle.diff(state, lifecycle.decodeInputs(news), isForDrift ? NEVER_DUE : now);
      if (diff.dueSince !== undefined) holders.dueSince.add(diff.dueSince);
      for (const holding of lifecycle.holdings(state)) {
        if (isForDrift) holders.noteRead(holding);
        else declare(holders, holding, diff.replaces.length > 0 || diff.releases?.has(holding.what) === true);
      }
      return { ...diff, changes: diff.changed.length > 0, ...(isForDrift && { ahead: undefined }) };
    },
    async create(inputs, run, holder) {
      const identity = identityOf(className, inputs);
      const outcome = await lifecycle.create(allKnown(lifecycle.decodeInputs(inputs)), run, identity);
      claimAll(lifecycle.holdings(outcome.state), run, holder);
      return { ...lifecycle.encode(outcome.state), unfinished: outcome.unfinished };
    },
    async read(id, olds, run) {
      const before = lifecycle.decode(id, olds);
      const state = await lifecycle.read(before, run);
      run.holders.justRead.add(id);
      const held = state === undefined ? [] : lifecycle.holdings(state);
      for (const holding of held) run.holders.noteRead(holding);
      reportGone(withoutSame(lifecycle.holdings(before), held), run);
      return state && lifecycle.encode(state);
    },
    async update(id, olds, news, run, holder) {
      const state = lifecycle.decode(id, olds);
      const outcome = await lifecycle.update(state, allKnown(lifecycle.decodeInputs(news)), run);
      const before = lifecycle.holdings(state);
      // A hook may ask again for an unfinished update, which then has to find what this one has left.
      if (outcome.unfinished === undefined) claimAll(lifecycle.holdings(outcome.state), run, holder, before);
      return { ...lifecycle.encode(outcome.state), unfinished: outcome.unfinished };
    },
    delete: async (id, olds, run) => lifecycle.delete(lifecycle.decode(id, olds), run),
  };
}

/** What this run has made is nobody's leftover, and no other resource may take it over. */
function claimAll(held: readonly Holding[], run: Run, host = "", before: readonly Holding[] = []): void {
  for (const { what, holder } of withoutSame(held, before))
    run.holders.claim({ what, holder: holder === "" ? host : holder });
}

function withoutSame(holdings: readonly Holding[], others: readonly Holding[]): Holding[] {
  return holdings.filter(({ what }) => !others.some((each) => each.what === what));
}

/** The engine shows only that a resource changed or is gone, and not why. */
function reportGone(gone: readonly Holding[], run: Run): void {
  for (const { what, name } of gone.filter((each) => !run.holders.wasRemoved(each.what))) {
    const [kind, id = ""] = what.split(" ");
    const label = kind === "ssh-key" ? "SSH key" : "API key";
    run.log(
      `The ${label} ${nameAndId({ name, id })} is gone: the account's list is complete and does not show it.` +
        " If nobody deleted it, check that the credential is of the right account.",
      "info",
    );
  }
}

/** The same if the engine repeats a creation. */
function identityOf(className: string, inputs: Properties): string {
  return `${className} ${JSON.stringify(inputs, (_, value: unknown) => (isRecord(value) ? sortedByName(value) : value))}`;
}

function sortedByName(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Two resources of a program must never manage the same key, in whichever order the engine checks them. */
function declare(holders: Holders, holding: Holding, givenUp: boolean): void {
  if (!givenUp && holders.keeper(holding.what, holding.holder) !== undefined) {
    const [kind = "", id = ""] = holding.what.split(" ");
    throw new RefusedError(
      `Two resources of this program manage the same key (${kind} ${id}): this one and another with \`existing\` or \`adoptExisting\`. Remove one of them; the remaining one will manage the key.`,
    );
  }
  holders.noteDeclared(holding, givenUp);
}

export const resourceTypes = {
  SshKey: resourceType("SshKey", sshKeyLifecycle),
  SshKeySet: resourceType("SshKeySet", sshKeySetLifecycle),
  ServiceKey: resourceType("ServiceKey", apiKeyLifecycle(serviceKeyKind)),
  PersonalAccessToken: resourceType("PersonalAccessToken", apiKeyLifecycle(tokenKind)),
  RotatingServiceKey: resourceType("RotatingServiceKey", rotatingKeyLifecycle(serviceKeyKind)),
  RotatingPersonalAccessToken: resourceType("RotatingPersonalAccessToken", rotatingKeyLifecycle(tokenKind)),
} satisfies Record<string, ResourceType>;

export type ResourceName = keyof typeof resourceTypes;
