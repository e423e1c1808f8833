// Row 39: the local clock of the provider's process is wrong, jumps, or stands still with a sleeping machine. What is due is for the server's to say.
import type { Fault } from "../../../../src/emulator";
import { type StoryRows, storyRows } from "../../../support/fault-rows";
import type { ProcessAccount } from "../../../support/process-account";
import { declareAll, loseAnswers, ROTATING } from "./kinds";

const YEAR = 365;
const HOUR = 1 / 24;
const KINDS = 5;

const checks = {
  "nothing rotates, nothing is revoked": (run: ProcessAccount, before: unknown) => {
    run.expectExactly(KINDS + 2);
    expect(rotating(run)).toEqual(before);
  },
  created: (run: ProcessAccount) => run.expectExactly(KINDS),
  "nothing changes": (run: ProcessAccount, before: string[]) => run.expectExactly(before),
  "rotates, then revokes": (run: ProcessAccount) => run.expectExactly(KINDS),
  "unresolved, then cleaned up": (run: ProcessAccount) => run.expectExactly(KINDS),
};

const rotating = ({ stack }: ProcessAccount): unknown[] =>
  Object.keys(ROTATING).map((kind) => [
    stack.held(kind).outputs["previousKeyId"],
    stack.held(kind).outputs["keyId"],
  ]);

/** Every resource is declared, and the response to its creation is lost. */
function loseAll({ stack, emulator }: ProcessAccount, ...how: [more?: Fault[], lost?: Fault]): void {
  declareAll(stack);
  loseAnswers(emulator, stack, ...how);
}

const jumps: [string, (account: ProcessAccount) => void, Fault?][] = [
  ["the local clock jumps a year ahead", (account) => account.setLocalClockAhead(YEAR)],
  ["the local clock jumps a year back", (account) => account.setLocalClockAhead(-YEAR)],
  // Its monotonic clock stands still meanwhile, the wall clocks of both sides go on, and the key is there an instant after it wakes.
  ["the machine sleeps an hour", (account) => account.pass(HOUR), { commitAfter: 20 }],
];

storyRows(__filename, "Local clocks that are wrong", checks, [
  {
    rows: [
      [39, "a year ahead inside an overlap; `up` twice"],
      [39, "a year ahead, every response to a creation is lost"],
    ],
    story: async (run, done) => {
      const { stack } = run;
      declareAll(stack);
      await stack.up();
      run.pass(31);
      await stack.up();
      const before = rotating(run);
      run.setLocalClockAhead(YEAR);
      run.forget();
      await stack.up();
      run.expectExactly();
      await stack.up();
      done(before);

      stack.program.clear();
      await stack.up();
      run.expectExactly(0);
      run.forget();
      loseAll(run);
      await stack.up();
      done();
    },
  },
  {
    rows: [
      [39, "a year behind, every response to a creation is lost"],
      [39, "a year behind, and a rotation is due"],
      [39, "set right: `up`; behind again when the overlap is over, and set right"],
    ],
    story: async (run, done) => {
      const { stack } = run;
      run.setLocalClockAhead(-YEAR);
      loseAll(run);
      await stack.up();
      done();
      const before = run.live;
      run.pass(31);
      await stack.up();
      done(before);
      run.setLocalClockAhead(0);
      await stack.up();
      expect(run.live).toEqual(expect.arrayContaining(before));
      expect(run.live).toHaveLength(KINDS + 2);
      run.setLocalClockAhead(-YEAR);
      run.pass(8);
      await stack.up();
      expect(run.live).toHaveLength(KINDS + 2);
      run.setLocalClockAhead(0);
      await stack.up();
      done();
    },
  },
  ...([YEAR, -YEAR] as const).map((days): StoryRows => ({
    rows: [[39, `a year ${days > 0 ? "ahead" : "behind"}, unresolved; the clock is set right, \`up\``]],
    story: async (run, done) => {
      const { stack, emulator } = run;
      run.setLocalClockAhead(days);
      loseAll(run);
      emulator.faults.add({ method: "GET", times: "always", status: 500 });
      expect(await stack.up()).toBe(false);
      run.expectUnresolved(KINDS);
      expect(run.live).toHaveLength(KINDS);
      run.setLocalClockAhead(0);
      run.pass(HOUR);
      emulator.faults.clear();
      run.forget();
      await stack.up();
      done();
    },
  })),
  ...jumps.map(([what, jump, late]): StoryRows => ({
    rows: [[39, `${what} after each lost POST`]],
    story: async (run, done) => {
      loseAll(run, [], late);
      run.onRequest = ({ method, status }) => {
        if (method !== "POST" || status !== "reset") return;
        run.setLocalClockAhead(0);
        jump(run);
      };
      await run.stack.up();
      if (late) run.seen = { requests: "looks until they are found" };
      done();
    },
  })),
]);
