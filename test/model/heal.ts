// The end of a history: without further trouble everything heals, and after destroying nothing but others' keys is left.
import { problemsOf, isPending, mayBeLeft } from "./soundness";
import type { ModelStack } from "./model-stack";
import { calledLive } from "./world";
import type { World } from "./world";

/** After the late requests arrived, as a quiescent account is what the invariants are about. */
export async function settle(world: World): Promise<void> {
  const { timing } = world.account;
  timing.elapsed += 10_000;
  await timing.settle(true);
  expect(problemsOf(world)).toEqual([]);
}

/** The documented recovery after a kill: revoke what the pending operations name and nobody uses, and forget them. */
export function recover(world: World, stack: ModelStack): void {
  for (const key of world.live()) {
    if (isPending(world, stack, key) && !world.isInUse(key.id)) world.account.emulator.account.remove(key.id);
  }
  stack.pending = [];
}

/**
 * Each stack is brought to rest, several times: copies of a state take keys away from each other, and a public key that goes from one resource of a
 * program to another may take two runs. After the first time every command succeeds.
 */
export async function heal(world: World): Promise<void> {
  world.account.timing.error = 0;
  world.account.emulator.transform = undefined;
  // A list from before a key was made proves nothing: by now the server's clock is where it was before it was set back.
  if (world.hasJumped) world.account.pass(1);
  world.followAdvice();
  for (let pass = 0; pass < 3; pass += 1) {
    for (const stack of [...world.stacks].reverse()) await bringToRest(world, stack, pass > 0);
  }
  const live = new Set(world.live().map(({ id }) => id));
  const dead = world.stacks.flatMap((stack) =>
    [...stack.state.values()].flatMap(calledLive).filter((id) => !live.has(id)),
  );
  expect({ left: leftOver(world, false), dead }).toEqual({ left: [], dead: [] });
  for (const stack of world.stacks) succeed(stack, await stack.destroy());
  expect(leftOver(world, true)).toEqual([]);
  await settle(world);
}

async function bringToRest(world: World, stack: ModelStack, isStrict: boolean): Promise<void> {
  recover(world, stack);
  succeed(stack, await stack.refresh());
  for (let round = 0; round < 3; round += 1) {
    const isDone = await stack.up();
    if (isStrict) succeed(stack, isDone);
    await settle(world);
  }
}

function succeed({ name, errors }: ModelStack, isDone: boolean): void {
  expect({ stack: name, isDone, errors }).toEqual({ stack: name, isDone: true, errors: [] });
}

/** Live keys that are in no state and not somebody else's, though nothing says that they may be left. */
function leftOver(world: World, isDestroyed: boolean): string[] {
  const left = world.live().filter((key) => {
    const isHeld = !isDestroyed && world.stacks.some((stack) => stack.owns(key.id));
    return !isHeld && !world.foreign.has(key.id) && !mayBeLeft(world, key);
  });
  return left.map(({ id, description, name }) => `${id} (${String(description ?? name)})`);
}
