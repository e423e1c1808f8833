// A set of SSH keys: what holds for one key (rows 3, 8, 11, 14 and 16) holds for each of its entries, and after a partial failure the state holds exactly what exists (row 51).
import { FaultTable } from "../../support/fault-table";
import { ProcessAccount } from "../../support/process-account";
import type { StoryStack } from "../../support/story-stack";
import { publicKey } from "../../support/public-key";
import { resources } from "../../support/engine-resources";

const table = new FaultTable(__filename);
const ENTRIES = ["anna", "bjarne", "carl"];

function declare(stack: StoryStack, entries: string[] = ENTRIES, more: object = {}): void {
  const publicKeys = Object.fromEntries(entries.map((entry) => [entry, publicKey(entry)]));
  stack.declare("team", resources.SshKeySet, { publicKeys, ...more });
}

/** The state holds what the account has: all of these entries. */
function expectExactly(account: ProcessAccount, stack: StoryStack, entries: string[] = ENTRIES): void {
  expect(entriesOf(stack)).toEqual([...entries].sort());
  expect(stack.ids).toEqual(account.live);
}

function entriesOf(stack: StoryStack): string[] {
  return Object.keys(stack.held("team").outputs["keys"] as object).sort();
}

/** Entries are worked on at the same time, so the order of their requests says nothing. */
function noteOf(account: ProcessAccount) {
  return (row: number, fault: string, result: string): void => {
    account.emulator.requests.sort((a, b) => b.method.localeCompare(a.method));
    const requests = account.requests();
    table.note({ row, fault, resource: "sshKeySet", result, requests, live: account.live.length });
  };
}

const ofBjarne = { method: "POST", contains: '"team-bjarne"' };
const LOST = { ...ofBjarne, reset: true, commit: true } as const;
const NO_LISTS = { method: "GET", times: "always", status: 500 } as const;

test.concurrent("row 3: the response to one entry's POST is lost", () =>
  ProcessAccount.run(async (account, stack) => {
    account.emulator.faults.add(LOST);
    declare(stack);
    await stack.up();
    expect(stack.errors).toEqual([]);
    expectExactly(account, stack);
    noteOf(account)(3, "one entry is created, then the connection is reset", "created");
    account.emulator.faults.add({ ...ofBjarne, contains: '"team-dora"', reset: true });
    declare(stack, [...ENTRIES, "dora"]);
    await stack.up();
    expect(stack.errors).toEqual([]);
    expectExactly(account, stack, [...ENTRIES, "dora"]);
    noteOf(account)(3, "one entry is added, reset before anything is created", "created");
  }),
);

test.concurrent.each(["up", "destroy"] as const)(
  "row 8: as row 3, and the list fails throughout; then %s",
  (next) =>
    ProcessAccount.run(async (account, stack) => {
      account.emulator.faults.add(LOST, NO_LISTS);
      declare(stack);
      expect(await stack.up()).toBe(false);
      expect(entriesOf(stack)).toEqual(["anna", "carl"]);
      expect(Object.keys(stack.held("team").outputs["unresolved"] as object)).toEqual(["bjarne"]);
      expect(account.live).toHaveLength(3);
      account.emulator.faults.clear();
      await stack.refresh();
      expect(Object.keys(stack.held("team").outputs["unresolved"] as object)).toEqual(["bjarne"]);
      account.requests();
      await stack[next]();
      expect(stack.errors).toEqual([]);
      if (next === "up") expectExactly(account, stack);
      else expect(account.live).toEqual([]);
      const fault = `as row 3, and the list fails throughout; then \`${next}\``;
      noteOf(account)(8, fault, "one entry unresolved, then cleaned up");
    }),
);

