// The end of a history: without further trouble everything heals, and after destroying nothing but others' keys is left.
import { problemsOf, isPending, mayBeLeft } from "./soundness";
import type { ModelStack } from "./model-stack";
import { calledLive } from "./model-account";
import type { ModelAccount } from "./model-account";

/** After the late requests arrived, as a quiescent account is what the invariants are about. */
export async function settle(model: ModelAccount): Promise<void> {
  const { timing } = model.account;
  timing.elapsed += 10_000;
  await timing.settle(true);
  expect(problemsOf(model)).toEqual([]);
}

/** The documented recovery after a kill: revoke what the pending operations name and nobody uses, and forget them. */
export function recover(model: ModelAccount, stack: ModelStack): void {
  for (const key of model.live()) {
    if (isPending(model, stack, key) && !model.isInUse(key.id)) model.account.emulator.account.remove(key.id);
  }
  stack.pending = [];
}

/**
 * Each stack is brought to rest, several times: copies of a state take keys away from each other, and a public key that goes from one resource of a
 * program to another may take two runs. After the first time every command succeeds.
 */
export async function heal(model: ModelAccount): Promise<void> {
  model.account.timing.error = 0;
  model.account.emulator.transform = undefined;
  // A list from before a key was made proves nothing: by now the server's clock is where it was before it was set back.
  if (model.hasJumped) model.account.pass(1);
  model.followAdvice();
  for (let pass = 0; pass < 3; pass += 1) {
    for (const stack of [...model.stacks].reverse()) await bringToRest(model, stack, pass > 0);
  }
  const live = new Set(model.live().map(({ id }) => id));
  const dead = model.stacks.flatMap((stack) =>
    [...stack.state.values()].flatMap(calledLive).filter((id) => !live.has(id)),
  );
  expect({ left: leftOver(model, false), dead }).toEqual({ left: [], dead: [] });
  for (const stack of model.stacks) succeed(stack, await stack.destroy());
  expect(leftOver(model, true)).toEqual([]);
  await settle(model);
}

async function bringToRest(model: ModelAccount, stack: ModelStack, isStrict: boolean): Promise<void> {
  recover(model, stack);
  succeed(stack, await stack.refresh());
  for (let round = 0; round < 3; round += 1) {
    const isDone = await stack.up();
    if (isStrict) succeed(stack, isDone);
    await settle(model);
  }
}

function succeed({ name, errors }: ModelStack, isDone: boolean): void {
  expect({ stack: name, isDone, errors }).toEqual({ stack: name, isDone: true, errors: [] });
}

/** Live keys that are in no state and not somebody else's, though nothing says that they may be left. */
function leftOver(model: ModelAccount, isDestroyed: boolean): string[] {
  const left = model.live().filter((key) => {
    const isHeld = !isDestroyed && model.stacks.some((stack) => stack.owns(key.id));
    return !isHeld && !model.foreign.has(key.id) && !mayBeLeft(model, key);
  });
  return left.map(({ id, description, name }) => `${id} (${String(description ?? name)})`);
}
