// A resource type as a host sees it: plain properties in and out. Between them and the lifecycle's typed states stands a codec, and here only.
import { RefusedError } from "../errors";
import { Holders } from "../lifecycle/holders";
import type { Holding } from "../lifecycle/holders";
import { IncompleteError } from "../lifecycle/lifecycle";
import type { Checked, Diff, Lifecycle, Properties } from "../lifecycle/lifecycle";
import type { Codec } from "../lifecycle/properties";
import type { Run } from "../lifecycle/run";

export interface EncodedState {
  id: string;
  outputs: Properties;
}

/** `check` and `diff` make no request, ever; what they learn of who holds which key they note in `holders`. */
export interface Resource {
  /** The names of the outputs that say what these inputs or outputs say, these among them. */
  sayingTheSame(names: Iterable<string>): string[];
  check(olds: Properties, news: Properties, holders?: Holders): Checked;
  /** `now`: wall clock, ms since the epoch; {@link NEVER_DUE} for a diff that only looks for drift. */
  diff(id: string, olds: Properties, news: Properties, now: number, holders?: Holders): Diff;
  create(inputs: Properties, run: Run): Promise<EncodedState>;
  /** `undefined`: a complete list of the account proves that it is gone. */
  read(id: string, olds: Properties, run: Run): Promise<EncodedState | undefined>;
  /** Returns all outputs. */
  update(id: string, olds: Properties, news: Properties, run: Run): Promise<Properties>;
  delete(id: string, olds: Properties, run: Run): Promise<void>;
}

/** A time at which nothing is due: for the diff of a refresh, which asks what has changed in the account. A due rotation is not drift. */
export const NEVER_DUE = 0;

/** Something may have been created, or only a part of the work was done: the engine keeps `id` and `properties`, so that the next update can put it right. */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";
  constructor(
    readonly id: string,
    readonly properties: Properties,
    message: string,
  ) {
    super(message);
  }
}

/** The resource type with this lifecycle. */
export function resource<Inputs, State>(
  codec: Codec<Inputs, State>,
  lifecycle: Lifecycle<Inputs, State>,
): Resource {
  const encoding = async (work: () => Promise<State>): Promise<EncodedState> => {
    try {
      return codec.encodeState(await work());
    } catch (error) {
      if (!(error instanceof IncompleteError)) throw error;
      const { id, outputs } = codec.encodeState(error.state as State);
      throw new PartialFailure(id, outputs, error.message);
    }
  };
  return {
    sayingTheSame: (names) => Array.from(names).flatMap((name) => [name, ...(codec.repeats?.[name] ?? [])]),
    check: (olds, news, holders = new Holders()) => codec.check(olds, news, holders),
    diff(id, olds, news, now, holders = new Holders()) {
      const state = codec.decodeState(id, olds);
      const diff = lifecycle.diff(state, codec.decodeInputs(news), now);
      if (diff.isDue === true) holders.replacesDueKeys = true;
      for (const holding of codec.holdings(state)) {
        if (now === NEVER_DUE) holders.noteRead(holding);
        else declare(holders, holding, diff.replaces.length > 0 || diff.releases?.has(holding.what) === true);
      }
      return diff;
    },
    create: (inputs, run) => encoding(() => lifecycle.create(codec.decodeInputs(inputs), run)),
    async read(id, olds, run) {
      const state = await lifecycle.read(codec.decodeState(id, olds), run);
      if (state === undefined) return undefined;
      for (const holding of codec.holdings(state)) run.holders.noteRead(holding);
      return codec.encodeState(state);
    },
    update: async (id, olds, news, run) =>
      (await encoding(() => lifecycle.update(codec.decodeState(id, olds), codec.decodeInputs(news), run)))
        .outputs,
    delete: async (id, olds, run) => lifecycle.delete(codec.decodeState(id, olds), run),
  };
}

/** Two resources of a program must never manage the same key, in whichever order the engine comes by them. */
function declare(holders: Holders, holding: Holding, givenUp: boolean): void {
  if (!givenUp && holders.keeper(holding.what, holding.holder) !== undefined) {
    const [kind = "", id = ""] = holding.what.split(" ");
    throw new RefusedError(
      `Two resources of this program manage the same key (${kind} ${id}): this one and another, which names it in \`existing\` or \`adoptExisting\`. Remove one of them; the key is the other one's then.`,
    );
  }
  holders.noteDeclared(holding, givenUp);
}