test.concurrent("row 11: another one's key is in the way, and is adopted", () =>
  ProcessAccount.run(async (account, stack) => {
    const note = noteOf(account);
    const held = { name: "by hand", publicKey: publicKey("bjarne") };
    const { id } = account.emulator.account.addSshKey(held);
    declare(stack);
    expect(await stack.up()).toBe(false);
    expect(stack.errors.join()).toContain(`"by hand" (id ${id})`);
    expect(entriesOf(stack)).toEqual(["anna", "carl"]);
    expect(account.live).toEqual([id, ...stack.ids].sort());
    note(11, "409, the material of one entry is there", "error naming the holder; the others are created");
    declare(stack, ENTRIES, { adoptExisting: true });
    await stack.up();
    expect(stack.errors).toEqual([]);
    expectExactly(account, stack);
    note(11, "the same with `adoptExisting`", "adopted under its name");
    await stack.destroy();
    expect([stack.errors, account.live]).toEqual([[], [id]]);
    note(11, "`destroy` of a set with an adopted key", "the adopted one stays");
  }),
);

test.concurrent("row 14: killed while the third of three POSTs is under way", () =>
  ProcessAccount.run(async (account, stack) => {
    const note = noteOf(account);
    declare(stack, ["before"]);
    await stack.up();
    const all = ["before", ...ENTRIES];
    declare(stack, all);
    await stack.up({ kill: { nth: 3, arrived: true } });
    expect(stack.errors).toEqual(["killed"]);
    expect(entriesOf(stack)).toEqual(["before"]);
    // What has been sent takes effect.
    while (account.live.length < 4) await new Promise((resolve) => setTimeout(resolve, 10));
    account.requests();
    expect(await stack.up()).toBe(false);
    for (const { name, id } of account.emulator.account.sshKeys().slice(1)) {
      expect(stack.errors.join()).toContain(`"${name}" (id ${id})`);
    }
    expect(account.live).toHaveLength(4);
    note(14, "SIGKILL when three more keys are created; `up`", "error naming all three");
    declare(stack, all, { adoptExisting: true });
    await stack.up();
    expect(stack.errors).toEqual([]);
    expectExactly(account, stack, all);
    note(14, "the same; `up` with `adoptExisting`", "adopted");
  }),
);

test.concurrent("row 16: one key is deleted elsewhere; refresh; up", () =>
  ProcessAccount.run(async (account, stack) => {
    const note = noteOf(account);
    declare(stack);
    await stack.up();
    // A key that has just been made is looked for once more before it counts as gone.
    account.pass(1);
    const keys = stack.held("team").outputs["keys"] as Record<string, { id: string }>;
    account.emulator.account.remove(keys["bjarne"]!.id);
    account.requests();
    await stack.refresh();
    expectExactly(account, stack, ["anna", "carl"]);
    note(16, "one of three is deleted elsewhere; `refresh`", "that entry is gone, with one list");
    await stack.up();
    expect(stack.errors).toEqual([]);
    expectExactly(account, stack);
    note(16, "the same; then `up`", "that one is created once");
  }),
);

test.concurrent("row 51: one entry is rejected, in a creation and in a deletion", () =>
  ProcessAccount.run(async (account, stack) => {
    const note = noteOf(account);
    const refusal = { status: 422, body: { detail: "not today" } };
    account.emulator.faults.add({ ...ofBjarne, ...refusal });
    declare(stack);
    expect(await stack.up()).toBe(false);
    expect(stack.errors.join()).toContain("not today");
    expectExactly(account, stack, ["anna", "carl"]);
    account.requests();
    await stack.up();
    expect(stack.errors).toEqual([]);
    expectExactly(account, stack);
    note(51, "one of three POSTs is rejected; `up` again", "the state holds two, then all three");
    account.emulator.faults.add({ method: "DELETE", ...refusal });
    expect(await stack.destroy()).toBe(false);
    expect(account.live).toHaveLength(1);
    await stack.destroy();
    expect([stack.errors, account.live]).toEqual([[], []]);
    note(51, "one of three DELETEs is rejected; `destroy` again", "all are gone");
  }),
);

test("docs/fault-table.md says what these tests saw", () => table.compare());
