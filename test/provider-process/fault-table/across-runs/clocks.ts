// Row 39: the local clock of the provider's process is wrong, jumps, or stands still with a sleeping machine. What is due is for the server's to say.
import { row, type StoryRows, type StoryRun, storyRows } from "../../../support/fault-rows";
import { declareAll, loseAnswers, ROTATING } from "./kinds";

const YEAR = 365;
const HOUR = 1 / 24;
const KINDS = 5;

const checks = {
  "nothing rotates, nothing is revoked": (run: StoryRun, before: unknown) => {
    run.expectExactly(KINDS + 2);
    expect(rotating(run)).toEqual(before);
  },
  created: (run: StoryRun) => run.expectExactly(KINDS),
  "nothing changes": (run: StoryRun, before: string[]) => run.expectExactly(before),
  "rotates, then revokes": (run: StoryRun) => run.expectExactly(KINDS),
  "unresolved, then cleaned up": (run: StoryRun) => run.expectExactly(KINDS),
};
type Outcome = keyof typeof checks;

const rotating = ({ stack }: StoryRun): unknown[] =>
  Object.keys(ROTATING).map((kind) => [
    stack.held(kind).outputs["previousKeyId"],
    stack.held(kind).outputs["keyId"],
  ]);

/** The requests of five creations whose responses are lost, the last of them of an SSH key. */
const LOST = `POST ${"GET DELETE POST×2 ".repeat(4)}GET`;

/** Every resource is declared, and the response to its creation is lost. */
function loseAll({ stack, emulator }: StoryRun, ...how: unknown[]): void {
  declareAll(stack);
  loseAnswers(emulator, stack, ...(how as []));
}

const jumps: [string, commitAfter: number, (run: StoryRun) => void][] = [
  [
    "the local clock jumps a year ahead after each lost POST",
    0,
    ({ account }) => account.setLocalClockAhead(YEAR),
  ],
  [
    "the local clock jumps a year back after each lost POST",
    0,
    ({ account }) => account.setLocalClockAhead(-YEAR),
  ],
  // Its monotonic clock stands still meanwhile, the wall clocks of both sides go on, and the key is there an instant after it wakes.
  ["the machine sleeps an hour after each lost POST", 20, ({ account }) => account.pass(HOUR)],
];

storyRows<Outcome>(__filename, "Local clocks that are wrong", checks, [
  {
    rows: [
      row(
        39,
        "a year ahead inside an overlap; `up` twice",
        "nothing rotates, nothing is revoked",
        "GET×4",
        KINDS + 2,
      ),
      row(39, "a year ahead, every response to a creation is lost", "created", LOST, KINDS),
    ],
    story: async (run, done) => {
      const { account, stack } = run;
      declareAll(stack);
      await stack.up();
      account.pass(31);
      await stack.up();
      const before = rotating(run);
      account.setLocalClockAhead(YEAR);
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
      row(39, "a year behind, every response to a creation is lost", "created", LOST, KINDS),
      row(39, "a year behind, and a rotation is due", "nothing changes", "none", KINDS),
      row(
        39,
        "set right: `up`; behind again when the overlap is over, and set right",
        "rotates, then revokes",
        "GET POST GET POST GET DELETE GET DELETE",
        KINDS,
      ),
    ],
    story: async (run, done) => {
      const { account, stack } = run;
      account.setLocalClockAhead(-YEAR);
      loseAll(run);
      await stack.up();
      done();
      const before = account.live;
      account.pass(31);
      await stack.up();
      done(before);
      account.setLocalClockAhead(0);
      await stack.up();
      expect(account.live).toEqual(expect.arrayContaining(before));
      expect(account.live).toHaveLength(KINDS + 2);
      account.setLocalClockAhead(-YEAR);
      account.pass(8);
      await stack.up();
      expect(account.live).toHaveLength(KINDS + 2);
      account.setLocalClockAhead(0);
      await stack.up();
      done();
    },
  },
  ...(
    [
      ["a year ahead", YEAR],
      ["a year behind", -YEAR],
    ] as const
  ).map(([how, days]): StoryRows<Outcome> => ({
    rows: [
      row(
        39,
        `${how}, unresolved; the clock is set right, \`up\``,
        "unresolved, then cleaned up",
        Array(KINDS).fill("GET DELETE POST").join(" "),
        KINDS,
      ),
    ],
    story: async (run, done) => {
      const { account, stack, emulator } = run;
      account.setLocalClockAhead(days);
      loseAll(run);
      emulator.faults.add({ method: "GET", times: "always", status: 500 });
      expect(await stack.up()).toBe(false);
      run.expectUnresolved(KINDS);
      expect(account.live).toHaveLength(KINDS);
      account.setLocalClockAhead(0);
      account.pass(HOUR);
      emulator.faults.clear();
      run.forget();
      await stack.up();
      done();
    },
  })),
  ...jumps.map(([fault, commitAfter, jump]): StoryRows<Outcome> => ({
    rows: [row(39, fault, "created", commitAfter > 0 ? "looks until they are found" : LOST, KINDS)],
    story: async (run, done) => {
      loseAll(run, [], commitAfter > 0 ? { commitAfter } : {});
      run.account.onRequest = ({ method, status }) => {
        if (method !== "POST" || status !== "reset") return;
        run.account.setLocalClockAhead(0);
        jump(run);
      };
      await run.stack.up();
      if (commitAfter > 0) run.seen = { requests: "looks until they are found" };
      done();
    },
  })),
]);
