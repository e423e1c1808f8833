// A set of SSH keys: what holds for one key (rows 3, 8, 11, 14 and 16) holds for each of its entries, and after a partial failure the state holds exactly what exists (row 51).
import { resources } from "../../../support/engine-resources";
import { type StoryRows, storyRows } from "../../../support/fault-rows";
import type { ProcessAccount } from "../../../support/process-account";
import { publicKey } from "../../../support/public-key";
import type { StoryStack } from "../../../support/story-stack";
import { until } from "../../../support/until";

const ENTRIES = ["anna", "bjarne", "carl"];

function declare({ stack }: ProcessAccount, entries: string[] = ENTRIES, more: object = {}): void {
  const publicKeys = Object.fromEntries(entries.map((entry) => [entry, publicKey(entry)]));
  stack.declare("team", resources.SshKeySet, { publicKeys, ...more });
}

const entriesOf = (stack: StoryStack, output = "keys"): string[] =>
  Object.keys(stack.held("team").outputs[output] as object).sort();

/** The last command succeeded, and the state holds what the account has: all of these entries. */
function exactly(run: ProcessAccount, entries: string[] = ENTRIES): void {
  run.expectExactly();
  expect(entriesOf(run.stack)).toEqual([...entries].sort());
}

const nothingLeft = ({ live, stack }: ProcessAccount, ...stays: string[]): void =>
  expect([stack.errors, live]).toEqual([[], stays]);

const checks = {
  created: exactly,
  "one entry unresolved, then created": exactly,
  "one entry unresolved, then all gone": nothingLeft,
  "error naming the holder; the others are created": ({ live, stack }: ProcessAccount, id: string) => {
    expect(stack.errors.join()).toContain(`"by hand" (id ${id})`);
    expect(entriesOf(stack)).toEqual(["anna", "carl"]);
    expect(live).toEqual([id, ...stack.ids].sort());
  },
  adopted: exactly,
  "the adopted one stays": nothingLeft,
  "error naming all three": ({ emulator, stack }: ProcessAccount) => {
    for (const { name, id } of emulator.account.sshKeys().slice(1))
      expect(stack.errors.join()).toContain(`"${name}" (id ${id})`);
  },
  "that entry is gone, with one list": (run: ProcessAccount) => exactly(run, ["anna", "carl"]),
  "that one is created once": exactly,
  "the state holds two, then all three": exactly,
  "all are gone": nothingLeft,
};

const ofBjarne = { method: "POST", contains: '"team-bjarne"' };
const LOST = { ...ofBjarne, reset: true, commit: true } as const;
const NO_LISTS = { method: "GET", times: "always", status: 500 } as const;
const REFUSAL = { status: 422, body: { detail: "not today" } };

const stories: StoryRows[] = [
  {
    rows: [
      [3, "one entry is created, then the connection is reset"],
      [3, "one entry is added, reset before anything is created"],
    ],
    story: async (run, done) => {
      const { faults } = run.emulator;
      faults.add(LOST);
      declare(run);
      await run.stack.up();
      done();
      faults.add({ ...ofBjarne, contains: '"team-dora"', reset: true });
      declare(run, [...ENTRIES, "dora"]);
      await run.stack.up();
      done([...ENTRIES, "dora"]);
    },
  },
  ...(["up", "destroy"] as const).map((next): StoryRows => ({
    rows: [[8, `as row 3, and no list; then \`${next}\``]],
    story: async (run, done) => {
      const { stack, emulator } = run;
      emulator.faults.add(LOST, NO_LISTS);
      declare(run);
      expect(await stack.up()).toBe(false);
      expect([entriesOf(stack), entriesOf(stack, "unresolved")]).toEqual([["anna", "carl"], ["bjarne"]]);
      expect(run.live).toHaveLength(3);
      emulator.faults.clear();
      await stack.refresh();
      expect(entriesOf(stack, "unresolved")).toEqual(["bjarne"]);
      run.forget();
      await stack[next]();
      done();
    },
  })),
  {
    rows: [
      [11, "409, the account has the key of one entry"],
      [11, "the same with `adoptExisting`"],
      [11, "`destroy` of a set with an adopted key"],
    ],
    story: async (run, done) => {
      const { stack, emulator } = run;
      const { id } = emulator.account.addSshKey({ name: "by hand", publicKey: publicKey("bjarne") });
      declare(run);
      expect(await stack.up()).toBe(false);
      done(id);
      declare(run, ENTRIES, { adoptExisting: true });
      await stack.up();
      done();
      await stack.destroy();
      done(id);
    },
  },
  {
    rows: [
      [14, "SIGKILL when three more keys are created; `up`"],
      [14, "the same; `up` with `adoptExisting`"],
    ],
    story: async (run, done) => {
      const { stack } = run;
      declare(run, ["before"]);
      await stack.up();
      const all = ["before", ...ENTRIES];
      declare(run, all);
      await stack.up({ kill: { nth: 3, arrived: true } });
      expect([stack.errors, entriesOf(stack)]).toEqual([["killed"], ["before"]]);
      // What has been sent takes effect.
      await until(() => run.live.length === 4);
      run.forget();
      expect(await stack.up()).toBe(false);
      done();
      declare(run, all, { adoptExisting: true });
      await stack.up();
      done(all);
    },
  },
  {
    rows: [
      [16, "one of three is deleted elsewhere; `refresh`"],
      [16, "the same; then `up`"],
    ],
    story: async (run, done) => {
      const { stack } = run;
      declare(run);
      await stack.up();
      // A key that has just been made is looked for once more before it counts as gone.
      run.pass(1);
      const keys = stack.held("team").outputs["keys"] as Record<string, { id: string }>;
      run.emulator.account.remove(keys["bjarne"]!.id);
      run.forget();
      await stack.refresh();
      done();
      await stack.up();
      done();
    },
  },
  {
    rows: [
      [51, "one of three POSTs is rejected; `up` again"],
      [51, "one of three DELETEs is rejected; `destroy` again"],
    ],
    story: async (run, done) => {
      const { stack, emulator } = run;
      emulator.faults.add({ ...ofBjarne, ...REFUSAL });
      declare(run);
      expect(await stack.up()).toBe(false);
      expect(stack.errors.join()).toMatch(/team-bjarne.*not today.*the next `pulumi up` does the rest/s);
      expect([entriesOf(stack), stack.ids]).toEqual([["anna", "carl"], run.live]);
      run.forget();
      await stack.up();
      done();
      emulator.faults.add({ method: "DELETE", ...REFUSAL });
      expect(await stack.destroy()).toBe(false);
      expect(run.live).toHaveLength(1);
      await stack.destroy();
      done();
    },
  },
];

storyRows(
  __filename,
  "Sets of SSH keys",
  checks,
  stories.map((story) => ({ ...story, isUnordered: true })),
);
