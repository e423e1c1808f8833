// An account and a stack of its own for each test of a file, so that no test finds what another one left.
import { Stack } from "./story";
import { Account } from "./story-account";

export function useFreshStack(use: (account: Account, stack: Stack) => void): void {
  let account: Account;
  beforeEach(async () => {
    account = await Account.open();
    use(account, new Stack(account));
  });
  afterEach(() => account.emulator.close());
}
