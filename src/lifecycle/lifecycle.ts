// What happens to a resource, as plain functions over typed inputs and states. No word of a host's protocol, so that any host can serve them.
import type { Properties } from "../values";
import type { Run } from "./run";

/** Outputs that repeat what an input says under another name, by the names of those inputs. */
export type Repeats = Readonly<Record<string, readonly string[]>>;

export interface Diff {
  changes: boolean;
  /** The properties that force a replacement. */
  replaces: string[];
  /** The properties that differ, those that force a replacement among them. */
  changed?: string[];
  deleteBeforeReplace?: boolean;
  /** What an update in place makes of the outputs that it changes, {@link UNKNOWN} where only the account can tell. */
  outputs?: Properties;
  /** What a preview has to say of the update, where the properties alone do not. */
  ahead?: string | undefined;
  /** What the state holds and the update gives up, as its holdings name it: another resource may take it over. */
  releases?: ReadonlySet<string>;
  /** It is replaced because this time (RFC 3339) has come by the local clock. */
  dueSince?: string;
}

/** What an operation leaves. The engine keeps `state` in any case, so that the next update can finish what is `unfinished`. */
export interface Outcome<State> {
  state: State;
  /** What the user has to know: something may have been created, or only a part of the work was done. */
  unfinished?: string | undefined;
}

/** `diff` gets no account: it makes no request, ever. */
export interface Lifecycle<Inputs, State> {
  /** `now`: wall clock, ms since the epoch. */
  diff(state: State, inputs: Inputs, now: number): Diff;
  /** `identity` is the same where the engine asks for this very creation again. */
  create(inputs: Inputs, run: Run, identity: string): Promise<Outcome<State>>;
  /** `undefined`: a complete list of the account proves that it is gone. */
  read(state: State, run: Run): Promise<State | undefined>;
  /** In place. Only rotating keys, and states that need cleaning up, make requests here. */
  update(state: State, inputs: Inputs, run: Run): Promise<Outcome<State>>;
  delete(state: State, run: Run): Promise<void>;
}
