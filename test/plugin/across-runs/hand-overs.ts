// Rows 26 and 28 to 31: a key passes from one resource to another, is replaced, or is said to be gone.
import { FaultTable } from "../../support/fault-table";
import { ProcessAccount } from "../../support/process-account";
import type { StoryStack } from "../../support/story-stack";
import { publicKey } from "../../support/public-key";
import { declareAll, declareSshKey, PersonalAccessToken, ServiceKey } from "./kinds";

const table = new FaultTable(__filename);

/** The state and the account hold the same keys. */
function expectExactly(account: ProcessAccount, stack: StoryStack, ids: string[]): void {
  expect({ errors: stack.errors, ids: stack.ids, live: account.live }).toEqual({
    errors: [],
    ids: [...ids].sort(),
    live: [...ids].sort(),
  });
}

test.concurrent("row 26: killed between the take-over and the deletion; `up`", () =>
  ProcessAccount.run(async (account, stack) => {
    const byHand = account.emulator.account.addApiKey({ service: "dns", description: "by hand" });
    const existing = { id: byHand.id, key: byHand.key };
    const declare = (name: string): void => {
      stack.program.clear();
      declareSshKey(stack, `${name}-ssh`, { publicKey: publicKey(1), adoptExisting: true });
      stack.declare(name, ServiceKey, { service: "dns", description: "by hand", existing });
    };
    declare("before");
    await stack.up();
    const { ids } = stack;
    declare("after");
    account.requests();
    // The first list is that of the SSH keys: the second resource takes over nothing.
    await stack.up({ kill: { nth: 2, arrived: true } });
    expect(stack.errors).toContain("killed");
    expect([...stack.state.keys()].sort()).toEqual(["after-ssh", "before", "before-ssh"]);
    expect(account.live).toEqual(ids);
    account.requests();
    await stack.up();
    const requests = account.requests();
    expect([...stack.state.keys()].sort()).toEqual(["after", "after-ssh"]);
    expectExactly(account, stack, ids);
    table.note({
      row: 26,
      fault: "`existing` and `adoptExisting` under new names, killed between the two; `up`",
      result: "handed over, nothing revoked",
      requests,
      live: 2,
    });
  }),
);

test.concurrent("row 28: the run's own credential is handed over, replaced and destroyed", () =>
  ProcessAccount.run(async (account, stack) => {
    const { account: control } = account.emulator;
    const { id, key } = control.addApiKey({ scopes: ["api_keys:write"], description: "ci" });
    const inputs = { scopes: ["api_keys:write"], description: "ci", existing: { id, key } };
    stack.credential = key;
    stack.declare("before", PersonalAccessToken, inputs);
    await stack.up();
    stack.rename("before", "after");
    account.requests();
    await stack.up({ fails: true });
    expect([...stack.state.keys()]).toEqual(["before", "after"]);
    await stack.up();
    expect([...stack.state.keys()]).toEqual(["after"]);
    expectExactly(account, stack, [id]);
    table.note({
      row: 28,
      fault: "taken over by another resource, in two runs",
      result: "handed over",
      requests: account.requests(),
      live: account.live.length,
    });

    stack.declare("after", PersonalAccessToken, { ...inputs, rotationTriggers: { leaked: "1" } });
    expect(await stack.up()).toBe(false);
    expect(stack.errors.join()).toContain("authenticated with it");
    expect(account.live).toEqual([id, ...stack.ids].sort());
    stack.credential = String(stack.held("after").outputs["key"]);
    await stack.up();
    expectExactly(account, stack, stack.ids);
    expect(account.live).not.toContain(id);
    table.note({
      row: 28,
      fault: "replaced; `up` with the new key as credential",
      result: "the new key first, then the old one revoked",
      requests: account.requests(),
      live: account.live.length,
    });

    expect(await stack.destroy()).toBe(false);
    expect(stack.errors.join()).toContain("authenticated with it");
    expectLive(account, stack);
    table.note({
      row: 28,
      fault: "`destroy`",
      result: "refused",
      requests: account.requests(),
      live: account.live.length,
    });
  }),
);

