// Rows 36 to 38 and 50: rotating keys inside their overlap.
import { FaultTable } from "../../support/fault-table";
import { ProcessAccount } from "../../support/process-account";
import type { StoryStack } from "../../support/story-stack";
import { ROTATING } from "./kinds";

const table = new FaultTable(__filename);
const KINDS = Object.entries(ROTATING);
type Kind = keyof typeof ROTATING;

const current = (stack: StoryStack, name: string): string => String(stack.held(name).outputs["keyId"]);
const previous = (stack: StoryStack, name: string): unknown => stack.held(name).outputs["previousKeyId"];

/** One rotating key of both kinds for each of these, all within their overlap. */
async function overlapping(account: ProcessAccount, stack: StoryStack, names: string[]): Promise<void> {
  for (const name of names) for (const [kind] of KINDS) declare(stack, kind as Kind, name);
  await stack.up();
  account.pass(31);
  await stack.up();
  expect(stack.errors).toEqual([]);
  for (const name of names)
    for (const [kind] of KINDS) expect(previous(stack, `${name}-${kind}`)).not.toBeNull();
}

function declare(stack: StoryStack, kind: Kind, name: string, more: object = {}): void {
  const [type, inputs] = ROTATING[kind];
  stack.declare(`${name}-${kind}`, type, { ...inputs, ...more });
}

test.concurrent("rows 36, 38 and 50: emergencies, changed overlaps and dead keys, inside an overlap", () =>
  ProcessAccount.run(async (account, stack) => {
    const CHANGES = {
      leaked: { rotationTriggers: { leaked: "1" } },
      leakedNow: { rotationTriggers: { leaked: "1" }, overlapDays: 0 },
      none: { overlapDays: 0 },
      shorter: { overlapDays: 3 },
      longer: { overlapDays: 14 },
      dead: {},
    };
    const names = Object.keys(CHANGES);
    await overlapping(account, stack, names);
    const before = new Map(
      [...stack.state.keys()].map((name) => [name, [previous(stack, name), current(stack, name)]]),
    );
    for (const [kind] of KINDS) account.emulator.account.deactivate(current(stack, `dead-${kind}`));
    for (const [name, more] of Object.entries(CHANGES))
      for (const [kind] of KINDS) declare(stack, kind as Kind, name, more);

    /** Days since the rotation, what each resource asked of the API by then, and how many of its keys live. */
    const log = new Map<string, string[]>();
    let day = 0;
    const up = async (more: object = {}): Promise<void> => {
      await stack.up(more);
      expect(stack.errors).toEqual([]);
      for (const name of stack.state.keys()) {
        const requests = account.requests(name);
        if (requests !== "none") log.set(name, [...(log.get(name) ?? []), `day ${day}: ${requests}`]);
      }
      account.requests();
    };
    const isLive = (name: string, which: 0 | 1): boolean =>
      account.live.includes(String(before.get(name)?.[which]));
    account.requests();
    await up({ refresh: true });
    for (const [kind] of KINDS) {
      expect(
        ["leaked", "leakedNow", "none", "shorter", "longer"].map((name) => isLive(`${name}-${kind}`, 0)),
      ).toEqual([false, false, true, true, true]);
      expect(["leaked", "leakedNow"].map((name) => isLive(`${name}-${kind}`, 1))).toEqual([true, true]);
    }
    for (const days of [1, 3, 4, 7]) {
      account.pass(days);
      day += days;
      await up();
    }
    for (const [kind] of KINDS) {
      const note = (row: number, name: string, fault: string, result: string): void =>
        table.note({
          row,
          fault,
          resource: kind,
          result,
          requests: log.get(`${name}-${kind}`)!.join("; "),
          live: account.emulator.account
            .liveApiKeys()
            .filter(({ description }) => description?.includes(`/${name}-${kind} `)).length,
        });
      note(
        36,
        "leaked",
        "a trigger inside an overlap of 7 days",
        "the older key first, then a new one; the current one lives on",
      );
      note(36, "leakedNow", "the same, with `overlapDays: 0`", "the leaked key goes with the next run");
      note(38, "none", "`overlapDays` 7 to 0 inside the overlap", "revoked by the next run");
      note(38, "shorter", "`overlapDays` 7 to 3 inside the overlap", "revoked after 3 days");
      note(38, "longer", "`overlapDays` 7 to 14 inside the overlap", "revoked after 14 days");
      note(50, "dead", "an inactive current key inside an overlap", "revoked, and a new one created");
    }
    expect(account.live).toEqual(stack.ids);
  }),
);

const FATES = {
  refused: { status: 401, body: { detail: "no" } },
  lost: { reset: true, commit: true },
  broken: { status: 500 },
} as const;

test.concurrent("row 37: the current key is dead, and no successor can be made", () =>
  ProcessAccount.run(async (account, stack) => {
    const names = Object.keys(FATES);
    await overlapping(account, stack, names);
    const older = new Map([...stack.state.keys()].map((name) => [name, String(previous(stack, name))]));
    for (const name of older.keys()) account.emulator.account.deactivate(current(stack, name));
    account.pass(8);
    for (const [name, fault] of Object.entries(FATES))
      account.emulator.faults.add({ method: "POST", contains: `/${name}-`, times: "always", ...fault });
    account.requests();
    expect(await stack.up({ refresh: true })).toBe(false);
    expect(stack.errors).toHaveLength(6);
    expect(account.live).toEqual(expect.arrayContaining([...older.values()]));
    const failed = new Map([...older.keys()].map((name) => [name, account.requests(name)]));
    account.emulator.faults.clear();
    account.requests();
    await stack.up();
    await stack.up();
    expect({ errors: stack.errors, live: account.live }).toEqual({ errors: [], live: stack.ids });
    for (const name of names)
      for (const [kind] of KINDS) {
        table.note({
          row: 37,
          fault: `the current key is dead, the successor's POST is ${name}; then \`up\` twice`,
          resource: kind,
          result: "the previous key lives until the new one is there",
          requests: `${failed.get(`${name}-${kind}`)!}; ${account.requests(`${name}-${kind}`)}`,
          live: 1,
        });
      }
  }),
);

test("docs/fault-table.md says what these tests saw", () => table.compare());
