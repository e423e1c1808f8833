// The resource types, which both hosts serve: plain properties in and out, and typed states for the lifecycle
// in between.
import { RefusedError } from "../errors";
import { Holders } from "../lifecycle/holders";
import type { Holding } from "../lifecycle/holders";
import type { Diff, Lifecycle, Repeats } from "../lifecycle/lifecycle";
import type { Run } from "../lifecycle/run";
import { checkApiKey, decodeApiKeyInputs } from "../lifecycle/api-key/inputs";
import { serviceKeyKind, tokenKind } from "../lifecycle/api-key/kind";
import type { KeyKind } from "../lifecycle/api-key/kind";
import { apiKeyLifecycle } from "../lifecycle/api-key/lifecycle";
import { apiKeyHoldings, decodeApiKey, encodeApiKey } from "../lifecycle/api-key/state";
import { checkRotatingKey, decodeRotatingKeyInputs } from "../lifecycle/rotating-key/inputs";
import { rotatingKeyLifecycle } from "../lifecycle/rotating-key/lifecycle";
import {
  decodeRotatingKey,
  encodeRotatingKey,
  rotatingKeyHoldings,
  rotatingKeyRepeats,
} from "../lifecycle/rotating-key/state";
import { checkSshKey, decodeSshKeyInputs } from "../lifecycle/ssh-key/inputs";
import { sshKeyLifecycle } from "../lifecycle/ssh-key/lifecycle";
import { decodeSshKey, encodeSshKey, sshKeyHoldings } from "../lifecycle/ssh-key/state";
import { checkSshKeySet, decodeSshKeySetInputs } from "../lifecycle/ssh-key-set/inputs";
import { sshKeySetLifecycle } from "../lifecycle/ssh-key-set/lifecycle";
import {
  decodeSshKeySet,
  encodeSshKeySet,
  sshKeySetHoldings,
  sshKeySetRepeats,
} from "../lifecycle/ssh-key-set/state";
import { sanitize } from "../text/redact";
import { allKnown, isRecord } from "../values";
import type { Properties, Checked } from "../values";

export interface EncodedState {
  id: string;
  outputs: Properties;
}

/** The state is always kept, so the next update can finish the rest. `unfinished`: the user's message. */
export type EncodedOutcome = EncodedState & { unfinished?: string | undefined };

/** Converts the properties of one resource type to typed values and back. */
export interface Codec<Inputs, State> {
  /** Checks and completes the program's inputs. Makes no request, ever. */
  check(olds: Properties, news: Properties, holders: Holders): Checked;
  /** Checked inputs. */
  decodeInputs(properties: Properties): Inputs;
  /** @throws StateError if the properties are not a state of this resource. */
  decodeState(id: string, outputs: Properties): State;
  encodeState(state: State): EncodedState;
  /** Outputs that repeat an input under another name, by these inputs' names: as secret as the input. */
  repeats?: Repeats;
  /** The keys that a state holds, for the guard against two resources with the same key. */
  holdings(state: State): Holding[];
}