function expectLive(account: ProcessAccount, stack: StoryStack): void {
  expect([account.live, stack.ids.length]).toEqual([stack.ids, 1]);
}

test.concurrent(
  "row 29: eight SSH keys under new logical names in one run, and eight under other names in the account",
  () =>
    ProcessAccount.run(async (account, stack) => {
      const numbers = [0, 1, 2, 3, 4, 5, 6, 7];
      const declare = (logical: string, name: string): void => {
        stack.program.clear();
        for (const at of numbers) {
          declareSshKey(stack, `${logical}${at}`, { publicKey: publicKey(at), adoptExisting: true });
          const ours = { name: `${name} ${at}`, publicKey: publicKey(8 + at), adoptExisting: true };
          declareSshKey(stack, `ours${at}`, ours);
        }
      };
      for (const at of numbers) {
        account.emulator.account.addSshKey({ name: `laptop ${at}`, publicKey: publicKey(at) });
      }
      declare("before", "old");
      await stack.up();
      const { ids } = stack;
      expect(ids).toHaveLength(16);
      declare("after", "old");
      account.requests();
      await stack.up();
      expectExactly(account, stack, ids);
      const note = (fault: string, result: string): void =>
        table.note({ row: 29, fault, result, requests: account.requests(), live: account.live.length });
      note("eight adopted SSH keys under other logical names", "handed over");

      declare("after", "new");
      await stack.up({ refresh: true });
      expectExactly(account, stack, stack.ids);
      expect(stack.ids).toHaveLength(16);
      note("eight of ours under other names in the account, `up --refresh`", "every id in the state is live");
    }),
);

test.concurrent("row 30: a wrong `existing.key` is corrected in place", () =>
  ProcessAccount.run(async (account, stack) => {
    const { id, key } = account.emulator.account.addApiKey({ service: "dns", description: "by hand" });
    const declare = (given: string): void =>
      stack.declare("key", ServiceKey, { service: "dns", existing: { id, key: given } });
    // Behind the right prefix.
    declare(`${key.slice(0, -3)}xyz`);
    await stack.up();
    declare(key);
    account.requests();
    await stack.up();
    expectExactly(account, stack, [id]);
    expect(stack.held("key").outputs["key"] === key).toBe(true);
    const fault = "`existing.key` corrected";
    table.note({ row: 30, fault, result: "stored", requests: account.requests(), live: 1 });
  }),
);

test.concurrent("row 31: a deletion that is answered 404 or 410", () =>
  ProcessAccount.run(async (account, stack) => {
    declareAll(stack);
    await stack.up();
    const { ids } = stack;
    const html = "<html><body>404 Not Found</body></html>";
    for (const [what, fault] of [
      ["404 of a wrong path", { status: 404, body: { detail: "Not Found" } }],
      ["404, HTML of a proxy", { status: 404, body: html }],
      ["410, and the key is there", { status: 410, body: { detail: "gone" } }],
    ] as const) {
      account.emulator.faults.add({ ...fault, method: "DELETE", times: "always" });
      account.requests();
      expect(await stack.destroy()).toBe(false);
      expect(stack.errors).toHaveLength(5);
      expect(stack.errors.join()).toContain("still shows it");
      expect([account.live, stack.ids]).toEqual([ids, ids]);
      const live = account.live.length;
      table.note({ row: 31, fault: `delete: ${what}`, result: "error", requests: account.requests(), live });
      account.emulator.faults.clear();
    }
    for (const id of ids) account.emulator.account.remove(id);
    account.requests();
    await stack.destroy();
    expectExactly(account, stack, []);
    const requests = account.requests();
    table.note({ row: 31, fault: "delete: 404, really gone", result: "success", requests, live: 0 });
  }),
);

test("docs/fault-table.md says what these tests saw", () => table.compare());
