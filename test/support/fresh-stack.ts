// An account and a stack of its own for each test of a file, so that no test finds what another one left.
import { StoryStack } from "./story-stack";
import { StoryAccount } from "./story-account";

export function useFreshStack(use: (account: StoryAccount, stack: StoryStack) => void): void {
  let account: StoryAccount;
  beforeEach(async () => {
    account = await StoryAccount.open();
    use(account, new StoryStack(account));
  });
  afterEach(() => account.emulator.close());
}
