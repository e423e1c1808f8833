// Rows 46 and 50: what a list says of keys that are revoked or not active.
import { FaultTable } from "../../support/fault-table";
import { ProcessAccount } from "../../support/process-account";
import type { StoryStack } from "../../support/story-stack";
import { declareAll, PersonalAccessToken } from "./kinds";

const table = new FaultTable(__filename);
const KINDS = 5;

function expectExactly(account: ProcessAccount, stack: StoryStack, count: number): void {
  expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: stack.ids });
  expect(stack.ids).toHaveLength(count);
}

test.concurrent("row 46: revoked keys go on being listed as inactive", () =>
  ProcessAccount.run(
    async (account, stack) => {
      declareAll(stack);
      await stack.up();
      const note = (fault: string, result: string): void =>
        table.note({ row: 46, fault, result, requests: account.requests(), live: account.live.length });
      for (const id of account.live) account.emulator.account.remove(id);
      account.requests();
      await stack.up({ refresh: true });
      expectExactly(account, stack, KINDS);
      note("revoked elsewhere, listed with `is_active: false`; `up --refresh`", "created once");
      await stack.up({ refresh: true });
      expectExactly(account, stack, KINDS);
      note("the same, `up --refresh` once more", "no change");
      for (const id of account.live) account.emulator.account.remove(id);
      await stack.destroy();
      expectExactly(account, stack, 0);
      note("revoked elsewhere, listed with `is_active: false`; `destroy`", "success");
    },
    { quirks: { listsRevokedKeys: true } },
  ),
);

test.concurrent.each(["", "account"])("row 46: tokens are listed with the service %j", (tokenService) =>
  ProcessAccount.run(
    async (account, stack) => {
      declareAll(stack);
      await stack.up();
      const { id, key } = account.emulator.account.addApiKey({ scopes: ["dns:read"], description: "mine" });
      const existing = { scopes: ["dns:read"], description: "mine", existing: { id, key } };
      stack.declare("imported", PersonalAccessToken, existing);
      account.requests();
      await stack.up({ refresh: true });
      expectExactly(account, stack, KINDS + 1);
      expect(stack.held("imported").id).toBe(id);
      table.note({
        row: 46,
        fault: `tokens are listed with the service "${tokenService}"; \`up --refresh\` with another one imported`,
        result: "the same tokens, imported",
        requests: account.requests(),
        live: account.live.length,
      });
    },
    { quirks: { tokenService } },
  ),
);

test.concurrent("row 50: inactive keys of ours are revoked when they are replaced or destroyed", () =>
  ProcessAccount.run(async (account, stack) => {
    declareAll(stack);
    await stack.up();
    const { account: control } = account.emulator;
    const dead = control.liveApiKeys().map(({ id }) => id);
    for (const id of dead) control.deactivate(id);
    const deletions = (): string[] =>
      account.emulator.requests
        .filter(({ method }) => method === "DELETE")
        .map(({ path }) => path.split("/").at(-1)!);
    const note = (fault: string, result: string): void =>
      table.note({ row: 50, fault, result, requests: account.requests(), live: account.live.length });
    account.requests();
    await stack.up({ refresh: true });
    expectExactly(account, stack, KINDS);
    expect(deletions().sort()).toEqual(dead.sort());
    note("inactive keys of every kind; `up --refresh`", "replaced and revoked");
    const next = control.liveApiKeys().map(({ id }) => id);
    for (const id of next) control.deactivate(id);
    await stack.destroy({ refresh: true });
    expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: [] });
    expect(deletions()).toEqual(expect.arrayContaining(next));
    note("inactive keys of every kind; `destroy`", "revoked");
  }),
);

test("docs/fault-table.md says what these tests saw", () => table.compare());
