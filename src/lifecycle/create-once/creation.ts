// What "create one thing exactly once" needs to know of the thing.
import type { WithServerTime } from "../../api/client";
import type { Snapshot } from "../listing";

/** When a listed object was created, compared with our first request: `shortly-before` may be a matter of clocks, `long-before` is not. */
export type CreatedRelativeTo = "after" | "shortly-before" | "long-before";

/** `owned`: by marker, or by fingerprint and name, it can only be ours; `maybe-owned`: it may be; `other`: it is not. */
export type Ownership = "owned" | "maybe-owned" | "other";

export interface Listed {
  id: string;
  createdAt: string | undefined;
}

/** The attempt that a POST belongs to. */
export interface Attempt {
  /** A second one follows only a first one whose response was lost. */
  isSecond: boolean;
  /** Ids that were listed after the first attempt: a delayed first attempt did not create them. */
  seen: ReadonlySet<string>;
}

/** One thing to be created exactly once. `Made`: what the POST returns; `Entry`: what the list shows. */
export interface Creation<Made extends { id: string }, Entry extends Listed> {
  /** For messages: `the service key "…"`. */
  what: string;
  /** The same for a repetition with the same inputs, and only for that; absent where another resource could have the very same inputs. */
  sameInputs?: string | undefined;
  post(attempt: Attempt): Promise<WithServerTime<Made>>;
  list(): Promise<Snapshot<Entry>>;
  /** Existed before, or belongs to another resource of this run. */
  isKnown(id: string): boolean;
  ownership(entry: Entry, created: CreatedRelativeTo): Ownership;
  remove(id: string): Promise<void>;
  /** Given where a creation can be kept although its response was lost, because the response held no secret. */
  keep?(entry: Entry): Made;
}

export interface Created<Made> {
  value: Made;
  serverTime: number | undefined;
  /** An earlier attempt may have left a duplicate, and it was not possible to check. */
  duplicatePossible: boolean;
}
