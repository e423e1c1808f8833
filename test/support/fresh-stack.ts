// What stories start with: an account and a stack of its own for each test of the file that imports this.
import { StoryAccount } from "./story-account";
import { StoryStack } from "./story-stack";

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export let account: StoryAccount;
export let stack: StoryStack;

beforeEach(async () => {
  account = await StoryAccount.open();
  stack = new StoryStack(account);
});
afterEach(() => account.emulator.close());

/** Declares a resource, and runs `up`. */
export function deploy(...declared: Parameters<StoryStack["declare"]>): Promise<boolean> {
  stack.declare(...declared);
  return stack.up();
}
