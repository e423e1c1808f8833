// Row 39: the local clock of the provider's process is wrong, jumps, or stands still with a sleeping machine. What is due is for the server's to say.
import { FaultTable } from "../../support/fault-table";
import { ProcessAccount } from "../../support/process-account";
import type { StoryStack } from "../../support/story-stack";
import { declareAll, loseAnswers, ROTATING } from "./kinds";

const table = new FaultTable(__filename);
const YEAR = 365;
const HOUR = 1 / 24;
const KINDS = 5;

function expectExactly(account: ProcessAccount, stack: StoryStack): void {
  expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: stack.ids });
}

const rotating = (stack: StoryStack): unknown[] =>
  Object.keys(ROTATING).map((kind) => [
    stack.held(kind).outputs["previousKeyId"],
    stack.held(kind).outputs["keyId"],
  ]);

test.concurrent("row 39: a year ahead: nothing rotates, nothing is revoked, and lost answers are found", () =>
  ProcessAccount.run(async (account, stack) => {
    declareAll(stack);
    await stack.up();
    account.pass(31);
    await stack.up();
    const before = rotating(stack);
    const note = (fault: string, result: string): void =>
      table.note({ row: 39, fault, result, requests: account.requests(), live: account.live.length });

    account.setLocalClockAhead(YEAR);
    account.requests();
    for (let run = 0; run < 2; run += 1) {
      await stack.up();
      expectExactly(account, stack);
      expect(rotating(stack)).toEqual(before);
    }
    note("a year ahead inside an overlap; `up` twice", "nothing rotates, nothing is revoked");

    stack.program.clear();
    await stack.up();
    expectExactly(account, stack);
    account.requests();
    declareAll(stack);
    loseAnswers(account.emulator, stack);
    await stack.up();
    expectExactly(account, stack);
    note("a year ahead, every response to a creation is lost", "created");
  }),
);

test.concurrent("row 39: a year behind: it rotates late, and revokes nothing early", () =>
  ProcessAccount.run(async (account, stack) => {
    account.setLocalClockAhead(-YEAR);
    declareAll(stack);
    loseAnswers(account.emulator, stack);
    await stack.up();
    expectExactly(account, stack);
    const note = (fault: string, result: string): void =>
      table.note({ row: 39, fault, result, requests: account.requests(), live: account.live.length });
    note("a year behind, every response to a creation is lost", "created");

    const before = account.live;
    account.pass(31);
    await stack.up();
    expect([stack.errors, account.live]).toEqual([[], before]);
    note("a year behind, and a rotation is due", "nothing changes");
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
    expect(account.live).toHaveLength(KINDS);
    expectExactly(account, stack);
    note("set right: `up`; behind again when the overlap is over, and set right", "rotates, then revokes");
  }),
);

test.concurrent.each([
  ["a year ahead", YEAR],
  ["a year behind", -YEAR],
])("row 39: unresolved %s, then set right", (what, days) =>
  ProcessAccount.run(async (account, stack) => {
    account.setLocalClockAhead(days);
    declareAll(stack);
    loseAnswers(account.emulator, stack);
    account.emulator.faults.add({ method: "GET", times: "always", status: 500 });
    expect(await stack.up()).toBe(false);
    expect([...stack.state.values()].map(({ id }) => id.split("/")[0])).toEqual(
      Array(KINDS).fill("unresolved"),
    );
    expect(account.live).toHaveLength(KINDS);
    account.setLocalClockAhead(0);
    account.pass(HOUR);
    account.emulator.faults.clear();
    account.requests();
    await stack.up();
    expectExactly(account, stack);
    expect(stack.ids).toHaveLength(KINDS);
    table.note({
      row: 39,
      fault: `${what}, unresolved; the clock is set right, \`up\``,
      result: "unresolved, then cleaned up",
      requests: account.requests(),
      live: account.live.length,
    });
  }),
);

test.concurrent.each([
  [
    "the local clock jumps a year ahead after each lost POST",
    (account: ProcessAccount) => account.setLocalClockAhead(YEAR),
    0,
  ],
  [
    "the local clock jumps a year back after each lost POST",
    (account: ProcessAccount) => account.setLocalClockAhead(-YEAR),
    0,
  ],
  // Its monotonic clock stands still meanwhile, the wall clocks of both sides go on, and the key is there an instant after it wakes.
  ["the machine sleeps an hour after each lost POST", (account: ProcessAccount) => account.pass(HOUR), 20],
] as const)("row 39: %s", (fault, jump, commitAfter) =>
  ProcessAccount.run(async (account, stack) => {
    declareAll(stack);
    loseAnswers(account.emulator, stack, [], commitAfter > 0 ? { commitAfter } : {});
    account.onRequest = ({ method, status }) => {
      if (method !== "POST" || status !== "reset") return;
      account.setLocalClockAhead(0);
      jump(account);
    };
    await stack.up();
    expectExactly(account, stack);
    expect(stack.ids).toHaveLength(KINDS);
    const live = account.live.length;
    table.note({
      row: 39,
      fault,
      result: "created",
      requests: commitAfter > 0 ? "looks until they are found" : account.requests(),
      live,
    });
  }),
);

test("docs/fault-table.md says what these tests saw", () => table.compare());
