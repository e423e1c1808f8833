// Any history of two stacks and a copy in one account: whatever gets lost, late, killed, refused or altered, no key is lost, leaked, or taken from somebody else.
import fc from "fast-check";

import { StoryAccount } from "../support/story-account";
import { commands, program, RUNS, RUNS_SHOWN, setting, type Command } from "./commands";
import { heal } from "./heal";
import { ELSEWHERE, type Slot } from "./program";
import { ModelAccount } from "./model-account";

async function live(
  work: (model: ModelAccount) => Promise<void>,
  programs: Slot[][],
  { isSplit, answer }: { isSplit: boolean; answer: Command | null },
): Promise<void> {
  const account = await StoryAccount.open();
  try {
    const model = new ModelAccount(account);
    programs.forEach((slots, at) => slots.forEach((slot) => model.stack(at).say(slot)));
    for (const stack of model.stacks) stack.isElsewhere = (name) => isSplit && ELSEWHERE.includes(name);
    await answer?.run({}, model);
    await work(model);
  } finally {
    await account.emulator.close();
  }
}

test(`any history: every live key is in a state, named, or somebody else's (${RUNS_SHOWN})`, () =>
  fc.assert(
    fc.asyncProperty(program, program, setting, commands, (one, two, at, history) =>
      live(
        async (model) => {
          await fc.asyncModelRun(() => ({ model: {}, real: model }), history);
          await heal(model);
        },
        [one, two],
        at,
      ),
    ),
    RUNS,
  ));