/** `check` and `diff` never make a request; they record in `holders` who holds which key. */
export interface ResourceType {
  readonly repeats: Repeats;
  check(olds: Properties, news: Properties, holders?: Holders): Checked;
  /**
   * `now`: wall clock, ms since the epoch; {@link NEVER_DUE} for a diff that only looks for drift. During a
   * refresh the engine calls `diff` right after `read`, without `check`: then it is always that.
   */
  diff(id: string, olds: Properties, news: Properties, now: number, holders?: Holders): Diff;
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

/** The resource type with this lifecycle. */
function resourceType<Inputs extends object, State>(
  className: string,
  codec: Codec<Inputs, State>,
  lifecycle: Lifecycle<Inputs, State>,
): ResourceType {
  return {
    repeats: codec.repeats ?? {},
    check(olds, news, holders = new Holders()) {
      holders.justRead.clear();
      const checked = codec.check(olds, news, holders);
      // Without old inputs, this is a creation.
      if (Object.keys(olds).length === 0)
        holders.creations.noteDeclared(identityOf(className, checked.inputs));
      return checked;
    },
    diff(id, olds, news, now, holders = new Holders()) {
      const isForDrift = now === NEVER_DUE || holders.justRead.has(id);
      const state = codec.decodeState(id, olds);
      const diff = lifecycle.diff(state, codec.decodeInputs(news), isForDrift ? NEVER_DUE : now);
      if (diff.dueSince !== undefined) holders.dueSince.add(diff.dueSince);
      for (const holding of codec.holdings(state)) {
        if (isForDrift) holders.noteRead(holding);
        else declare(holders, holding, diff.replaces.length > 0 || diff.releases?.has(holding.what) === true);
      }
      return isForDrift ? { ...diff, ahead: undefined } : diff;
    },
    async create(inputs, run, holder) {
      const identity = identityOf(className, inputs);
      const outcome = await lifecycle.create(allKnown(codec.decodeInputs(inputs)), run, identity);
      claimAll(codec.holdings(outcome.state), run, holder);
      return { ...codec.encodeState(outcome.state), unfinished: outcome.unfinished };
    },
    async read(id, olds, run) {
      const before = codec.decodeState(id, olds);
      const state = await lifecycle.read(before, run);
      run.holders.justRead.add(id);
      const held = state === undefined ? [] : codec.holdings(state);
      for (const holding of held) run.holders.noteRead(holding);
      reportGone(withoutSame(codec.holdings(before), held), run);
      return state && codec.encodeState(state);
    },
    async update(id, olds, news, run, holder) {
      const state = codec.decodeState(id, olds);
      const outcome = await lifecycle.update(state, allKnown(codec.decodeInputs(news)), run);
      const before = codec.holdings(state);
      // A hook may ask again for an unfinished update, which then has to find what this one has left.
      if (outcome.unfinished === undefined) claimAll(codec.holdings(outcome.state), run, holder, before);
      return { ...codec.encodeState(outcome.state), unfinished: outcome.unfinished };
    },
    delete: async (id, olds, run) => lifecycle.delete(codec.decodeState(id, olds), run),
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
      `The ${label} ${JSON.stringify(sanitize(name ?? "", [], 80))} (id ${id}) is gone: the account's list is complete and does not show it.` +
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

/** By class name. */
export const resourceTypes = {
  SshKey: resourceType(
    "SshKey",
    {
      check: checkSshKey,
      decodeInputs: decodeSshKeyInputs,
      decodeState: decodeSshKey,
      encodeState: encodeSshKey,
      holdings: sshKeyHoldings,
    },
    sshKeyLifecycle,
  ),
  SshKeySet: resourceType(
    "SshKeySet",
    {
      check: (_olds, news) => checkSshKeySet(news),
      decodeInputs: decodeSshKeySetInputs,
      decodeState: decodeSshKeySet,
      encodeState: encodeSshKeySet,
      holdings: sshKeySetHoldings,
      repeats: sshKeySetRepeats,
    },
    sshKeySetLifecycle,
  ),
  ServiceKey: apiKeyResource("ServiceKey", serviceKeyKind),
  PersonalAccessToken: apiKeyResource("PersonalAccessToken", tokenKind),
  RotatingServiceKey: rotatingResource("RotatingServiceKey", serviceKeyKind),
  RotatingPersonalAccessToken: rotatingResource("RotatingPersonalAccessToken", tokenKind),
} satisfies Record<string, ResourceType>;

export type ResourceName = keyof typeof resourceTypes;

function apiKeyResource(className: string, kind: KeyKind): ResourceType {
  return resourceType(
    className,
    {
      check: (olds, news, holders) => checkApiKey(kind, olds, news, holders),
      decodeInputs: (properties) => decodeApiKeyInputs(kind, properties),
      decodeState: (id, outputs) => decodeApiKey(kind, id, outputs),
      encodeState: (state) => encodeApiKey(kind, state),
      holdings: apiKeyHoldings,
    },
    apiKeyLifecycle(kind),
  );
}

function rotatingResource(className: string, kind: KeyKind): ResourceType {
  return resourceType(
    className,
    {
      check: (_olds, news) => checkRotatingKey(kind, news),
      decodeInputs: (properties) => decodeRotatingKeyInputs(kind, properties),
      decodeState: (id, outputs) => decodeRotatingKey(kind, id, outputs),
      encodeState: (state) => encodeRotatingKey(kind, state),
      holdings: rotatingKeyHoldings,
      repeats: rotatingKeyRepeats,
    },
    rotatingKeyLifecycle(kind),
  );
}
