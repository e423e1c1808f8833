// The beginning of an attempt, by the clock that can be trusted, and its form in a state.
import { momentOf } from "../../api/timing";
import type { Moment, Timing } from "../../api/timing";
import type { Began } from "../../judge/ownership";
import type { Snapshot } from "../../judge/presence";
import { endsInMarker, markerOf, newMarker } from "../../text/auto-name";
import type { AutoKind } from "../../text/auto-name";
import type { Properties } from "../../values";
import { rfc3339 } from "../../values";
import { encode, encodeGiven, flag, or, time, unless } from "../../fields/field";
import type { Field, Fields, StateReader, ValuesOf } from "../../fields/field";

export class StartTime {
  constructor(
    private readonly timing: Timing,
    private readonly moment: Moment = momentOf(timing),
  ) {}

  /**
   * By the server's clock (ms), given its time now. A monotonic clock stops while the machine sleeps, a wall
   * clock may jump: if they differ, the attempt began between the two.
   */
  byServer(serverTime: number | undefined): Began & { at: number; notAfter: number } {
    const now = serverTime ?? this.timing.now();
    return { at: now - this.passed, notAfter: now - (this.timing.monotonic() - this.moment.monotonic) };
  }

  /** The longest time ago at which it may have begun, ms. */
  private get passed(): number {
    const { timing, moment } = this;
    return Math.max(timing.monotonic() - moment.monotonic, timing.now() - moment.wall);
  }

  /** Did a cache get this list before it? `Age` is in whole seconds. */
  isAfter({ age = 0 }: Pick<Snapshot<unknown>, "age">): boolean {
    return age > 0 && age + 1000 > this.passed;
  }

  /** For a state. */
  at(serverTime: number | undefined): StartedAt {
    if (serverTime === undefined)
      return { ...UNKNOWN_START, attemptedAt: rfc3339(this.moment.wall), attemptedByLocalClock: true };
    const { at, notAfter } = this.byServer(serverTime);
    const attemptedNotAfter = notAfter - at < 1000 ? undefined : rfc3339(notAfter);
    return { attemptedAt: rfc3339(at), attemptedNotAfter, attemptedByLocalClock: false };
  }
}

export const startFields = {
  attemptedAt: or(time, null),
  /** The latest time at which it may have begun, where the local clocks disagreed. */
  attemptedNotAfter: or(time, undefined),
  /** By the local clock, because no response had shown the server's time. */
  attemptedByLocalClock: unless(flag, false),
};

/** The beginning of an attempt, RFC 3339, as a state has it. */
export type StartedAt = ValuesOf<typeof startFields>;

export const UNKNOWN_START: StartedAt = {
  ...{ attemptedAt: null, attemptedNotAfter: undefined, attemptedByLocalClock: false },
};

/** A local clock this close to the server's counts as right. */
const CLOCKS_AGREE_MS = 5_000;

/**
 * The same by the server's clock (ms), given both clocks now. A local clock that is wrong now may have been
 * set since, so by that one the attempt may have begun at any time until now; a time in the future proves
 * nothing.
 */
export function startOf(
  { attemptedAt, attemptedNotAfter, attemptedByLocalClock }: StartedAt,
  serverTime: number | undefined,
  now: number,
): Began {
  if (attemptedAt === null) return { at: undefined };
  const at = Date.parse(attemptedAt);
  if (!attemptedByLocalClock)
    return { at, notAfter: attemptedNotAfter === undefined ? at : Date.parse(attemptedNotAfter) };
  const server = serverTime ?? now;
  const moment = at + server - now;
  if (moment > server) return { at: undefined };
  return { at: moment, notAfter: Math.abs(server - now) <= CLOCKS_AGREE_MS ? moment : server };
}

/** The program's own text only looks like one that ends in a marker of ours. */
const pinned = unless(flag, false);

/** May an attempt have left an object? */
export function isUnresolved(state: StateReader): boolean {
  return state.read("unresolved", unless(flag, false));
}

/** An attempt whose outcome is unknown, as a state has it. */
export interface LostAttempt extends StartedAt {
  /** The full description or name that was sent, with its marker if it has one. */
  text: string;
  /** It ends in a generated marker, which proves ownership. */
  hasMarker: boolean;
}

/** `name`: the property that was sent, a field with this default; `more`: the other fields of the attempt. */
export function decodeLost<More extends object>(
  state: StateReader,
  name: AutoKind,
  sent: Field<string>,
  more: Fields<More>,
): LostAttempt & More {
  const text = state.read(name, sent);
  const hasMarker = endsInMarker(text, name) && !state.read("pinned", pinned);
  return { text, hasMarker, ...state.all(more), ...state.all(startFields) };
}

export function encodeLost(lost: LostAttempt, name: AutoKind): Properties {
  const marker = encode({ pinned }, { pinned: !lost.hasMarker && endsInMarker(lost.text, name) });
  return { [name]: lost.text, unresolved: true, ...encodeGiven(startFields, lost), ...marker };
}

/** A create whose outcome is unknown. */
export interface Unresolved<Lost = LostAttempt> {
  status: "unresolved";
  id: string;
  lost: Lost;
  inputs: Properties;
}

export function unresolved<Lost extends LostAttempt>(lost: Lost, inputs: Properties): Unresolved<Lost> {
  return {
    status: "unresolved",
    id: PREFIX + (lost.hasMarker ? markerOf(lost.text) : newMarker()),
    lost,
    inputs,
  };
}

/** Before the marker in the id of a state without a real one. Users' states have it, so it never changes. */
const PREFIX = "unresolved/";

export function isUnresolvedId(id: string): boolean {
  return id.startsWith(PREFIX);
}
