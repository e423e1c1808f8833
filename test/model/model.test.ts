// Any history of two stacks and a copy in one account: whatever gets lost, late, killed, refused or altered, no key is lost, leaked, or taken from somebody else.
import fc from "fast-check";

import { testAll } from "../support/rare";
import { Account } from "../support/story-account";
import { commands, program, setting, type Command } from "./commands";
import { heal } from "./heal";
import { ELSEWHERE, type Slot } from "./program";
import { World } from "./world";

const SECONDS = Number(process.env.MODEL_SECONDS ?? (testAll ? 60 : 6));
const SEED = process.env.MODEL_SEED === undefined ? Date.now() % 2 ** 31 : Number(process.env.MODEL_SEED);

jest.setTimeout(SECONDS * 1_000 + 240_000);

async function live(
  work: (world: World) => Promise<void>,
  programs: Slot[][],
  { isSplit, answer }: { isSplit: boolean; answer: Command | null },
): Promise<void> {
  const account = await Account.open();
  try {
    const world = new World(account);
    programs.forEach((slots, at) => slots.forEach((slot) => world.stack(at).say(slot)));
    for (const stack of world.stacks) stack.isElsewhere = (name) => isSplit && ELSEWHERE.includes(name);
    await answer?.run({}, world);
    await work(world);
  } finally {
    await account.emulator.close();
  }
}

test(`any history: every live key is in a state, named, or somebody else's (seed ${SEED}, ${SECONDS} s)`, async () => {
  let running: Promise<void> = Promise.resolve();
  let histories = 0;
  await fc.assert(
    fc.asyncProperty(program, program, setting, commands, (one, two, at, history) => {
      histories += 1;
      running = live(
        async (world) => {
          await fc.asyncModelRun(() => ({ model: {}, real: world }), history);
          await heal(world);
        },
        [one, two],
        at,
      );
      return running;
    }),
    {
      seed: SEED,
      numRuns: 1_000_000,
      interruptAfterTimeLimit: SECONDS * 1_000,
      markInterruptAsFailure: false,
      ...(process.env.MODEL_PATH === undefined ? {} : { path: process.env.MODEL_PATH }),
    },
  );
  // The limit leaves the last history where it is; it has to come to its end, and to a good one.
  await running;
  process.stderr.write(`${histories} histories, seed ${SEED}\n`);
});
