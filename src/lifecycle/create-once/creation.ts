// What "create one thing exactly once" needs to know of the thing, and how it can end.
import type { WithServerTime } from "../../api/client";
import { WaysCloudError } from "../../errors";
import type { Began, Sent, Shown } from "../../judge/ownership";
import type { Snapshot } from "../account-list";
import type { StartedAt, StartTime } from "./started";

/** What a list shows of everything that can be created. */
export interface Listed {
  id: string;
  createdAt?: string | undefined;
}

/** The attempt that a POST belongs to. */
export interface Attempt {
  /** When the first one began, given the server's time now. */
  began: (serverTime: number | undefined) => Began;
  /** A second one follows only a first one whose response was lost. */
  isSecond: boolean;
}

/** One thing to be created exactly once. `Made`: what the POST returns; `Entry`: what the list shows. */
export interface Creation<Made extends { id: string }, Entry extends Listed> {
  /** For messages: `the service key "…"`. */
  what: string;
  /** The same for a repetition of this creation; see {@link Creations}. */
  identity: string;
  /** What an earlier attempt at this very creation left, from {@link Creations.begin}. */
  before: LostCreation | undefined;
  sent: Omit<Sent, keyof Began>;
  shown(entry: Entry): Shown;
  post(attempt: Attempt): Promise<WithServerTime<Made>>;
  list(): Promise<Snapshot<Entry>>;
  /** Existed before, or belongs to another resource of this run. */
  isKnown(id: string): boolean;
  remove(entry: Entry): Promise<void>;
  /** Given where a creation can be kept although its response was lost, because the response held no secret. */
  keep?(entry: Entry): Made;
}

export type Created<Made> =
  /** `unfinished`: an earlier attempt may have left a duplicate, which could not be checked; what to say of it. */
  | { is: "created"; value: Made; serverTime: number | undefined; unfinished?: string }
  /** Something may be live that could not be looked up: the caller keeps the attempt in the state. */
  | { is: "unresolved"; why: string; started: StartedAt };

/** A creation of this run that may have left something live. */
export interface LostCreation {
  sent: Omit<Sent, keyof Began>;
  started: StartTime;
  /** When its latest POST was sent. */
  posted: StartTime;
  cause: WaysCloudError;
  isKnown: (id: string) => boolean;
  /** It was created, but a duplicate may exist. */
  made?: WithServerTime<{ id: string }>;
}

/**
 * Creations of this run. The engine may ask for the same one again (a hook that retries), having thrown away our first answer. It checks a
 * resource once before it creates it, so a creation beyond the number of checks is a repetition, and any other is a resource of its own.
 */
export class Creations {
  private readonly declared = new Map<string, number>();
  private readonly lost = new Map<string, LostCreation>();

  /** A resource with these inputs is to be created. */
  noteDeclared(identity: string): void {
    this.declared.set(identity, (this.declared.get(identity) ?? 0) + 1);
  }

  /** To be asked once when a creation begins. */
  isRepetition(identity: string): boolean {
    const declared = this.declared.get(identity) ?? 0;
    this.declared.set(identity, Math.max(0, declared - 1));
    return declared === 0;
  }

  /** What an earlier attempt at this very creation left, if this is a repetition. */
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

export function isConflict(error: unknown): error is WaysCloudError {
  return error instanceof WaysCloudError && error.outcome === "conflict";
}

export function isAmbiguous(error: unknown): error is WaysCloudError {
  return error instanceof WaysCloudError && error.outcome === "ambiguous";
}
