// Clocks for tests: one whose sleeps pass at once, and one that stands still until it is moved. No test waits by the wall clock.
import type { Timing } from "../../src/api/timing";

/** A clock that jumps over every sleep, and remembers how long each of them was. */
export class FakeTiming implements Timing {
  /** Every wait asked for, in milliseconds. */
  readonly waits: number[] = [];
  elapsed = 0;
  attemptLimit = 5_000;
  operationLimit = 120_000;

  constructor(
    /** The wall clock at the start, ms since the epoch. */
    readonly started = Date.parse("2030-01-01T00:00:00Z"),
    readonly chance: () => number = () => 0.5,
  ) {}

  monotonic(): number {
    return this.elapsed;
  }

  now(): number {
    return this.started + this.elapsed;
  }

  random(): number {
    return this.chance();
  }

  async sleep(ms: number): Promise<void> {
    if (!(ms > 0)) throw new Error(`a sleep of ${ms} ms would spin`);
    if (this.waits.length > 1_000) throw new Error("a thousand sleeps: this spins");
    this.waits.push(ms);
    this.elapsed += ms;
    await turn();
  }
}

/** A clock that stands still until {@link advance}. */
export class StandingTiming extends FakeTiming {
  private sleepers: { until: number; wake: () => void }[] = [];

  /** How many are asleep. */
  get asleep(): number {
    return this.sleepers.length;
  }

  /** When the next of them wakes up. */
  get nextWake(): number {
    return Math.min(...this.sleepers.map(({ until }) => until));
  }

  override sleep(ms: number): Promise<void> {
    if (!(ms > 0)) throw new Error(`a sleep of ${ms} ms would spin`);
    this.waits.push(ms);
    return new Promise((wake) => this.sleepers.push({ until: this.elapsed + ms, wake }));
  }

  /** Moves the clock, and wakes whoever is due, that much too early. */
  async advance(ms: number, early = 0): Promise<void> {
    this.elapsed += ms;
    const due = this.sleepers.filter(({ until }) => until <= this.elapsed);
    this.sleepers = this.sleepers.filter(({ until }) => until > this.elapsed);
    this.elapsed -= early;
    for (const { wake } of due) wake();
    await turn();
  }
}

/** A clock that moves from one sleeper to the next while this runs: many things at once, in the time that they would take. */
export async function inVirtualTime<T>(timing: StandingTiming, work: Promise<T>): Promise<T> {
  let isDone = false;
  const end = (): void => {
    isDone = true;
  };
  work.then(end, end);
  for (;;) {
    await turn();
    if (isDone) return work;
    if (timing.asleep === 0) continue;
    timing.elapsed = timing.nextWake;
    await timing.advance(0);
  }
}

/** Milliseconds of processor time that this process has used: what a busy machine does not prolong. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** One turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Turns of the event loop until something holds. The runner's own limit ends a wait for what never comes. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}
