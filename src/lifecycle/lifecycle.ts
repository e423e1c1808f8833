// The operations on a resource, as functions of typed inputs and states, without any host's protocol.
import type { Checked, Known, Properties } from "../values";
import type { Holders, Holding } from "./holders";
import type { Run } from "./run";

export interface EncodedState {
  id: string;
  outputs: Properties;
}

/** Outputs that repeat an input under another name, by the names of these inputs. */
export type Repeats = Readonly<Record<string, readonly string[]>>;

export interface Diff {
  /** The properties that force a replacement. */
  replaces: string[];
  /** The properties that differ, including those that force a replacement. */
  changed: string[];
  deleteBeforeReplace?: boolean;
  /** The outputs that an update in place changes, {@link UNKNOWN} if only the account knows them. */
  outputs?: Properties;
  /** A message for the preview if the properties are not enough; of a replacement, for the update too. */
  ahead?: string | undefined;
  /** The holdings that the update gives up: another resource may take them over. */
  releases?: ReadonlySet<string>;
  /** The time (RFC 3339), reached by the local clock, that causes the replacement. */
  dueSince?: string;
}

/** Of a create whose outcome is unknown: the deletion cleans up first. */
export const REPLACES_UNRESOLVED: Diff = {
  replaces: ["unresolved"],
  changed: ["unresolved"],
  deleteBeforeReplace: true,
};

/** The result of an operation. The engine always keeps `state`, so the next update can finish the rest. */
export interface Outcome<State> {
  state: State;
  /** A message for the user: a key may have been created, or only a part of the work was done. */
  unfinished?: string | undefined;
}

/** The properties of one type of resource, as typed values, and its operations. */
export interface Lifecycle<Inputs, State> {
  /** Checks and completes the program's inputs. Makes no request, ever. */
  check(olds: Properties, news: Properties, holders: Holders): Checked;
  /** Checked inputs. */
  decodeInputs(properties: Properties): Inputs;
  /** @throws StateError if the properties are not a state of this resource. */
  decode(id: string, outputs: Properties): State;
  encode(state: State): EncodedState;
  /** Outputs that repeat an input under another name, by these inputs' names: as secret as the input. */
  repeats?: Repeats;
  /** The keys that a state holds, for the guard against two resources with the same key. */
  holdings(state: State): Holding[];
  /** Gets no account: it makes no request, ever. `now`: wall clock, ms since the epoch. */
  diff(state: State, inputs: Inputs, now: number): Diff;
  /** `identity` is the same if the engine repeats this creation. */
  create(inputs: Known<Inputs>, run: Run, identity: string): Promise<Outcome<State>>;
  /** `undefined`: a complete list of the account proves that it is gone. */
  read(state: State, run: Run): Promise<State | undefined>;
  /** In place. Only rotating keys, and states that need cleaning up, make requests here. */
  update(state: State, inputs: Known<Inputs>, run: Run): Promise<Outcome<State>>;
  delete(state: State, run: Run): Promise<void>;
}
