// The object to "create exactly once", and the possible outcomes.
import type { WithServerTime } from "../../api/client";
import type { Operation } from "../../api/timing";
import { ConflictError, WaysCloudError } from "../../errors";
import type { Began, SentText, Shown } from "../../judge/ownership";
import type { AccountList } from "../account-list";
import type { StartedAt, StartTime } from "./started";

/** The fields that a list shows of every kind of object. */
export interface Listed {
  id: string;
  createdAt?: string | undefined;
}

/** The attempt that a POST belongs to. */
export interface Attempt {
  /** When the first one began, given the server's time now. */
  began: (serverTime: number | undefined) => Began;
  /** A second one follows only if the response to the first one was lost. */
  isSecond: boolean;
  /** Existed before, or belongs to another resource of this command. */
  isKnown: (id: string) => boolean;
}

/** An object that a request creates, and how to find it in a list. */
export interface Target<Entry> {
  /** For messages: `the service key "…"`. */
  what: string;
  sent: SentText;
  shown: (entry: Entry) => Shown;
}

/** One object to create exactly once. `Made`: the result of the POST; `Entry`: an entry of the list. */
export interface Creation<Made extends { id: string }, Entry extends Listed> extends Target<Entry> {
  /** The same for a repetition of this creation; see {@link Creations}. */
  identity: string;
  /** The leftovers of an earlier attempt at this creation, from {@link Creations.begin}. */
  before: LostCreation | undefined;
  /** Its requests. */
  operation: Operation;
  post(attempt: Attempt): Promise<WithServerTime<Made>>;
  list: Pick<AccountList<Entry>, "fresh" | "knownBefore" | "remove" | "wasRemoved">;
  /**
   * Set if the account cannot hold it twice. Given an entry that is not ours, which proves that no request of
   * ours created anything. @throws ConflictError
   */
  elsewhere?(entry: Entry): Made;
  /** Present if the object can be kept although the response was lost: it held no secret. */
  keep?(entry: Entry): Made;
}

export type Created<Made> =
  /** `unfinished`: the message if an earlier attempt may have left a duplicate that could not be checked. */
  | { is: "created"; value: Made; serverTime: number | undefined; unfinished?: string }
  /** An object may exist that could not be looked up: the caller keeps the attempt in the state. */
  | { is: "unresolved"; why: string; started: StartedAt };

/** How far a creation has come. */
export interface Progress {
  /** When its first POST was sent. */
  started: StartTime;
  /** When its latest POST was sent: a list from before it does not show its work. */
  posted: StartTime;
  /** How many of its POSTs may still take effect: no list has shown their work. */
  unseen: number;
  isKnown: Attempt["isKnown"];
}

/** A creation of this run that may have left a live object. */
export interface LostCreation extends Progress {
  sent: SentText;
  cause: WaysCloudError;
  /** It was created, but a duplicate may exist. */
  made?: WithServerTime<{ id: string }>;
}

/**
 * Creations of this run. A hook may let the engine repeat one, after our first answer was dropped. The engine
 * checks each resource once before it creates it, so a creation beyond the number of checks is a repetition.
 */
export class Creations {
  private readonly declared = new Map<string, number>();
  private readonly lost = new Map<string, LostCreation>();

  /** Call when a resource with these inputs is checked. */
  noteDeclared(identity: string): void {
    this.declared.set(identity, (this.declared.get(identity) ?? 0) + 1);
  }

  /** Call once when a creation begins. */
  isRepetition(identity: string): boolean {
    const declared = this.declared.get(identity) ?? 0;
    this.declared.set(identity, Math.max(0, declared - 1));
    return declared === 0;
  }

  /** The leftovers of an earlier attempt at this creation, if this is a repetition. */
  begin(identity: string): LostCreation | undefined {
    if (!this.isRepetition(identity)) return undefined;
    const lost = this.lost.get(identity);
    this.lost.delete(identity);
    return lost;
  }

  note(identity: string, lost: LostCreation): void {
    this.lost.set(identity, lost);
  }
}

/** A 2xx that returns a key that was there before is a conflict, despite its status. */
export function conflictWith(older: string, operation: Operation): ConflictError {
  return new ConflictError({
    message: `${operation.title} failed: the API answered with ${older}, which is older than the request.`,
    outcome: "conflict",
  });
}

export function isConflict(error: unknown): error is WaysCloudError {
  return error instanceof WaysCloudError && error.outcome === "conflict";
}

export function isAmbiguous(error: unknown): error is WaysCloudError {
  return error instanceof WaysCloudError && error.outcome === "ambiguous";
}
